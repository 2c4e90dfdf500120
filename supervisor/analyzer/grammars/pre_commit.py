"""``pre-commit``: the hooks that failed; what they complain of is told by the tools they run.

Source: pre-commit/pre-commit, pre_commit/commands/run.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="pre-commit",
    kind="build",
    noun="failed hooks",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal="...Failed",
            pattern=Pattern(r"(?=.{60})(?P<code>\S.*[^.\s])\.{3,}(?P<message>Failed)$"),
        ),
        Rule(
            does=Does.TAIL,
            literal="- files were modified by this hook",
            pattern=Pattern(r"- (?P<remark>files were modified by this hook)$"),
            opens=False,
        ),
        Rule(
            does=Does.TAIL,
            literal=("- hook id: ", "- exit code: ", "- duration: ", "...Passed", "...Skipped"),
            pattern=Pattern(
                r"- (?:hook id|exit code|duration): |\S.*\.\.\.(?:\([^()]*\))?(?:Passed|Skipped)$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("An error has occurred: ", "An unexpected error has occurred: "),
            pattern=Pattern(r"(?P<message>An (?:unexpected )?error has occurred: .*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("No hook with id `", "Your pre-commit configuration is unstaged"),
            pattern=Pattern(
                r"(?:\[ERROR\] )?"
                r"(?P<message>No hook with id `.*|Your pre-commit configuration is unstaged)"
            ),
        ),
    ),
)
