"""Linters for shell scripts: shellcheck and bashate.

Source: koalaman/shellcheck, src/ShellCheck/Formatter (TTY.hs, GCC.hs); openstack/bashate,
bashate/messages.py.
"""

from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.pending import found
from supervisor.analyzer.tally import Finding, Tally, number, severity_key

_LEVELS = {"style": "notes"}
_HEADING = Pattern(r"In (?P<file>\S.*) line (?P<line>\d+):$")
_ROW = Pattern(
    r"\s*(?:\^-*\^|\^--|\^) (?P<code>SC\d{4})(?: \((?P<severity>\w+)\))?: (?P<message>.*)"
)
_GCC = Pattern(
    r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<severity>\w+): (?P<message>.*)"
    r" \[(?P<code>SC\d{4})\]$"
)
_WIKI = Pattern(r"\s*https://www\.shellcheck\.net/wiki/SC\d")
_BROKEN = Pattern(r"(?P<message>\S.*: openBinaryFile: does not exist.*)")
_REACH = 24
"""How far above a finding the heading of its line may stand, with others between them."""


class ShellcheckParser:
    """Reads findings; a heading that says where they are is sought from below.

    To look for headings would be to look at every line that speaks of a line.
    """

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._severities = grammar.severities

    @property
    def done(self) -> bool:
        """Never: there is no closing line."""
        return False

    @property
    def attentive(self) -> bool:
        """Never: each line that matters has a literal."""
        return False

    def take(self, line: Line) -> bool:
        """Read a finding."""
        text = line.text
        if match := _ROW.match(text) or _GCC.match(text):
            self.tally.add(self._finding(match.groupdict(), line))
            return True
        if broken := _BROKEN.match(text):
            self.tally.broken = broken["message"]
            self.tally.identify("broken", self.tally.broken)
            return True
        return _WIKI.match(text) is not None

    def close(self) -> None:
        """Nothing is ever open."""

    def _finding(self, groups: dict[str, str | None], line: Line) -> Finding:
        finding = found(groups, None)
        finding.counts_as = severity_key(groups["severity"], self._severities)
        if finding.file is None:
            above = (_HEADING.match(text) for text in islice(line.above(), _REACH))
            if heading := next(filter(None, above), None):
                finding.file, finding.line = heading["file"], number(heading["line"])
        return finding


SHELLCHECK = Grammar(
    name="shellcheck",
    kind="linter",
    urgent=Pattern(r"SC1\d{3}|SC2154"),
    severities=_LEVELS,
    parser=ShellcheckParser,
    rules=(
        Rule(does=Does.FINDING, literal=("^ SC0", "-- SC0"), pattern=_ROW),
        Rule(does=Does.FINDING, literal="[SC0", pattern=_GCC),
        Rule(does=Does.TAIL, literal="shellcheck.net/wiki/SC0", pattern=_WIKI, opens=False),
        Rule(does=Does.BROKEN, literal=": openBinaryFile: ", pattern=_BROKEN),
    ),
)

_SAID = (
    r"(?P<message>(?:Trailing Whitespace|Tab [Ii]ndents|Indent not multiple|File did not end"
    r"|file ending without|Line too long|The \"|Heredoc didn't end|here ?doc|Function declaration"
    r"|[Ii]nvalid syntax|Arithmetic expansion|local declaration|Loop|File does not begin"
    r"|non-tabs|bash -n|Syntax error|Undeclared).*)"
)

BASHATE = Grammar(
    name="bashate",
    kind="linter",
    urgent=Pattern(r"E040"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(":0:0: E00", ":0:0: W00"),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): "
                rf"(?=(?P<severity>[EW]))(?P<code>[EW]0[0-4]\d):? {_SAID}"
            ),
        ),
        Rule(  # Before release 0.5.
            does=Does.FINDING,
            literal=("[E] E0", "[W] E0"),
            pattern=Pattern(r"\[(?P<severity>[EW])\] (?P<code>[EW]\d{3}):? (?P<message>.*?): '"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="bashate error(s) found",
            pattern=Pattern(r"(?P<errors>\d+) bashate error\(s\) found"),
        ),
    ),
)
