"""The sanitizers, ``valgrind`` and Dr. Memory.

Source: llvm/llvm-project, compiler-rt/lib/sanitizer_common/sanitizer_symbolizer_report.cpp and
lib/ubsan/ubsan_diag.cpp; valgrind, coregrind/m_errormgr.c and memcheck/mc_errors.c;
DynamoRIO/drmemory, drmemory/report.c.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PID = r"==\d+== ?"
# The first frame with a source that is the program's own.
_SANITIZED_FRAME = Pattern(
    r"\s+#\d+ (?:0x[0-9a-f]+ )?(?:in )?\S.* "
    r"(?P<file>(?!\S*(?:/libsanitizer/|/compiler-rt/|/sysdeps/|/csu/))[^\s()]+\.\w+)"
    r":(?P<line>\d+)(?::(?P<column>\d+))?"
)
_VALGRIND_FRAME = Pattern(
    rf"{_PID}\s+(?:at|by) 0x[0-9A-F]+: .*\((?P<file>(?!vg_)[^()\s:]+\.\w+):(?P<line>\d+)\)"
)
_DR_FRAME = Pattern(
    r"(?:~~Dr\.M~~ )?# *\d+ \S.*"
    r"\[(?P<file>(?![^\s\[]*(?:alloc_replace|/sysdeps/))[^\]\[]+):(?P<line>\d+)\]"
)


def _sanitizer(name: str, tool: str, start: str) -> Rule:
    """The first line of a report: ``tool`` is what the sanitizer calls itself."""
    return Rule(
        does=Does.FINDING,
        literal=f"{tool}: ",
        pattern=Pattern(
            rf"{start} ?{tool}: (?P<message>(?P<code>[\w-]+(?: race)?).*?)"
            r"(?: on (?:unknown )?address .*| \(pid=.*)?$"
        ),
        continues=_SANITIZED_FRAME,
        tool=name,
    )


_ERROR = r"==\d+==\s?ERROR:"

SANITIZERS = Grammar(
    name="asan",
    kind="linter",
    aliases=("ubsan", "tsan", "msan", "lsan"),
    at_once=False,
    rules=(
        Rule(
            does=Does.TAIL,
            literal="ERROR: LeakSanitizer: ",
            pattern=Pattern(rf"{_ERROR} LeakSanitizer: detected memory leaks"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="direct leak of ",
            pattern=Pattern(r"(?P<message>(?P<code>Direct leak) of .* allocated from:)$"),
            continues=_SANITIZED_FRAME,
            tool="lsan",
        ),
        Rule(
            does=Does.FINDING,
            literal="indirect leak of ",
            pattern=Pattern(r"(?P<message>(?P<severity>Indirect) leak of .* allocated from:)$"),
        ),
        _sanitizer("asan", "AddressSanitizer", _ERROR),
        _sanitizer("hwasan", "HWAddressSanitizer", _ERROR),
        _sanitizer("lsan", "LeakSanitizer", _ERROR),
        _sanitizer("tsan", "ThreadSanitizer", r"(?:WARNING:|==\d+==ERROR:)"),
        _sanitizer("msan", "MemorySanitizer", r"==\d+==\s?(?:WARNING|ERROR):"),
        _sanitizer("ubsan", "UndefinedBehaviorSanitizer", _ERROR),
        Rule(
            does=Does.FINDING,
            literal="==error: libfuzzer: ",
            pattern=Pattern(r"==\d+==\s?ERROR: libFuzzer: (?P<message>.*)"),
            tool="libfuzzer",
        ),
        Rule(
            does=Does.FINDING,
            literal=": runtime error: ",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): runtime error: "
                r"(?P<message>(?P<code>[a-z]+(?: [a-z-]+){0,3}).*)"
            ),
            tool="ubsan",
        ),
        Rule(
            does=Does.TRAILER,
            literal="threadsanitizer: reported ",
            pattern=Pattern(r"ThreadSanitizer: reported (?P<errors>\d+) warnings?"),
            tool="tsan",
        ),
        Rule(
            does=Does.TAIL,
            literal=("summary: ", "==aborting"),
            pattern=Pattern(r"SUMMARY: \w+Sanitizer: |==\d+==ABORTING"),
            opens=False,
        ),
    ),
    severities={"indirect": "notes"},
)

VALGRIND = Grammar(
    name="valgrind",
    kind="linter",
    aliases=("memcheck", "helgrind", "drd"),
    at_once=False,
    severities={"still reachable": "notes", "indirectly lost": "notes", "possibly lost": "errors"},
    rules=(
        Rule(
            does=Does.START,
            literal=(", a memory error detector", ", a thread error detector"),
            pattern=Pattern(rf"{_PID}\w+, an? .* detector"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *(
                    "== invalid ",
                    "== conditional jump",
                    "== use of uninitialised",
                    "== mismatched ",
                ),
                *("== source and dest", "== syscall param", "== argument '", "== jump to the inv"),
                *("== possible data race", "== conflicting ", "== unaddressable byte"),
                *("== uninitialised byte", "== realloc() with", "== illegal memory pool"),
            ),
            pattern=Pattern(
                rf"{_PID}(?P<message>(?P<code>Invalid (?:read|write|free)|Conditional jump or move"
                r"|Use of uninitialised value|Mismatched \w+|Source and destination overlap"
                r"|Syscall param|Argument '\w+'|Jump to the invalid address|Possible data race"
                r"|Conflicting \w+|Unaddressable byte|Uninitialised byte|realloc\(\) with size"
                r"|Illegal memory pool).*)"
            ),
            continues=_VALGRIND_FRAME,
        ),
        Rule(
            does=Does.FINDING,
            literal=" in loss record ",
            pattern=Pattern(
                rf"{_PID}(?P<message>[\d,]+ (?:\([^)]*\) )?bytes in [\d,]+ blocks are "
                r"(?=(?P<severity>[a-z]+ (?:lost|reachable)))(?P<code>[a-z]+ (?:lost|reachable))"
                r" in loss record .*)"
            ),
            continues=_VALGRIND_FRAME,
        ),
        Rule(
            does=Does.FINDING,
            literal="== process terminating with default action",
            pattern=Pattern(
                rf"{_PID}(?P<message>Process terminating with default action of "
                r"(?P<code>signal \d+).*)"
            ),
            continues=_VALGRIND_FRAME,
        ),
        Rule(
            does=Does.TRAILER,
            literal="error summary: ",
            pattern=Pattern(
                rf"{_PID}ERROR SUMMARY: (?P<errors>[\d,]+) errors from (?P<contexts>[\d,]+)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="valgrind: ",
            pattern=Pattern(r"valgrind: (?P<message>.*)"),
        ),
    ),
)

_DR = r"(?:~~Dr\.M~~ )?"

DRMEMORY = Grammar(
    name="drmemory",
    kind="linter",
    at_once=False,
    rules=(
        Rule(
            does=Does.START,
            literal="dr. memory ",
            pattern=Pattern(rf"{_DR}Dr\. Memory (?:version|results for)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="error #0: possible leak",
            pattern=Pattern(
                rf"{_DR}Error #\d+: (?P<code>(?P<severity>POSSIBLE) LEAK)\b:? ?(?P<message>.*)"
            ),
            continues=_DR_FRAME,
        ),
        Rule(
            does=Does.FINDING,
            literal="error #0: ",
            pattern=Pattern(
                rf"{_DR}Error #\d+: (?P<code>[A-Z]{{2,}}(?: [A-Z]+)*)\b:? ?(?P<message>.*)"
            ),
            continues=_DR_FRAME,
        ),
        Rule(
            does=Does.GREEN,
            literal="no errors found:",
            pattern=Pattern(rf"{_DR}NO ERRORS FOUND:"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=" unique, ",
            pattern=Pattern(
                rf"{_DR}\s+(?P<errors>\d+) unique, +\d+ total,?.* "
                r"(?:unaddressable|uninitialized|invalid heap|of leak|GDI|handle leak)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=" unique, ",
            pattern=Pattern(
                rf"{_DR}\s+(?P<warnings>\d+) unique, +\d+ total,?.* (?:of possible leak|warning)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="errors ignored:",
            pattern=Pattern(rf"{_DR}ERRORS IGNORED:"),
            opens=False,
        ),
    ),
    severities={"possible": "warnings"},
)
