"""What ``turbo``, ``nx`` and ``lerna`` say of the tasks that they ran.

Source: vercel/turborepo, crates/turborepo-lib/src/run/summary; nrwl/nx,
packages/nx/src/tasks-runner/life-cycles; lerna/lerna, libs/commands/run.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

TURBO = Grammar(
    name="turbo",
    kind="build",
    wraps=True,
    rules=(
        Rule(
            does=Does.GREEN,
            literal="0 successful, ",
            pattern=Pattern(
                r"\s*Tasks: +(?P<successful>\d+) successful, (?P<total>(?P=successful)) total$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="0 successful, ",
            pattern=Pattern(r"\s*Tasks: +(?P<successful>\d+) successful, (?P<total>\d+) total$"),
        ),
        Rule(
            does=Does.TAIL,
            literal="0 cached, ",
            pattern=Pattern(r"\s*Cached: +\d+ cached, \d+ total$"),
            opens=False,
        ),
        Rule(
            does=Does.RED,
            literal="failed:  ",
            pattern=Pattern(
                r"\s*(?P<message>Failed: +[^\s#]++#[^\s,]++(?:, [^\s#]++#[^\s,]++)*+)$"
            ),
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"\s*Time: +\d"), opens=False),
        Rule(
            does=Does.RED,
            literal="run failed: command",
            pattern=Pattern(r"\s*ERROR +(?P<message>run failed: command .*exited.*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Could not find task", "Missing tasks in project", "Could not resolve work"),
            pattern=Pattern(
                r"[\Wx]*(?:turbo : |ERROR +)?(?P<message>Could not (?:find task|resolve work).*"
                r"|Missing tasks in project)"
            ),
        ),
    ),
)
NX = Grammar(
    name="nx",
    kind="build",
    wraps=True,
    rules=(
        Rule(
            does=Does.GREEN,
            literal="Successfully ran target",
            pattern=Pattern(
                r"\W*(?:NX|Lerna \(powered by Nx\))\W+Successfully ran targets? \S.* for "
            ),
        ),
        Rule(
            does=Does.RED,
            literal=("Ran target", "Running target"),
            pattern=Pattern(
                r"\W*(?:NX|Lerna \(powered by Nx\))\W+(?P<message>Running targets? \S.* failed)"
            ),
        ),
        Rule(
            does=Does.RED,
            literal=("targets failed, including", "target failed, including"),
            pattern=Pattern(r"\s*[✖×] +(?P<message>\d+/\d+ targets? failed)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Cannot find configuration for task", "Cannot find project"),
            pattern=Pattern(r"\W*NX\W+(?P<message>Cannot find .*)"),
        ),
    ),
)
LERNA = Grammar(
    name="lerna",
    kind="build",
    wraps=True,
    rules=(
        Rule(
            does=Does.RED,
            literal="lerna ERR! ",
            pattern=Pattern(r"lerna ERR! (?P<message>\S.* exited \S+ in '[^']+')"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="lerna ERR! ",
            pattern=Pattern(r"lerna ERR! (?P<message>E[A-Z]+ .*)"),
        ),
        Rule(
            does=Does.GREEN,
            literal="lerna success ",
            pattern=Pattern(r"lerna success \S"),
        ),
        Rule(
            does=Does.TAIL,
            literal="lerna ",
            pattern=Pattern(r"lerna (?:ERR!|WARN|info|notice|verb)"),
            opens=False,
        ),
    ),
)
