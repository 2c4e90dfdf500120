"""``cppcheck``: its own format with the check's id in brackets, and the one of version 1.

Source: danmar/cppcheck, cli/cppcheckexecutor.cpp and lib/errorlogger.cpp.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.c_places import C_FILE, FRONT
from supervisor.analyzer.pattern import Pattern

_KIND = r"error|warning|style|performance|portability|information|debug"
# Old versions left what they did not know of a template as it was.
_SAID = r"(?:inconclusive:? |\{inconclusive:inconclusive\} )?(?P<message>.*)"
_ID = r"\[(?P<code>[a-zA-Z]\w*(?:-[\w.-]+)?)\]\\?\s*$"

GRAMMAR = Grammar(
    name="cppcheck",
    kind="linter",
    distinct=True,  # It checks a file once for each configuration.
    severities={
        "style": "warnings",
        "performance": "warnings",
        "portability": "warnings",
        "information": "notes",
        "debug": "notes",
    },
    urgent=Pattern(r"syntaxError|preprocessorErrorDirective|internalAstError|unknownMacro"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(
                *(" error: ", " warning: ", " style: ", " performance: ", " portability: "),
                *(" information: ", " error:", " style:{"),
            ),
            pattern=Pattern(
                rf"{FRONT}(?:{C_FILE}|(?P<nofile>nofile)):(?P<line>\d+):(?:\d+|\{{column\}}): "
                rf"(?P<severity>{_KIND}): ?{_SAID} {_ID}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"]: ({word}" for word in _KIND.split("|")),
            pattern=Pattern(
                r"\[(?P<file>[^\]]+?)(?::(?P<line>\d+))?\](?: -> \[[^\]]+\])*: "
                rf"\((?P<severity>{_KIND})(?:, ?inconclusive)?\) (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"({word}) " for word in ("error", "style", "information")),
            pattern=Pattern(rf"\((?P<severity>{_KIND})\) (?P<message>.*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=": note: ",
            pattern=Pattern(
                rf"{FRONT}{C_FILE}:(?P<line>\d+):(?P<column>\d+): (?P<severity>note): "
                r"(?P<message>.*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="cppcheck: error: ",
            pattern=Pattern(r"cppcheck: error: (?P<message>.*)"),
        ),
    ),
)
