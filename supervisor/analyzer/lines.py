"""Chunks of two streams to blocks of complete lines, in bounded memory."""

from collections.abc import Iterator

LINE_BYTES = 4096
"""A longer line keeps its first and its last half of this."""
_BLOCK_BYTES = 1 << 16
_GAP = b" ... "


class Blocks:
    """Cuts what arrives into blocks of whole lines; each block ends in a newline.

    The blocks depend on the chunks, the lines in them do not.
    """

    def __init__(self) -> None:
        self._partial: dict[int, bytearray] = {}

    def feed(self, chunk: bytes, stream: int) -> Iterator[bytes]:
        """Blocks of the lines that ``chunk`` completes on its stream."""
        end = chunk.rfind(b"\n") + 1
        if end:
            first = chunk.index(b"\n") + 1 if self._partial.get(stream) else 0
            if first:
                self._hold(stream, chunk[: first - 1])
                yield self._release(stream)
            yield from _blocks(chunk, first, end)
        if end < len(chunk):
            self._hold(stream, chunk[end:])

    def close(self) -> Iterator[bytes]:
        """The last lines, of streams that did not end in a newline."""
        for stream in sorted(self._partial):
            if self._partial[stream]:
                yield self._release(stream)

    def _hold(self, stream: int, piece: bytes) -> None:
        held = self._partial.setdefault(stream, bytearray())
        if len(piece) > 2 * LINE_BYTES:
            piece = piece[:LINE_BYTES] + piece[-LINE_BYTES:]
        held += piece
        # Slack, so that a line without end is not moved on each of its chunks; one byte over
        # the limit remembers that the line was cut.
        if len(held) > LINE_BYTES * 16:
            del held[LINE_BYTES // 2 : len(held) - LINE_BYTES // 2 - 1]

    def _release(self, stream: int) -> bytes:
        held = self._partial[stream]
        line = shorten(bytes(held)) + b"\n"
        held.clear()
        return line


def shorten(line: bytes) -> bytes:
    """``line`` itself up to the limit, else its two ends."""
    if len(line) <= LINE_BYTES:
        return line
    half = LINE_BYTES // 2
    return line[:half] + _GAP + line[-half:]


def _blocks(chunk: bytes, start: int, end: int) -> Iterator[bytes]:
    """Slices of ``chunk[start:end]`` at line ends, with long lines shortened."""
    begin = start
    while start < end:
        newline = chunk.rfind(b"\n", start, min(start + LINE_BYTES + 1, end))
        if newline >= 0:
            start = newline + 1
            if start - begin < _BLOCK_BYTES and start < end:
                continue
            yield chunk[begin:start]
        else:
            if begin < start:
                yield chunk[begin:start]
            newline = chunk.index(b"\n", start)
            yield shorten(chunk[start:newline]) + b"\n"
            start = newline + 1
        begin = start
