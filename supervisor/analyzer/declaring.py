"""What a closing line's groups declare: numbers by our words for them."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from supervisor.analyzer.tally import number
from supervisor.digests import Fixable

_COUNT = re.compile(r"(?<!\d)(?<!\d,)(\d[\d,]*+)\s++([A-Za-z][A-Za-z -]*[A-Za-z])")
_WORDS = {
    "error": "errors",
    "fail": "failed",
    "failing": "failed",
    "failure": "failed",
    "failures": "failed",
    "ignored": "skipped",
    "ok": "passed",
    "pass": "passed",
    "passing": "passed",
    "pending": "skipped",
    "skip": "skipped",
    "success": "passed",
    "warning": "warnings",
}
"""What tools call what ``Digest.declared`` has one word for."""
_NO_NUMBERS = frozenset({"counts", "message", "remark", "safe", "unsafe"})


def declared_by(
    groups: Mapping[str, str | None], own: Mapping[str, str] = MappingProxyType({})
) -> dict[str, int]:
    """The numbers that a closing line's groups declare; ``own`` are the tool's words besides ours.

    >>> declared_by({"errors": "3", "counts": "1 failing, 2 pending", "total": None})
    {'errors': 3, 'failed': 1, 'skipped': 2}
    >>> declared_by({"errors": "3", "mended": "2"})
    {'errors': 1, 'mended': 2}
    """
    declared = {
        key: number(value)
        for key, value in groups.items()
        if value is not None and key not in _NO_NUMBERS
    }
    for digits, words in _COUNT.findall(groups.get("counts") or ""):
        word = words.lower()
        key = own.get(word) or _WORDS.get(word, word)
        declared[key] = declared.get(key, 0) + number(digits)
    if "errors" in declared and "mended" in declared:
        declared["errors"] = max(0, declared["errors"] - declared["mended"])
    return declared


def fixable_by(groups: Mapping[str, str | None], *kinds: str) -> Fixable:
    """How many findings a line says are fixable, in groups of these names and ``unsafe``."""
    safe = sum(number(groups.get(kind)) for kind in kinds)
    return Fixable(safe=safe, unsafe=number(groups.get("unsafe")))


def add_fixable(before: Fixable | None, groups: Mapping[str, str | None]) -> Fixable | None:
    """``before`` and what a closing line says of it, if it does."""
    if groups.get("safe") is None and groups.get("unsafe") is None:
        return before
    more = fixable_by(groups, "safe")
    if before is None:
        return more
    return Fixable(safe=before.safe + more.safe, unsafe=before.unsafe + more.unsafe)
