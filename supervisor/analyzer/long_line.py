r"""A line of JSON that is too long to be held: its long strings lose their middles.

The output of a command stands in an event as one string, which may be as long as it likes.
"""

import re
from collections.abc import Iterator

END_BYTES = 1 << 18
"""How much of each end of a string stays, as it is written in the line."""
LINE_BYTES = 1 << 22
"""What stays of a line altogether; of more, nothing does but its kind."""

_SHORT = re.compile(rb'(?:[^"]++|"[^"\\]{0,1000}+")*+')
"""Strings of a few words without escapes, and what stands between."""
_PLAIN = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_WHOLE = re.compile(rb"(?:[^\\]|\\u[0-9A-Fa-f]{4}|\\[^u])*+", re.DOTALL)
_CALM = re.compile(rb"[^\\]{6}", re.DOTALL)
"""As long as the longest escape, so behind it no escape goes on."""
_KIND = re.compile(rb'\{\s*+"type"\s*+:\s*+"[\w.]{1,40}+"')
_NEWLINE = b"\\n"
_MARK = "\x00 %d lines are missing \x00"
_GAP = re.compile(re.escape(_MARK).replace("%d", r"(\d{1,18})"))
_WRITTEN = _MARK.replace("\x00", "\\u0000").encode()


def pieces(text: str) -> Iterator[tuple[str, int]]:
    r"""A string that was in such a line: its parts, and how many newlines stood before each.

    >>> list(pieces("a" + _MARK % 3 + "b"))
    [('a', 0), ('b', 3)]
    """
    lines, place = 0, 0
    for gap in _GAP.finditer(text):
        yield text[place : gap.start()], lines
        lines, place = int(gap[1]), gap.end()
    yield text[place:], lines


def shorten(text: str) -> str:
    """A string with its two ends if it is long, as it would be in such a line."""
    if len(text) <= 2 * END_BYTES:
        return text
    missing = text.count("\n", END_BYTES, -END_BYTES)
    return text[:END_BYTES] + _MARK % max(1, missing) + text[-END_BYTES:]


class LongLine:
    """Takes a line piece by piece and keeps as much of it as its reader needs."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._string: _String | None = None
        self._rest = b""
        """A backslash that was the last of a piece."""

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        data, place = self._rest + piece, 0
        self._rest = b""
        if len(self._kept) > LINE_BYTES:
            return
        while place < len(data):
            if self._string is None:
                place = self._go_to_string(data, place)
            else:
                place = self._read_string(data, place, self._string)

    def close(self) -> bytes:
        """What stays of the line; no JSON if the line was none."""
        if self._string is not None:
            self._keep(self._string.written())
        if len(self._kept) <= LINE_BYTES:
            return bytes(self._kept)
        kind = _KIND.match(self._kept)
        return b"" if kind is None else kind[0] + b"}"

    def _go_to_string(self, data: bytes, place: int) -> int:
        short = _SHORT.match(data, place)
        quote = data.find(b'"', place if short is None else short.end()) + 1
        self._keep(data[place : quote or len(data)])
        if quote:
            self._string = _String()
        return quote or len(data)

    def _read_string(self, data: bytes, place: int, string: "_String") -> int:
        found = _PLAIN.match(data, place)
        end = place if found is None else found.end()
        string.add(data[place:end])
        if data[end : end + 1] == b'"':
            self._keep(string.written() + b'"')
            self._string = None
            return end + 1
        self._rest = data[end:]
        return len(data)

    def _keep(self, data: bytes) -> None:
        if len(self._kept) <= LINE_BYTES:
            self._kept += data


class _String:
    """The two ends of a string; which bytes they are does not depend on how it arrived."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._lines = 0
        self._cut = False

    def add(self, data: bytes) -> None:
        """Take more of it, no escape of one letter cut in two."""
        self._lines += data.count(_NEWLINE)
        room = END_BYTES - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        if len(self._tail) > 2 * END_BYTES:
            del self._tail[:-END_BYTES]
            self._cut = True

    def written(self) -> bytes:
        """The string without its middle, as it stands in JSON."""
        if not self._cut:
            return bytes(self._head + self._tail)
        whole = _WHOLE.match(self._head)
        head = b"" if whole is None else whole[0]
        calm = _CALM.search(self._tail, len(self._tail) - END_BYTES)
        tail = b"" if calm is None else self._tail[calm.end() :]
        missing = self._lines - head.count(_NEWLINE) - tail.count(_NEWLINE)
        return head + _WRITTEN % max(1, missing) + tail
