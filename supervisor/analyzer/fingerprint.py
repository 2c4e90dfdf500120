"""One identity for failures that differ only in accidents, with the algorithm's version in it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from supervisor.analyzer.shape import shape

VERSION = "v1"

# One pass, first match wins; what is listed as kept shields its digits from the later rules. A
# search spends its time where nothing stands, so each place is first asked for its character.
_KEEP = (
    r"(?P<keep>\b(?<!\w[.-])(?:localhost|(?:\d{1,3}\.){3}\d{1,3}|[\w-]++(?:\.[\w-]++)++)"
    r":\d{2,5}\b(?!:)(?=[^:]*$))|"
)
_REST = (
    r"\b(?=[\da-fA-F])(?:"
    r"(?P<uuid>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"
    r"|(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)"
    r"|(?P<clock>\d\d:\d\d:\d\d(?:[.,]\d+)?\b)"
    r"|(?P<address>0x[0-9a-fA-F]+\b)"
    r"|(?P<hash>(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b)"
    r"|(?P<duration>\d+(?:\.\d+)?\s?(?:ms|us|µs|ns|s|min|KiB|MiB|GiB|kB|KB|MB|GB|%)(?![\w]))"
    r"|(?P<number>(?<![.-])\d+(?:\.\d+)?(?![\w-]))"
    r")|(?P<temp>/(?:private/)?(?:tmp|var/tmp|var/folders|dev/shm)/[^\s'\"`:;,)\]]+)"
)
_ACCIDENTS = re.compile(_REST)
_ACCIDENTS_AND_PORT = re.compile(_KEEP + _REST)
_PORT = re.compile(r":\d\d[^:]*$")
_DIGIT = re.compile(r"\d")
_BEGINS = re.compile(r"\b(?:\d|[a-fA-F][\da-fA-F]{6})")
"""Where anything but a temporary path could begin."""
_TEMPORARY = ("/tmp/", "/var/", "/dev/shm/")  # noqa: S108 - looked for, not written to


@lru_cache(maxsize=2048)  # Findings repeat; the pattern costs ten times the look-up.
def normal(message: str) -> str:
    """``message`` without its accidents: times, addresses, hashes, temp paths, plain numbers.

    Numbers inside words stay, for they are codes and names.

    >>> normal("worker 41 died at 0x7ffd, see /tmp/x9/log: E0308 in utf8")
    'worker <number> died at <address>, see <temp>: E0308 in utf8'
    """
    if _BEGINS.search(message) is None and not any(map(message.__contains__, _TEMPORARY)):
        return message
    if "0x" in message or not message.isascii():
        return _find(message).sub(_placeholder, message)
    # Nothing else in the pattern tells one digit from another, so that messages that differ in
    # their digits have their accidents in the same places; to find these costs five times more.
    parts: list[str] = []
    seen = 0
    for start, end, placeholder in _accidents(shape(message.encode()).replace(b"0", b"9")):
        parts += (message[seen:start], placeholder)
        seen = end
    parts.append(message[seen:])
    return "".join(parts)


def is_blurred(message: str) -> bool:
    """Whether ``normal`` makes no difference between this and the same with other digits."""
    return message.isascii() and "0x" not in message and _DIGIT.search(normal(message)) is None


@lru_cache(maxsize=1024)
def _accidents(kind: bytes) -> tuple[tuple[int, int, str], ...]:
    text = kind.decode("ascii")
    return tuple(
        (match.start(), match.end(), _placeholder(match))
        for match in _find(text).finditer(text)
        if match.lastgroup != "keep"
    )


def _find(message: str) -> re.Pattern[str]:
    # A port stands behind the last colon; few messages end in one.
    return _ACCIDENTS_AND_PORT if _PORT.match(message, message.rfind(":")) else _ACCIDENTS


def forget() -> None:
    """Give up what is remembered of messages, which only makes the next ones quicker."""
    normal.cache_clear()
    _accidents.cache_clear()


def fingerprint(tool: str, identities: Iterable[bytes], rest: str) -> str:
    """``v1:`` and 16 hex digits of the tool and of what it found, in any order."""
    digest = blake2b(f"{tool}\0{rest}".encode("utf-8", "replace"), digest_size=8)
    for identity in sorted(identities):
        digest.update(identity)
    return f"{VERSION}:{digest.hexdigest()}"


def _placeholder(match: re.Match[str]) -> str:
    return match[0] if match.lastgroup == "keep" else f"<{match.lastgroup}>"
