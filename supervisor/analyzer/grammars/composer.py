"""Composer: what keeps it from installing, and the scripts that it runs.

Source: composer/composer, src/Composer/DependencyResolver/Problem.php and Installer.php.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_REASONS = (
    *("Root composer.json requires ", "Installation request for ", "The requested package "),
    *("Conclusion: ", "Required package "),
)

COMPOSER = Grammar(
    name="composer",
    kind="packages",
    at_once=False,
    rules=(
        Rule(
            does=Does.START,
            literal=("Loading composer repositories", "Installing dependencies from lock file"),
            pattern=Pattern(
                r"Loading composer repositories|Installing dependencies from lock file"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"    - {words}" for words in _REASONS),
            pattern=Pattern(rf"    - (?P<message>(?:{'|'.join(map(re.escape, _REASONS))}).*)"),
            before=Pattern(r"  Problem \d+$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="could not be resolved to an installable set",
            pattern=Pattern(
                r"(?P<message>Your requirements could not be resolved to an installable set of"
                r" packages)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="  [Composer\\",
            pattern=Pattern(r"  \[(?P<code>Composer\\[\w\\]*Exception)\]\s*$"),
            continues=Pattern(r"  (?P<message>\S.*?)\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Exception]",
            pattern=Pattern(r"  \[(?P<code>[\w\\]*Exception)\]\s*$"),
            continues=Pattern(r"  (?P<message>\S.*?)\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Composer could not ", "composer.json", "present in the lock file"),
            pattern=Pattern(
                r"\s*(?P<message>Composer could not (?:find|detect) .*"
                r"|\"\./composer\.json\" does not .*"
                r"|The lock file is not up to date with the latest changes in composer\.json.*"
                r"|Required package .* is not present in the lock file.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="returned with error code 0",
            pattern=Pattern(
                r"(?P<message>Script .* handling the .* event returned with error code \d+)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="security vulnerability advisor",
            pattern=Pattern(
                r"Found (?P<advisories>\d+) security vulnerability advisor(?:y|ies) affecting"
                r" (?P<packages>\d+) packages?"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Generating autoload files", "Generating optimized autoload"),
            pattern=Pattern(r"Generating (?:optimized )?autoload files"),
            opens=False,
        ),
    ),
)
