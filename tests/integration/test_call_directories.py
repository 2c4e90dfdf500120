"""What tool calls have for their temporary files, on a real disk."""

import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from supervisor.scratch.calls import CallDirectories
from supervisor.scratch.scratch import Scratch

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def directories_in(place: Path) -> AsyncIterator[tuple[Scratch, CallDirectories]]:
    """A run's scratch, and what its calls get in there; nothing is left of both afterwards."""
    with Scratch.open(place / "base", "run") as scratch:
        directories = CallDirectories(scratch.path, scratch.open_inside(), scratch.env(["MINE"]))
        yield scratch, directories
        await directories.close()
        assert scratch.remove().left == 0
    assert os.listdir(place / "base") == []


def made(directories: CallDirectories, call_id: str) -> Path:
    directory = directories.make(call_id)
    assert directory is not None
    return directory


async def test_directory_is_private_new_and_short(tmp_path: Path) -> None:
    """Nobody else may enter it, it was not there before, and a socket's path fits in."""
    async with directories_in(tmp_path) as (scratch, directories):
        directory = made(directories, "0123456789abcdef")
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert len(str(directory)) == len(str(scratch.path)) + 9
        assert directories.make("0123456789abcdef") is None
        (scratch.path / "aaaaaaaa").symlink_to("/usr")
        assert directories.make("aaaaaaaabbbbbbbb") is None


async def test_it_goes_with_everything_in_it(tmp_path: Path) -> None:
    """Links go and their targets stay; what the run has beside it stays too."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious").touch()
    async with directories_in(tmp_path) as (scratch, directories):
        directory = made(directories, "a" * 16)
        (directory / "deep" / "deeper").mkdir(parents=True)
        (directory / "deep" / "deeper" / "file").write_bytes(bytes(9999))
        (directory / "deep").chmod(0o500)
        (directory / "home").symlink_to(home)
        (scratch.path / "notes").touch()
        other = made(directories, "b" * 16)
        await directories.remove(directory)
        left = {path.name for path in scratch.path.iterdir() if not path.name.startswith(".")}

    assert left == {"notes", other.name}
    assert (home / "precious").exists()


async def test_directory_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """A tool may replace its own TMPDIR; only the link goes."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious").touch()
    async with directories_in(tmp_path) as (_, directories):
        directory = made(directories, "a" * 16)
        directory.rmdir()
        directory.symlink_to(home)
        await directories.remove(directory)
        assert not directory.is_symlink()
    assert (home / "precious").exists()


async def test_none_is_made_where_none_can_be(tmp_path: Path) -> None:
    """A run that has removed its own directory, and one that is over."""
    with Scratch.open(tmp_path, "run") as scratch:
        directories = CallDirectories(scratch.path, scratch.open_inside(), scratch.env())
        scratch.path.rmdir()
        assert directories.make("a" * 16) is None
        scratch.path.mkdir()
        await directories.close()
        assert directories.make("b" * 16) is None


async def test_what_is_there_at_the_end_stays(tmp_path: Path) -> None:
    """It goes with the run, or is kept for a post-mortem."""
    async with directories_in(tmp_path) as (_, directories):
        directory = made(directories, "a" * 16)
        directories.stay()
        await directories.remove(directory)
        assert directory.exists()


async def test_end_waits_for_removals_under_way(tmp_path: Path) -> None:
    """Or two would remove the same tree, and each miss what the other has just moved."""
    with Scratch.open(tmp_path, "run") as scratch:
        directories = CallDirectories(scratch.path, scratch.open_inside(), scratch.env())
        directory = made(directories, "a" * 16)
        for number in range(3000):
            (directory / str(number)).touch()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(directories.remove, directory)
            await anyio.wait_all_tasks_blocked()
            await directories.close()
            assert not directory.exists()


async def test_only_what_names_the_runs_is_replaced(tmp_path: Path) -> None:
    """Also by what a call above has; never what the caller chose, and nothing is added."""
    async with directories_in(tmp_path) as (scratch, directories):
        above, own = made(directories, "a" * 16), made(directories, "b" * 16)
        callers = {
            "TMPDIR": f"{scratch.path}/",
            "TMP": str(above),
            "MINE": str(scratch.path / "mine"),
            "OTHER": str(scratch.path),
        }
        assert directories.env(callers, own) == {
            **callers,
            "TMPDIR": str(own),
            "TMP": str(own),
        }
