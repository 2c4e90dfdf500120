"""Rows right above a closing count, which tells whose they are."""

from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.line import Line

Row = tuple[Rule, dict[str, str | None]]
"""The rule that reads a row, and what its groups say."""
_MOST_BETWEEN = 4
"""Blank lines, and below all rows others of the closing count, that may stand one above another."""


def rows_above(grammar: Grammar, trailer: Rule, line: Line) -> list[Row]:
    """The rows above ``line``, topmost first, up to a line that is none."""
    rows: list[Row] = []
    between = 0
    for text in line.above():
        row = _row(grammar, text)
        if row is not None:
            rows.append(row)
            between = 0
        elif between < _MOST_BETWEEN and not text.strip():
            between += 1
        elif rows or between >= _MOST_BETWEEN or not trailer.pattern.match(text):
            break  # A closing count above the rows is an earlier execution's.
        else:
            between += 1
    return rows[::-1]


def _row(grammar: Grammar, text: str) -> Row | None:
    for rule in grammar.rows:
        if match := rule.pattern.match(text):
            return rule, match.groupdict()
    return None
