"""Composer: what keeps it from installing, and the scripts that it runs.

Source: composer/composer, src/Composer/DependencyResolver/Problem.php and Installer.php.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

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
            pattern=re.compile(
                r"Loading composer repositories|Installing dependencies from lock file"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"    - {words}" for words in _REASONS),
            pattern=re.compile(rf"    - (?P<message>(?:{'|'.join(map(re.escape, _REASONS))}).*)"),
            before=re.compile(r"  Problem \d+$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="could not be resolved to an installable set",
            pattern=re.compile(
                r"(?P<message>Your requirements could not be resolved to an installable set of"
                r" packages)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="  [Composer\\",
            pattern=re.compile(r"  \[(?P<code>Composer\\[\w\\]*Exception)\]\s*$"),
            continues=re.compile(r"  (?P<message>\S.*?)\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Exception]",
            pattern=re.compile(r"  \[(?P<code>[\w\\]*Exception)\]\s*$"),
            continues=re.compile(r"  (?P<message>\S.*?)\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Composer could not ", "composer.json", "present in the lock file"),
            pattern=re.compile(
                r"\s*(?P<message>Composer could not (?:find|detect) .*"
                r"|\"\./composer\.json\" does not .*"
                r"|The lock file is not up to date with the latest changes in composer\.json.*"
                r"|Required package .* is not present in the lock file.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="returned with error code 0",
            pattern=re.compile(
                r"(?P<message>Script .* handling the .* event returned with error code \d+)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="security vulnerability advisor",
            pattern=re.compile(
                r"Found (?P<advisories>\d+) security vulnerability advisor(?:y|ies) affecting"
                r" (?P<packages>\d+) packages?"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Generating autoload files", "Generating optimized autoload"),
            pattern=re.compile(r"Generating (?:optimized )?autoload files"),
            opens=False,
        ),
    ),
)
