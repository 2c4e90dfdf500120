"""What the next start does about a supervisor and a guardian that died together."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from supervisor.containment import cgroupfs
from supervisor.containment.ledger import Ledger, Page
from supervisor.containment.table import identity_of
from tests.children import alive, eventually_sync


@contextmanager
def process(cookie: str) -> Iterator[int]:
    """A process whose environment carries this cookie, and nothing else of ours."""
    running = subprocess.Popen(["sleep", "60"], env={"SUPERVISE_RUN": cookie})
    # A slow kernel shows it empty for a moment after exec.
    eventually_sync(lambda: Path(f"/proc/{running.pid}/environ").read_bytes() != b"")
    try:
        yield running.pid
    finally:
        running.kill()
        running.wait()


def test_left_behind_process_is_ended_by_its_cookie(tmp_path: Path) -> None:
    """The cookie is proof enough, also nested inside another supervisor's."""
    cookie = secrets.token_hex(16)
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record(Page(cookie))
    with process(f"{'0' * 32}:{cookie}") as pid:
        recovered = ledger.recover()

        assert [member.pid for member in recovered] == [pid]
        assert not alive(pid)
    assert not (tmp_path / "ledger.json").exists()


def test_stranger_is_not_touched(tmp_path: Path) -> None:
    """The same program under another run's cookie lives on."""
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record(Page(secrets.token_hex(16)))
    with process(secrets.token_hex(16)) as pid:
        assert ledger.recover() == ()
        assert alive(pid)


def test_leader_is_known_without_its_cookie(tmp_path: Path) -> None:
    """It may empty its environment; pid and start time are a proof, the pid alone is none."""
    ledger = Ledger(tmp_path / "ledger.json")
    with process("none") as pid, process("none") as other:
        identity, stale = identity_of(pid), identity_of(other)
        assert identity is not None
        assert stale is not None
        ledger.record(Page(secrets.token_hex(16), leader=identity))
        assert [member.pid for member in ledger.recover()] == [pid]
        assert not alive(pid)
        ledger.record(Page(secrets.token_hex(16), leader=(stale[0], stale[1] - 1)))
        assert ledger.recover() == ()
        assert alive(other)


def test_members_of_a_cgroup_are_known_without_their_cookie(tmp_path: Path) -> None:
    """Whoever is in a cgroup that was made for the run is ours; it goes with them."""
    home = next((one for one in cgroupfs.homes().values() if os.access(one, os.W_OK)), None)
    if home is None:
        pytest.skip("NO CGROUP CAN BE MADE HERE")
    directory = f"{home}/supervise-test-{os.getpid()}"
    os.mkdir(directory)
    ledger = Ledger(tmp_path / "ledger.json")
    with process("none") as pid, process("none") as stranger:
        cgroupfs.write(directory, "cgroup.procs", pid)
        ledger.record(Page(secrets.token_hex(16), cgroups=[directory]))
        assert [member.pid for member in ledger.leftovers()] == [pid]
        assert [member.pid for member in ledger.recover()] == [pid]
        assert not alive(pid)
        assert alive(stranger)
    assert not os.path.exists(directory)


def test_page_of_an_earlier_boot_ends_nobody(tmp_path: Path) -> None:
    """Nothing outlives a boot, so whoever carries the cookie now is not what we started."""
    cookie = secrets.token_hex(16)
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record(Page(cookie))
    page = tmp_path / "ledger.json"
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    page.write_text(page.read_text().replace(boot, "another boot"))
    with process(cookie) as pid:
        assert ledger.recover() == ()
        assert alive(pid)


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'{"boot": 1}', b"\xff\xfe", os.urandom(64)])
def test_garbage_in_the_ledger_is_dropped(tmp_path: Path, garbage: bytes) -> None:
    """A torn page neither stops the start nor ends anybody."""
    page = tmp_path / "ledger.json"
    page.write_bytes(garbage)

    assert Ledger(page).recover() == ()
    assert not page.exists()
