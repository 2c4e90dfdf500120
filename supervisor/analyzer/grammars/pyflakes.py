"""``pyflakes``: one line for each finding, without codes, and no trailer.

Source: PyCQA/pyflakes, pyflakes/messages.py and reporter.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*):(?P<line>\d+):(?:(?P<column>\d+):?)? "
_NAME = r"(?:'[^']*'|\"[^\"]*\")"
_MESSAGES = (
    rf"{_NAME} (?:imported but unused|may be undefined, or)",
    rf"local variable {_NAME} (?:is assigned to but|is annotated but|(?:defined .*)?referenced)",
    rf"undefined name {_NAME}",
    rf"redefinition of (?:unused|function) {_NAME}",
    rf"import {_NAME} from line \d+ shadowed",
    r"'(?:lazy )?from [^']+ import \*' (?:used;|only allowed|is not allowed)",
    r"from __future__ imports must occur",
    r"[ft]-string is missing placeholders",
    r"'\.\.\.' % \.\.\. ",
    r"'\.\.\.'\.format\(\.\.\.\) ",
    r"dictionary key .* repeated with different",
    r"'(?:return|yield|continue|break)' (?:with arguments|outside|not properly in)",
    r"use ==/!= to compare constant",
    r"assertion is always true, perhaps",
    r"'if tuple literal' is always true",
    rf"duplicate argument {_NAME} in function",
    r"'raise NotImplemented' should be",
    r"`(?:global|nonlocal) .*` is unused: ",
    r"invalid syntax(?:\. [^\"]*)?$",
)
_LITERALS = (
    *("imported but unused", "may be undefined, or", "but never used", "before assignment"),
    *(": undefined name ", " undefined name '", "redefinition of unused", "redefinition of func"),
    *("shadowed by loop", "unable to detect undefined", "only allowed at module", "is not allowed"),
    *("__future__ imports must", "missing placeholders", "'...' % ...", "'...'.format(...)"),
    *("repeated with different", "with arguments inside", "outside function", "outside loop"),
    *("not properly in loop", "use ==/!= to compare", "is always true, perhaps"),
    *("duplicate argument ", "'raise notimplemented' should", "` is unused: ", "invalid syntax"),
)

GRAMMAR = Grammar(
    name="pyflakes",
    kind="linter",
    aliases=("pyflakes3",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_LITERALS,
            pattern=Pattern(rf"{_PLACE}(?P<message>(?:{'|'.join(_MESSAGES)}).*)"),
        ),
        Rule(  # The compiler's own words for what it cannot read.
            does=Does.FINDING,
            literal=":0:0: ",
            pattern=Pattern(rf"{_PLACE}(?P<message>[a-z'\"(\[{{][^:]*)$"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=(": No such file or", ": problem decoding source"),
            pattern=Pattern(
                r"(?P<file>\S+\.py): "
                r"(?P<message>No such file or directory|problem decoding source)$"
            ),
            opens=False,
        ),
    ),
)
