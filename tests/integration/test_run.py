"""The command itself, from a config to its exit status."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from supervisor.containment.probe import take_probes
from supervisor.errors import ExitCode
from supervisor.examining import tier_of
from tests.children import IGNORES_TERM, alive, eventually_sync
from tests.supervised import SUPERVISE, Desk, holders


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_finished_program_leaves_a_receipt(desk: Desk) -> None:
    """Exit 0, nothing left, and the closing lines say so."""
    done = desk.run(desk.write(["echo", "hello"]))

    assert done.returncode == ExitCode.OK, done.stderr
    assert "survivors 0, scratch left 0" in done.stdout
    assert done.stderr == ""
    assert desk.scratch() == []


def test_output_of_runs_of_one_start_stays_below_the_total(desk: Desk) -> None:
    """A program that is restarted all night does not fill the disk: the oldest run goes first."""
    script = "import os; os.write(1, os.urandom(1_500_000)); raise SystemExit(1)"
    more = (
        '[restart]\nwhen = "on-failure"\nattempts = 5\nbackoff = ["0s"]\n'
        '[output]\nquota = "2MiB"\ntotal = "4MiB"\n'
    )
    desk.run(desk.write(["python3", "-c", script], more), timeout=60)
    runs = [event["run"] for event in desk.events("run-started")]
    (raw,) = desk.folder.glob("state/supervise/*/raw")
    kept = {run.name for run in raw.iterdir()}
    assert len(runs) >= 5
    assert kept == {*runs[-2:]}
    assert sum(path.stat().st_size for path in raw.glob("*/*")) <= 4 << 20


def test_too_much_memory_of_our_own_is_given_back(desk: Desk) -> None:
    """Once a minute, and the run goes on."""
    more = '[health]\nmemory = "1MiB"\nsample = "100ms"\n'
    done = desk.run(desk.write(["sleep", "1"], more))
    assert done.returncode == ExitCode.OK, done.stderr
    (shed,) = desk.events("shed")
    assert shed["own_memory_bytes"] > 1 << 20
    assert shed["left_bytes"] > 0
    assert all(gauge["own_descriptors"] > 3 for gauge in desk.events("gauges"))


def test_show_gives_the_output_back(desk: Desk) -> None:
    """Every byte, whatever it is, and the id may be shortened."""
    script = "import os; os.write(1, bytes(range(256)) * 1000); os.write(2, b'no newline')"
    desk.run(desk.write(["python3", "-c", script]))
    run = desk.events("run-started")[0]["run"]
    shown = desk.run("show", run[:6], "--stderr")
    whole = subprocess.run(
        [*SUPERVISE, "show", run, "--stdout"],
        env=desk.environment(),
        capture_output=True,
        check=True,
    )

    assert shown.stdout == "no newline"
    assert whole.stdout == bytes(range(256)) * 1000


def test_lines_of_an_output_are_found(desk: Desk) -> None:
    """By range and expression, numbered as they are in the whole; one stream has no numbers."""
    script = "seq 1 5000 | sed 's/^/line /'; echo 'line 77 again' >&2"
    desk.run(desk.write(["sh", "-c", script]))
    run = desk.events("run-started")[0]["run"]

    assert desk.run("show", run, "--grep", "^line 77$").stdout == "77:line 77\n"
    assert desk.run("show", run, "--grep", "7 ag", "--stderr").stdout == "line 77 again\n"
    assert desk.run("show", run, "--grep", "99$", "--lines", "90-200").stdout == (
        "99:line 99\n199:line 199\n"
    )
    assert desk.run("show", run, "--lines", "3-4").stdout == "line 3\nline 4\n"
    wrong = desk.run("show", run, "--grep", "(")
    assert (wrong.returncode, wrong.stdout) == (ExitCode.USAGE, "")
    assert wrong.stderr.startswith("supervise: --grep (: ")
    assert desk.run("show", run, "--lines", "1", "--stderr").returncode == ExitCode.USAGE


def test_kept_outputs_are_listed(desk: Desk) -> None:
    """Oldest first, with what they take."""
    for word in ("first", "second"):
        desk.run(desk.write(["sh", "-c", f"echo {word}"]))
    runs = [event["run"] for event in desk.events("run-started")]
    rows = json.loads(desk.run("raw", "ls", "--json").stdout)

    assert {row["run"] for row in rows} == set(runs)
    assert all(4096 < row["bytes"] < 20_000 for row in rows)
    assert [line.split()[0] for line in desk.run("raw", "ls").stdout.splitlines()] == [
        row["run"] for row in rows
    ]


def test_secrets_stay_in_the_raw_output(desk: Desk) -> None:
    """Telemetry and tail have neither tokens nor what the environment calls a secret."""
    token, word = "gh" + "p_" + "a1B2c3D4" * 5, "correct horse battery"
    script = (
        f"echo 'a.py:1:1: F401 [*] `{token}` imported but unused'; echo \"fatal: $DEPLOY_SECRET\";"
        " echo 'Found 1 error.'; exit 1"
    )
    more = f'[autopilot.env]\nDEPLOY_SECRET = "{word}"\n[restart]\nattempts = 1\n'
    done = desk.run(desk.write(["sh", "-c", script, "--token", word], more))
    run = desk.events("run-started")[0]["run"]
    told = done.stdout + json.dumps(desk.events())

    assert "[redacted]" in told
    assert token not in told
    assert word not in told
    assert token in desk.run("show", run).stdout
    assert word in desk.run("show", run).stdout


def test_failure_is_restarted_and_given_up(desk: Desk) -> None:
    """Two attempts mean one restart; the exit status says that it failed."""
    more = '[restart]\nattempts = 2\nbackoff = ["10ms"]\n'
    done = desk.run(desk.write(["sh", "-c", "echo $SUPERVISE_ATTEMPT; exit 3"], more))

    assert done.returncode == ExitCode.FAILED
    assert [event["attempt"] for event in desk.events("run-started")] == [1, 2]
    assert len(desk.events("restart-planned")) == 1


def test_signal_is_an_ending_of_its_own(desk: Desk) -> None:
    desk.run(desk.write(["sh", "-c", "kill -SEGV $$"]))

    (ended,) = desk.events("run-ended")
    assert ended["ending"] == {"type": "Signaled", "signum": signal.SIGSEGV}


def test_wall_clock_limit_stops_it(desk: Desk) -> None:
    """The limit has an exit status of its own, as timeout(1) has."""
    done = desk.run(desk.write(["sleep", "60"], '[limits]\nwall = "300ms"\n'))

    assert done.returncode == ExitCode.WALL
    assert "wall-clock limit" in done.stdout


def test_pwd_names_the_folder_that_the_program_works_in(desk: Desk) -> None:
    """Not the one that we were started in; a config may say otherwise."""
    desk.write(["env"])
    config = desk.config.read_text()
    assert desk.run(desk.config).returncode == 0
    desk.config.write_text(config.replace("grace", 'env = { PWD = "/elsewhere" }\ngrace', 1))
    assert desk.run(desk.config).returncode == 0
    runs = [event["run"] for event in desk.events("run-started")]
    first, second = (desk.run("show", run).stdout.splitlines() for run in runs)
    assert f"PWD={desk.folder}" in first
    assert "PWD=/elsewhere" in second


def test_scratch_is_private_and_goes_with_the_run(desk: Desk) -> None:
    """TMPDIR, TMP and TEMP lead to one folder that only we may enter."""
    script = (
        "import json, os, tempfile, sys\n"
        "open(os.path.join(tempfile.gettempdir(), 'left'), 'w').close()\n"
        "print(json.dumps([os.environ[n] for n in ('TMPDIR', 'TMP', 'TEMP')]"
        " + [os.stat(os.environ['TMPDIR']).st_mode]))"
    )
    desk.run(desk.write(["python3", "-c", script]))
    run = desk.events("run-started")[0]["run"]
    one, two, three, mode = json.loads(desk.run("show", run).stdout)

    assert one == two == three
    assert stat.S_IMODE(mode) == 0o700
    assert not Path(one).exists()
    assert desk.scratch() == []


def test_scratch_over_its_quota_stops_the_run(desk: Desk) -> None:
    script = "head -c 5000000 /dev/zero > $TMPDIR/big; sleep 60"
    done = desk.run(
        desk.write(["sh", "-c", script], '[scratch]\nquota = "1MB"\nbacking = "disk"\n')
    )

    assert done.returncode == ExitCode.FAILED
    assert desk.events("scratch-relieved")[-1]["step"] == "run-stopped"
    assert desk.scratch() == []


def test_deleted_files_that_are_held_open_count(desk: Desk) -> None:
    """A tool that unlinks its log and writes on fills the disk all the same."""
    script = "exec 3> $TMPDIR/log; rm $TMPDIR/log; head -c 5000000 /dev/zero >&3; sleep 60"
    more = '[scratch]\nquota = "1MB"\nbacking = "disk"\n'
    done = desk.run(desk.write(["sh", "-c", script], more))

    assert done.returncode == ExitCode.FAILED
    assert desk.events("scratch-relieved")[-1]["step"] == "run-stopped"


@pytest.mark.parametrize("action", ["warn", "stop"])
def test_watched_places_have_a_budget_of_their_own(desk: Desk, action: str) -> None:
    """An agent's transcripts are told of and, where that is wanted, stop it; nothing is deleted."""
    log = desk.folder / "transcripts"
    wait_s = 60 if action == "stop" else 2
    # Moved there whole: a look may fall between the two halves of a write.
    big = desk.folder / "big"
    fill = f"head -c 3000000 /dev/zero > {big} && mkdir {log} && mv {big} {log}"
    script = f"{fill}; sleep {wait_s}"
    row = f'{{ path = "transcripts", quota = "2MB", action = "{action}" }}'
    done = desk.run(desk.write(["sh", "-c", script], f"[scratch]\nwatch = [{row}]\n"))
    told = desk.events("watched-passed")

    assert done.returncode == (ExitCode.FAILED if action == "stop" else ExitCode.OK)
    assert [one["stopping"] for one in told] == [action == "stop"]
    assert "transcripts has 3.0 MB: over its budget of 2.0 MB" in done.stdout
    assert (log / "big").stat().st_size == 3_000_000


def test_failed_runs_scratch_is_kept_for_a_post_mortem(desk: Desk) -> None:
    """What a failed run had in /tmp and TMPDIR is put aside, what a good one had is gone."""
    more = '[restart]\nwhen = "never"\n[scratch]\nkeep = "failed"\n'
    script = "echo why > $TMPDIR/core; exit %d"
    desk.run(desk.write(["sh", "-c", script % 0], more))
    good = desk.scratch()
    desk.run(desk.write(["sh", "-c", script % 7], more))
    (kept,) = desk.events("scratch-kept")

    assert good == []
    assert Path(kept["path"], "core").read_text() == "why\n"
    assert json.loads(desk.run("sweep", "--dry-run", "--json").stdout) == []


@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, ExitCode.TERMINATED)],
)
def test_one_signal_stops_with_grace(desk: Desk, sent: signal.Signals, code: int) -> None:
    """The program may finish what it does; its leaving decides when the stop is over."""
    desk.write(["sh", "-c", "trap 'echo bye; exit 0' TERM; echo up; sleep 60 & wait"])
    with desk.running() as process:
        desk.started()
        process.send_signal(sent)
        assert process.wait(10) == code

    assert desk.events("receipt")[0]["survivors"] == []
    run = desk.events("run-started")[0]["run"]
    assert "bye" in desk.run("show", run).stdout


def test_second_signal_does_not_wait_for_the_grace(desk: Desk) -> None:
    desk.write(IGNORES_TERM)
    desk.config.write_text(desk.config.read_text().replace('"1s"', '"30s"'))
    with desk.running() as process:
        desk.started()
        process.send_signal(signal.SIGTERM)
        eventually_sync(lambda: bool(desk.events("stop-started")))
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == ExitCode.TERMINATED


def test_stop_command_stops_it_and_status_tells(desk: Desk) -> None:
    """Both go through the socket, and both say so when nothing runs."""
    desk.write(["sleep", "60"])
    with desk.running() as process:
        started = desk.started()
        status = json.loads(desk.run("status", desk.config, "--json").stdout)
        stopped = desk.run("stop", desk.config)
        assert process.wait(10) == ExitCode.TERMINATED
    after = desk.run("status", desk.config)

    assert status["run"] == started["run"]
    assert stopped.returncode == ExitCode.OK
    assert after.returncode != ExitCode.OK
    assert len(after.stderr.splitlines()) == 1


def test_preview_of_a_stop_ends_nobody(desk: Desk) -> None:
    """It names each process and why it is ours; afterwards all of them still run."""
    desk.write(["sh", "-c", "sleep 60 & (setsid sleep 61 &); wait"])
    with desk.running() as process:
        started = desk.started()
        eventually_sync(lambda: "sleep 61" in desk.run("stop", desk.config, "--dry-run").stdout)
        preview = desk.run("stop", desk.config, "--dry-run").stdout
        assert process.poll() is None
        assert alive(started["pid"])
        process.send_signal(signal.SIGTERM)
        process.wait(10)

    assert f"{started['pid']}  sh -c" in preview
    assert f"(leader of {started['run']})" in preview
    assert "sleep 60" in preview
    assert "3 processes would be ended" in preview


def test_second_instance_names_the_first(desk: Desk) -> None:
    desk.write(["sleep", "60"])
    with desk.running() as process:
        desk.started()
        second = desk.run("run", desk.config)
        assert second.returncode == ExitCode.BUSY
        assert str(process.pid) in second.stderr
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def test_held_pipe_does_not_hold_the_run(desk: Desk) -> None:
    """A daemon with our pipe as its stdout is ended with the set, so the run ends at once."""
    begun = time.monotonic()
    done = desk.run(desk.write(["sh", "-c", "setsid sleep 60 & echo done"]))

    assert done.returncode == ExitCode.OK
    assert time.monotonic() - begun < 10


def test_tool_output_becomes_a_digest(desk: Desk) -> None:
    """What a linter prints through the autopilot is one line of the tail."""
    (desk.folder / "faulty.py").write_text("import os\nimport sys\n")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", str(desk.folder / "faulty.py")]
    done = desk.run(desk.write(ruff))

    assert "F401" in done.stdout
    (digest,) = desk.events("digest")
    assert digest["digest"]["tool"] == "ruff"


def test_pooled_calls_run_through_the_queue(desk: Desk) -> None:
    """``supervise exec`` gives the tool its own exit status and streams."""
    script = "supervise exec -- sh -c 'echo tool; exit 7'; echo code $?"
    folder = desk.folder / "bin"
    folder.mkdir()
    (folder / "supervise").write_text(f'#!/bin/sh\nexec {sys.executable} -m supervisor "$@"\n')
    (folder / "supervise").chmod(0o755)
    desk.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    desk.run(desk.write(["sh", "-c", script], "[pool]\nsize = 1\n"))
    run = desk.events("run-started")[0]["run"]

    assert desk.run("show", run).stdout == "tool\ncode 7\n"


class TestBadInput:
    """One line with the place and the remedy, its own exit status, nothing started."""

    @pytest.fixture(autouse=True)
    def _nothing_is_left(self, desk: Desk) -> None:
        assert holders(str(desk.folder)) == []

    def test_missing_config(self, desk: Desk) -> None:
        done = desk.run("run", desk.folder / "none.toml")

        assert done.returncode == ExitCode.NO_INPUT
        assert len(done.stderr.splitlines()) == 1

    def test_syntax_error(self, desk: Desk) -> None:
        desk.config.write_text("[autopilot\n")
        done = desk.run("run", desk.config)

        assert done.returncode == ExitCode.CONFIG
        assert done.stderr.startswith(f"{desk.config}:1:")

    def test_all_problems_at_once(self, desk: Desk) -> None:
        desk.config.write_text('[autopilot]\ncomand = ["x"]\ngrace = 5\n')
        done = desk.run("check", desk.config)

        assert done.returncode == ExitCode.CONFIG
        assert len(done.stderr.splitlines()) == 3
        assert "did you mean" in done.stderr

    @pytest.mark.parametrize(
        ("command", "code"),
        [("/no/such/agent", ExitCode.NOT_FOUND), ("/etc/passwd", ExitCode.NOT_EXECUTABLE)],
    )
    def test_command_that_cannot_run(self, desk: Desk, command: str, code: int) -> None:
        done = desk.run("run", desk.write([command]))

        assert done.returncode == code
        assert len(done.stderr.splitlines()) == 1
        assert command in done.stderr
        assert desk.events() == []

    def test_missing_cwd(self, desk: Desk) -> None:
        desk.config.write_text('[autopilot]\ncommand = ["true"]\ncwd = "nowhere"\n')
        done = desk.run("run", desk.config)

        assert done.returncode == ExitCode.CONFIG
        assert "nowhere" in done.stderr

    def test_state_that_cannot_be_made(self, desk: Desk) -> None:
        (desk.folder / "state").write_text("in the way")
        done = desk.run("run", desk.write(["true"]))

        assert done.returncode == ExitCode.NO_STATE
        assert len(done.stderr.splitlines()) == 1

    def test_tier_that_is_not_there(self, desk: Desk) -> None:
        if tier_of(take_probes()) == "sealed":
            pytest.skip("EVERY TIER WORKS HERE, SO NONE CAN BE REFUSED")
        done = desk.run("run", desk.write(["true"], '[containment]\nrequire = "sealed"\n'))

        assert done.returncode == ExitCode.UNAVAILABLE
        assert "tier 'sealed' does not work here" in done.stderr
        assert len(done.stderr.splitlines()) == 1
