"""Compilers and analyzers of smaller languages: elm, dart (and flutter), nix.

Source: elm/compiler, reporting/src/Reporting/Exit.hs; dart-lang/sdk, pkg/dartdev/lib/src/commands/
analyze.dart; dart-lang/test, pkgs/test_core/lib/src/runner/reporter; NixOS/nix, src/libutil.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

ELM = Grammar(
    name="elm",
    kind="build",
    aliases=("elm-make",),
    urgent=Pattern(r"UNKNOWN IMPORT|NAMING ERROR|MODULE NOT FOUND"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".elm",
            pattern=Pattern(
                r"-- (?=.*\.elm\s*$)(?P<name>[A-Z][A-Z ':-]+?) -+ (?P<file>\S.*\.elm)\s*$"
            ),
            continues=Pattern(r"(?:(?P<line>\d+)\|.*|(?P<message>[A-Z`]\S* .*))"),
            pieces=True,
            gaps=12,
        ),
        Rule(
            does=Does.FINDING,
            literal="-- elm.json",
            pattern=Pattern(r"-- (?P<name>[A-Z][A-Z ':-]+?) -{2,} (?P<file>elm\.json)\s*$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="Success! Compiled 0 module",
            pattern=Pattern(r"Success! Compiled \d+ modules?\."),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("Detected problems in ", "Detected errors in "),
            pattern=Pattern(r"Detected (?:problems|errors) in (?P<files>\d+) modules?\."),
        ),
    ),
)

_LEVEL = r"\s*(?P<severity>error|warning|info|hint)"
_ENDS = r"(?=.* (?:-|•) \(?\w+\)?$)"

DART_ANALYZE = Grammar(
    name="dart-analyze",
    kind="linter",
    aliases=("dart", "flutter-analyze", "dartanalyzer"),
    urgent=Pattern(r"uri_does_not_exist|undefined_\w+|expected_token|missing_\w+"),
    severities={"hint": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".dart:0:0",
            pattern=Pattern(
                rf"{_LEVEL} (?:-|•) {_ENDS}(?P<file>\S.*?\.dart):(?P<line>\d+):(?P<column>\d+)"
                r" (?:-|•) (?P<message>.*) (?:-|•) (?P<code>\w+)$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".dart:0:0",
            pattern=Pattern(
                rf"{_LEVEL} (?:-|•) {_ENDS}(?P<message>.*?)(?: at| (?:-|•)) (?P<file>\S.*?\.dart):"
                r"(?P<line>\d+):(?P<column>\d+) (?:-|•) \(?(?P<code>\w+)\)?$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".dart:0:0: Error: ",
            pattern=Pattern(
                r"(?P<file>\S.*?\.dart):(?P<line>\d+):(?P<column>\d+): (?P<severity>Error): "
                r"(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="No issues found!",
            pattern=Pattern(r"No issues found!(?: \(ran in .*\))?$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 issue found.", "0 issues found."),
            pattern=Pattern(r"(?P<issues>\d+) issues? found\.(?: \(ran in .*\))?$"),
        ),
    ),
)

_CLOCK = r"\d\d:\d\d \+(?P<passed>\d+)(?: ~(?P<skipped>\d+))?(?: -(?P<failed>\d+))?: "

FLUTTER_TEST = Grammar(
    name="flutter-test",
    kind="tests",
    aliases=("dart-test",),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=" [E]",
            pattern=Pattern(
                r"\d\d:\d\d \+\d+(?: ~\d+)?(?: -\d+)?: "
                r"(?:(?P<file>\S+\.dart): )?(?P<name>.*) \[E\]$"
            ),
            continues=Pattern(r"\s+(?P<message>\S.*)"),
            counts_as="failed",
        ),
        Rule(
            does=Does.GREEN,
            literal=": All tests passed!",
            pattern=Pattern(rf"(?=.*\+[1-9]){_CLOCK}All tests passed!$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=(": Some tests failed.", ": All tests skipped.", ": No tests ran."),
            pattern=Pattern(rf"{_CLOCK}(?:Some tests failed|All tests skipped|No tests ran)\."),
        ),
    ),
)

_NIX_ERRORS = (
    *("undefined variable '", "attribute '", "infinite recursion", "syntax error, unexpected"),
    *("hash mismatch in fixed-output", "builder for '", "cannot coerce ", "cannot find flake"),
    *("function '", "value is ", "file '", "getting status of ", "path '", "cannot build "),
    *("flake '", "expected a ", "experimental Nix feature", "Cannot build '", "assertion '"),
)

NIX = Grammar(
    name="nix",
    kind="build",
    aliases=("nix-build", "nix-env", "nix-shell", "nixos-rebuild"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=tuple(f"error: {words}" for words in _NIX_ERRORS),
            pattern=Pattern(
                r"\s*error: (?P<message>(?:undefined variable '|attribute '.*' (?:missing|already)"
                r"|infinite recursion|syntax error, unexpected|hash mismatch in fixed-output"
                r"|builder for '|cannot coerce |cannot find flake|function '.*' called with"
                r"|value is |expected a .*but|experimental Nix feature|[Cc]annot build '"
                r"|file '.*' was not found in the Nix|flake '.*' does not provide"
                r"|getting status of |assertion '|path '.*' (?:is not|does not)).*)"
            ),
            continues=Pattern(r"\s+at (?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+):"),
            gaps=12,
        ),
        Rule(
            does=Does.FINDING,
            literal="warning: Git tree '",
            pattern=Pattern(r"(?P<severity>warning): (?P<message>Git tree '.*' is dirty)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="error: ",
            pattern=Pattern(r"\s*error: (?!… )(?P<message>\S.*)"),
            opens=False,
            continues=Pattern(r"\s+at (?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+):"),
            gaps=12,
        ),
        Rule(
            does=Does.TAIL,
            literal="dependencies of derivation '",
            pattern=Pattern(r"\s*error: \d+ dependencies of derivation '"),
            opens=False,
        ),
    ),
)
