"""``clang-tidy``: a compiler's line with the check's name in brackets.

Source: llvm/llvm-project, clang-tools-extra/clang-tidy/ClangTidy.cpp and tool/ClangTidyMain.cpp.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.c_places import FRONT
from supervisor.analyzer.pattern import Pattern

_MODULES = (
    *("abseil", "altera", "android", "boost", "bugprone", "cert", "clang-analyzer"),
    *("clang-diagnostic", "concurrency", "cppcoreguidelines", "custom", "darwin", "fuchsia"),
    *("google", "hicpp", "linuxkernel", "llvm", "llvmlibc", "misc", "modernize", "mpi", "objc"),
    *("openmp", "performance", "portability", "readability", "zircon"),
)
_PLACE = (
    rf"{FRONT}(?:(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:\[][^:]*):(?P<line>\d+):(?P<column>\d+): )?"
)
_SEVERITY = r"(?P<severity>fatal error|error|warning)"
_REST = r"(?:,[\w.-]+)*\]\s*$"

GRAMMAR = Grammar(
    name="clang-tidy",
    kind="linter",
    aliases=("run-clang-tidy",),
    closes=False,
    distinct=True,  # A header is read once for each source that includes it.
    urgent=Pattern(r"clang-diagnostic-error"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=tuple(f"[{module}-" for module in _MODULES),
            pattern=Pattern(
                rf"{_PLACE}{_SEVERITY}: (?P<message>.*)"
                rf" \[(?P<code>(?:{'|'.join(_MODULES)})-[\w.-]+){_REST}"
            ),
        ),
        Rule(  # A check of somebody's own.
            does=Does.FINDING,
            literal=("0: warning: ", "0: error: "),
            pattern=Pattern(
                rf"{_PLACE}{_SEVERITY}: (?P<message>.*) \[(?P<code>[a-z]\w*(?:-[\w.]+)+){_REST}"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=": note: ",
            pattern=Pattern(
                rf"{FRONT}(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): "
                r"(?P<severity>note): (?P<message>.*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TAIL,
            literal=(
                *(" generated.", "suppressed ", "error while processing ", "-header-filter="),
                *("treated as error", "found compiler error"),
            ),
            pattern=Pattern(
                r"\d+ (?:warnings?|errors?)(?: and \d+ errors?)? (?:generated|treated as errors?)"
                r"|Suppressed \d+ warnings? |Error while processing |Use -header-filter="
                r"|Found compiler error"
            ),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("no checks enabled", "load a compilation database", "unknown check"),
            pattern=Pattern(
                r"(?:Error: )?(?P<message>no checks enabled.*"
                r"|Error while trying to load a compilation database:.*|unknown check.*)"
            ),
        ),
    ),
)
