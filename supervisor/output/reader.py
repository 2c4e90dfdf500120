"""Reading a raw store back: exactly, checked, and any line without decoding the rest."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from supervisor.errors import NoInputError
from supervisor.output.frames import FrameError, FrameHeader, decode, read_header
from supervisor.output.position import Position
from supervisor.output.segments import segment_paths

LINE_MOST_BYTES = 1 << 20
"""Longest line that ``lines`` gives; the rest of a longer one is left out."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of output that was not kept."""

    bytes: int
    lines: int
    """Newlines in it."""
    after_offset: int
    """Bytes of output before it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the output, or what was kept of it."""

    number: int
    """Counted from 1 over the whole output, dropped lines included."""
    data: bytes
    """Without its newline."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of output as it was captured."""

    begin: Position
    end: Position
    chunks: tuple[tuple[int, bytes], ...]
    """(stream, bytes) in order."""


class RawReader:
    """The kept output of one run; holds one frame in memory, and may read a live store."""

    def __init__(self, directory: Path) -> None:
        """Find the segments.

        Raises:
            NoInputError: there is no store.
        """
        self._directory = directory
        if not self._paths():
            raise NoInputError(f"{directory}: no output is stored here")

    def chunks(self, stream: int | None = None) -> Iterator[bytes]:
        """The kept bytes of one stream (1 stdout, 2 stderr), or of both as captured.

        Raises:
            NoInputError: the store is damaged; what came before is good.
        """
        for header, raw in self._frames(lambda header: _has(header, stream)):
            start = 0
            for owner, size in header.parts if raw else ():
                if stream in {None, owner}:
                    yield raw[start : start + size]
                start += size

    def stretches(self, begin: int, end: int) -> Iterator[Stretch]:
        """What is kept of the output between two offsets, in order, a frame at a time.

        Raises:
            NoInputError: the store is damaged; what came before is good.
        """

        def wanted(header: FrameHeader) -> bool:
            return header.offset < end and begin < header.offset + header.raw_bytes

        for header, raw in self._frames(wanted):
            if header.offset >= end:
                return
            if raw:
                yield _cut_frame(header, raw, begin - header.offset, end - header.offset)

    def gaps(self) -> tuple[Gap, ...]:
        """What is missing, in order: the quota's middle, and what the disk did not take.

        Raises:
            NoInputError: the store is damaged.
        """
        found = []
        end = line = 0
        for header, _ in self._frames(lambda _: False):
            if header.offset > end:
                found.append(Gap(header.offset - end, header.line - line, end))
            end, line = header.offset + header.raw_bytes, header.line + header.lines
        return tuple(found)

    def lines(self, first: int, last: int) -> Iterator[Line]:
        """Kept lines from ``first`` to ``last``, counted from 1; only their frames are decoded.

        Beside a gap a line may lack its start or its end.

        Raises:
            NoInputError: the store is damaged.
        """

        def wanted(header: FrameHeader) -> bool:
            return header.line < last and header.line + header.lines + 1 >= first

        cutter = _Cutter()
        for header, raw in self._frames(wanted):
            if header.line >= last:
                break
            if raw:
                lines = cutter.feed(header, raw)
                yield from (line for line in lines if first <= line.number <= last)
        yield from (line for line in cutter.close() if first <= line.number <= last)

    def _paths(self) -> list[Path]:
        try:
            return segment_paths(self._directory)
        except OSError as error:
            raise NoInputError(f"{self._directory}: {error.strerror}") from error

    def _frames(self, wanted: Callable[[FrameHeader], bool]) -> Iterator[tuple[FrameHeader, bytes]]:
        """Every whole frame in order, decoded where it is wanted, else empty."""
        for path in self._paths():
            try:
                with path.open("rb") as file:
                    yield from _frames_of(file, wanted)
            except FileNotFoundError:  # The live store's quota has pushed it out meanwhile.
                continue
            except (OSError, FrameError) as error:
                raise NoInputError(f"{path}: {error}") from error


def _has(header: FrameHeader, stream: int | None) -> bool:
    return stream is None or any(owner == stream for owner, _ in header.parts)


def _frames_of(
    file: IO[bytes], wanted: Callable[[FrameHeader], bool]
) -> Iterator[tuple[FrameHeader, bytes]]:
    while (header := read_header(file)) is not None:
        end = file.tell() + header.frame_bytes
        if end > os.fstat(file.fileno()).st_size:
            return  # A crash tore it.
        if header.raw_bytes and wanted(header):
            yield header, decode(header, file.read(header.frame_bytes))
        else:
            yield header, b""
            file.seek(end)


def _cut_frame(header: FrameHeader, raw: bytes, begin: int, end: int) -> Stretch:
    """The part of a frame between two places in it; either may lie outside."""
    begin, end = max(0, begin), min(len(raw), end)
    chunks = []
    start = 0
    for stream, size in header.parts:
        if data := raw[max(begin, start) : min(end, start + size)]:
            chunks.append((stream, data))
        start += size
    first = Position(header.offset, header.line).after(begin, raw.count(b"\n", 0, begin))
    return Stretch(first, first.after(end - begin, raw.count(b"\n", begin, end)), tuple(chunks))


class _Cutter:
    """Cuts frames into numbered lines; a line may span frames."""

    def __init__(self) -> None:
        self._number = 0
        self._pending = bytearray()
        self._end = 0

    def feed(self, header: FrameHeader, raw: bytes) -> Iterator[Line]:
        if header.offset != self._end:
            yield from self.close()
        self._end = header.offset + header.raw_bytes
        self._number = header.line + 1
        start = 0
        while (stop := raw.find(b"\n", start)) >= 0:
            yield self._cut(raw[start:stop])
            start = stop + 1
        self._pend(raw[start:])

    def close(self) -> Iterator[Line]:
        """The line that no newline has ended."""
        if self._pending:
            yield self._cut(b"")

    def _pend(self, piece: bytes) -> None:
        self._pending += piece[: LINE_MOST_BYTES - len(self._pending)]

    def _cut(self, piece: bytes) -> Line:
        self._pend(piece)
        line = Line(self._number, bytes(self._pending))
        self._number += 1
        self._pending.clear()
        return line
