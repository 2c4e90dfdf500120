"""Command lines of clouds: ``firebase`` and ``aws``.

Source: firebase/firebase-tools, src/command.ts and src/deploy; aws/aws-cli, awscli/errorhandler.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

FIREBASE = Grammar(
    name="firebase",
    kind="deploy",
    at_once=False,
    rules=(
        Rule(
            does=Does.START,
            literal=("=== Deploying to '", "i  deploying "),
            pattern=Pattern(r"=== Deploying to '|i  deploying "),
        ),
        Rule(
            does=Does.GREEN,
            literal="Deploy complete!",
            pattern=Pattern(r"\W{1,2} {1,2}Deploy complete!"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Error: ",
            pattern=Pattern(r"Error: (?P<message>\S.*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=("⚠  functions", "⚠  hosting", "⚠  firestore"),
            pattern=Pattern(
                r"⚠  (?P<code>functions|hosting|firestore)(?:\[.*?\])?: (?P<message>.*)"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.TAIL,
            literal=("Project Console: ", "Hosting URL: "),
            pattern=Pattern(r"Project Console: |Hosting URL: "),
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
            pattern=Pattern(
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
            pattern=Pattern(
                r"(?:fatal error: |upload failed: .* )?(?P<message>Unable to locate credentials.*"
                r"|Could not connect to the endpoint URL: .*|You must specify a region.*"
                r"|The config profile \(.*\) could not be found|Error loading SSO Token.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="aws: error: ",
            pattern=Pattern(r"aws: error: (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Failed to create/update the stack",
            pattern=Pattern(r"(?P<message>Failed to create/update the stack)"),
        ),
    ),
)
