"""Runs random programs twice, by their path and by their name, and says where that differs.

``shim_twins.py TOOL COUNT SEED``: the tool is found by its name, too, as a shim. It plays a part
that its argument gives; what goes in, what comes out and how it ends must be the same.
"""

import json
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_MOST_S = 60
_AT_ONCE = 4
ACTOR = """
import json, os, signal, sys
for act, value in json.loads(sys.argv[1]):
    if act == "write":
        fd, unit, times = value
        data = unit.encode("latin-1") * times
        try:
            while data:
                data = data[os.write(fd, data):]
        except BrokenPipeError:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGPIPE)
        except OSError as error:
            os._exit(100 + error.errno % 100)
    elif act == "read":
        try:
            data = os.read(0, value)
            os.write(1, b"<" + data + b">")
        except OSError as error:
            os._exit(100 + error.errno % 100)
    elif act == "close":
        try:
            os.close(value)
        except OSError:
            pass
    elif act == "fork":
        pid = os.fork()
        if pid == 0:
            os.execvp(value[0], value)
        os.waitpid(pid, 0)
    elif act == "exit":
        os._exit(value)
    elif act == "die":
        os.kill(os.getpid(), value)
"""
"""What the tool does: a list of steps as JSON."""


def _random_text(chance: random.Random, most: int) -> tuple[str, int]:
    """A piece of text, and how often it is repeated."""
    unit = chance.choice(
        ["x" * chance.randrange(90) + "\n", chance.randbytes(70).decode("latin-1")]
    )
    return unit, chance.choice([0, 1, 7, most // len(unit)])


def _random_act(chance: random.Random) -> tuple[str, Any]:
    return chance.choice(
        [
            ("write", (1, *_random_text(chance, 100_000))),
            ("write", (2, *_random_text(chance, 500))),
            ("read", chance.choice([1, 100, 5000])),
            ("close", chance.randrange(3)),
            ("fork", ["sh", "-c", "cat; echo child; echo problem >&2"]),
        ]
    )


def _random_part(chance: random.Random) -> list[tuple[str, Any]]:
    """What a program does, its end included."""
    code, signum = chance.choice([0, 0, 1, 2, 77, 127, 255]), chance.choice([1, 6, 9, 15])
    end = chance.choice([("exit", code), ("die", signum)])
    return [*(_random_act(chance) for _ in range(chance.randrange(5))), end]


def _random_setting(chance: random.Random) -> dict[str, Any]:
    """Where a program runs: what it reads, which descriptors it has, who reads what it writes."""
    redirection = chance.choice(["", "", "", "<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>&1", "3>&1"])
    follower = chance.choice(["", "", "| cat", "| tail -n 2", "| head -n 1", "| head -c 10"])
    # What becomes of who writes to a reader that leaves depends on which of them is quicker.
    pipeline = f'"$1" "$2" {redirection} {follower}'
    quiet = f"{{ {pipeline}; }} 2>/dev/null"
    return {
        "line": quiet if "head" in follower else f'{pipeline}; echo "${{PIPESTATUS[*]}}"',
        "input": chance.choice([b"", b"typed\n" * 3, chance.randbytes(3000)]),
    }


def _outcome(tool: str, part: str, setting: dict[str, Any]) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        ["bash", "-c", setting["line"], "bash", tool, part],
        input=setting["input"],
        capture_output=True,
        timeout=_MOST_S,
        check=False,
    )
    # Bash tells the pid of what a signal has ended.
    return done.returncode, done.stdout, re.sub(rb"line 1: *\d+ ", b"line 1: ", done.stderr)


def _parent_sees(tool: str, part: str, setting: dict[str, Any]) -> tuple[int, bytes, bytes]:
    """Without a shell in between, so that an end by a signal is seen as one."""
    done = subprocess.run(
        [tool, part], input=setting["input"], capture_output=True, timeout=_MOST_S, check=False
    )
    return done.returncode, done.stdout, done.stderr


def _shown(outcome: tuple[int, bytes, bytes]) -> str:
    code, out, problems = outcome
    return f"({code}, {len(out)} bytes, {out[-100:]!r}, {problems[-300:]!r})"


def _differs(tool: str, seed: int) -> str:
    """What a program does differently as a shim; "" if nothing."""
    chance = random.Random(seed)  # noqa: S311 - any part will do
    part, setting = json.dumps(_random_part(chance)), _random_setting(chance)
    for see in (_outcome, _parent_sees):
        bare, shim = see(tool, part, setting), see(Path(tool).name, part, setting)
        if bare != shim:
            how = f"{_shown(bare)} != {_shown(shim)}"
            return f"{seed}: {see.__name__}: {part:.300} {setting['line']}: {how}"
    return ""


def main() -> None:
    tool, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for found in threads.map(lambda one: _differs(tool, one), range(seed, seed + count)):
            if found:
                print(found, flush=True)
    print(f"{count} programs")


if __name__ == "__main__":
    main()
