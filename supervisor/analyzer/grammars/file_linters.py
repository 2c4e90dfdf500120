"""Linters of one kind of file: Dockerfiles, Lua, Vim script, XML, PowerShell, Terraform, others.

Source: hadolint/hadolint, src/Hadolint/Formatter/TTY.hs; lunarmodules/luacheck, src/luacheck/
format.lua; Vimjas/vint, vint/linting/formatters; GNOME/libxml2, xmllint.c and error.c;
PowerShell/PSScriptAnalyzer, Engine/PSScriptAnalyzer.format.ps1xml; terraform-linters/tflint,
formatter/pretty.go; yui/yuicompressor, YUICompressor.java.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, severity_key

_PLACE = r":(?P<line>\d+):(?P<column>\d+): "

HADOLINT = Grammar(
    name="hadolint",
    kind="linter",
    severities={"style": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(":0 DL0", ":0 SC0"),
            pattern=Pattern(
                r"(?P<file>\S.*?):(?P<line>\d+) (?P<code>(?:DL|SC)\d{4})"
                r" (?:(?P<severity>error|warning|info|style): )?(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("ockerfile", "ontainerfile"),
            pattern=Pattern(
                r"(?P<file>\S*[Dd]ockerfile\S*|\S*[Cc]ontainerfile\S*):(?P<line>\d+):(?P<column>\d+)"
                r" (?:(?P<severity>error): )?(?P<message>(?:unexpected|invalid|expecting) .*)"
            ),
        ),
    ),
)

LUACHECK = Grammar(
    name="luacheck",
    kind="linter",
    urgent=Pattern(r"E0\d\d|W1[13]\d"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".lua:0:0: ",
            pattern=Pattern(
                rf"\s*(?P<file>[^\s:][^:]*\.lua){_PLACE}\((?P<code>E\d{{3}})\) (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".lua:0:0: ", ".lua:0:0-0: "),
            pattern=Pattern(
                r"\s*(?P<file>[^\s:][^:]*\.lua):(?P<line>\d+):(?P<column>\d+)(?:-\d+)?: "
                r"(?!(?:fatal )?error:|warning:)(?:\((?P<code>W\d{3})\) )?(?P<message>.*)"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.GREEN,
            literal="Total: 0 warnings / 0 errors",
            pattern=Pattern(
                r"Total: (?P<warnings>0) warnings / (?P<errors>0) errors in (?P<checked>[1-9]\d*)"
                r" files?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("Total: 0 warning / 0", "Total: 0 warnings / 0"),
            pattern=Pattern(
                r"Total: (?P<warnings>\d+) warnings? / (?P<errors>\d+) errors? in (?P<checked>\d+)"
                r" files?(?P<remark>, couldn't check \d+ files?)?"
            ),
        ),
    ),
)

VINT = Grammar(
    name="vint",
    kind="linter",
    severities={"style_problem": "warnings"},
    urgent=Pattern(r"ProhibitUsingUndeclaredVariable"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".vim:0:0: ", "vimrc:0:0: "),
            pattern=Pattern(
                rf"(?P<file>[^\s:][^:]*(?:\.vim|vimrc)){_PLACE}"
                r"(?:(?P<severity>error|warning|style_problem): )?"
                r"(?:(?P<code>[A-Z]\w+) - )?(?P<message>.*?) \(see .*\)$"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=(".vim:0:0: ", "vimrc:0:0: "),
            pattern=Pattern(
                rf"(?P<file>[^\s:][^:]*(?:\.vim|vimrc)){_PLACE}"
                r"(?P<severity>error|warning|style_problem): (?P<message>.*)"
            ),
        ),
    ),
)

XMLLINT = Grammar(
    name="xmllint",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(" error : ", " warning : "),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*|-):(?P<line>\d+): (?:element [\w:.-]+: )?"
                r"(?P<code>[A-Z]?[\w/ -]*?) (?P<severity>error|warning) : (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                ".xml:0: warning: ",
                "-:0: warning: ",
                ".xsd:0: warning: ",
                ".html:0: warning: ",
                ".svg:0: warning: ",
            ),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*\.(?:xml|xsd|html|svg)|-):(?P<line>\d+): "
                r"(?P<severity>warning): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=" validates",
            pattern=Pattern(r"\S+\.(?:xml|xsd|svg|x?html?|rng) validates$"),
        ),
        Rule(
            does=Does.TAIL,
            literal=" fails to validate",
            pattern=Pattern(r"\S.* fails to validate$"),
            opens=False,
        ),
    ),
)

_PS_NAMES = (
    *("PSAlign", "PSAvoid", "PSDSC", "PSMisleading", "PSMissing", "PSPlace", "PSPossible"),
    *("PSProvide", "PSReserved", "PSReview", "PSShouldProcess", "PSUse"),
)
_PS_CODE = rf"(?P<code>(?:{'|'.join(_PS_NAMES)})\w*)"
_PS_TABLE = Pattern(
    rf"\s*{_PS_CODE}\s+(?P<severity>Information|Warning|Error|ParseError)\s+"
    r"(?:(?P<file>\S+\.ps\w+)\s+)?(?P<line>\d+)\s+(?P<message>\S.*)"
)
_PS_NAME = Pattern(rf"(?:RuleName\s+: )?{_PS_CODE}\s*$")
_PS_FIELD = Pattern(r"(?P<key>Severity|Line|Message|ScriptName|ScriptPath)\s+: (?P<value>.*\S)")
_PS_SEVERITY = Pattern(r"(?P<severity>Information|Warning|Error|ParseError)$")
_PS_KEYS = {"information": "notes", "parseerror": "errors"}
_BARE_FIELDS = 3
"""Line, severity and message above the rule's name, where a script printed fields bare."""


class PSScriptAnalyzerParser:
    """Reads tables, lists of fields, and bare fields."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._open: Finding | None = None

    @property
    def done(self) -> bool:
        """Never: there is no closing line."""
        return False

    @property
    def attentive(self) -> bool:
        """Within a list of fields."""
        return self._open is not None

    def take(self, line: Line) -> bool:
        """Read a row, a field or a rule's name."""
        text = line.text
        if row := _PS_TABLE.match(text):
            self.tally.add(
                Finding(
                    file=row["file"],
                    line=int(row["line"]),
                    code=row["code"],
                    message=row["message"],
                    counts_as=severity_key(row["severity"], _PS_KEYS),
                )
            )
            return True
        if name := _PS_NAME.match(text):
            self.close()
            if text.startswith("RuleName"):
                self._open = Finding(code=name["code"], message="")
                return True
            return self._bare(line, name["code"])
        return self._field(text)

    def close(self) -> None:
        """Count the list of fields that was open."""
        if self._open is not None:
            self.tally.add(self._open)
            self._open = None

    def _bare(self, line: Line, code: str) -> bool:
        above = [text.strip() for text, _ in zip(line.above(), range(_BARE_FIELDS), strict=False)]
        if len(above) < _BARE_FIELDS or not above[2].isdecimal():
            return False
        message, severity, number = above
        if not _PS_SEVERITY.match(severity):
            return False
        counts_as = severity_key(severity, _PS_KEYS)
        self.tally.add(
            Finding(line=int(number[:9]), code=code, message=message, counts_as=counts_as)
        )
        return True

    def _field(self, text: str) -> bool:
        if self._open is None:
            return False
        field = _PS_FIELD.match(text)
        if field is None:
            if not text.strip():
                self.close()
                return True
            return text[0].isspace()
        key, value = field["key"], field["value"]
        if key == "Severity":
            self._open.counts_as = severity_key(value, _PS_KEYS)
        elif key == "Line":
            self._open.line = int(value[:9]) if value.isdecimal() else None
        elif key == "Message":
            self._open.message = value
        else:
            self._open.file = value
        return True


PSSCRIPTANALYZER = Grammar(
    name="psscriptanalyzer",
    kind="linter",
    aliases=("Invoke-ScriptAnalyzer",),
    parser=PSScriptAnalyzerParser,
    rules=(
        Rule(does=Does.FINDING, literal=_PS_NAMES, pattern=_PS_TABLE),
        Rule(does=Does.FINDING, literal=_PS_NAMES, pattern=_PS_NAME),
    ),
)

_PROVIDERS = ("terraform", "aws", "google", "azurerm")

TFLINT = Grammar(
    name="tflint",
    kind="linter",
    severities={"notice": "notes"},
    rules=(
        Rule(
            does=Does.SUBTOTAL,
            literal="0 issue(s) found:",
            pattern=Pattern(r"(?P<issues>\d+) issue\(s\) found:$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f" ({provider}_" for provider in _PROVIDERS),
            pattern=Pattern(
                r"(?P<severity>Error|Warning|Notice): (?:\[Fixable\] )?(?P<message>.*)"
                rf" \((?P<code>(?:{'|'.join(_PROVIDERS)})_\w+)\)$"
            ),
            continues=Pattern(r"\s+on (?P<file>\S.*) line (?P<line>\d+)"),
            gaps=12,
            opens=False,
        ),
    ),
)

_YUI = (
    *("statement per scope", "been declared in the same scope", "is not recommended. Moreover"),
    *("apparently never used", "undeclared symbol", "written in a more concise way"),
)

YUI = Grammar(
    name="yui",
    kind="linter",
    aliases=("yuicompressor",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_YUI,
            pattern=Pattern(
                r"\[(?P<severity>WARNING|ERROR)\]"
                rf" (?P<message>\S.*(?:{'|'.join(map(re.escape, _YUI))}).*)"
            ),
        ),
        Rule(does=Does.TAIL, literal=" ---> ", pattern=Pattern(r".* ---> .* <--- "), opens=False),
    ),
)
