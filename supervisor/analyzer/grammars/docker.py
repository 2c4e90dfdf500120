"""``docker build`` with BuildKit and without, the docker client, and compose.

Source: moby/buildkit, util/progress/progressui and frontend/dockerfile; docker/cli; docker/compose,
pkg/progress and pkg/compose.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_STEP = Pattern(r"(?:#\d+ )?ERROR: (?P<message>\S.*)")
_SOLVE = Pattern(
    r"(?:ERROR|error|.* target \S+): (?:failed to (?:solve|build)(?: with frontend \S+)?:"
    r"(?: failed to (?:build LLB|solve)(?: with frontend \S+)?:)? ?)(?P<message>\S.*)"
)
_PLACE = Pattern(r"(?P<file>\S*(?:[Dd]ocker|[Cc]ontainer)file\S*?):(?P<line>\d+)$")
_PARSE = Pattern(
    r"(?P<message>(?:dockerfile parse error|Dockerfile parse error).*?line (?P<line>\d+): .*)"
)
_LEGACY = Pattern(
    r"(?P<message>The command '.*' returned a non-zero code: \d+"
    r"|unable to prepare context: .*|COPY failed: .*|ADD failed: .*)"
)
_CLIENT = Pattern(
    r"(?:docker: |ERROR: |error: )?(?P<message>Cannot connect to the Docker daemon .*"
    r"|Error response from daemon: .*|error during connect: .*"
    r"|permission denied while trying to connect to the Docker daemon socket.*"
    r"|failed to connect to the docker API .*)"
)
_BUILT = Pattern(
    r"(?:Successfully (?:built [0-9a-f]{12}|tagged \S+)|#\d+ naming to \S+(?: [\d.]+s)? done"
    r"|\s+=> => naming to \S+\s+[\d.]+s)$"
)
_WARNING = Pattern(r" - (?P<code>[A-Z]\w+): (?P<message>.*) \(line (?P<line>\d+)\)$")


class DockerParser:
    """Reads one build. The step's error and the one that closes the build are the same."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._error: Finding | None = None
        self._place: tuple[str, int] | None = None
        self._solved = False

    @property
    def done(self) -> bool:
        """Whether the error was seen that closes a build, or what it built."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Between a step's error and the one that closes the build."""
        return self._error is not None and not self._solved

    def take(self, line: Line) -> bool:
        """Read a line of the build."""
        text = line.text
        if self.tally.ended:
            return not text.strip() or _BUILT.match(text) is not None
        if solve := _SOLVE.match(text):
            return self._fail(solve["message"], last=True)
        if text.startswith("#") and (step := _STEP.match(text)):
            return self._fail(step["message"], last=False)
        if place := _PLACE.match(text):
            self._place = (place["file"], int(place["line"]))
            return self._error is not None
        return self._fails_at_once(text) or self._warns(text) or self._succeeds(text)

    def close(self) -> None:
        """Count the error, at the place that was shown beside it."""
        if self._error is not None:
            if self._place is not None:
                self._error.file, self._error.line = self._place
            self.tally.add(self._error)
            self._error = None

    def _fail(self, message: str, *, last: bool) -> bool:
        if self._error is None or last:
            self._error = Finding(message=message)
        self.tally.ended = self._solved = last
        return True

    def _fails_at_once(self, text: str) -> bool:
        for pattern in (_PARSE, _CLIENT, _LEGACY):
            if match := pattern.match(text):
                self._fail(match["message"], last=True)
                if line := match.groupdict().get("line"):
                    self._place = ("Dockerfile", int(line))
                return True
        return False

    def _warns(self, text: str) -> bool:
        warning = _WARNING.match(text)
        if warning is None:
            return False
        self.tally.add(
            Finding(
                line=int(warning["line"]),
                code=warning["code"],
                message=warning["message"],
                counts_as="warnings",
            )
        )
        return True

    def _succeeds(self, text: str) -> bool:
        if not _BUILT.match(text) or self._error is not None:
            return False
        self.tally.ended = self.tally.green = True
        return True


DOCKER = Grammar(
    name="docker",
    kind="build",
    aliases=("docker-build", "buildx", "buildctl", "podman"),
    at_once=False,
    parser=DockerParser,
    rules=(
        Rule(does=Does.FINDING, literal="0 ERROR: ", pattern=Pattern(r"#\d+ ERROR: \S")),
        Rule(
            does=Does.FINDING,
            literal=("failed to solve", "failed to build"),
            pattern=_SOLVE,
        ),
        Rule(does=Does.FINDING, literal="ockerfile parse error", pattern=_PARSE),
        Rule(
            does=Does.FINDING,
            literal=(
                "returned a non-zero code: 0",
                "unable to prepare context: ",
                "COPY failed: ",
                "ADD failed: ",
            ),
            pattern=_LEGACY,
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                "the Docker daemon",
                "response from daemon: ",
                "error during connect: ",
                "connect to the docker API",
            ),
            pattern=_CLIENT,
        ),
        Rule(
            does=Does.GREEN,
            literal=("Successfully built ", "Successfully tagged ", " naming to "),
            pattern=_BUILT,
        ),
        Rule(does=Does.TAIL, literal=" (line 0)", pattern=_WARNING, opens=False),
        Rule(does=Does.TAIL, literal=("ockerfile", "ontainerfile"), pattern=_PLACE, opens=False),
    ),
)

DOCKER_COMPOSE = Grammar(
    name="docker-compose",
    kind="deploy",
    aliases=("compose", "docker compose", "podman-compose"),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(" is unhealthy", "has no healthcheck configured", " exited (0)"),
            pattern=Pattern(
                r"(?:dependency failed to start: )?(?P<message>container \S+ (?:is unhealthy"
                r"|exited \([1-9]\d*\)|has no healthcheck configured))"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("exited with code 0",),
            pattern=Pattern(
                r"(?P<message>(?P<name>[\w.-]+)(?: \|)? exited with code (?!0\b)\d+)"
                r"(?: \(restarting\))?$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="ERROR: for ",
            pattern=Pattern(r"ERROR: for (?P<name>\S+)\s+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="failed to build",
            pattern=Pattern(
                r"(?:ERROR: )?(?P<message>[Ss]ervice ['\"](?P<name>[\w.-]+)['\"]"
                r" failed to build.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                "no configuration file provided",
                "no such service: ",
                "compose.yml",
                "compose.yaml",
            ),
            pattern=Pattern(
                r"(?:ERROR: )?(?P<message>no configuration file provided: not found"
                r"|no such service: .*|validating \S*compose\.ya?ml: .*"
                r"|parsing \S*compose\.ya?ml: .*"
                r"|The Compose file '\S*compose\.ya?ml' is invalid because:?)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="[+] Running 0/0",
            pattern=Pattern(r"\[\+\] Running (?P<running>[1-9]\d*)/(?P=running)\s*$"),
        ),
    ),
)
