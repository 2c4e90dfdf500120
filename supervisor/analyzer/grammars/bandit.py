"""``bandit``: issues of several lines, the custom and csv formats, and the metrics below.

Source: PyCQA/bandit, bandit/formatters/text.py, custom.py and csv.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SEVERITY = r"(?P<severity>LOW|MEDIUM|HIGH|UNDEFINED)"
_CODE = r"(?P<code>[BC]\d{3})"

GRAMMAR = Grammar(
    name="bandit",
    kind="linter",
    strict=True,
    severities={"high": "errors", "medium": "warnings", "low": "notes", "undefined": "notes"},
    rules=(
        Rule(
            does=Does.TAIL,
            literal=">> Issue: [",
            pattern=Pattern(r">> Issue: \[(?=[BC]\d{3})"),
        ),
        Rule(
            does=Does.FINDING,
            literal="   Severity: ",
            pattern=Pattern(r"\s+Severity: (?P<severity>[A-Z][a-z]+)\s+Confidence: "),
            before=Pattern(rf">> Issue: \[{_CODE}(?::[^\]]*)?\] (?P<message>.*)"),
            continues=Pattern(
                r"\s+Location: (?P<file>(?:[A-Za-z]:[\\/])?[^:]+)"
                r":(?P<line>\d+)(?::(?P<column>\d+))?"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="[bandit]: ",
            pattern=Pattern(
                r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*):(?P<line>\d+): "
                rf"{_CODE}\[bandit\]: {_SEVERITY}: (?P<message>.*)"
            ),
        ),
        Rule(  # --msg-template "{line}:{test_id}:{severity}:{msg}", as editors ask for it
            does=Does.FINDING,
            literal=(":low:", ":medium:", ":high:"),
            pattern=Pattern(rf"(?P<line>\d+):{_CODE}:{_SEVERITY}:(?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(",low,", ",medium,", ",high,"),
            pattern=Pattern(
                rf"(?P<file>[^\s,][^,]*),[a-z_]+,{_CODE},{_SEVERITY},(?:LOW|MEDIUM|HIGH|UNDEFINED),"
                r"(?:https?:[^,]*,)?(?:\"(?P<message>[^\"]*)\"|(?P<remark>[^,]*)),(?P<line>\d+),"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="Files skipped (0):",
            pattern=Pattern(r"Files skipped \(0\):$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Files skipped (0):",
            pattern=Pattern(r"(?P<remark>Files skipped \((?P<unread>\d+)\)):$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="[main]\tERROR\t",
            pattern=Pattern(r"\[main\]\tERROR\t(?P<message>.+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="bandit: error: ",
            pattern=Pattern(r"bandit: error: (?P<message>.+)"),
        ),
    ),
)
