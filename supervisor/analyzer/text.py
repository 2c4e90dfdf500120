"""Raw lines to the text that their tool meant: no colours, no redraws, no stamps in front."""

import re

_ESCAPES = re.compile(
    rb"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC: titles and hyperlinks
    rb"|\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours and cursor moves
    rb"|\x1b[()*+][0-9A-Za-z]|\x1b[=>@-Z\\^_78]"
)
_TO_THE_START = re.compile(rb"\x1b\[(?:[01]?G|\d{3,}D)")
"""To the first column, as prettier, yarn and jest go there to redraw a line."""
_LINE_ENDS = re.compile(rb"\r+\n")
_MOST_SPACES = 100
_WIDE = b" " * (_MOST_SPACES + 1)
_WIDE_GAP = re.compile(rb"[ \t]{%d}[ \t]+" % _MOST_SPACES)
_STAMP = re.compile(
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]? ?"
    r"|\[\d\d:\d\d:\d\d(?:[.,]\d+)?\] |\d\d:\d\d:\d\d(?:[.,]\d+)? (?! *-|[AP]M )"
)
FRONT_STARTS = frozenset("0123456789[#\ufeff")
"""What a line begins with that may have something in front."""
_RUNNER_MARK = re.compile(r"##\[(?:error|warning)\]")
_BYTE_ORDER_MARK = "\ufeff"
_LEVELS = r"(?i:trace|debug|info|success|warn|warning|error|fatal)"
"""What Maven, sbt and loggers write in brackets; lines of one tool differ in them."""
_NO_LANE = rf"gw\d|doctest\]|-+\]|ant:|{_LEVELS}\]"
_LANE = re.compile(
    r"(?P<compose>[A-Za-z][\w.-]*) +\| (?P<a>.*)"
    rf"|(?P<concurrently>\[(?!{_NO_LANE})[\w:./@-]+\]) (?P<b>.*)"
    r"|(?P<turbo>(?:@[\w.-]+/)?[\w-]+:[A-Za-z][\w-]*): (?P<c>.*)"
    r"|(?P<buildkit>#\d+) \d+\.\d+ (?P<d>.*)"
)
_LANE_STARTS = frozenset("[#@")
_TURBO_COLONS = 2


def scrub(block: bytes) -> bytes:
    r"""Complete lines without escapes, with ``\n`` at their ends, and of redraws the last.

    Of very many spaces in a row a hundred stay: expressions try each as the end of the words.

    >>> scrub(b"\x1b[31m1 failed\x1b[0m\r\n 10%\r 90%\rdone\n")
    b'1 failed\ndone\n'
    """
    if b"\x1b" in block:
        block = _TO_THE_START.sub(b"\r", block)
        block = _ESCAPES.sub(b"", block)
    if b"\r" in block:
        # Hardly any line ends in more than one, for which to search takes twenty times as long.
        block = block.replace(b"\r\n", b"\n")
        if b"\r\n" in block:
            block = _LINE_ENDS.sub(b"\n", block)
        if b"\r" in block:
            block = _last_drawn(block)
    if _WIDE in block.replace(b"\t", b" "):
        block = _WIDE_GAP.sub(_narrow, block)
    return block


def _last_drawn(block: bytes) -> bytes:
    """Of each line what stands behind the last return in it."""
    kept: list[bytes] = []
    begin = 0
    while (place := block.find(b"\r", begin)) >= 0:
        kept.append(block[begin : block.rfind(b"\n", begin, place) + 1 or begin])
        begin = block.rfind(b"\r", place, block.find(b"\n", place)) + 1
    return b"".join([*kept, block[begin:]])


def _narrow(gap: re.Match[bytes]) -> bytes:
    return gap[0][:_MOST_SPACES]


def bare(text: str) -> str:
    """A line without what a runner wrote in front of it: stamps and marks.

    >>> bare("2022-04-13T21:46:50.3239923Z FAILED a.py::b"), bare("12 | import os")
    ('FAILED a.py::b', '12 | import os')
    """
    if text[:1] not in FRONT_STARTS:
        return text
    if stamp := _STAMP.match(text):
        text = text[stamp.end() :]
    if mark := _RUNNER_MARK.match(text):
        text = text[mark.end() :]
    return text.lstrip(_BYTE_ORDER_MARK)


def occurrences(byte: bytes, data: bytes) -> int:
    """How often a byte stands in ``data``."""
    # To count them takes four times as long, since that looks at each byte for itself.
    return len(data) - len(data.replace(byte, b""))


def decode(data: bytes) -> str:
    """Text of bytes that should be UTF-8; each byte that is not becomes U+FFFD."""
    return data.decode("utf-8", "replace")


def split_lane(text: str) -> tuple[str, str] | None:
    """The lane that a multiplexer (compose, turbo, concurrently, buildkit) wrote in front.

    >>> split_lane("web-1  | 2 failed in 0.10s")
    ('web-1', '2 failed in 0.10s')
    """
    # The pattern costs as much as the whole rest of a line's way; most lines are no lane's.
    if text[:1] not in _LANE_STARTS and " | " not in text:
        space = text.find(" ")
        if text[space - 1 : space] != ":" or text.count(":", 0, space) != _TURBO_COLONS:
            return None
        if not text[text.find(":") + 1].isalpha():  # A file with its line.
            return None
    match = _LANE.fullmatch(text)
    if match is None:
        return None
    lane, rest = (part for part in match.groups() if part is not None)
    return lane, rest


def cut(text: str, most_bytes: int) -> str:
    """At most ``most_bytes`` of UTF-8, cut between code points and marked with an ellipsis.

    >>> cut("zwölf Boxkämpfer", 9), cut("short", 9)
    ('zwölf…', 'short')
    """
    data = text.encode("utf-8", "replace")
    if len(data) <= most_bytes:
        return data.decode("utf-8")
    return data[: max(0, most_bytes - 3)].decode("utf-8", "ignore").rstrip(" …") + "…"
