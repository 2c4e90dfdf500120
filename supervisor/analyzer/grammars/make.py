"""``make`` and ``ninja``: what they complain of themselves.

That a recipe failed is the consequence of what its commands said, and counts for nothing.
Source: GNU make, src/job.c (child_error), src/remake.c and po; ninja-build/ninja, src/ninja.cc.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.c_places import FRONT
from supervisor.analyzer.pattern import Pattern

_NAME = r"(?:\S*[/\\])?(?:g?make|mingw\d\d-make|gnumake|remake)(?:-[\d.]+)?(?:\.exe)?"
_MAKE = rf"{FRONT}{_NAME}(?:\[\d+\])?: "
_STOP = r"(?:[.。]?\s+(?:Stop|Schluss|Arrêt|Alto|Interrompo|Стоп|中止|停止|停)[.。]?)?\s*$"
_NO_RULE = (
    r"No rule to make target|Keine Regel,? um|Aucune règle pour fabriquer|No hay ninguna regla"
    r"|Nessuna regola|Нет правила для сборки|没有规则可制作|沒有規則可製作|Brak reguł|Nenhuma regra"
    r"|Ingen regel för|Geen regel voor"
)
_DEATHS = (
    "Segmentation fault|Killed|Aborted|Bus error|Illegal instruction|Floating point exception"
    "|Quit|Trace/breakpoint trap|File size limit exceeded|CPU time limit exceeded"
)

MAKE = Grammar(
    name="make",
    kind="build",
    aliases=("gmake", "mingw32-make"),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(
                *("no rule to make target", "keine regel", "aucune règle pour", "ninguna regla"),
                *("nessuna regola", "Нет правила", "没有规则可", "沒有規則可", "brak reguł"),
                *("nenhuma regra", "ingen regel för", "geen regel voor", "するルールがありません"),
            ),
            pattern=Pattern(
                rf"{_MAKE}(?:\*\*\* )?(?P<message>(?:(?:{_NO_RULE}).*?|.*するルールがありません))"
                rf"{_STOP}"
            ),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"] {word}" for word in _DEATHS.lower().split("|")),
            pattern=Pattern(
                rf"{_MAKE}\*\*\* \[(?:(?P<file>[^\]:]+):(?P<line>\d+): )?"
                rf"(?P<message>[^\]]+\] (?:{_DEATHS}).*)"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=(": *** [", ": *** wait", " not remade because of errors"),
            pattern=Pattern(rf"{_MAKE}(?:\*\*\* (?:\[|Waiting|Warten)|Target .* not remade)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=": *** ",
            pattern=Pattern(
                r"\s*(?P<file>[^\s:*]+):(?P<line>\d+): \*\*\* (?P<message>(?!\[).*?)"
                rf"{_STOP}"
            ),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal=": *** ",
            pattern=Pattern(rf"{_MAKE}\*\*\* (?P<message>(?!\[|Waiting).*?){_STOP}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("no such file or directory", "ommand not found", "ermission denied"),
            pattern=Pattern(
                rf"{_MAKE}(?P<message>(?P<code>[^\s:]+): "
                r"(?:No such file or directory|[Cc]ommand not found|Permission denied))$"
            ),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *("warning: overriding recipe", "warning: ignoring old recipe", "clock skew"),
                *("warning: overriding commands", "warning: ignoring old commands"),
                "warning: undefined variable",
            ),
            pattern=Pattern(
                rf"(?:{_MAKE}|\s*(?P<file>[^\s:]+):(?P<line>\d+): )"
                r"(?P<severity>warning):\s+(?P<message>(?:overriding (?:recipe|commands)"
                r"|ignoring old (?:recipe|commands)|undefined variable|.*[Cc]lock skew).*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("nothing to be done for", "is up to date."),
            pattern=Pattern(
                rf"{FRONT}{_NAME}: (?:Nothing to be done for .*|[`'].*' is up to date\.)$"
            ),
        ),
        Rule(  # BSD
            does=Does.FINDING,
            literal="don't know how to make",
            pattern=Pattern(rf"{_MAKE}(?P<message>don't know how to make \S+)"),
            urgent=True,
        ),
    ),
)

NINJA = Grammar(
    name="ninja",
    kind="build",
    aliases=("samu",),
    at_once=False,
    rules=(
        Rule(
            does=Does.BROKEN,
            literal=("ninja: error: loading ", "ninja: fatal: ", "ninja: error: unknown target"),
            pattern=Pattern(r"ninja: (?:error|fatal): (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("ninja: error: ", "ninja: warning: "),
            pattern=Pattern(r"ninja: (?P<severity>error|warning): (?P<message>.*)"),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal="build.ninja:0: ",
            pattern=Pattern(r"(?P<file>\S*\.ninja):(?P<line>\d+): (?P<message>.*)"),
        ),
        Rule(
            does=Does.GREEN,
            literal="ninja: no work to do.",
            pattern=Pattern(r"ninja: no work to do\."),
        ),
        Rule(
            does=Does.TAIL,
            literal=("ninja: build stopped", "ninja: entering"),
            pattern=Pattern(r"ninja: (?:build stopped|Entering)"),
            opens=False,
        ),
    ),
)
