"""Reading telemetry back, while it is written or after a crash."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, NamedTuple

from supervisor.telemetry.journal import closed_files
from supervisor.telemetry.retention import ARCHIVE_SUFFIX, LIVE_NAME, Closed

_LINE_MOST_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 16


class Position(NamedTuple):
    """Where a reader of all telemetry stands; it stays true when files are closed or compressed."""

    segment: int
    """Number of the file: a closed one's own, for the live one the number that it will get."""
    offset: int
    """Bytes of the file's records that were read."""


START = Position(0, 0)


def read_events(
    directory: Path,
    decompress: Callable[[Path], Iterator[bytes]],
    since: Position = START,
) -> Iterator[tuple[Position, dict[str, object]]]:
    """All kept records from ``since`` on, oldest first, each with the position behind it.

    Lines that are no records (torn, foreign) are left out. ``decompress`` gives an archive's bytes
    in chunks and raises ``OSError`` for a damaged one, which gives a record of kind
    ``telemetry-damaged`` in place of what it held.

    Raises:
        OSError: the directory or the live file cannot be read.
    """
    closed, live = _snapshot(directory)
    with live:
        for file in closed:
            if file.seq < since.segment:
                continue
            skip = since.offset if file.seq == since.segment else 0
            try:
                for offset, record in _records(_read_closed(directory, file, decompress), skip):
                    yield Position(file.seq, offset), record
            except FileNotFoundError:  # Retention has deleted it meanwhile.
                continue
            except OSError as error:
                yield Position(file.seq + 1, 0), _damaged(file, error)
        number = max((file.seq for file in closed), default=0) + 1
        skip = since.offset if number == since.segment else 0
        live.seek(skip)
        for offset, record in _records(iter(lambda: live.read(_CHUNK_BYTES), b""), 0):
            yield Position(number, skip + offset), record


def _snapshot(directory: Path) -> tuple[list[Closed], IO[bytes]]:
    """The closed files, and the live one opened so that no record is in both or in neither."""
    while True:
        before = _newest_forms(directory)
        live = _open_live(directory)
        if [file.seq for file in before] == [file.seq for file in _newest_forms(directory)]:
            return before, live
        live.close()  # A rotation came between.


def _newest_forms(directory: Path) -> list[Closed]:
    """One file per rotation: a plain one beside its archive is the one to trust."""
    return list({file.seq: file for file in reversed(closed_files(directory))}.values())[::-1]


def _open_live(directory: Path) -> IO[bytes]:
    try:
        return (directory / LIVE_NAME).open("rb")
    except FileNotFoundError:
        return io.BytesIO()


def _read_closed(
    directory: Path, file: Closed, decompress: Callable[[Path], Iterator[bytes]]
) -> Iterator[bytes]:
    plain = directory / replace(file, compressed=False).name
    try:
        with plain.open("rb") as opened:
            yield from iter(lambda: opened.read(_CHUNK_BYTES), b"")
    except FileNotFoundError:  # It is compressed, or has just been.
        yield from decompress(plain.with_name(plain.name + ARCHIVE_SUFFIX))


def _records(chunks: Iterable[bytes], skip: int) -> Iterator[tuple[int, dict[str, object]]]:
    """Records behind the first ``skip`` bytes, each with the number of bytes up to its end."""
    pending = b""
    offset = 0
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            offset += len(line) + 1
            if offset > skip and (record := _parse(line)) is not None:
                yield offset, record
        if len(pending) > _LINE_MOST_BYTES:
            offset += len(pending) - _LINE_MOST_BYTES
            pending = pending[:_LINE_MOST_BYTES]


def _parse(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _damaged(file: Closed, error: OSError) -> dict[str, object]:
    return {
        "time": file.written.isoformat(),
        "seq": None,
        "kind": "telemetry-damaged",
        "level": "error",
        "run": None,
        "file": file.name,
        "problem": str(error),
    }
