"""Rows right above a closing count, which tells whose they are."""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line

Row = tuple[Rule, dict[str, str | None]]
"""The rule that reads a row, and what its groups say."""


def rows_above(grammar: Grammar, trailer: Rule, line: Line) -> list[Row]:
    """The rows above ``line``, topmost first, up to a line that is none."""
    rows: list[Row] = []
    for text in line.above():
        row = _row(grammar, text)
        if row is not None:
            rows.append(row)
        elif text.strip() and not trailer.pattern.match(text):
            break
    return rows[::-1]


def _row(grammar: Grammar, text: str) -> Row | None:
    for rule in grammar.rules:
        if (
            rule.does in {Does.FINDING, Does.FILE}
            and rule.before is None
            and (match := rule.pattern.match(text))
        ):
            return rule, match.groupdict()
    return None
