"""What appears in directories that many share: listed, measured, never touched."""

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.scratch import shared
from supervisor.scratch.shared import Appeared, SharedPlaces, open_below

UID = os.geteuid()


def test_only_what_is_new_is_found(tmp_path: Path) -> None:
    """The largest first, with all that is below it; what was there and has changed is not new."""
    (tmp_path / "old").write_text("old")
    (tmp_path / "folder").mkdir()
    places = SharedPlaces([str(tmp_path)])
    (tmp_path / "old").write_bytes(bytes(99_999))
    (tmp_path / "folder" / "inside").touch()
    (tmp_path / "small").touch()
    (tmp_path / "large" / "deep").mkdir(parents=True)
    (tmp_path / "large" / "deep" / "file").write_bytes(bytes(100_000))
    (tmp_path / "mine").touch()
    found = places.find(UID, {f"{tmp_path}/mine"})

    assert [one.path for one in found.largest] == [f"{tmp_path}/large", f"{tmp_path}/small"]
    assert found.largest[0].used_bytes >= 100_000
    assert found.whole
    assert sorted(os.listdir(tmp_path)) == ["folder", "large", "mine", "old", "small"]


def test_what_has_gone_again_is_not_left(tmp_path: Path) -> None:
    """Most temporary files do."""
    places = SharedPlaces([str(tmp_path)])
    (tmp_path / "file").touch()
    (tmp_path / "file").unlink()
    assert places.find(UID, ()).largest == ()


@pytest.mark.skipif(UID != 0, reason="NEEDS ROOT TO GIVE FILES AWAY")
def test_others_files_are_theirs(tmp_path: Path) -> None:
    """In /tmp everybody comes and goes."""
    places = SharedPlaces([str(tmp_path)])
    for name in ("ours", "theirs"):
        (tmp_path / name).touch()
    os.chown(tmp_path / "theirs", 12345, 12345)
    assert [one.path for one in places.find(UID, ()).largest] == [f"{tmp_path}/ours"]
    assert [one.path for one in places.find(12345, ()).largest] == [f"{tmp_path}/theirs"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither to a large file nor to a large folder."""
    (tmp_path / "place").mkdir()
    places = SharedPlaces([str(tmp_path / "place")])
    (tmp_path / "place" / "link").symlink_to("/usr")
    (found,) = places.find(UID, ()).largest
    assert found == Appeared(0, f"{tmp_path}/place/link")


def test_one_directory_of_two_names_is_one(tmp_path: Path) -> None:
    """As /var/tmp is a link to /tmp somewhere; what is not there at all is no place."""
    (tmp_path / "place").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "place")
    places = SharedPlaces([str(tmp_path / name) for name in ("place", "link", "none")])
    (tmp_path / "place" / "file").touch()
    assert len(places.find(UID, ()).largest) == 1
    places.leave_out([str(tmp_path / "place")])
    assert not places


def test_place_with_too_many_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can say what is new in it; one that becomes so is told as far as it was read."""
    monkeypatch.setattr(shared, "_MOST_LISTED", 10)
    crowded, other = tmp_path / "crowded", tmp_path / "other"
    for place in (crowded, other):
        place.mkdir()
    for number in range(11):
        (crowded / str(number)).touch()
    places = SharedPlaces([str(crowded), str(other)])
    (crowded / "new").touch()
    assert places.find(UID, ()) == shared.Found(0, 0, (), whole=True)
    assert places.crowded == {str(crowded)}
    for number in range(11):
        (other / str(number)).touch()
    found = places.find(UID, ())
    assert (found.count, found.whole) == (10, False)


def test_large_trees_are_measured_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much a run leaves, its end does not wait for it."""
    monkeypatch.setattr(shared, "_MOST_MEASURED", 100)
    places = SharedPlaces([str(tmp_path)])
    for number in range(20):
        (tmp_path / "tree" / str(number)).mkdir(parents=True)
        for file in range(20):
            (tmp_path / "tree" / str(number) / str(file)).write_bytes(b"x")
    found = places.find(UID, ())
    assert [one.path for one in found.largest] == [f"{tmp_path}/tree"]
    assert not found.whole


def test_many_are_counted_and_the_largest_named(tmp_path: Path) -> None:
    """What is remembered of them does not grow with them."""
    places = SharedPlaces([str(tmp_path)])
    for number in range(100):
        (tmp_path / str(number)).write_bytes(bytes(5000 * number))
    found = places.find(UID, ())
    assert found.count == 100
    assert found.used_bytes >= sum(5000 * number for number in range(100))
    assert [Path(one.path).name for one in found.largest] == [str(99 - n) for n in range(20)]


def test_new_entry_of_a_path(tmp_path: Path) -> None:
    """What a process has open below it leads to it."""
    (tmp_path / "old").mkdir()
    places = SharedPlaces([str(tmp_path)])
    (tmp_path / "new").mkdir()
    top = f"{tmp_path}/new"
    assert places.top_of(f"{tmp_path}/new/deep/file") == places.top_of(top) == top
    for path in (f"{tmp_path}/old/file", str(tmp_path), f"{tmp_path}/", "/usr", f"{tmp_path}2/x"):
        assert places.top_of(path) is None


def test_open_and_mapped_files_of_a_process(tmp_path: Path) -> None:
    """A library that was unpacked to be loaded is mapped, and open no more."""
    for name in ("open", "mapped", "closed"):
        (tmp_path / name).write_bytes(bytes(mmap.PAGESIZE))
    script = (
        "import mmap, sys; a = open(sys.argv[1]); b = open(sys.argv[2], 'rb')\n"
        "m = mmap.mmap(b.fileno(), 0, prot=mmap.PROT_READ); b.close(); del b\n"
        "import os; os.closerange(a.fileno() + 1, 99); open(sys.argv[3]).close()\n"
        "print(flush=True); sys.stdin.read()"
    )
    argv = [
        sys.executable,
        "-c",
        script,
        *(str(tmp_path / n) for n in ("open", "mapped", "closed")),
    ]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        paths = set(open_below(process.pid))
        process.communicate()
    assert {path for path in paths if path.startswith(str(tmp_path))} == {
        str(tmp_path / "open"),
        str(tmp_path / "mapped"),
    }
    assert list(open_below(process.pid)) == []
