"""The programs that subjects run: a flood of output, a start that says when, a stubborn tree."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.runner import MeasureError

_SOURCES = Path(__file__).with_name("programs")
_CORPUS_BYTES = 16 * 10**6
# fmt: off
_WORDS = (
    "agent", "apply", "batch", "branch", "bytes", "cache", "client", "commit", "config",
    "context", "cursor", "decode", "deploy", "diff", "encode", "event", "fetch", "field",
    "file", "flush", "frame", "handle", "header", "index", "insert", "kernel", "layer", "limit",
    "lookup", "merge", "message", "model", "module", "number", "object", "offset", "parse",
    "patch", "plan", "policy", "prompt", "queue", "reader", "record", "render", "request",
    "reset", "result", "retry", "route", "sample", "schema", "search", "segment", "select",
    "session", "signal", "socket", "source", "stage", "state", "stream", "table", "target",
    "task", "token", "trace", "update", "value", "vector", "verify", "version", "window",
    "worker", "write",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Children:
    """How to start each child."""

    language: str
    emit: tuple[str, ...]
    """Takes a number of bytes and a report's path."""
    first: tuple[str, ...]
    """Takes a report's path."""
    tree: tuple[str, ...]
    """Takes the path of a file that grows by a byte for each process, and a marker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a child has written about itself so far."""

    pid: int
    started_s: float
    """Its first instruction, on the clock of time.monotonic()."""
    ended_s: float = 0.0
    """Its last one; 0 until then."""
    cpu_s: float = 0.0
    emitted_bytes: int = 0
    lines: int = 0


def build(into: Path) -> Children:
    """The children, compiled where there is a C compiler; ``into`` also gets their corpus."""
    corpus = into / "corpus"
    write_corpus(corpus, _CORPUS_BYTES)
    programs = {name: _compiled(name, into) for name in ("emit", "first", "tree")}
    if None not in programs.values():
        emit, first, tree = map(str, programs.values())
        return Children("C", (emit, str(corpus)), (first,), (tree,))
    python = (sys.executable, "-I", "-S")
    emit, first, tree = (str(_SOURCES / f"{name}.py") for name in programs)
    return Children("Python", (*python, emit, str(corpus)), (*python, first), (*python, tree))


def read_report(path: Path) -> Report | None:
    """What the child says; None before its first word.

    Raises:
        MeasureError: it does not make sense.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    try:
        return Report(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise MeasureError(f"the child's report is garbage: {text[:80]!r}") from error


def _compiled(name: str, into: Path) -> Path | None:
    """A program made from C; None without a compiler that works."""
    if shutil.which("cc") is None:
        return None
    program = into / name
    source = _SOURCES / f"{name}.c"
    done = subprocess.run(["cc", "-O2", "-o", program, source], capture_output=True, check=False)
    return program if done.returncode == 0 else None


def write_corpus(path: Path, size_bytes: int) -> None:
    """Write lines like an agent's night, each with ten digits at its end; the same every time.

    It is larger than the window of the compressors that we measure, so that they never see the
    same line twice.
    """
    rng = random.Random(7)  # noqa: S311 - variety, not secrecy
    shapes, weights = zip(*_shapes(rng), strict=True)
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        while written < size_bytes:
            text = "".join(
                f"{shape()} #0000000000\n" for shape in rng.choices(shapes, weights, k=1000)
            )
            written += file.write(text)


def _shapes(rng: random.Random) -> list[tuple[Callable[[], str], int]]:
    """Makers of one line each, and how often each has its turn."""
    pick, number = rng.choice, rng.randrange

    def say(words: int) -> str:
        return " ".join(rng.choices(_WORDS, k=words))

    def path() -> str:
        return f"src/{pick(_WORDS)}/{pick(_WORDS)}_{pick(_WORDS)}.{pick(('py', 'ts', 'rs', 'go'))}"

    def log() -> str:
        time = f"2026-11-{number(1, 31):02}T{number(24):02}:{number(60):02}:{number(60):02}Z"
        level = pick(("INFO", "INFO", "DEBUG", "WARN", "ERROR"))
        return f"{time} {level} {pick(_WORDS)}.{pick(_WORDS)} {say(7)} id={number(16**8):08x}"

    def event() -> str:
        content = {"type": "text", "text": say(10)}
        return json.dumps({"type": pick(("assistant", "tool_use")), "id": number(10**9), **content})

    def test() -> str:
        place = f"tests/test_{pick(_WORDS)}.py::test_{pick(_WORDS)}_{pick(_WORDS)}"
        result = pick(("PASSED", "PASSED", "PASSED", "FAILED", "SKIPPED"))
        return f"{place} {result} [{number(100):3}%]"

    def finding() -> str:
        place = f"{path()}:{number(1, 900)}:{number(1, 80)}"
        return (
            f"{place}: {pick(('warning', 'error', 'note'))}: {say(6)} [{pick(('E0308', 'F401'))}]"
        )

    def source() -> str:
        indent, arguments = " " * 4 * number(4), say(9).replace(" ", ", ")
        return f"{indent}{pick(_WORDS)}_{pick(_WORDS)} = {pick(_WORDS)}({arguments})"

    def match() -> str:
        return f"{path()}:{number(1, 2000)}:{source()}"

    def progress() -> str:
        return f"\x1b[{pick((31, 32, 33))}m✓\x1b[0m {say(5)} \x1b[2m({number(2000)}ms)\x1b[0m"

    makers = (log, event, test, finding, source, match, progress)
    return list(zip(makers, (20, 10, 14, 6, 26, 16, 8), strict=True))
