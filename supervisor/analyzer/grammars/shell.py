"""What shells say of a script: bash in its languages, dash, zsh, ksh and busybox.

Source: bash, error.c and parse.y; dash, src/error.c; zsh, Src/utils.c. Commands that are not found
or not executable are not the script's faults; they are told as the causes that they are.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_LINE_WORDS = (
    *("line", "ligne", "Zeile", "línea", "línia", "linha", "riga", "regel", "rivi", "rad", "linje"),
    *(
        "linia",
        "řádek",
        "riadok",
        "sat\u0131r",
        "γραμμή",
        "строка",
        "рядок",
        "ред",
        "行",
        "列",
        "줄",
    ),
    *("redak", "dòng", "lína"),
)
_WORD = rf"(?:{'|'.join(_LINE_WORDS)})"
_SCRIPT = (
    r"(?P<file>-?(?:ba|da|k|z|a)?sh|[^\s:]+\.(?:sh|bash|zsh|ksh|bats|command)|\./[^\s:.]+"
    r"|/[^\s:.]+|configure|environment|main)"
)
_NOT_OURS = (
    r"(?!.*(?:command not found|: not found|Permission denied|No such file or directory"
    r"|cannot (?:execute|exec)|Killed|Terminated|Segmentation fault|Aborted|Hangup|core dumped))"
)
_COMPLAINT = (
    r"(?P<message>(?:syntax error|unexpected EOF|unexpected end of file|unexpected token"
    r"|unexpected argument|conditional |unterminated|bad substitution|parse error|unmatched).*"
    r"|.*(?:bad substitution|unbound variable|syntax error|readonly variable"
    r"|not a valid identifier|invalid option|division by 0).*)"
)

SHELL = Grammar(
    name="shell",
    kind="build",
    aliases=("bash", "sh", "dash", "zsh", "ksh", "ash"),
    rules=(
        Rule(  # The script's line, after what is wrong with it.
            does=Does.TAIL,
            literal=tuple(f": {word} 0: `" for word in _LINE_WORDS),
            pattern=Pattern(rf"[^:]+: (?:-c: )?{_WORD} \d+: `.*'$"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="warning: here-document at ",
            pattern=Pattern(
                rf"(?P<file>[^:]+): {_WORD} (?P<line>\d+): warning: (?P<message>here-document.*)"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f": {word} 0: " for word in _LINE_WORDS),
            pattern=Pattern(
                rf"{_SCRIPT}: (?:-c: )?{_WORD} (?P<line>\d+): {_NOT_OURS}(?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=": line 0: ",
            pattern=Pattern(rf"(?P<file>[\w./+-]+): line (?P<line>\d+): {_COMPLAINT}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                ": Syntax error: ",
                "bad variable name",
                "is read only",
                "parameter not set",
                "Bad substitution",
                "unexpected operator",
            ),
            pattern=Pattern(
                r"(?P<file>[^\s:]+): (?P<line>\d+): (?P<message>Syntax error: .*"
                r"|.*(?:bad variable name|is read only|parameter not set|Bad substitution"
                r"|unexpected operator).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(": parse error near", ": unmatched", ": bad substitution", ": no matches"),
            pattern=Pattern(
                r"(?P<file>[^\s:]+):(?P<line>\d+): (?P<message>(?:parse error near|unmatched"
                r"|bad substitution|no matches found).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="syntax error at line 0: ",
            pattern=Pattern(
                r"(?P<file>[^\s:]+): syntax error at line (?P<line>\d+): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="sh: syntax error: ",
            pattern=Pattern(r"(?P<file>\S*sh): (?P<message>syntax error: .*)"),
        ),
        Rule(  # More of zsh's, which has a script's name and nothing else in front.
            does=Does.FINDING,
            literal=":0: ",
            pattern=Pattern(
                r"(?!(?:GNU)?[Mm]akefile|Dockerfile|stdin)(?P<file>[A-Za-z_][\w-]*):(?P<line>\d+): "
                rf"(?!(?:fatal )?error|warning|note|\*){_NOT_OURS}(?P<message>\S.*)"
            ),
            opens=False,
        ),
    ),
)
