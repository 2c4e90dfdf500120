"""What can be set in ``autopilot.toml``: tables of options as frozen values.

An option is one field below: name, type, default and docstring stand nowhere else. Its default
is spelled as a user would spell it and is checked like any value. The JSON Schema and the
suggestions for misspelled names follow from it; a test holds ``configs/autopilot.toml`` to it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from supervisor import config_values as values
from supervisor.units import Bytes, Seconds, parse_duration

Tier = Literal["sealed", "namespaced", "cgroup", "subreaper", "group"]
"""How strongly the kernel holds a run, strongest first."""

HISTORY_BYTES = 64 << 20
"""What the history may take of ``state.quota``."""

_TEXT = WithJsonSchema({"type": "string"})
Size = Annotated[Bytes, PlainValidator(values.size), WithJsonSchema(values.SIZE)]
SizeOrNone = Annotated[
    Bytes | None, PlainValidator(values.size_or_none), WithJsonSchema(values.SIZE_OR_NONE)
]
Duration = Annotated[Seconds, PlainValidator(parse_duration), WithJsonSchema(values.DURATION)]
Interval = Annotated[Seconds, PlainValidator(values.interval), WithJsonSchema(values.DURATION)]
IntervalOrNone = Annotated[
    Seconds | None,
    PlainValidator(values.interval_or_none),
    WithJsonSchema(values.DURATION_OR_NONE),
]
CountOrNone = Annotated[
    int | None, PlainValidator(values.count_or_none), WithJsonSchema(values.COUNT_OR_NONE)
]
CoresOrNone = Annotated[
    float | None, PlainValidator(values.cores_or_none), WithJsonSchema(values.CORES_OR_NONE)
]
WeightOrNone = Annotated[
    int | None, PlainValidator(values.weight_or_none), WithJsonSchema(values.WEIGHT_OR_NONE)
]
Place = Annotated[Path, PlainValidator(values.place), _TEXT]
PlaceOrDefault = Annotated[Path | None, PlainValidator(values.place_or_default), _TEXT]
Stdin = Annotated[Path | None, PlainValidator(values.stdin), _TEXT]
Word = Annotated[str, AfterValidator(values.word)]
Variable = Annotated[str, AfterValidator(values.variable)]
ExitStatus = Annotated[int, Field(ge=0, le=255)]


class _Table(BaseModel):
    # A default that is spelled otherwise than its value says validate_default=True once more,
    # because type checkers look there. Docstrings are left to config_reference: pydantic would
    # read them at every start, in 20 ms.
    model_config = ConfigDict(
        allow_inf_nan=False,
        defer_build=True,
        extra="forbid",
        frozen=True,
        strict=True,
        validate_default=True,
    )


class Autopilot(_Table):
    """The program that is run, and the world it is started into."""

    command: tuple[Word, ...] = Field(strict=False, min_length=1)  # TOML has lists, no tuples.
    """Program and arguments, one string each; never read by a shell."""
    cwd: Place = Field(".", validate_default=True)
    """Working directory, relative to the folder of this file."""
    env: Mapping[Variable, Word] = {}
    """Environment variables to set, on top of what is inherited."""
    inherit_env: bool = True
    """Pass on the environment that supervise was started with."""
    stdin: Stdin = Field("null", validate_default=True)
    """What it reads: "null" for nothing, "inherit" for our own (here None), or a file."""
    grace: Duration = Field("10s", validate_default=True)
    """Time between SIGTERM and SIGKILL when everything it started is stopped."""

    @field_validator("command")
    @classmethod
    def _names_a_program(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        if not command[0]:
            raise ValueError("starts with an empty string where the program belongs")
        return command


class Restart(_Table):
    """What follows the end of a run."""

    when: Literal["never", "on-failure", "always"] = "on-failure"
    """Which ends are followed by another start; a fatal exit code never is."""
    attempts: int = Field(6, ge=1)
    """Failures in a row at which it is given up."""
    backoff: tuple[Duration, ...] = Field(
        ("1s", "2s", "4s", "8s", "16s"), strict=False, min_length=1, validate_default=True
    )
    """Delays before the restarts; the last one repeats."""
    jitter: float = Field(0.1, ge=0, le=1)
    """Share of a delay that is left to chance, so that many agents do not start as one."""
    reset_after: Interval = Field("5m", validate_default=True)
    """A run that lasted this long makes the count of failures start anew."""
    fatal_exit_codes: tuple[ExitStatus, ...] = Field((100,), strict=False)
    """Exit codes after which a restart cannot help."""
    finished_exit_codes: tuple[ExitStatus, ...] = Field((0, 143), strict=False)
    """Exit codes that mean the work is done."""

    @field_validator("finished_exit_codes")
    @classmethod
    def _are_not_fatal(cls, codes: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        both = set(codes) & set(info.data.get("fatal_exit_codes", ()))
        if both:
            raise ValueError(f"{min(both)} is among restart.fatal_exit_codes too")
        return codes


class Containment(_Table):
    """How strongly the kernel holds what the autopilot starts."""

    tier: Literal["auto", Tier] = "auto"
    """The tier to use; "auto" takes the strongest that works here."""
    require: Tier = "subreaper"
    """The weakest tier to accept; below it supervise refuses to start."""
    scope: bool = True
    """Ask systemd for a cgroup of our own where we were given none."""

    @field_validator("require")
    @classmethod
    def _is_not_above_the_tier(cls, require: str, info: ValidationInfo) -> str:
        tiers, tier = ("auto", *get_args(Tier)), info.data.get("tier", "auto")
        if tiers.index(tier) > tiers.index(require):
            raise ValueError(f"{require!r} is stronger than containment.tier, which is {tier!r}")
        return require


class Limits(_Table):
    """What one run may use up."""

    wall: IntervalOrNone = Field("none", validate_default=True)
    """Time after which the run is stopped, or "none"."""
    processes: CountOrNone = Field(2048, validate_default=True)
    """Processes and threads at one time, or "none"."""
    memory: SizeOrNone = Field("none", validate_default=True)
    """Memory of all of them together, or "none"."""
    cpu: CoresOrNone = Field("none", validate_default=True)
    """Processor cores that all of them together may keep busy, such as 1.5, or "none"."""
    cpu_weight: WeightOrNone = Field("none", validate_default=True)
    """Share of the processors when others want them too, 1 to 10000 where 100 is everybody's
    (cgroup), or "none"."""
    nice: int = Field(5, ge=0, le=19)
    """Scheduling niceness: 0 is as important as your own programs, 19 the least."""
    open_files: CountOrNone = Field(1024, validate_default=True)
    """Descriptors that one process may hold (RLIMIT_NOFILE, soft), or "none"."""
    file_size: SizeOrNone = Field("8GiB", validate_default=True)
    """Size to which one file may be written (RLIMIT_FSIZE), or "none"."""


class Pool(_Table):
    """How many tool calls run at once."""

    size: int = Field(4, ge=1)
    """Slots: tool calls that may run at the same time."""
    wait: Duration = Field("30m", validate_default=True)
    """How long a call may stand in the queue before it fails."""
    wall: IntervalOrNone = Field("none", validate_default=True)
    """Time after which a call is stopped, not counting what it has waited, or "none"."""


class Scratch(_Table):
    """The temporary files of a run."""

    base: PlaceOrDefault = Field("", validate_default=True)
    """Directory for the runs' scratch directories; "" is $TMPDIR/supervise-UID, or in /tmp."""
    quota: Size = Field("2GiB", validate_default=True)
    """Bytes on disk at which the run is stopped."""
    files: int = Field(50_000, ge=1)
    """Files and directories at which the run is stopped."""


class Output(_Table):
    """The raw output that is kept, compressed."""

    quota: Size = Field("256MiB", validate_default=True)
    """Bytes on disk for one run; the head and the tail stay, the middle goes."""
    total: Size = Field("1GiB", validate_default=True)
    """Bytes on disk for all runs of this config; the oldest run goes first."""
    drain: Duration = Field("2s", validate_default=True)
    """How long to read on after the end, while somebody holds the pipe open."""

    @field_validator("total")
    @classmethod
    def _holds_one_run(cls, total: Bytes, info: ValidationInfo) -> Bytes:
        if total < info.data.get("quota", 0):
            raise ValueError("is smaller than output.quota, which is for one run")
        return total


class Analyzer(_Table):
    """How output is read, besides by what we know of the usual tools."""

    problem_matchers: tuple[Place, ...] = Field((), strict=False)
    """Files of GitHub's problem matchers; they are asked before what we know ourselves."""
    errorformat: Mapping[Word, Annotated[tuple[Word, ...], Field(strict=False)]] = {}
    """Patterns of Vim's errorformat by the name of the tool whose lines they read."""


class Telemetry(_Table):
    """The events that supervise writes about itself and its runs."""

    rotate: Size = Field("10MB", validate_default=True)
    """Size at which a segment is closed and compressed."""
    keep_for: Interval = Field("30d", validate_default=True)
    """Age at which a segment is deleted."""
    quota: Size = Field("100MiB", validate_default=True)
    """Bytes on disk for all segments; the oldest goes first."""

    @field_validator("quota")
    @classmethod
    def _holds_one_segment(cls, quota: Bytes, info: ValidationInfo) -> Bytes:
        if quota < info.data.get("rotate", 0):
            raise ValueError("is smaller than telemetry.rotate, the size of one segment")
        return quota


class State(_Table):
    """Where supervise keeps its own files."""

    dir: PlaceOrDefault = Field("", validate_default=True)
    """Directory; "" is $XDG_STATE_HOME/supervise/, with one folder for each config."""
    quota: Size = Field("2GiB", validate_default=True)
    """Bytes on disk for all of it: output, telemetry and history; output makes room."""


class Health(_Table):
    """How closely a run is watched."""

    sample: Interval = Field("5s", validate_default=True)
    """Time between two looks at processes, memory and CPU."""
    memory: Size = Field("128MiB", validate_default=True)
    """Resident memory of supervise itself at which it gives back what it can do without."""


class Config(_Table):
    """One checked ``autopilot.toml``."""

    autopilot: Autopilot
    restart: Restart = Field({}, validate_default=True)
    containment: Containment = Field({}, validate_default=True)
    limits: Limits = Field({}, validate_default=True)
    pool: Pool = Field({}, validate_default=True)
    scratch: Scratch = Field({}, validate_default=True)
    output: Output = Field({}, validate_default=True)
    analyzer: Analyzer = Field({}, validate_default=True)
    telemetry: Telemetry = Field({}, validate_default=True)
    state: State = Field({}, validate_default=True)
    health: Health = Field({}, validate_default=True)
    _path: Path = PrivateAttr()

    @field_validator("state")
    @classmethod
    def _holds_all(cls, state: State, info: ValidationInfo) -> State:
        output, telemetry = info.data.get("output"), info.data.get("telemetry")
        if output and telemetry and state.quota < output.quota + telemetry.quota + HISTORY_BYTES:
            raise ValueError(
                "quota is smaller than output.quota, telemetry.quota and 64 MiB for the history"
            )
        return state

    @property
    def output_bytes(self) -> int:
        """What the output of all runs may take on disk."""
        rest = self.state.quota - self.telemetry.quota - HISTORY_BYTES
        return min(self.output.total, rest)

    def model_post_init(self, context: Any, /) -> None:
        """Keep the path, which is the validation's context and no option."""
        self._path = context

    @property
    def path(self) -> Path:
        """The file that it was read from, absolute."""
        return self._path


def tables() -> dict[str, type[BaseModel]]:
    """Every table of a config, in the order of the reference; its fields are the options."""
    return {
        name: table
        for name, table in Config.__annotations__.items()
        if isinstance(table, type) and issubclass(table, _Table)
    }


class OptionsError(ValueError):
    """What a document asks for cannot be; ``found`` says what pydantic has found."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__(str(error))
        self.found = error.errors(include_url=False)


def validate(document: Mapping[str, Any], path: Path) -> Config:
    """The config that a document is.

    Raises:
        OptionsError: with every problem.
    """
    try:
        # With an empty table, a missing one is reported by the options that it lacks.
        return Config.model_validate({"autopilot": {}, **document}, context=path.absolute())
    except ValidationError as error:
        raise OptionsError(error) from error
