"""Without a subreaper: what is found all the same, and what is not claimed."""

import signal
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.children import SLEEP, daemon, eventually_sync, named, unique_s
from tests.supervised import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, always='[containment]\ntier = "group"\nrequire = "group"\n')


def test_orphans_of_known_sessions_and_carriers_are_ended(desk: Desk) -> None:
    """By descent, by a session that somebody known pins, by the cookie; a stranger lives on."""
    hides, plain = daemon("closed", desk.python), (SLEEP, unique_s())
    orphan = f"(({' '.join(plain)}) &)"
    with desk.stranger(hides.argv, desk.folder) as one, desk.stranger(plain, desk.folder) as two:
        desk.write(["sh", "-c", f"{hides.script}; {orphan}; exec sleep {unique_s()}"])
        with desk.running() as process:
            eventually_sync(lambda: len(named(hides.argv)) == len(named(plain)) == 2, within_s=20)
            assert desk.started()["tier"] == "group"
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == ExitCode.TERMINATED
        assert (named(hides.argv), named(plain)) == ([one], [two])

    assert desk.events("receipt")[0]["survivors"] == []


def test_kill_of_the_supervisor_ends_the_set(desk: Desk) -> None:
    """The guardian outlives it for long enough."""
    hides = daemon("closed", desk.python)
    with desk.stranger(hides.argv, desk.folder) as stranger:
        desk.write(["sh", "-c", f"{hides.script}; exec sleep {unique_s()}"])
        with desk.running() as process:
            eventually_sync(lambda: len(named(hides.argv)) == 2, within_s=20)
            desk.started()
            process.kill()
            eventually_sync(lambda: named(hides.argv) == [stranger])


def test_it_is_not_taken_unless_asked_for(desk: Desk) -> None:
    """What may lose a process is accepted by nobody who has not said so."""
    desk.always = '[containment]\ntier = "group"\n'
    done = desk.run("check", desk.write(["true"]))

    assert done.returncode == ExitCode.CONFIG
    assert "'subreaper' is stronger than containment.tier" in done.stderr
