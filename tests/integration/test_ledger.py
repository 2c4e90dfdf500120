"""What the next start does about a supervisor and a guardian that died together."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from supervisor.containment.ledger import Ledger
from tests.children import alive


@contextmanager
def process(cookie: str) -> Iterator[int]:
    """A process whose environment carries this cookie, and nothing else of ours."""
    running = subprocess.Popen(["sleep", "60"], env={"SUPERVISE_RUN": cookie})
    try:
        yield running.pid
    finally:
        running.kill()
        running.wait()


def test_left_behind_process_is_ended_by_its_cookie(tmp_path: Path) -> None:
    """The cookie is proof enough, also nested inside another supervisor's."""
    cookie = secrets.token_hex(16)
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record(cookie)
    with process(f"{'0' * 32}:{cookie}") as pid:
        recovered = ledger.recover()

        assert [member.pid for member in recovered] == [pid]
        assert not alive(pid)
    assert not (tmp_path / "ledger.json").exists()


def test_stranger_is_not_touched(tmp_path: Path) -> None:
    """The same program under another run's cookie lives on."""
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record(secrets.token_hex(16))
    with process(secrets.token_hex(16)) as pid:
        assert ledger.recover() == ()
        assert alive(pid)


def test_page_of_an_earlier_boot_ends_nobody(tmp_path: Path) -> None:
    """Nothing outlives a boot, so whoever carries the cookie now is not what we started."""
    cookie = secrets.token_hex(16)
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record(cookie)
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
