"""Linters for shell scripts: shellcheck and bashate.

Source: koalaman/shellcheck, src/ShellCheck/Formatter (TTY.hs, GCC.hs); openstack/bashate,
bashate/messages.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

_LEVELS = {"style": "notes"}

SHELLCHECK = Grammar(
    name="shellcheck",
    kind="linter",
    urgent=re.compile(r"SC1\d{3}|SC2154"),
    severities=_LEVELS,
    rules=(
        Rule(
            does=Does.FILE,
            literal=" line 0:",
            pattern=re.compile(r"In (?P<file>\S.*) line (?P<line>\d+):$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("^ SC0", "-- SC0"),
            pattern=re.compile(
                r"\s*(?:\^-*\^|\^--|\^) (?P<code>SC\d{4})(?: \((?P<severity>\w+)\))?: "
                r"(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="[SC0",
            pattern=re.compile(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<severity>\w+):"
                r" (?P<message>.*) \[(?P<code>SC\d{4})\]$"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal="shellcheck.net/wiki/SC0",
            pattern=re.compile(r"\s*https://www\.shellcheck\.net/wiki/"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=": openBinaryFile: ",
            pattern=re.compile(r"(?P<message>\S.*: openBinaryFile: does not exist.*)"),
        ),
    ),
)

_SAID = (
    r"(?P<message>(?:Trailing Whitespace|Tab [Ii]ndents|Indent not multiple|File did not end"
    r"|file ending without|Line too long|The \"|Heredoc didn't end|here ?doc|Function declaration"
    r"|[Ii]nvalid syntax|Arithmetic expansion|local declaration|Loop|File does not begin"
    r"|non-tabs|bash -n|Syntax error|Undeclared).*)"
)

BASHATE = Grammar(
    name="bashate",
    kind="linter",
    urgent=re.compile(r"E040"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(":0:0: E00", ":0:0: W00"),
            pattern=re.compile(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): "
                rf"(?=(?P<severity>[EW]))(?P<code>[EW]0[0-4]\d):? {_SAID}"
            ),
        ),
        Rule(  # Before release 0.5.
            does=Does.FINDING,
            literal=("[E] E0", "[W] E0"),
            pattern=re.compile(r"\[(?P<severity>[EW])\] (?P<code>[EW]\d{3}):? (?P<message>.*?): '"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="bashate error(s) found",
            pattern=re.compile(r"(?P<errors>\d+) bashate error\(s\) found"),
        ),
    ),
)
