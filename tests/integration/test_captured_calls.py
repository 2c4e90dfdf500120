"""Tool calls are kept, analyzed and told, and their callers see what is configured."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.supervised import Desk

EXEC = f"{sys.executable} -m supervisor exec --"
HOG = "x = bytearray(200_000_000); import time; time.sleep(60)"
FINDINGS = "".join(
    f"src/a.py:{line}:1: F401 [*] `os` imported but unused\n" for line in range(1, 4001)
)
TRAILER = "Found 4000 errors.\n[*] 4000 fixable with the `--fix` option.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def tool(desk: Desk, name: str, script: str) -> str:
    """The path of an executable that runs a shell script."""
    path = desk.folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def ruff(desk: Desk) -> str:
    """A tool called ruff that prints 4000 findings."""
    output = desk.folder / "findings.txt"
    output.write_text(FINDINGS + TRAILER)
    return tool(desk, "ruff", f"cat {output}; exit 1")


def run(desk: Desk, script: str, more: str = "") -> str:
    """What the autopilot printed, a shell script that makes calls."""
    done = desk.run(desk.write(["sh", "-c", script], more), timeout=60)
    assert done.returncode == ExitCode.OK, done.stdout + done.stderr
    (ended,) = desk.events("run-ended")
    return desk.run("show", ended["run"]).stdout


def test_raw_call_is_kept_analyzed_and_told(desk: Desk) -> None:
    """The caller gets every byte and the exit status; we know the tool and what it said."""
    shown = run(desk, f"{EXEC} {ruff(desk)} > /dev/null | cat; {EXEC} {ruff(desk)} | wc -c")
    call = desk.events("call-ended")[-1]
    digests = [event["digest"] for event in desk.events("digest")]
    found = next(digest for digest in digests if digest["tool"] == "ruff")

    assert int(shown) == len(FINDINGS + TRAILER)
    assert (call["tool"], call["ending"]["code"]) == ("ruff", 1)
    assert call["output_bytes"] == len(FINDINGS + TRAILER)
    assert found["declared"]["errors"] == 4000
    kinds = [event["kind"] for event in desk.events()]
    assert kinds.index("run-ended") > max(
        place for place, kind in enumerate(kinds) if kind == "call-ended"
    )
    assert desk.run("show", call["call"]).stdout == FINDINGS + TRAILER


def test_stdout_and_stderr_stay_two_or_one_as_they_were(desk: Desk) -> None:
    """In one pipe their order is the tool's; in two nothing goes to the wrong one."""
    both = tool(desk, "both", "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done")
    script = f"{EXEC} {both} 2>&1 | tr '\\n' ,; echo; {EXEC} {both} 2>/dev/null | tr '\\n' ,"
    one, two = run(desk, script).splitlines()

    assert one == "".join(f"out {i},err {i}," for i in range(1, 6))
    assert two == "".join(f"out {i}," for i in range(1, 6))


def test_caller_that_reads_no_more_ends_its_tool(desk: Desk) -> None:
    """``tool | head -1``: the tool dies of SIGPIPE, as without us."""
    endless = tool(desk, "endless", "exec yes")
    shown = run(desk, f"{EXEC} {endless} | head -1")

    assert shown == "y\n"
    assert desk.events("call-ended")[0]["ending"]["signum"] == signal.SIGPIPE


def test_file_is_written_to_directly(desk: Desk) -> None:
    """Tools that skip their own output file recognise it only if it is their stdout."""
    place = desk.folder / "place"
    place.mkdir()
    (place / "input").write_text("needle\n")
    grep = tool(desk, "search", f"cd {place} && grep -r needle . 2> /dev/null; true")
    run(desk, f"{EXEC} {grep} > {place}/output.txt")

    assert (place / "output.txt").read_text() == "./input:needle\n"
    assert desk.events("call-ended")[0]["output_bytes"] == 0


@pytest.mark.parametrize("size", [1000, 16384, 16385, 5_000_000])
def test_bounded_call_shows_beginning_findings_and_end(desk: Desk, size: int) -> None:
    """What fits is shown whole; of more, the ends, what matters between them, and where it is."""
    lines = tool(desk, "lines", f"yes 'a line of this output' | head -c {size}; echo; echo last")
    shown = run(desk, f"{EXEC} {lines} | cat", '[pool]\nshow = "bounded"\n')
    whole = desk.run("show", desk.events("call-ended")[0]["call"]).stdout

    if len(whole) <= 16384:
        assert shown == whole
        return
    head, marker, tail = re.split(r"\n\[supervise: (.*)\]\n", shown)
    call = desk.events("call-ended")[0]["call"]
    assert len(shown.encode()) <= 16384
    assert whole.startswith(head)
    assert whole.endswith(tail)
    assert tail.startswith("a line")
    assert marker.endswith(f"lines left out: supervise show {call}")


def test_bounded_call_shows_the_findings_of_the_gap(desk: Desk) -> None:
    """An error in the middle of a flood is what the caller needs."""
    noise = "yes 'checking one more of the modules' | head -5000"
    error = 'src/main.c:12:5: error: expected \\";\\" before \\"return\\"'
    gcc = tool(desk, "gcc", f'{noise}; echo "{error}"; {noise}; exit 1')
    shown = run(desk, f"{EXEC} {gcc} | cat", '[pool]\nshow = "bounded"\n')

    assert len(shown.encode()) <= 16384
    assert "5001: src/main.c:12:5: error: expected" in shown


def test_digest_is_a_line_or_two(desk: Desk) -> None:
    """And says how to see the rest."""
    shown = run(desk, f"{EXEC} {ruff(desk)} | cat", '[pool.tool.ruff]\nshow = "digest"\n')
    first, last = shown.splitlines()

    assert first.startswith("ruff: 4000 errors in 1 file")
    assert last == f"[supervise: supervise show {desk.events('call-ended')[0]['call']}]"


@pytest.mark.parametrize(
    ("rule", "script", "reason"),
    [
        ('wall = "1s"', "sleep 60", "wall"),
        ('idle = "1s"', "sleep 60", "idle"),
        ('output = "1MB"', "exec yes", "output"),
        ('memory = "60MB"', f"exec {sys.executable} -S -c '{HOG}'", "memory"),
    ],
)
def test_call_is_held_to_limits_of_its_own(desk: Desk, rule: str, script: str, reason: str) -> None:
    """Its caller hears of it and goes on; the kernel may be quicker where it holds the memory."""
    slow = tool(desk, "slow", script)
    shown = run(desk, f"{EXEC} {slow} | cat > /dev/null; echo on", f"[pool.tool.slow]\n{rule}\n")
    ending = desk.events("call-ended")[0]["ending"]

    assert "on" in shown.splitlines()
    assert ending["type"] in {"CallStopped", "Signaled"}
    assert ending.get("reason", "memory") == reason


def test_silent_work_is_not_idle(desk: Desk) -> None:
    """A compiler that says nothing uses the processor."""
    spin = f"{sys.executable} -S -c 'import time; e = time.time() + 3\nwhile time.time() < e: pass'"
    busy = tool(desk, "busy", f"{spin}; exit 7")
    shown = run(desk, f"{EXEC} {busy}; echo $?", '[pool]\nidle = "1s"\n')

    assert shown == "7\n"


def test_calls_wait_where_descriptors_are_few(desk: Desk) -> None:
    """Under a low limit they are taken one by one, and none fails."""
    desk.prefix = ["prlimit", "--nofile=80:80"]
    echo = tool(desk, "late", "sleep 0.5; echo out")
    calls = f"for i in $(seq 12); do {EXEC} {echo} & done | sort | uniq -c"
    shown = run(desk, calls, "[pool]\nsize = 12\n")

    assert desk.events("defect") == []
    assert shown.split() == ["12", "out"]


def test_outputs_of_calls_are_pruned_while_the_run_goes_on(desk: Desk) -> None:
    """A night of calls keeps within the quota of all outputs."""
    noise = tool(desk, "noise", "head -c 300000 /dev/urandom")
    limits = '[output]\nquota = "1MB"\ntotal = "3MB"\n'
    run(desk, f"for i in $(seq 30); do {EXEC} {noise} | cat > /dev/null; done", limits)
    raw = next(desk.folder.glob("state/supervise/*/raw"))
    kept = sum(path.stat().st_size for path in raw.rglob("*") if path.is_file())

    assert len(desk.events("call-ended")) == 30
    assert kept < 3_300_000
    assert os.listdir(raw)
