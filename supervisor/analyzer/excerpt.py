"""What went wrong, in few bytes: a summary and the lines that told of it, word for word."""

from collections.abc import Iterable, Sequence
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


def render(
    summaries: Sequence[str], quotes: Iterable[Quote], context: Iterable[Quote], most_bytes: int
) -> str:
    r"""What went wrong in at most ``most_bytes`` of UTF-8: a summary, and lines in their order.

    What does not fit is left out: first of ``context``, from its end, then of the other summaries
    and the ``quotes``.

    >>> render(["make: 1 error"], [Quote(7, "a.c:1:2: error: no")], [Quote(6, "cc a.c")], 49)
    'make: 1 error\n6: cc a.c\n7: a.c:1:2: error: no'
    """
    head = [cut(summary, _SUMMARY_BYTES) for summary in summaries[:1]]
    wanted: list[Quote | str] = [*sorted({*quotes}), *summaries[1:], *context]
    kept: dict[Quote | str, str] = {}
    room = most_bytes + 1 - sum(len(one.encode()) + 1 for one in head)
    for one in wanted:
        line = one if isinstance(one, str) else _numbered(one)
        size = len(line.encode()) + 1
        if size <= room and one not in kept:
            kept[one] = line
            room -= size
    lines = [kept[one] for one in sorted(one for one in kept if isinstance(one, Quote))]
    return "\n".join([*head, *lines, *(one for one in kept if isinstance(one, str))])


def _numbered(quote: Quote) -> str:
    return f"{quote.number}: {cut(quote.text.strip(), _MOST_BYTES)}"
