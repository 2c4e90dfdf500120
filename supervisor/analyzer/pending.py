"""A finding whose first line does not say everything, and the lines that say the rest."""

from collections.abc import Mapping
from dataclasses import replace

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.tally import Finding, number, severity_key

Groups = Mapping[str, str | None]


def found(groups: Groups, file: str | None) -> Finding:
    """The finding that a match's groups describe, in ``file`` unless they name another."""
    get = groups.get
    times = get("times")
    return Finding(
        file=get("file") or file,
        line=number(get("line")) or None,
        column=number(get("column")) or None,
        code=get("code") or get("name"),
        message=(get("message") or get("remark") or "").strip(),
        counts_as=severity_key(get("severity") or get("warning")),
        times=1 if times is None else number(times),
    )


class Pending:
    """One such finding, from its first line to the one that completes it or to its end."""

    def __init__(self, grammar: Grammar, rule: Rule, finding: Finding) -> None:
        self.rule = rule
        self.finding = finding
        """What is known so far."""
        self.complete = False
        self._grammar = grammar
        self._lines = 0
        self._gaps = rule.gaps

    def take(self, text: str) -> bool:
        """Read a line that may go on with it; False: it is over, and the line is not its own."""
        rule = self.rule
        self._lines += 1
        match = None if rule.continues is None else rule.continues.match(text)
        if match is not None:
            self._add(match.groupdict())
            self.complete = not (rule.pieces and lacks(rule, self.finding, {}))
            return True
        if text.strip():
            return self._lines <= rule.most_lines
        self._gaps -= 1
        return self._gaps >= 0

    def _add(self, groups: Groups) -> None:
        finding, rest = self.finding, found(groups, None)
        says, more = groups.get("severity") or groups.get("warning"), groups.get("more")
        message = finding.message or rest.message
        if self.rule.does is Does.BROKEN:  # Its banner has served until now.
            message = rest.message or finding.message
        self.finding = replace(
            finding,
            file=finding.file or rest.file,
            line=finding.line or rest.line,
            column=finding.column or rest.column,
            code=finding.code or rest.code,
            message=f"{message}: {more}" if more else message,
            counts_as=severity_key(says, self._grammar.severities, finding.counts_as),
        )


def lacks(rule: Rule, finding: Finding, groups: Groups) -> bool:
    """Whether a finding, made of these groups, lacks what the lines behind it can say."""
    later = () if rule.continues is None else rule.continues.groupindex
    return any(not (groups.get(name) or _has(finding, name)) for name in later)


def _has(finding: Finding, name: str) -> bool:
    match name:
        case "file" | "line" | "column" | "code" | "message":
            return bool(getattr(finding, name))
        case _:  # A severity, and what belongs at the end of the message.
            return False
