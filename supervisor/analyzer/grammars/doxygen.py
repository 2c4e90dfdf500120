"""``doxygen``: lines as an old compiler's, known by what they are about.

Source: doxygen/doxygen, src/message.cpp and the calls of warn, warn_doc_error and err.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.c_places import FRONT
from supervisor.analyzer.pattern import Pattern

VOCABULARY = (
    r"is not documented|are not documented|ndocumented param|not documented$"
    r"|is not found in the argument list of|has multiple @param|argument list of \S+ does not"
    r"|xplicit link request to|nable to resolve (?:reference|link)|ound unknown command"
    r"|nsupported xml/html tag|nexpected (?:html|xml) tag|nd of (?:file|comment|documentation) "
    r"|no matching (?:class|file|namespace) member|no uniquely matching"
    r"|ultiple use of section label"
    r"|documented symbol .* was not declared|llegal command"
    r"|the \\(?:file|class|param|ref|mainpage) "
    r"|you forgot to add its directory to INCLUDE_PATH|not an input file"
    r"|roblems running (?:latex|dot)"
    r"|recursive class relation|nternal inconsistency|member with no name|ncluded by graph for "
    r"|eached end of file while (?:inside|still)"
    r"|@?\\?(?:param|copydoc|image|ingroup|brief|return) command"
    r"|epeated \\?\w+ (?:tag|command)|invalid argument for command|eturn type of member"
    r"|parameters? .* in the argument list|unexpected token .* in|generating prefix"
)
"""What only a checker of documentation says."""
_OF_ITSELF = (
    r"doxygen no longer|source \S+ is not a readable|tag [A-Z_]+: |Tag ['`][A-Z_]+'|input source"
    r"|.*\bDoxyfile\b|No output formats|the dot tool could not be found|.*DOT_FONT|.*HAVE_DOT"
    r"|argument `?'?.*for option|ignoring unsupported tag|Tags? .* has become obsolete"
    r"|.*doxygen -u|could not (?:open|load) .*(?:layout|tag) file"
)
_PLACE = (
    rf"{FRONT}(?:[^:]*?(?=[A-Z]:/))?"
    r"(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:\[][^:]*|<\w+>):(?P<line>\d+): ?"
)
_SEVERITY = r"(?P<severity>warning|error)"

GRAMMAR = Grammar(
    name="doxygen",
    kind="linter",
    rules=(
        Rule(  # What it is at says who it is; its lines say it less well.
            does=Does.START,
            literal=("generating docs for ", "preprocessing /", "parsing file /"),
            pattern=Pattern(r"Generating docs for |(?:Preprocessing|Parsing file) /\S+\.\.\.$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("0: warning: ", "0:warning: "),
            pattern=Pattern(
                rf"{_PLACE}(?P<severity>warning): (?P<message>.*(?:{VOCABULARY}).*)",
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("0:error: ", "0:warning: "),
            pattern=Pattern(rf"{_PLACE}(?<! ){_SEVERITY}: (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("0: warning: ", "0: error: "),
            pattern=Pattern(rf"{_PLACE}{_SEVERITY}: (?P<message>(?!.* \[).*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *("doxygen no longer", "is not a readable file", "doxyfile", "doxygen -u"),
                *("warning: tag ", "has become obsolete", "no output formats", "dot tool could"),
                *("ignoring unsupported tag", "input source", "tag file"),
            ),
            pattern=Pattern(
                rf"{FRONT}(?P<severity>[Ww]arning|[Ee]rror): (?P<message>(?:{_OF_ITSELF}).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("warning: ", "error: "),
            pattern=Pattern(r"(?P<severity>warning|error): (?P<message>.*)"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="will be interpreted as errors",
            pattern=Pattern(r".*treated as errors|.*will be interpreted as errors"),
            opens=False,
        ),
    ),
)
