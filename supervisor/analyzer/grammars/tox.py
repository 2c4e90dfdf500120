"""``tox``: the environments that failed; what failed in them is told by the tools they run.

Source: tox-dev/tox, src/tox/session/cmd/run/common.py; of tox 3, src/tox/session/__init__.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_TOOK = r" \([\d.]+(?:=.*)?(?: seconds)?\)"

GRAMMAR = Grammar(
    name="tox",
    kind="build",
    wraps=True,
    noun="failed environments",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=": FAIL code 0 (",
            pattern=Pattern(rf"  (?P<code>\S+): (?P<message>FAIL code \d+){_TOOK}$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=": commands failed",
            pattern=Pattern(r"ERROR: {2,}(?P<code>\S+): (?P<message>commands failed)$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("interpreternotfound: ", "invocationerror", ": could not install deps "),
            pattern=Pattern(
                r"ERROR: {2,}(?P<code>\S+): (?P<message>InterpreterNotFound: .*|InvocationError\b.*"
                r"|could not install deps .*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="  congratulations :)",
            pattern=Pattern(rf"  congratulations :\)(?:{_TOOK})?$"),
        ),
        Rule(
            does=Does.RED,
            literal="  evaluation failed :(",
            pattern=Pattern(rf"  evaluation failed :\((?:{_TOOK})?$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("HandledError| ", "ERROR: tox config file", "ERROR: unknown environment "),
            pattern=Pattern(
                r"(?:ROOT: HandledError\| |ERROR: (?=tox config file|unknown environment))"
                r"(?P<message>.+)"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=(": OK (", ": SKIP (", ": commands succeeded", ": skipped", ": ignored failed"),
            pattern=Pattern(
                rf"  \S+: (?:(?:OK|SKIP|NOT AVAILABLE|IGNORED FAIL code \d+){_TOOK}"
                r"|commands succeeded|skipped tests|ignored failed command)$"
            ),
            opens=False,
        ),
    ),
)
