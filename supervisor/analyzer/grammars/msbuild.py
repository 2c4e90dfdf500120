"""MSBuild, the compilers below it (csc, vbc, fsc, cl, link), ``dotnet build`` and Mono's mcs.

They all print errors in one canonical form; MSBuild tells each again in its summary, and once for
each target framework. Source: dotnet/msbuild, Shared/CanonicalError.cs,
Build/Logging/BaseConsoleLogger.cs and Framework/Logging/TerminalLogger; mono/mono, mcs/report.cs.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FRONT = r"\s*(?:\[exec\] +)?(?:\d+(?::\d+)?> *)?"
"""Ant's task, and the number of the project that a parallel build writes in front."""
_FILE = r"(?P<file>[^\s(>\[][^(]*?(?:\(x86\)[^(]*?)?)"
_PLACE = r" ?\((?P<line>\d++)(?:-\d++)?+(?:,(?P<column>\d++))?+[\d,-]*+\) ?: *"
_KIND = r"(?:[A-Za-z]+ ){0,2}?(?P<severity>(?i:fatal error|error|warning|info|message|hint|note))"
_CODE = r"(?!cpplint:)(?P<code>[A-Za-z_][\w.-]*\d|[A-Za-z]{3}[\w-]*+|\d+)"
_KNOWN = r"(?P<code>(?:CS|MSB|NETSDK|NU|FS|BC|LNK|RZ|CA|IDE|SA|VSTHRD|MC|XA|MT|D|C|U|RC|CVT)\d+)"
_PROJECTS = r"(?: \[[^\[\]]*\.\w*(?:proj|sln|slnx|build|wixproj|metaproj)\w*(?:::[^\]]*)?\]){1,3}"
_TEXT = rf"(?:(?P<message>.*?){_PROJECTS}\s*$|(?P<remark>.*))"
_NAMED = r"(?:(?P<name>[A-Z]{2,6}\d{3,5}): )?"
_PLACED = tuple(
    f"){gap}: {more}{word} "
    for gap in ("", " ")
    for more in ("", " ")
    for word in ("error", "warning", "fatal error", "message", "info")
)
_ERRORS = (
    r"(?P<errors>\d+) (?:Error\(s\)|Fehler|Erreur\(s\)|Errore/i|Errores|エラー|个错误|個錯誤"
    r"|오류\S*)"
)
_WARNINGS = (
    r"\s+(?P<warnings>\d+) (?:Warning\(s\)|Warnung\(en\)|Avertissement\(s\)|Avvis[io]\S*"
    r"|Advertencia\(s\)|個の警告|个警告|個警告|경고\S*)$"
)

GRAMMAR = Grammar(
    name="msbuild",
    kind="build",
    aliases=("csc", "vbc", "fsc", "cl", "link", "devenv", "xbuild", "nuget"),
    at_once=False,
    closes=False,
    distinct=True,
    severities={"hint": "notes", "message": "notes"},
    urgent=Pattern(
        r"CS0103|CS0234|CS0246|CS1061|CS5001|MSB1\d{3}|NU110\d|NETSDK1\d{3}|C1083|C2065|LNK1104"
        r"|LNK1181|FS0039"
    ),
    rules=(
        Rule(  # The linker's own count of what stands above.
            does=Does.TAIL,
            literal="fatal error LNK1120: ",
            pattern=Pattern(r".*: fatal error LNK1120: \d+ unresolved external"),
            opens=False,
        ),
        Rule(  # Delphi, below MSBuild or alone.
            does=Does.FINDING,
            literal=(") Warning: W0 ", ") hint: H0 ", ") Error: E0 ", ") Fatal: F0 "),
            pattern=Pattern(
                r"\s*(?:\S.*\.Targets : \w+ : )?(?P<file>(?:[A-Za-z]:)?[^\s:][^:(]*"
                r"(?:\(x86\)[^:(]*)?)\((?P<line>\d+)\)"
                r" (?P<severity>(?i:warning|hint|error|fatal)): (?P<code>[WHEF]\d{4})"
                r" (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=_PLACED,
            pattern=Pattern(rf"{_FRONT}{_FILE}{_PLACE}{_KIND} {_CODE} ?: *{_TEXT}"),
        ),
        Rule(  # A code that stands in the text, or none.
            does=Does.FINDING,
            literal=("proj]", ": warning : ", ": error : "),
            pattern=Pattern(rf"{_FRONT}{_FILE}{_PLACE}{_KIND} ?: {_NAMED}(?=.*proj\]){_TEXT}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("fatal error", " : error ", " : warning ", ": error : ", ": warning : "),
            pattern=Pattern(
                rf"{_FRONT}(?:[A-Za-z]{{2,12}}|(?P<file>(?:[A-Za-z]:\\)?[^\s:][^:]*?)) ?: "
                rf"(?:[A-Z][a-z]+(?: [a-z]+)* )?(?P<severity>fatal error|error|warning)"
                rf"(?: (?P<code>[A-Za-z]+\d+) ?: | : (?=.*proj\]){_NAMED}){_TEXT}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="Command line ",
            pattern=Pattern(
                rf"{_FRONT}cl : Command line (?P<severity>error|warning) {_CODE} ?: {_TEXT}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(
                f"{word} {code}0"
                for word in ("error", "warning")
                for code in ("CS", "MSB", "NETSDK", "NU", "FS", "BC")
            ),
            pattern=Pattern(rf"{_FRONT}(?P<severity>error|warning) {_KNOWN}: {_TEXT}"),
        ),
        Rule(  # Notes explain what stands above them.
            does=Does.FINDING,
            literal=("): note: ", ") : note: "),
            pattern=Pattern(rf"{_FRONT}{_FILE}{_PLACE}(?P<severity>note): {_TEXT}"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=("): error", "): warning"),
            pattern=Pattern(rf"{_FRONT}{_FILE}{_PLACE}(?P<severity>error|warning) ?: *{_TEXT}"),
            opens=False,
        ),
        Rule(
            does=Does.START,
            literal=("MSBuild version 0", "Determining projects to restore"),
            pattern=Pattern(
                r"(?:  Determining projects to restore\.\.\.|MSBuild version \d\S* for \.NET$)"
            ),
            tool="dotnet",
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("A compatible .NET SDK was not found", "compatible installed .NET Core SDK"),
                *(
                    "must install or update .NET to run",
                    "find a project to run",
                    "command could not",
                ),
                "specified command or file was not found",
            ),
            pattern=Pattern(
                r"\s*(?P<message>(?:A compatible \.NET SDK was not found"
                r"|A compatible installed \.NET|You must install or update \.NET"
                r"|Couldn't find a project to run"
                r"|The command could not be loaded, possibly because"
                r"|Could not execute because the specified command or file was not found).*)"
            ),
            tool="dotnet",
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 Error(s)", "0 Fehler", "0 Erreur(s)", "0 Errores", "0 エラー", "0 个错误"),
            pattern=Pattern(rf"\s+{_ERRORS}$"),
            before=Pattern(_WARNINGS),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Build failed with 0 ",
            pattern=Pattern(
                r"Build failed with (?:(?P<errors>\d+) error\(s\))?(?: and )?"
                r"(?:(?P<warnings>\d+) warning\(s\))? in \d"
            ),
            tool="dotnet",
        ),
        Rule(
            does=Does.RED,
            literal="Build failed in 0",
            pattern=Pattern(r"Build failed in \d+[.,]\d+s"),
            tool="dotnet",
        ),
        Rule(
            does=Does.GREEN,
            literal=("Build succeeded in 0", "Build succeeded with 0 warning(s)"),
            pattern=Pattern(
                r"Build succeeded(?: with (?P<warnings>\d+) warning\(s\))? in \d+[.,]\d+s"
            ),
            tool="dotnet",
        ),
        Rule(
            does=Does.TRAILER,
            literal="Compilation failed: 0 error(s)",
            pattern=Pattern(
                r"Compilation failed: (?P<errors>\d+) error\(s\), (?P<warnings>\d+) warnings"
            ),
            tool="mcs",
        ),
        Rule(
            does=Does.GREEN,
            literal="Compilation succeeded - 0 warning(s)",
            pattern=Pattern(r"Compilation succeeded - (?P<warnings>\d+) warning\(s\)"),
            tool="mcs",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="0 error(s), 0 warning(s)",
            pattern=Pattern(
                rf"{_FRONT}\S.* - (?P<errors>\d+) error\(s\), (?P<warnings>\d+) warning\(s\)$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="0 succeeded, 0 failed, 0",
            pattern=Pattern(rf"{_FRONT}=+ .*: \d+ succeeded(?: or up-to-date)?, 0 failed, "),
        ),
        Rule(
            does=Does.RED,
            literal="0 succeeded, 0 failed, 0",
            pattern=Pattern(rf"{_FRONT}=+ .*: \d+ succeeded(?: or up-to-date)?, \d+ failed, "),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Build FAILED.", "Build succeeded."),
            pattern=Pattern(r"Build (?:FAILED|succeeded)\.$"),
            opens=False,
        ),
    ),
)
