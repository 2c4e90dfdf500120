"""What can be set in ``autopilot.toml``: tables of options as frozen values.

An option is one field below: name, type, default and docstring stand nowhere else. Its default
is spelled as a user would spell it and is checked like any value. The JSON Schema and the
suggestions for misspelled names follow from it; a test holds ``configs/autopilot.toml`` to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from supervisor import config_values as values
from supervisor.option_kinds import FLAG, Kind, many, mapping, number, one_of, plain, text, whole
from supervisor.option_tables import option, options_of, read_options, required, table
from supervisor.units import Bytes, Seconds, parse_duration

Tier = Literal["sealed", "namespaced", "cgroup", "subreaper", "group"]
"""How strongly the kernel holds a run, strongest first."""

HISTORY_BYTES = 64 << 20
"""What the history may take of ``state.quota``."""

TOOLS = (
    *("pytest", "tox", "nox", "jest", "vitest", "mocha", "playwright", "phpunit", "rspec", "ctest"),
    *("ruff", "mypy", "pyright", "pylint", "flake8", "tsc", "eslint", "prettier"),
    *("golangci-lint", "rubocop", "phpstan"),
    *("make", "ninja", "cmake", "bazel", "cargo", "go", "mvn", "gradle", "sbt", "dotnet", "swift"),
    *("npm", "pnpm", "yarn", "pip", "pip3", "poetry", "composer"),
)
"""Tools that agents start themselves, that are heavy, and that end by themselves."""

_TEXT = {"type": "string"}
_SIZE = plain(values.size, values.SIZE)
_SIZE_OR_NONE = plain(values.size_or_none, values.SIZE_OR_NONE)
_DURATION = plain(parse_duration, values.DURATION)
_INTERVAL = plain(values.interval, values.DURATION)
_DURATION_OR_AUTO = plain(values.duration_or_auto, values.DURATION_OR_AUTO)
_INTERVAL_OR_NONE = plain(values.interval_or_none, values.DURATION_OR_NONE)
_COUNT_OR_NONE = plain(values.count_or_none, values.COUNT_OR_NONE)
_CORES_OR_NONE = plain(values.cores_or_none, values.CORES_OR_NONE)
_WEIGHT_OR_NONE = plain(values.weight_or_none, values.WEIGHT_OR_NONE)
_PLACE = Kind(values.place, _TEXT)
_PLACE_OR_DEFAULT = Kind(values.place_or_default, _TEXT)
_STDIN = Kind(values.stdin, _TEXT)
_WORD = text(values.word)
_EXIT_STATUS = whole(0, 255)
_TIERS = get_args(Tier)


def _check_command(command: tuple[str, ...], _: Mapping[str, Any]) -> None:
    if not command[0]:
        raise ValueError("starts with an empty string where the program belongs")


def _check_finished(codes: tuple[int, ...], before: Mapping[str, Any]) -> None:
    both = set(codes) & set(before.get("fatal_exit_codes", ()))
    if both:
        raise ValueError(f"{min(both)} is among restart.fatal_exit_codes too")


def _check_require(require: str, before: Mapping[str, Any]) -> None:
    tiers, tier = ("auto", *_TIERS), before.get("tier", "auto")
    if tiers.index(tier) > tiers.index(require):
        raise ValueError(f"{require!r} is stronger than containment.tier, which is {tier!r}")


def _check_total(total: Bytes, before: Mapping[str, Any]) -> None:
    if total < before.get("quota", 0):
        raise ValueError("is smaller than output.quota, which is for one run")


def _check_telemetry(quota: Bytes, before: Mapping[str, Any]) -> None:
    if quota < before.get("rotate", 0):
        raise ValueError("is smaller than telemetry.rotate, the size of one segment")


def _check_disk_stop(share: float, before: Mapping[str, Any]) -> None:
    if share < before.get("disk_pause", 0):
        raise ValueError("is less than health.disk_pause, which comes before")


def _check_state(state: "State", before: Mapping[str, Any]) -> None:
    output, telemetry = before.get("output"), before.get("telemetry")
    if output and telemetry and state.quota < output.quota + telemetry.quota + HISTORY_BYTES:
        raise ValueError(
            "quota is smaller than output.quota, telemetry.quota and 64 MiB for the history"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Autopilot:
    """The program that is run, and the world it is started into."""

    command: tuple[str, ...] = required(many(_WORD, least=1), _check_command)
    """Program and arguments, one string each; never read by a shell."""
    cwd: Path = option(".", _PLACE)
    """Working directory, relative to the folder of this file."""
    env: Mapping[str, str] = option({}, mapping(values.variable, _WORD))
    """Environment variables to set, on top of what is inherited."""
    inherit_env: bool = option(default=True, kind=FLAG)
    """Pass on the environment that supervise was started with."""
    stdin: Path | None = option("null", _STDIN)
    """What it reads: "null" for nothing, "inherit" for our own (here None), or a file."""
    grace: Seconds = option("10s", _DURATION)
    """Time between SIGTERM and SIGKILL when everything it started is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """What follows the end of a run."""

    when: Literal["never", "on-failure", "always"] = option(
        "on-failure", one_of("never", "on-failure", "always")
    )
    """Which ends are followed by another start; a fatal exit code never is."""
    attempts: int = option(6, whole(1))
    """Failures in a row at which it is given up."""
    backoff: tuple[Seconds, ...] = option(("1s", "2s", "4s", "8s", "16s"), many(_DURATION, least=1))
    """Delays before the restarts; the last one repeats."""
    jitter: float = option(0.1, number(0, 1))
    """Share of a delay that is left to chance, so that many agents do not start as one."""
    reset_after: Seconds = option("5m", _INTERVAL)
    """A run that lasted this long makes the count of failures start anew."""
    fatal_exit_codes: tuple[int, ...] = option((100,), many(_EXIT_STATUS))
    """Exit codes after which a restart cannot help."""
    finished_exit_codes: tuple[int, ...] = option((0, 143), many(_EXIT_STATUS), _check_finished)
    """Exit codes that mean the work is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """How strongly the kernel holds what the autopilot starts."""

    tier: Literal["auto", Tier] = option("auto", one_of("auto", *_TIERS))
    """The tier to use; "auto" takes the strongest that works here."""
    require: Tier = option("subreaper", one_of(*_TIERS), _check_require)
    """The weakest tier to accept; below it supervise refuses to start."""
    scope: bool = option(default=True, kind=FLAG)
    """Ask systemd for a cgroup of our own where we were given none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use up."""

    wall: Seconds | None = option("none", _INTERVAL_OR_NONE)
    """Time after which the run is stopped, or "none"."""
    processes: int | None = option(2048, _COUNT_OR_NONE)
    """Processes and threads at one time, or "none"."""
    memory: Bytes | None = option("none", _SIZE_OR_NONE)
    """Memory of all of them together, or "none"."""
    cpu: float | None = option("none", _CORES_OR_NONE)
    """Processor cores that all of them together may keep busy, such as 1.5, or "none"."""
    cpu_weight: int | None = option("none", _WEIGHT_OR_NONE)
    """Share of the processors when others want them too, 1 to 10000 where 100 is everybody's
    (cgroup), or "none"."""
    nice: int = option(5, whole(0, 19))
    """Scheduling niceness: 0 is as important as your own programs, 19 the least."""
    open_files: int | None = option(1024, _COUNT_OR_NONE)
    """Descriptors that one process may hold (RLIMIT_NOFILE, soft), or "none"."""
    file_size: Bytes | None = option("8GiB", _SIZE_OR_NONE)
    """Size to which one file may be written (RLIMIT_FSIZE), or "none"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """How many tool calls run at once."""

    size: int = option(4, whole(1))
    """Slots: tool calls that may run at the same time."""
    tools: tuple[str, ...] = option(TOOLS, many(text(values.tool)))
    """Commands whose calls go through the pool, found on PATH before the tools of these names."""
    wait: Seconds = option("30m", _DURATION)
    """How long a call may stand in the queue before it fails."""
    wall: Seconds | None = option("none", _INTERVAL_OR_NONE)
    """Time after which a call is stopped, not counting what it has waited, or "none"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A file or folder with a budget of its own, such as an agent's transcripts."""

    path: Path = required(_PLACE)
    """Where it is or will be; nothing in it is ever deleted."""
    quota: Bytes = required(_SIZE)
    """Bytes on disk."""
    action: Literal["warn", "stop"] = option("warn", one_of("warn", "stop"))
    """What follows when it has more: a warning, or the end of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """The temporary files of a run."""

    base: Path | None = option("", _PLACE_OR_DEFAULT)
    """Directory for the runs' scratch directories; "" is $TMPDIR/supervise-UID, or in /tmp."""
    quota: Bytes = option("2GiB", _SIZE)
    """Bytes at which the run is stopped, or where private_tmp is in memory, can write no more."""
    files: int = option(50_000, whole(1))
    """Files and directories at which the run is stopped, or can make no more."""
    private_tmp: bool = option(default=True, kind=FLAG)
    """Give the run a /tmp, /var/tmp and /dev/shm of its own, where a namespace can be had."""
    backing: Literal["auto", "memory", "disk"] = option("auto", one_of("auto", "memory", "disk"))
    """Where private directories are: in memory the kernel holds them to their quota. "auto" is
    memory if the quota is at most a quarter of what is available and half of limits.memory."""
    keep: Literal["none", "failed"] = option("none", one_of("none", "failed"))
    """What stays for a post-mortem: nothing, or what failed runs had; that is then on disk."""
    kept_runs: int = option(3, whole(1))
    """Failed runs whose scratch is kept; the oldest goes first."""
    cuts: int = option(3, whole(0))
    """How often the middle is cut out of a file over the quota that is only written to, such as a
    log, before what writes it is stopped; only where the kernel does not hold the quota."""
    watch: tuple[Watched, ...] = option((), many(table(Watched)))
    """Other places that the run writes to, each with a budget of its own."""
    visible: tuple[Path, ...] = option((), many(_PLACE))
    """Paths in the shared directories that the run sees as they are, beside those that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The raw output that is kept, compressed."""

    quota: Bytes = option("256MiB", _SIZE)
    """Bytes on disk for one run; the head and the tail stay, the middle goes."""
    total: Bytes = option("1GiB", _SIZE, _check_total)
    """Bytes on disk for all runs of this config; the oldest run goes first."""
    drain: Seconds = option("2s", _DURATION)
    """How long to read on after the end, while somebody holds the pipe open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyzer:
    """How output is read, besides by what we know of the usual tools."""

    problem_matchers: tuple[Path, ...] = option((), many(_PLACE))
    """Files of GitHub's problem matchers; they are asked before what we know ourselves."""
    errorformat: Mapping[str, tuple[str, ...]] = option({}, mapping(values.word, many(_WORD)))
    """Patterns of Vim's errorformat by the name of the tool whose lines they read."""
    patience: Seconds | None = option("auto", _DURATION_OR_AUTO)
    """How long a run's end may wait until what came too fast is read; "auto" is a twentieth of the
    run's time, 0.1s to 30s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """The events that supervise writes about itself and its runs."""

    rotate: Bytes = option("10MB", _SIZE)
    """Size at which a segment is closed and compressed."""
    keep_for: Seconds = option("30d", _INTERVAL)
    """Age at which a segment is deleted."""
    quota: Bytes = option("100MiB", _SIZE, _check_telemetry)
    """Bytes on disk for all segments; the oldest goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where supervise keeps its own files."""

    dir: Path | None = option("", _PLACE_OR_DEFAULT)
    """Directory; "" is $XDG_STATE_HOME/supervise/, with one folder for each config."""
    quota: Bytes = option("2GiB", _SIZE)
    """Bytes on disk for all of it: output, telemetry and history; output makes room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How closely a run is watched."""

    sample: Seconds = option("5s", _INTERVAL)
    """Time between two looks at processes, memory and CPU."""
    memory: Bytes = option("128MiB", _SIZE)
    """Resident memory of supervise itself at which it gives back what it can do without."""
    disk_pause: float = option(0.90, number(0, 1))
    """Used share of a disk that the run writes to, in bytes or inodes, at which it is paused."""
    disk_stop: float = option(0.95, number(0, 1), _check_disk_stop)
    """Used share at which the run is stopped."""
    disk_spare: Bytes = option("5GB", _SIZE)
    """So much left on a disk is enough, whatever share it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One checked ``autopilot.toml``."""

    path: Path
    """The file that it was read from, absolute."""
    autopilot: Autopilot = required(table(Autopilot))
    restart: Restart = option({}, table(Restart))
    containment: Containment = option({}, table(Containment))
    limits: Limits = option({}, table(Limits))
    pool: Pool = option({}, table(Pool))
    scratch: Scratch = option({}, table(Scratch))
    output: Output = option({}, table(Output))
    analyzer: Analyzer = option({}, table(Analyzer))
    telemetry: Telemetry = option({}, table(Telemetry))
    state: State = option({}, table(State), _check_state)
    health: Health = option({}, table(Health))

    @property
    def output_bytes(self) -> int:
        """What the output of all runs may take on disk."""
        rest = self.state.quota - self.telemetry.quota - HISTORY_BYTES
        return min(self.output.total, rest)


def tables() -> dict[str, type[Any]]:
    """Every table of a config, in the order of the reference; its fields are the options."""
    return {name: Config.__annotations__[name] for name in options_of(Config)}


ROWS = (Watched,)
"""Tables that an option has any number of."""


def validate(document: Mapping[str, Any], path: Path) -> Config:
    """The config that a document is.

    Raises:
        FaultsError: with every problem.
    """
    path = path.absolute()
    # With an empty table, a missing one is reported by the options that it lacks.
    options = read_options(Config, {"autopilot": {}, **document}, path.parent)
    return Config(path=path, **options)
