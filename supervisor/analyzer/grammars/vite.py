"""``vite build``, with rollup or rolldown below it.

Source: vitejs/vite, packages/vite/src/node/cli.ts and build.ts; rolldown/rolldown.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_START = Pattern(r"vite v\d\S* building .*\.\.\.$")
_FAILED = Pattern(r"[✗✖x×] Build failed in \d")
_ERROR = Pattern(r"error during build:$")
_CONFIG = Pattern(r"(?P<what>failed to load config from \S+)")
_COUNT = Pattern(r"Build failed with (?P<errors>\d+) errors?:$")
_BUILT = Pattern(r"(?:✓ )?built in \d+(?:\.\d+)?m?s\.?$")
_CODED = Pattern(r"\[(?P<code>[A-Z][A-Z_]+|[\w@-]+:[\w:@/.-]+)\] (?P<message>\S.*)")
_PLACED = Pattern(r"(?P<file>[^\s:()]+\.\w+) \((?P<line>\d+):\d+\): (?P<message>.*)")
_PLACE = Pattern(
    r"(?:\s*╭─\[ (?P<box>\S+?\.\w+):(?P<row>\d+):\d+ \]"
    r"|file: (?P<file>\S+?)(?::(?P<line>\d+):\d+)?$)"
)
_FRAME = Pattern(r"\s+at ")
_MOST_LINES = 200


class ViteParser:
    """Reads a build; after ``error during build:`` comes the reason, then where, then a stack."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._waiting = False
        self._errors: list[Finding] = []
        self._lines = 0
        self._in_stack = False

    @property
    def done(self) -> bool:
        """Whether the build was over, and its errors told."""
        return self.tally.ended or self._in_stack or self._lines > _MOST_LINES

    @property
    def attentive(self) -> bool:
        """Where an error is being told."""
        return (self._waiting or bool(self._errors)) and not self.done

    def take(self, line: Line) -> bool:
        """Read a line of the build."""
        text = line.text
        if self.done:
            return _FRAME.match(text) is not None
        if _START.match(text):
            return not (self.tally.red or self.tally.told)
        if _BUILT.match(text):
            self.tally.ended = self.tally.green = True
        elif _FAILED.match(text):
            self.tally.red = True
        elif _ERROR.match(text):
            self.tally.red = self._waiting = True
        elif config := _CONFIG.match(text):
            self.tally.broken = config["what"]
        elif count := _COUNT.match(text):
            self.tally.declared["errors"] = number(count["errors"])
        else:
            return self._explain(text)
        return True

    def close(self) -> None:
        """Count the errors."""
        for error in self._errors:
            self.tally.add(error)
        self._errors = []

    def _explain(self, text: str) -> bool:
        if not self.attentive:
            return False
        self._lines += 1
        if _FRAME.match(text):
            self._in_stack = True
        elif (coded := _CODED.match(text)) and (self._waiting or coded["code"].isupper()):
            self._begin(Finding(code=coded["code"], message=coded["message"]))
        elif place := _PLACE.match(text):
            self._stand(place)
        elif self._waiting and text.strip():
            placed = _PLACED.match(text)
            self._begin(
                Finding(message=text.strip())
                if placed is None
                else Finding(
                    file=placed["file"], line=int(placed["line"]), message=placed["message"]
                )
            )
        return True

    def _begin(self, error: Finding) -> None:
        self._waiting = False
        self._errors.append(error)

    def _stand(self, place: re.Match[str]) -> None:
        if self._errors and self._errors[-1].file is None:
            error = self._errors[-1]
            error.file = place["box"] or place["file"]
            error.line = number(place["row"] or place["line"]) or None


GRAMMAR = Grammar(
    name="vite",
    kind="build",
    urgent=Pattern(r"UNRESOLVED_IMPORT|PARSE_ERROR"),
    parser=ViteParser,
    literals=("uild failed in 0", "uild failed with 0"),
    rules=(
        Rule(does=Does.START, literal="vite v0", pattern=_START),
        Rule(does=Does.START, literal="error during build:", pattern=_ERROR),
        Rule(does=Does.GREEN, literal="built in 0", pattern=_BUILT),
        Rule(does=Does.BROKEN, literal="failed to load config from", pattern=_CONFIG),
    ),
)
