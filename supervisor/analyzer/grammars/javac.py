"""``javac``: plain, behind Ant's and Gradle's task names, and as Maven's compiler plugin prints it.

Error Prone and NullAway are plug-ins of javac; the name of the check stands where javac has the
key of ``-Xlint``. Source: openjdk/jdk, jdk.compiler resources/compiler*.properties and
JavaCompiler.java (printCount); apache/maven-compiler-plugin, AbstractCompilerMojo.java.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_NAME = r"\[(?!(?:WARN|WARNING|ERROR|INFO)\])(?:ant:)?[\w-]+\] +"
_TASK = rf"(?:\[INFO\] *)?(?:\s*{_NAME}){{0,3}}"
"""What may stand in front of a line: Ant's task in Ant's task, and Maven's level around it."""
_FILE = r"(?P<file>(?:/?[A-Za-z]:)?[^\s:\[(][^:\[(]*\.(?:java|aj))"
_ERROR = "error|エラー|错误|錯誤|오류|Fehler|erreur"
_WARNING = "warning|警告|경고|Warnung|avertissement"
_SAID = r"(?:\[(?P<code>[A-Za-z][\w-]*)\] )?(?P<message>\S.*)"
_COUNT_FRONT = rf"(?:\[INFO\] )?(?:\s*{_NAME})?"
_ERRORS = r"(?:エラー)?(?P<errors>\d+) ?(?:errors?|个错误|個|개 오류|Fehler|erreurs?)\s*$"
_WARNINGS = (
    r"(?:警告)?(?P<warnings>\d+) ?"
    r"(?:warnings?|个警告|個|개 경고|Warnung(?:en)?|avertissements?)\s*$"
)
# Which symbol it is stands below; without it all undefined names would be the same.
_UNKNOWN = (
    r"(?P<message>cannot find symbol|シンボルを見つけられません|找不到符号"
    r"|Symbol nicht gefunden)\s*$"
)
_SYMBOL = Pattern(
    rf"(?:\[(?:ERROR|WARNING)\])?(?:\s*{_NAME})?\s*"
    r"(?:symbol|シンボル|符号|Symbol)\s*: +(?P<more>\S.*)"
)
_BEFORE_1_7 = (  # Errors had no word in front.
    r"cannot (?:find|resolve) symbol|package \S+ does not exist|incompatible types|cannot access"
    r"|'?\S{1,3}'? expected|unreported exception|illegal start of|missing return|duplicate class"
    r"|reached end of file|class \S+ is public|not a statement|unclosed"
)
_PLAIN = rf"{_FILE}:(?P<line>\d+): ?(?P<severity>{_ERROR}|{_WARNING}): ?"
_MAVEN = (
    rf"\s*(?:\d\d:\d\d +)?\[(?P<severity>ERROR|WARNING)\] {_FILE}"
    rf":\[(?P<line>\d+)(?:,(?P<column>-?\d+))?\] (?:(?:{_ERROR}|{_WARNING}): )?"
)
# Where the message above it had several lines, old releases of the plug-in.
_BARE_MAVEN = (
    rf"{_FILE}:\[(?P<line>\d+)(?:,(?P<column>-?\d+))?\] (?P<severity>{_ERROR}|{_WARNING}): "
)


def _findings(front: str, literal: str, *, again: bool) -> tuple[Rule, Rule]:
    """Rules for lines with this front: undefined symbols, whose names stand below, and the rest.

    Maven and Gradle tell errors again when they say why a build failed. Javac itself names no
    columns, so that two of its lines that are alike are two errors.
    """
    literals = (f".java{literal}", f".aj{literal}")
    return (
        Rule(
            does=Does.FINDING,
            literal=literals,
            pattern=Pattern(front + _UNKNOWN),
            continues=_SYMBOL,
            again=again,
        ),
        Rule(does=Does.FINDING, literal=literals, pattern=Pattern(front + _SAID), again=again),
    )


GRAMMAR = Grammar(
    name="javac",
    kind="build",
    at_once=False,
    closes=False,
    severities={
        **dict.fromkeys(_ERROR.lower().split("|"), "errors"),
        **dict.fromkeys(_WARNING.lower().split("|"), "warnings"),
    },
    rules=(
        *_findings(_TASK + _PLAIN, ":0: ", again=False),
        *_findings(f" +{_PLAIN}", ":0: ", again=True),
        Rule(  # In a language or an encoding that we do not know; errors have no key.
            does=Does.FINDING,
            literal=".java:0: ",
            pattern=Pattern(
                rf"{_TASK}{_FILE}:(?P<line>\d+): ?[^\x00-\x7F]+ ?: ?\[(?P<code>[a-z-]+)\] ?"
                r"(?P<message>.*)"
            ),
            counts_as="warnings",
        ),
        *_findings(_MAVEN, ":[0", again=True),
        *_findings(_BARE_MAVEN, ":[0", again=True),
        Rule(
            does=Does.FINDING,
            literal=".java:0: ",
            pattern=Pattern(rf"{_TASK}{_FILE}:(?P<line>\d+): (?P<message>(?:{_BEFORE_1_7}).*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".class: warning: ", ").class: warning: ", ".class): warning: "),
            pattern=Pattern(
                rf"{_TASK}(?P<file>[^\s:\[]\S*\.class\)?): (?P<severity>warning): {_SAID}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("[javac] error: ", "[javac] warning: "),
            pattern=Pattern(rf"\s*\[javac\] +(?P<severity>error|warning): {_SAID}"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("error: invalid flag: ", "error: no source files", "error: file not found: "),
                *(
                    "error: release version 0",
                    "invalid target release: ",
                    "error: module not found",
                ),
                *("invalid source release: ", "javac: file not found", "javac: invalid flag"),
            ),
            pattern=Pattern(
                rf"{_TASK}(?:error: |javac: )(?P<message>(?:invalid flag|no source files"
                r"|file not found|release version \d|invalid (?:target|source) release"
                r"|module not found).*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("has occurred in the compiler (", "threw an uncaught exception."),
            pattern=Pattern(
                rf"{_TASK}(?:\[ERROR\] )?(?P<message>An (?:exception has occurred in the compiler"
                r"|annotation processor threw an uncaught exception).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                "warning: [options] ",
                "warning: [path] ",
                "error: warnings found and -Werror",
            ),
            pattern=Pattern(
                r"(?P<severity>error|warning): "
                rf"(?=\[(?:options|path)\]|warnings found and -Werror){_SAID}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"{word}: " for word in f"{_ERROR}|{_WARNING}".split("|")),
            pattern=Pattern(rf"(?P<severity>{_ERROR}|{_WARNING}): ?{_SAID}"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="only showing the first 0 errors",
            pattern=Pattern(rf"{_TASK}only showing the first \d+ errors, of (?P<errors>\d+) total"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("0 error", "エラー0", "0 个错误", "0개 오류", "0 Fehler", "0 erreur"),
            pattern=Pattern(_COUNT_FRONT + _ERRORS),
            opens=False,
        ),
        Rule(
            does=Does.CLEAN,
            literal=("0 warning", "警告0", "0 个警告", "0개 경고", "0 Warnung", "0 avertissement"),
            pattern=Pattern(_COUNT_FRONT + _WARNINGS),
            opens=False,
        ),
    ),
)
