"""``pip``: what could not be resolved, built or installed. Success is told where argv names pip.

Source: pypa/pip, src/pip/_internal/exceptions.py and commands/install.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SURE = (
    "Could not find a version that satisfies",
    "Could not open requirements file: ",
    "Could not install packages due to an ",
    "Invalid requirement: ",
    "Double requirement given: ",
    "ResolutionImpossible: ",
    "THESE PACKAGES DO NOT MATCH THE HASHES",
    "Hashes are required in --require-hashes mode",
    "In --require-hashes mode, all requirements",
    "You must give at least one requirement",
    "Command errored out with exit status",
    "Can not perform a '--user' install",
    "Could not satisfy constraints",
)
_CONSEQUENCES = (
    "No matching distribution found for ",
    "Failed building wheel for ",
    "Failed to build installable wheels ",
    "Could not build wheels for ",
    "ERROR: Failed to build ",
)
_CONFLICT = (
    r"(?P<message>\S+ \S+ (?:requires|has requirement) .*, "
    r"(?:but you(?:'ll)? have .* which is incompatible|which is not installed)\.)$"
)

GRAMMAR = Grammar(
    name="pip",
    kind="packages",
    aliases=("pip3",),
    rules=(
        Rule(  # Other words for what the lines above it have told.
            does=Does.TAIL,
            literal=_CONSEQUENCES,
            pattern=Pattern(
                r" *(?:ERROR: +)?(?:No matching distribution found|Failed building wheel"
                r"|Failed to build (?:installable wheels|')|Could not build wheels for)"
            ),
            opens=False,
        ),
        Rule(  # It conflicts with what else is installed, but it was installed.
            does=Does.TAIL,
            literal="pip's dependency resolver does not ",
            pattern=Pattern(r"ERROR: pip's dependency resolver does not "),
        ),
        Rule(
            does=Does.FINDING,
            literal=("which is incompatible.", "which is not installed."),
            pattern=Pattern(rf"ERROR: {_CONFLICT}"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=("which is incompatible.", "which is not installed."),
            pattern=Pattern(_CONFLICT),
            counts_as="warnings",
            opens=False,
        ),
        Rule(  # pip check
            does=Does.FINDING,
            literal=(" has requirement ",),
            pattern=Pattern(r"(?P<message>\S+ \S+ has requirement .*, but you have .*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="conflicting dependencies",
            pattern=Pattern(
                r"ERROR: (?P<message>Cannot install .* because these package versions have"
                r" conflicting dependencies)"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal="ERROR: ResolutionImpossible: ",
            pattern=Pattern(r"ERROR: ResolutionImpossible: for help visit"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="requires a different Python: ",
            pattern=Pattern(r"ERROR: (?P<message>Package '.*' requires a different Python: .*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_SURE,
            pattern=Pattern(
                rf"\s*(?:ERROR: )?(?P<message>(?:{'|'.join(map(re.escape, _SURE))}).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="did not run successfully.",
            pattern=Pattern(r"\s*× (?P<message>.* did not run successfully)\.$"),
        ),
        Rule(
            does=Does.TAIL,
            literal="[end of output]",
            pattern=Pattern(r"\s*\[end of output\]$"),
            before=Pattern(r"\s*(?P<remark>\S.*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="This environment is externally managed",
            pattern=Pattern(r"\s*× (?P<message>This environment is externally managed)$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="no such option: ",
            pattern=Pattern(r"(?P<message>no such option: -\S+)$"),
            before=Pattern(r"\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal='" failed with error code 0 in ',
            pattern=Pattern(r'(?P<message>Command ".*" failed with error code \d+ in \S+)$'),
        ),
        Rule(
            does=Does.GREEN,
            literal=("Successfully installed ", "Successfully uninstalled "),
            pattern=Pattern(r"Successfully (?:un)?installed \S"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="No broken requirements found.",
            pattern=Pattern(r"No broken requirements found\.$"),
        ),
    ),
)
