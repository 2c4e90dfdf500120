"""A tree with everything in it that makes removing one go wrong; a program, too, that makes it.

It needs the standard library only, and prints how many inodes it has made.
"""

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

DEPTH = 10_000
_FOLDERS = 50
_FOLDER = os.O_RDONLY | os.O_DIRECTORY


def plant(place: Path, files: int, home: Path, shared: Path) -> int:
    """Fill ``place``; returns how many inodes are new in it.

    ``home`` is what links lead to. Of the file ``shared`` it has another hard link.
    """
    return (
        plant_flat(place / "flat", files)
        + plant_deep(place / "deep")
        + _plant_names(place / "names")
        + _plant_read_only(place / "pkg")
        + _plant_odd(place / "odd", home, shared)
    )


def plant_flat(place: Path, files: int) -> int:
    """Many files, in a few folders."""
    for number in range(_FOLDERS):
        folder = os.open(_made(place / str(number)), _FOLDER)
        for file in range(number, files, _FOLDERS):
            os.close(os.open(f"file{file}", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
        os.close(folder)
    return 1 + _FOLDERS + files


def plant_deep(place: Path) -> int:
    """A path that no system call takes."""
    fd = os.open(_made(place), _FOLDER)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", _FOLDER, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    return 1 + DEPTH


def _plant_names(place: Path) -> int:
    """Names that are no text, or several lines, or look like an option or another place."""
    names = (b"two\nlines", b"\xff\xfe\x80", b"-rf", b" ", b"\x1b[2J", b"...", b"n" * 255, b"*")
    for name in names:
        folder = os.fsencode(_made(place)) + b"/" + name
        os.mkdir(folder)
        Path(os.fsdecode(folder + b"/" + name)).touch()
    return 1 + 2 * len(names)


def _plant_read_only(place: Path) -> int:
    """What Go's module cache looks like."""
    module = _made(place / "mod" / "example.com@v1.0.0")
    (module / "go.mod").touch(mode=0o444)
    for folder in (module, module.parent, place):
        folder.chmod(0o555)
    return 4


def _plant_odd(place: Path, home: Path, shared: Path) -> int:
    with (_made(place) / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    (place / "data").write_bytes(bytes(1 << 20))
    os.link(place / "data", place / "data again")
    os.link(shared, place / "shared")
    (place / "home").symlink_to(home)
    (place / "up").symlink_to("../../../..")
    (place / "nowhere").symlink_to("/nowhere")
    os.mkfifo(place / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        fd = os.open(place, _FOLDER)
        one.bind(f"/proc/self/fd/{fd}/socket")  # Its path may be too long.
        os.close(fd)
    return 9


def hold_deleted(place: Path) -> int:
    """A descriptor of a file that is in the tree no more and still has its blocks."""
    fd = os.open(place / "deleted", os.O_CREAT | os.O_RDWR, 0o600)
    os.write(fd, bytes(1 << 20))
    os.unlink(place / "deleted")
    return fd


def bind(home: Path, place: Path) -> bool:
    """Mount ``home`` deep in the tree, as part of it; whether we may."""
    target = _made(place / "mounted" / "on" / "here")
    mount = ["mount", "--bind", str(home), str(target)]
    return subprocess.run(mount, check=False, capture_output=True).returncode == 0


def outside_of(folder: Path) -> Path:
    """Make what must not be touched: a home directory, and the file ``shared`` beside it."""
    home = _made(folder / "home")
    (home / "precious").write_text("years of work")
    _made(home / ".ssh").chmod(0o500)
    (home / "link").symlink_to("precious")
    (folder / "shared").write_bytes(bytes(100_000))
    return home


def listing(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that is in a folder: modes, owners, times of change, and what the files hold.

    Of a file's inode everything but the number of its links.
    """
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        seen = path.lstat()
        text = os.readlink(path) if path.is_symlink() else ""
        held = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        identity = seen.st_ino, seen.st_mode, seen.st_uid, seen.st_size, seen.st_mtime_ns
        found[str(path.relative_to(folder))] = (*identity, text, held)
    return found


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _main(place: Path, files: int, outside: Path, *wishes: str) -> None:
    made = plant(place, files, outside / "home", outside / "shared")
    hold_deleted(place)  # Until we end.
    print(made, "bind" in wishes and bind(outside / "home", place), flush=True)


if __name__ == "__main__":
    _main(Path(os.environ["TMPDIR"]), int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
