"""One identity for failures that differ only in accidents, with the algorithm's version in it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

VERSION = "v1"

# One pass, first match wins; what is listed as kept shields its digits from the later rules.
_ACCIDENTS = re.compile(
    r"(?P<keep>\b(?:localhost|(?:\d{1,3}\.){3}\d{1,3}|[\w-]+(?:\.[\w-]+)+):\d{2,5}\b(?!:)(?=[^:]*$))"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)"
    r"|(?P<clock>\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b)"
    r"|(?P<address>\b0x[0-9a-fA-F]+\b)"
    r"|(?P<temp>/(?:private/)?(?:tmp|var/tmp|var/folders|dev/shm)/[^\s'\"`:;,)\]]+)"
    r"|(?P<hash>\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b)"
    r"|(?P<duration>\b\d+(?:\.\d+)?\s?(?:ms|us|µs|ns|s|min|KiB|MiB|GiB|kB|KB|MB|GB|%)(?![\w]))"
    r"|(?P<number>(?<![\w.-])\d+(?:\.\d+)?(?![\w-]))"
)
_SUSPECT = re.compile(r"\d|/tmp/|/var/|/dev/shm/")


@lru_cache(maxsize=2048)  # Findings repeat; the pattern costs ten times the look-up.
def normal(message: str) -> str:
    """``message`` without its accidents: times, addresses, hashes, temp paths, plain numbers.

    Numbers inside words stay, for they are codes and names.

    >>> normal("worker 41 died at 0x7ffd, see /tmp/x9/log: E0308 in utf8")
    'worker <number> died at <address>, see <temp>: E0308 in utf8'
    """
    return _ACCIDENTS.sub(_placeholder, message) if _SUSPECT.search(message) else message


def fingerprint(tool: str, identities: Iterable[bytes], rest: str) -> str:
    """``v1:`` and 16 hex digits of the tool and of what it found, in any order."""
    digest = blake2b(f"{tool}\0{rest}".encode("utf-8", "replace"), digest_size=8)
    for identity in sorted(identities):
        digest.update(identity)
    return f"{VERSION}:{digest.hexdigest()}"


def _placeholder(match: re.Match[str]) -> str:
    return match[0] if match.lastgroup == "keep" else f"<{match.lastgroup}>"
