"""What went wrong, in few bytes: a summary and the lines that told of it, word for word."""

from collections.abc import Iterable
from dataclasses import dataclass

from supervisor.analyzer.text import cut

EXCERPT_BYTES = 600
_MOST_BYTES = 320
_SUMMARY_BYTES = 160


@dataclass(frozen=True, slots=True, order=True)
class Quote:
    """A line as it came, but for colours."""

    number: int
    """Counted from 1."""
    text: str


def render(summaries: Iterable[str], quotes: Iterable[Quote], most_bytes: int) -> str:
    r"""What went wrong in at most ``most_bytes`` of UTF-8: one summary, first lines, the others.

    >>> render(["make: 1 error"], [Quote(7, "a.c:1:2: error: no")], 40)
    'make: 1 error\n7: a.c:1:2: error: no'
    """
    said = [*summaries]
    head = [cut(summary, _SUMMARY_BYTES) for summary in said[:1]]
    lines = [f"{one.number}: {cut(one.text.strip(), _MOST_BYTES)}" for one in sorted({*quotes})]
    text = ""
    for line in (*head, *lines, *said[1:]):
        longer = f"{text}\n{line}" if text else line
        if len(longer.encode()) <= most_bytes:
            text = longer
    return text
