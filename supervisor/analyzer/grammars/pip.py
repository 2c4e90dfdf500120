"""``pip``: what could not be resolved, built or installed. Success is told where argv names pip.

Source: pypa/pip, src/pip/_internal/exceptions.py and commands/install.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

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
            pattern=re.compile(
                r" *(?:ERROR: +)?(?:No matching distribution found|Failed building wheel"
                r"|Failed to build (?:installable wheels|')|Could not build wheels for)"
            ),
            opens=False,
        ),
        Rule(  # It conflicts with what else is installed, but it was installed.
            does=Does.TAIL,
            literal="pip's dependency resolver does not ",
            pattern=re.compile(r"ERROR: pip's dependency resolver does not "),
        ),
        Rule(
            does=Does.FINDING,
            literal=("which is incompatible.", "which is not installed."),
            pattern=re.compile(rf"ERROR: {_CONFLICT}"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=("which is incompatible.", "which is not installed."),
            pattern=re.compile(_CONFLICT),
            counts_as="warnings",
            opens=False,
        ),
        Rule(  # pip check
            does=Does.FINDING,
            literal=(" has requirement ",),
            pattern=re.compile(r"(?P<message>\S+ \S+ has requirement .*, but you have .*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="conflicting dependencies",
            pattern=re.compile(
                r"ERROR: (?P<message>Cannot install .* because these package versions have"
                r" conflicting dependencies)"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal="ERROR: ResolutionImpossible: ",
            pattern=re.compile(r"ERROR: ResolutionImpossible: for help visit"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="requires a different Python: ",
            pattern=re.compile(r"ERROR: (?P<message>Package '.*' requires a different Python: .*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_SURE,
            pattern=re.compile(
                rf"\s*(?:ERROR: )?(?P<message>(?:{'|'.join(map(re.escape, _SURE))}).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="did not run successfully.",
            pattern=re.compile(r"\s*× (?P<message>.* did not run successfully)\.$"),
        ),
        Rule(
            does=Does.TAIL,
            literal="[end of output]",
            pattern=re.compile(r"\s*\[end of output\]$"),
            before=re.compile(r"\s*(?P<remark>\S.*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="This environment is externally managed",
            pattern=re.compile(r"\s*× (?P<message>This environment is externally managed)$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="no such option: ",
            pattern=re.compile(r"(?P<message>no such option: -\S+)$"),
            before=re.compile(r"\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal='" failed with error code 0 in ',
            pattern=re.compile(r'(?P<message>Command ".*" failed with error code \d+ in \S+)$'),
        ),
        Rule(
            does=Does.GREEN,
            literal=("Successfully installed ", "Successfully uninstalled "),
            pattern=re.compile(r"Successfully (?:un)?installed \S"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="No broken requirements found.",
            pattern=re.compile(r"No broken requirements found\.$"),
        ),
    ),
)
