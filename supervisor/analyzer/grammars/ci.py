"""Words of CI systems: annotations of GitHub Actions, and how a step or a build ended.

Source: actions/toolkit, packages/core/src/command.ts; actions/runner, src/Runner.Worker/Handlers;
travis-ci/travis-build; GitLab Runner, common/trace.go; jenkinsci/jenkins, core/.../Run.java.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

_SEVERITY = r"(?P<severity>error|warning|notice)"


def _ended(name: str, pattern: str, *literals: str, green: str = "", sign: str = "") -> Grammar:
    """A CI system that says in one line that a step, or all, went wrong."""
    good = Rule(does=Does.GREEN, literal=sign, pattern=re.compile(green))
    bad = Rule(does=Does.FINDING, literal=literals, pattern=re.compile(rf"(?P<message>{pattern})"))
    return Grammar(name=name, kind="log", rules=(bad, good) if green else (bad,))


GITHUB_ACTIONS = Grammar(
    name="github-actions",
    kind="log",
    severities={"notice": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("::error ", "::warning ", "::notice "),
            pattern=re.compile(
                rf"::{_SEVERITY} (?=[^:]*=)(?:(?:file=(?P<file>[^,]+?)|line=(?P<line>\d+)"
                r"|col=(?P<column>\d+)|title=(?P<code>[^,]*?)|\w+=[^,]*?)(?:,|(?=::)))+"
                r"::(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("::error::", "::warning::", "::notice::"),
            pattern=re.compile(rf"::{_SEVERITY}::(?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("Process completed with exit code 0", "The operation was canceled."),
            pattern=re.compile(
                r"(?:Error: )?(?P<message>Process completed with exit code (?!0\b)\d+"
                r"|The operation was canceled\.$)"
            ),
        ),
    ),
)
TRAVIS = _ended(
    "travis",
    r"The command \".*\" (?:exited with (?!0\b)\d+|failed and exited with (?!0\b)\d+).*",
    "exited with 0",
)
GITLAB_CI = _ended(
    "gitlab-ci",
    r"ERROR: Job failed(?: \(.*\))?(?:: .*)?$",
    "ERROR: Job failed",
    green=r"Job succeeded$",
    sign="Job succeeded",
)
JENKINS = _ended(
    "jenkins",
    r"Finished: (?:FAILURE|UNSTABLE|ABORTED)$",
    *("Finished: FAILURE", "Finished: UNSTABLE", "Finished: ABORTED"),
    green=r"Finished: SUCCESS$",
    sign="Finished: SUCCESS",
)
