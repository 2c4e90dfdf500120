"""What ``turbo``, ``nx`` and ``lerna`` say of the tasks that they ran.

Source: vercel/turborepo, crates/turborepo-lib/src/run/summary; nrwl/nx,
packages/nx/src/tasks-runner/life-cycles; lerna/lerna, libs/commands/run.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

TURBO = Grammar(
    name="turbo",
    kind="build",
    wraps=True,
    rules=(
        Rule(
            does=Does.GREEN,
            literal="0 successful, ",
            pattern=re.compile(
                r"\s*Tasks: +(?P<successful>\d+) successful, (?P<total>(?P=successful)) total$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="0 successful, ",
            pattern=re.compile(r"\s*Tasks: +(?P<successful>\d+) successful, (?P<total>\d+) total$"),
        ),
        Rule(
            does=Does.TAIL,
            literal="0 cached, ",
            pattern=re.compile(r"\s*Cached: +\d+ cached, \d+ total$"),
            opens=False,
        ),
        Rule(
            does=Does.RED,
            literal="failed:  ",
            pattern=re.compile(r"\s*(?P<message>Failed: +\S+#\S+(?:, \S+#\S+)*)$"),
        ),
        Rule(does=Does.TAIL, pattern=re.compile(r"\s*Time: +\d"), opens=False),
        Rule(
            does=Does.RED,
            literal="run failed: command",
            pattern=re.compile(r"\s*ERROR +(?P<message>run failed: command .*exited.*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Could not find task", "Missing tasks in project", "Could not resolve work"),
            pattern=re.compile(
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
            pattern=re.compile(
                r"\W*(?:NX|Lerna \(powered by Nx\))\W+Successfully ran targets? \S.* for "
            ),
        ),
        Rule(
            does=Does.RED,
            literal=("Ran target", "Running target"),
            pattern=re.compile(
                r"\W*(?:NX|Lerna \(powered by Nx\))\W+(?P<message>Running targets? \S.* failed)"
            ),
        ),
        Rule(
            does=Does.RED,
            literal=("targets failed, including", "target failed, including"),
            pattern=re.compile(r"\s*[✖×] +(?P<message>\d+/\d+ targets? failed)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Cannot find configuration for task", "Cannot find project"),
            pattern=re.compile(r"\W*NX\W+(?P<message>Cannot find .*)"),
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
            pattern=re.compile(r"lerna ERR! (?P<message>\S.* exited \S+ in '[^']+')"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="lerna ERR! ",
            pattern=re.compile(r"lerna ERR! (?P<message>E[A-Z]+ .*)"),
        ),
        Rule(
            does=Does.GREEN,
            literal="lerna success ",
            pattern=re.compile(r"lerna success \S"),
        ),
        Rule(
            does=Does.TAIL,
            literal="lerna ",
            pattern=re.compile(r"lerna (?:ERR!|WARN|info|notice|verb)"),
            opens=False,
        ),
    ),
)
