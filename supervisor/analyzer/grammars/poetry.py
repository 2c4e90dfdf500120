"""``poetry``: dependencies that cannot be solved or installed, and what is wrong with a project.

Source: python-poetry/poetry, src/poetry/installation and src/poetry/mixology/failure.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SURE = (
    r"Unable to find installation candidates for ",
    r"Could not find a matching version of package ",
    r"pyproject\.toml changed significantly since poetry\.lock",
    r"poetry\.lock is not up to date with pyproject\.toml",
    r"The lock file is not (?:up to date|compatible with the current version of Poetry)",
    r"The Poetry configuration is invalid",
    r"The current project(?:'s supported Python range | could not be installed: )",
    r"Poetry could not find a pyproject\.toml file in ",
    r"Invalid TOML file .*pyproject\.toml",
)

GRAMMAR = Grammar(
    name="poetry",
    kind="packages",
    rules=(
        Rule(  # dart's pub says the same of dependencies without parentheses.
            does=Does.FINDING,
            literal="version solving failed",
            pattern=Pattern(r"\s*(?P<message>[^(]*+\(.*\bversion solving failed)\.?$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="): Failed",
            pattern=Pattern(
                r"\s*[-•] (?P<message>(?:Installing|Updating|Downgrading|Removing) \S+ \(.*\)):"
                r" Failed$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *("find installation candidates for", "find a matching version of package"),
                *("changed significantly since poetry", "poetry.lock is not up to date"),
                *("The lock file is not ", "The Poetry configuration is invalid"),
                *("The current project's supported", "The current project could not be"),
                *("Poetry could not find a pyproject", "Invalid TOML file "),
            ),
            pattern=Pattern(rf"\s*(?:Error: )?(?P<message>(?:{'|'.join(_SURE)}).*)"),
        ),
    ),
)
