"""Temporary directories of pooled tool calls, in every tier: their own, and gone with them."""

import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.children import eventually_sync
from tests.supervised import Desk

TOOL = """
import json, os, stat, sys
temp = os.environ["TMPDIR"]
open(os.path.join(temp, "left"), "w").close()
os.symlink(os.getcwd(), os.path.join(temp, "link"))
told = [os.environ.get(name) for name in ("TMP", "TEMP", "BUN_TMPDIR", "MINE")]
print(json.dumps([temp, told, stat.S_IMODE(os.stat(temp).st_mode), os.listdir(temp)]), flush=True)
if len(sys.argv) > 1:
    os.execvp(sys.argv[1], sys.argv[1:])
"""


def configured(desk: Desk, script: str, more: str) -> Path:
    """A config whose script has the tool as ``$TOOL`` and a call of the pool as ``$EXEC``."""
    (desk.folder / "tool.py").write_text(TOOL)
    (desk.folder / "tool.py").chmod(0o644)
    tool, call = f"python3 {desk.folder}/tool.py", f"{desk.python} -m supervisor exec --"
    return desk.write(["sh", "-c", f"TOOL='{tool}'; EXEC='{call}'; {script}"], more)


def told(desk: Desk) -> list[Any]:
    """What the only run has printed, one JSON value a line."""
    return [
        json.loads(line) for line in desk.run("show", desk.started()["run"]).stdout.split("\n")[:-1]
    ]


_LS = "python3 -c 'import json, os; print(json.dumps(os.listdir(os.environ[\"TMPDIR\"])))'"


@pytest.mark.parametrize("backing", ["memory", "disk"])
def test_call_has_a_directory_of_its_own(anyones_desk: Desk, backing: str) -> None:
    """Behind each variable, private, and gone when the call is over."""
    desk = anyones_desk
    script = f"touch $TMPDIR/notes; $EXEC $TOOL; $EXEC $TOOL; {_LS}"
    done = desk.run(configured(desk, script, f'[scratch]\nbacking = "{backing}"\n'))
    assert done.returncode == 0, done.stdout

    first, second, left = told(desk)
    scratch = desk.started()["scratch"]
    for temp, others, mode, names in (first, second):
        assert Path(temp).parent == Path(scratch)
        assert others == [temp, temp, temp, None]
        assert mode == 0o700
        assert sorted(names) == ["left", "link"]
    assert first[0] != second[0]
    assert [name for name in left if not name.startswith(".")] == ["notes"]
    assert (desk.folder / "tool.py").exists()
    assert desk.scratch() == []


def test_call_below_a_call_has_one_too(anyones_desk: Desk) -> None:
    """Beside that of the call above, which is still there afterwards."""
    desk = anyones_desk
    listing = desk.folder / "list.py"
    listing.write_text("import json, os; print(json.dumps(os.listdir(os.environ['TMPDIR'])))")
    listing.chmod(0o644)
    inner = f'sh -c "$EXEC $TOOL; python3 {listing}"'
    done = desk.run(configured(desk, f"$EXEC $TOOL {inner}", "[pool]\nsize = 1\n"))
    assert done.returncode == 0, done.stdout

    outer, below, left = told(desk)
    assert Path(outer[0]).parent == Path(below[0]).parent == Path(desk.started()["scratch"])
    assert outer[0] != below[0]
    assert "left" in left
    assert desk.scratch() == []


def test_callers_own_choice_is_respected(anyones_desk: Desk) -> None:
    """A TMPDIR elsewhere, a folder in the run's, or none at all."""
    desk = anyones_desk
    script = (
        "mkdir $TMPDIR/mine own; export TMP=$PWD/own; unset TEMP;"
        " MINE=$TMPDIR TMPDIR=$TMPDIR/mine $EXEC $TOOL; ls $TMPDIR/mine >&2"
    )
    more = f'cwd = "{desk.folder}"\n'
    config = configured(desk, script, "")
    config.write_text(config.read_text().replace("[autopilot]\n", f"[autopilot]\n{more}"))
    assert desk.run(config).returncode == 0

    run, scratch = desk.started()["run"], desk.started()["scratch"]
    (said,) = [
        json.loads(line) for line in desk.run("show", run).stdout.splitlines() if line[0] == "["
    ]
    temp, (tmp, temp_variable, bun, mine), _, _ = said
    assert (temp, tmp, temp_variable) == (f"{scratch}/mine", f"{desk.folder}/own", None)
    assert Path(bun).parent == Path(scratch)
    assert mine == scratch
    assert "left" in desk.run("show", run, "--stderr").stdout


def test_calls_can_share_the_runs(anyones_desk: Desk) -> None:
    """For a tool that keeps something there for its next call."""
    desk = anyones_desk
    done = desk.run(
        configured(desk, "$EXEC $TOOL; test -e $TMPDIR/left", "[scratch]\nper_call = false\n")
    )
    assert done.returncode == 0, done.stdout
    ((temp, *_),) = told(desk)
    assert temp == desk.started()["scratch"]
    assert desk.scratch() == []


def test_call_whose_caller_dies_leaves_nothing(anyones_desk: Desk) -> None:
    """What it has started is ended first, and then it is removed."""
    desk = anyones_desk
    script = (
        "$EXEC sh -c 'touch $TMPDIR/up; setsid sleep 60 & sleep 60' & CALL=$!;"
        " until ls $TMPDIR/*/up; do sleep 0.05; done; kill -9 $CALL;"
        " while ls -d $TMPDIR/[0-9a-f]*; do sleep 0.05; done"
    )
    done = desk.run(configured(desk, script, ""))
    assert done.returncode == 0, done.stdout
    assert desk.events("receipt")[0]["survivors"] == []
    assert desk.scratch() == []


@pytest.mark.parametrize("tier", ["namespaced"], indirect=True)
def test_full_scratch_is_emptied_by_the_calls_end(anyones_desk: Desk) -> None:
    """A tool that has filled a file system in memory does not take it from the next one."""
    desk = anyones_desk
    fill = (
        "import itertools, os, sys\n"
        "os.chdir(os.environ['TMPDIR'])\n"
        "try:\n"
        "    for number in itertools.count(): open(str(number), 'x').close()\n"
        "except OSError as error: print(error.errno, flush=True)\n"
    )
    (desk.folder / "fill.py").write_text(fill)
    (desk.folder / "fill.py").chmod(0o644)
    more = '[scratch]\nquota = "16MiB"\nfiles = 300\nbacking = "memory"\n'
    call = f"$EXEC python3 {desk.folder}/fill.py"
    done = desk.run(configured(desk, f"{call}; {call}; $EXEC $TOOL", more))
    assert done.returncode == 0, done.stdout
    first, second, (temp, *_) = told(desk)
    assert (first, second) == (28, 28)
    assert Path(temp).parent == Path(desk.started()["scratch"])


def test_what_a_failed_run_was_doing_is_kept(anyones_desk: Desk) -> None:
    """The directories of calls that ended with it are evidence; those of earlier calls are gone."""
    desk = anyones_desk
    script = "$EXEC sh -c 'touch $TMPDIR/early'; $EXEC sh -c 'echo x > $TMPDIR/late; sleep 60'"
    more = '[scratch]\nkeep = "failed"\n[limits]\nwall = "4s"\n'
    assert desk.run(configured(desk, script, more)).returncode == 124

    (kept,) = (Path(event["path"]) for event in desk.events("scratch-kept"))
    assert [path.name for path in kept.glob("*/*") if path.is_file()] == ["late"]


def test_killed_supervisor_leaves_them_to_the_sweep(anyones_desk: Desk) -> None:
    """They are below the run's, which has the lock."""
    desk = anyones_desk
    script = "$EXEC sh -c 'touch $TMPDIR/up; sleep 60'"
    configured(desk, script, '[scratch]\nbacking = "disk"\n')
    with desk.running() as process:
        started: Mapping[str, Any] = desk.started()
        eventually_sync(lambda: any(Path(started["scratch"]).glob("*/up")), within_s=20)
        process.send_signal(signal.SIGKILL)
    desk.wait_nobody()
    assert desk.run("sweep").returncode == 0
    assert desk.scratch() == []
