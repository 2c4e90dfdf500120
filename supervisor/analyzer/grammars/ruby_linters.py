"""More linters of the Ruby world: for smells, templates, security and Puppet.

Source: troessner/reek, lib/reek/report; sds/haml-lint and sds/slim-lint, lib/*/reporter;
Shopify/erb-lint, lib/erb_lint/reporters; presidentbeef/brakeman, lib/brakeman/report;
puppetlabs/puppet-lint, lib/puppet-lint.rb.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SMELLS = (
    *("Attribute", "BooleanParameter", "ClassVariable", "ControlParameter", "DataClump"),
    *("DuplicateMethodCall", "FeatureEnvy", "InstanceVariableAssumption", "IrresponsibleModule"),
    *("LongParameterList", "LongYieldList", "ManualDispatch", "MissingSafeMethod"),
    *("ModuleInitialize", "NestedIterators", "NilCheck", "RepeatedConditional"),
    *("SubclassedFromCoreClass", "TooManyConstants", "TooManyInstanceVariables"),
    *("TooManyMethods", "TooManyStatements", "UncommunicativeMethodName"),
    *("UncommunicativeModuleName", "UncommunicativeParameterName"),
    *("UncommunicativeVariableName", "UnusedParameters", "UnusedPrivateMethod"),
    *("UtilityFunction", "PrimaDonnaMethod", "UnusedVariable"),
)

_SMELL = rf"(?P<code>{'|'.join(_SMELLS)}): (?P<message>.*)"

REEK = Grammar(
    name="reek",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=tuple(f":0: {smell}: " for smell in _SMELLS),
            pattern=Pattern(rf"\s*(?P<file>[^\s:][^:]*):(?P<line>\d+): {_SMELL}"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"0]:{smell}: " for smell in _SMELLS),
            pattern=Pattern(rf"\s*\[(?P<line>\d+)(?:, \d+)*\]:{_SMELL}"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FILE,
            literal=(" -- 0 warning:", " -- 0 warnings:"),
            pattern=Pattern(r"(?P<file>\S.*) -- \d+ warnings?:$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="0 total warnings",
            pattern=Pattern(r"(?P<warnings>0) total warnings$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 total warning", "0 total warnings"),
            pattern=Pattern(r"(?P<warnings>\d+) total warnings?$"),
        ),
    ),
)


def _lint(name: str, suffix: str, *trailers: Rule) -> Grammar:
    """A linter that prints ``file:12 [W] Name: message``."""
    return Grammar(
        name=name,
        kind="linter",
        severities={"e": "errors", "f": "errors"},
        rules=(
            Rule(
                does=Does.TAIL,
                literal="] [Corrected] ",
                pattern=Pattern(r"\S.*:\d+ \[[WEF]\] \[Corrected\] "),
                opens=False,
            ),
            Rule(
                does=Does.FINDING,
                literal=(f"{suffix}:0 [", f"{suffix}:0:0 ["),
                pattern=Pattern(
                    rf"(?P<file>[^\s:][^:]*{re.escape(suffix)}):(?P<line>\d+)"
                    r"(?::(?P<column>\d+))? \[(?P<severity>[WEF])\] "
                    r"(?:(?P<code>[A-Z]\w+): )?(?P<message>.*)"
                ),
            ),
            Rule(
                does=Does.FINDING,
                literal=(f"{suffix}:0:0: W: ", f"{suffix}:0:0: E: "),
                pattern=Pattern(
                    rf"(?P<file>[^\s:][^:]*{re.escape(suffix)}):(?P<line>\d+):(?P<column>\d+):"
                    r" (?P<severity>[WEF]): (?:(?P<code>[A-Z]\w+): )?(?P<message>.*)"
                ),
            ),
            *trailers,
        ),
    )


HAML_LINT = _lint(
    "haml-lint",
    ".haml",
    Rule(
        does=Does.GREEN,
        literal="inspected, 0 lints",
        pattern=Pattern(r"(?P<inspected>[1-9]\d*) files? inspected, (?P<errors>0) lints detected$"),
    ),
    Rule(
        does=Does.TRAILER,
        literal=("inspected, 0 lint", "inspected, 0 lints"),
        pattern=Pattern(
            r"(?P<inspected>\d+) files? inspected, (?P<errors>\d+) lints? detected"
            r"(?:, (?P<mended>\d+) lints? corrected)?"
        ),
    ),
)
SLIM_LINT = _lint(
    "slim-lint",
    ".slim",
    Rule(
        does=Does.TRAILER,
        literal=("file inspected, ", "files inspected, "),
        pattern=Pattern(r"(?P<inspected>\d+) files? inspected, (?P<errors>\d+) offenses detected"),
        opens=False,
    ),
)
SCSS_LINT = _lint("scss-lint", ".scss")

ERB_LINT = Grammar(
    name="erb-lint",
    kind="linter",
    aliases=("erblint", "erb_lint"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".erb:0:0: ",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*\.erb):(?P<line>\d+):(?P<column>\d+): "
                r"(?:\[(?P<code>\w+)\] )?(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="In file: ",
            pattern=Pattern(r"In file: (?P<file>\S.*):(?P<line>\d+)$"),
            before=Pattern(r"(?:\[(?P<code>\w+)\] )?(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.GREEN,
            literal="errors were found in ERB files",
            pattern=Pattern(r"No errors were found in ERB files"),
        ),
        Rule(
            does=Does.GREEN,
            literal="error(s) corrected in ERB",
            pattern=Pattern(r"(?P<corrected>\d+) error\(s\) corrected in ERB files"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("were found in ERB files", "remaining in ERB files"),
            pattern=Pattern(
                r"(?:(?P<corrected>\d+) error\(s\) corrected and )?"
                r"(?P<errors>\d+) error\(s\) (?:were found|remaining) in ERB files"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Exception occurred when processing: ",
            pattern=Pattern(r"(?P<message>Exception occurred when processing: .*)"),
        ),
    ),
)

BRAKEMAN = Grammar(
    name="brakeman",
    kind="linter",
    severities={"high": "warnings", "medium": "warnings", "weak": "warnings", "low": "warnings"},
    rules=(
        Rule(
            does=Does.START,
            literal="== Brakeman Report ==",
            pattern=Pattern(r"== Brakeman Report =="),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="Security Warnings",
            pattern=Pattern(r"(?:Security Warnings: |\| Security Warnings +\| )(?P<warnings>\d+)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Message: ",
            pattern=Pattern(r"Message: (?P<message>.*)"),
            before=Pattern(r"Check: (?P<code>\w+)"),
            continues=Pattern(r"(?:File: (?P<file>\S.*)|Line: (?P<line>\d+))$"),
            pieces=True,
            counts_as="warnings",
        ),
        Rule(  # --format tabs, and the same with its tabs expanded
            does=Does.FINDING,
            literal=(*(" General ", "\tGeneral\t", "\tController\t", "\tModel\t", "\tTemplate\t"),),
            pattern=Pattern(
                r"(?P<file>\S+\.\w+)(?:\t| {1,8})(?P<line>\d+)(?:\t| {1,8})"
                r"(?P<code>[A-Z][\w -]*\w)(?:\t(?:General|Controller|Model|Template)\t"
                r"| {1,8}General {1,8})(?P<message>.*\S)"
                r"(?:\t| {1,8})(?P<severity>High|Medium|Weak|Low)\s*$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="No warnings found",
            pattern=Pattern(r"No warnings found$"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="Please supply the path to a Rails application",
            pattern=Pattern(r"(?P<message>Please supply the path to a Rails application)"),
        ),
    ),
)

_KIND = r"(?P<severity>ERROR|WARNING|error|warning)"

PUPPET_LINT = Grammar(
    name="puppet-lint",
    kind="linter",
    urgent=Pattern(r"syntax"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(" - ERROR: ", " - WARNING: "),
            pattern=Pattern(
                rf"(?>(?P<file>\S.*?) - {_KIND}: )(?P<message>.*) on line (?P<line>\d+)"
                r"(?: (?:col(?:umn)? (?P<column>\d+) ?)?(?:\(check: (?P<code>\w+)\))?)?$"
            ),
        ),
        Rule(  # --log-format "%{path}:%{line}:%{check}:%{KIND}:%{message}", as plugins have it
            does=Does.FINDING,
            literal=(":ERROR:", ":WARNING:"),
            pattern=Pattern(
                r"(?P<file>(?:[A-Za-z]:)?[^:]+\.pp):(?P<line>\d+):(?:(?P<column>\d+):)?"
                rf"(?P<code>\w+):{_KIND}:(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".pp:0:",
            pattern=Pattern(
                rf"(?P<file>\S.*\.pp):(?P<line>\d+):(?:(?P<column>\d+):)? ?{_KIND}:"
                r" ?(?P<message>.*?)(?: \((?P<code>\w+)\))?$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("ERROR: ", "WARNING: "),
            pattern=Pattern(
                rf"{_KIND}: (?P<message>.*) on line (?P<line>\d+)(?: \(check: (?P<code>\w+)\))?$"
            ),
            opens=False,
        ),
    ),
)
