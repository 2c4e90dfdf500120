"""Command lines of clouds: ``firebase`` and ``aws``.

Source: firebase/firebase-tools, src/command.ts and src/deploy; aws/aws-cli, awscli/errorhandler.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

FIREBASE = Grammar(
    name="firebase",
    kind="deploy",
    at_once=False,
    rules=(
        Rule(
            does=Does.START,
            literal=("=== Deploying to '", "i  deploying "),
            pattern=re.compile(r"=== Deploying to '|i  deploying "),
        ),
        Rule(
            does=Does.GREEN,
            literal="Deploy complete!",
            pattern=re.compile(r"\W{1,2} {1,2}Deploy complete!"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Error: ",
            pattern=re.compile(r"Error: (?P<message>\S.*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=("⚠  functions", "⚠  hosting", "⚠  firestore"),
            pattern=re.compile(
                r"⚠  (?P<code>functions|hosting|firestore)(?:\[.*?\])?: (?P<message>.*)"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.TAIL,
            literal=("Project Console: ", "Hosting URL: "),
            pattern=re.compile(r"Project Console: |Hosting URL: "),
            opens=False,
        ),
    ),
)

AWS = Grammar(
    name="aws",
    kind="deploy",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="An error occurred (",
            pattern=re.compile(
                r"(?:.*: )?An error occurred \((?P<code>\w+)\) when calling the"
                r" (?P<message>\w+ operation(?: \(.*?\))?: .*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("Unable to locate credentials", "Could not connect to the endpoint URL: "),
                *("You must specify a region", "could not be found in your config profiles"),
                *("The config profile (", "Error loading SSO Token"),
            ),
            pattern=re.compile(
                r"(?:fatal error: |upload failed: .* )?(?P<message>Unable to locate credentials.*"
                r"|Could not connect to the endpoint URL: .*|You must specify a region.*"
                r"|The config profile \(.*\) could not be found|Error loading SSO Token.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="aws: error: ",
            pattern=re.compile(r"aws: error: (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Failed to create/update the stack",
            pattern=re.compile(r"(?P<message>Failed to create/update the stack)"),
        ),
    ),
)
