"""Perl itself (``perl -c`` and programs that die), and perlcritic.

Source: Perl/perl5, pod/perldiag.pod; Perl-Critic/Perl-Critic, lib/Perl/Critic/Violation.pm.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_ANY_PLACE = r" at (?P<file>\S+) line (?P<line>\d+)(?:\.|, .*)?$"
_PLACE = _ANY_PLACE.replace(r"\S+", r"-e|-|\S+\.(?:pl|pm|cgi|t)", 1)
_FILES = (".pl line 0", ".pm line 0", ".cgi line 0", ".t line 0", " - line 0", " -e line 0")
_WARNINGS = (
    r"Use of uninitialized value|Use of .* is deprecated|Useless use of|Name \".*\" used only once"
    r"|Subroutine \w+ redefined|.* masks earlier declaration|Scalar value .* better written as"
    r"|Possible |Applying |Argument .* isn't numeric|Odd number of elements|Found = in conditional"
    r"|Unquoted string|Parentheses missing around|Statement unlikely to be reached|Deep recursion"
    r"|Wide character in|Deprecated |Smartmatch is|given is|when is|Unrecognized escape"
    r"|Prototype mismatch|Constant subroutine|Useless |Reference found where|print \(\.\.\.\)"
    r"|substr outside of string|readline\(\) on|Variable \".*\" (?:is not available|will not stay)"
)

PERL = Grammar(
    name="perl",
    kind="build",
    distinct=True,
    rules=(
        Rule(
            does=Does.TAIL,
            literal=(
                "had compilation errors",
                "due to compilation errors",
                "compilation aborted",
                "Compilation failed in require",
            ),
            pattern=Pattern(
                r".* had compilation errors\.|Execution of .* aborted due to compilation errors"
                r"|BEGIN failed--compilation aborted|Compilation failed in require"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="in @INC (",
            pattern=Pattern(rf"(?P<message>Can't locate \S+ in @INC) \(.*\){_ANY_PLACE}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_FILES,
            pattern=Pattern(rf"(?P<message>(?:{_WARNINGS}).*?){_PLACE}"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=_FILES,
            pattern=Pattern(
                r"(?P<message>(?:syntax error|Can't |Global symbol|Bareword|Missing right"
                r"|Undefined |Illegal |Died|Not an? \w+ reference|Unmatched |Type of "
                r"|Unrecognized character|(?:Too many|Not enough) arguments|Modification of"
                r"|Attempt to|No such |Invalid "
                r"|Experimental |Search pattern not|Number found where|(?:String|Operator|Scalar"
                rf"|Array|Bareword) found where|Missing |Quantifier|Variable \").*?){_PLACE}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=_FILES,
            pattern=Pattern(rf"(?P<message>\S.*?){_PLACE}"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal=" syntax OK",
            pattern=Pattern(r"\S+ syntax OK$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Can't open perl script",
            pattern=Pattern(r"(?P<message>Can't open perl script .*)"),
        ),
    ),
)

_VIOLATION = (
    r"(?:(?P<file>[^\s:][^:]*): )?(?:\[(?P<code>\w+(?:::\w+)*)\] )?(?P<message>\S.*?)"
    r" at line (?P<line>\d+), column (?P<column>\d+)\.  "
)

PERLCRITIC = Grammar(
    name="perlcritic",
    kind="linter",
    severities={str(level): "warnings" for level in range(1, 5)} | {"5": "errors"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal="Severity: 0",
            pattern=Pattern(
                rf"(?=.*Severity: [1-5]\)?$){_VIOLATION}.*?\(?Severity: (?P<severity>[1-5])\)?$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=" source OK",
            pattern=Pattern(r"\S.* source OK$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Problem while critiquing ",
            pattern=Pattern(r'(?P<message>Problem while critiquing ".*)'),
        ),
    ),
)
