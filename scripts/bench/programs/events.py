"""Events to files as fast as one thread tells them: ``events.py LIBRARY COUNT FOLDER REPORT``.

Each is a JSON object with a time, a level and five fields; files of 10 MB, of which the closed ones
are compressed where the library can.
"""

import gzip
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from scripts.bench.processes import memory

Tell = Callable[[int], None]
_FILE_BYTES = 10_000_000
_RUN, _PROBLEM = "0123abcd", "no space left on device"
_LOOK_EACH = 1024


@contextmanager
def supervise(folder: Path, held: list[int]) -> Iterator[Tell]:
    """Our own telemetry; looks now and then at how much waits."""
    from supervisor.events import OutputDropped  # noqa: PLC0415 - peers have no such package
    from supervisor.output.frames import compress  # noqa: PLC0415
    from supervisor.telemetry.writer import Telemetry, TelemetryLimits  # noqa: PLC0415

    limits = TelemetryLimits(rotate_bytes=_FILE_BYTES, quota_bytes=10 * 2**30)
    with Telemetry.open(folder, limits, compress) as telemetry:

        def tell(number: int) -> None:
            telemetry.emit(
                OutputDropped(
                    run=_RUN, dropped_bytes=number, dropped_lines=number, problem=_PROBLEM
                )
            )
            if number % _LOOK_EACH == 0:
                held.append(telemetry.waiting_bytes)

        yield tell


@contextmanager
def rotating(folder: Path, _held: list[int]) -> Iterator[Tell]:
    """The standard library's rotating handler, with ``json`` for the line."""
    handler = RotatingFileHandler(folder / "log", maxBytes=_FILE_BYTES, backupCount=10**4)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("bench")
    log.addHandler(handler)
    log.setLevel(logging.INFO)

    def tell(number: int) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        log.warning(json.dumps({"time": now, "level": "warning", **_fields(number)}))

    yield tell
    handler.close()


@contextmanager
def loguru(folder: Path, _held: list[int]) -> Iterator[Tell]:
    """PyPI's loguru with its own rotation, compression and JSON."""
    from loguru import logger  # type: ignore[import-not-found] # noqa: PLC0415 - a peer's package

    logger.remove()
    logger.add(folder / "log", rotation=_FILE_BYTES, compression="gz", serialize=True)

    def tell(number: int) -> None:
        logger.bind(**_fields(number)).warning("output dropped")

    yield tell
    logger.complete()
    logger.remove()


@contextmanager
def structlog(folder: Path, _held: list[int]) -> Iterator[Tell]:
    """PyPI's structlog to one file, which is as fast as it gets; it has no rotation."""
    import structlog as peer  # type: ignore[import-not-found] # noqa: PLC0415 - a peer's package

    with (folder / "log").open("w", encoding="utf-8") as file:
        peer.configure(
            processors=[
                peer.processors.add_log_level,
                peer.processors.TimeStamper(fmt="iso"),
                peer.processors.JSONRenderer(),
            ],
            logger_factory=peer.WriteLoggerFactory(file=file),
            cache_logger_on_first_use=True,
        )
        log = peer.get_logger()

        def tell(number: int) -> None:
            log.warning("output dropped", **_fields(number))

        yield tell


def _fields(number: int) -> dict[str, Any]:
    return {
        "kind": "output-dropped",
        "run": _RUN,
        "dropped_bytes": number,
        "dropped_lines": number,
        "problem": _PROBLEM,
    }


def _lines(folder: Path) -> int:
    """How many lines are on disk, whatever they are packed in."""
    return sum(_plain(path).count(b"\n") for path in folder.iterdir() if path.is_file())


def _plain(path: Path) -> bytes:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        import zstandard  # noqa: PLC0415 - peers have no such package

        return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).readall()
    return path.read_bytes()


_LIBRARIES = {
    "supervise": supervise,
    "rotating": rotating,
    "loguru": loguru,
    "structlog": structlog,
}


def main() -> None:
    """Tell that many events and say how it went."""
    library, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir()
    held: list[int] = [0]
    with _LIBRARIES[library](folder, held) as tell:
        tell(0)
        before = memory(os.getpid())
        begun_s, used_s = time.perf_counter(), time.process_time()
        for number in range(1, count):
            tell(number)
        told_s = time.perf_counter() - begun_s
    cpu_s = time.process_time() - used_s
    closed_s = time.perf_counter() - begun_s
    after = memory(os.getpid())
    report = {
        "told_per_s": (count - 1) / told_s,
        "closed_per_s": (count - 1) / closed_s,
        "cpu_us": 1e6 * cpu_s / (count - 1),
        "lost": count - _lines(folder),
        "held_mb": max(held) / 1e6,
        "grown_mb": (after.peak_bytes - before.peak_bytes) / 1e6 if before and after else -1,
        "disk_mb": sum(path.stat().st_size for path in folder.iterdir()) / 1e6,
    }
    Path(sys.argv[4]).write_text(json.dumps(report), encoding="ascii")


main()
