"""One raw line to the text that its tool meant: no colours, no redraws, no stamps in front."""

import re

_ESCAPES = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles and hyperlinks
    rb"|\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours and cursor moves
    rb"|\x1b[()*+][0-9A-Za-z]|\x1b[=>@-Z\\^_78]"
)
_STAMP = re.compile(
    rb"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]? ?"
    rb"|\[\d\d:\d\d:\d\d(?:\.\d+)?\] "
)
_STAMP_STARTS = frozenset(b"0123456789[")
_RUNNER_MARK = re.compile(rb"##\[(?:error|warning)\]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LANE = re.compile(
    r"(?P<compose>[A-Za-z][\w.-]*) +\| (?P<a>.*)"
    r"|(?P<concurrently>\[(?!gw\d)[\w:./@-]+\]) (?P<b>.*)"
    r"|(?P<turbo>(?:@[\w.-]+/)?[\w-]+:[A-Za-z][\w-]*): (?P<c>.*)"
    r"|(?P<buildkit>#\d+) \d+\.\d+ (?P<d>.*)"
)
_LANE_STARTS = frozenset("[#@")
_TURBO_COLONS = 2


def plain(raw: bytes) -> str:
    r"""The line as a person would see it.

    Of a line that was redrawn with carriage returns the last drawing counts.

    >>> plain(b"\x1b[31m1 failed\x1b[0m\r"), plain(b" 10%\r 90%\rdone")
    ('1 failed', 'done')
    >>> plain(b"2022-04-13T21:46:50.3239923Z FAILED a.py::b")
    'FAILED a.py::b'
    """
    return clean(raw).decode("utf-8", "replace")


def clean(raw: bytes) -> bytes:
    """The bytes of what ``plain`` shows."""
    if b"\x1b" in raw:
        raw = _ESCAPES.sub(b"", raw)
    if b"\r" in raw:
        raw = raw.rstrip(b"\r")
        raw = raw[raw.rfind(b"\r") + 1 :]
    if raw and raw[0] in _STAMP_STARTS and (stamp := _STAMP.match(raw)):
        raw = raw[stamp.end() :]
    if raw.startswith(b"##") and (mark := _RUNNER_MARK.match(raw)):
        raw = raw[mark.end() :]
    while raw.startswith(_BYTE_ORDER_MARK):
        raw = raw[len(_BYTE_ORDER_MARK) :]
    return raw


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
