"""The commands that ask what happened: errors, why, killed, diff, rebuild."""

import json
import subprocess
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.supervised import Desk

RED = "a.py:7:1: F821 Undefined name `Tuple`\nFound 1 error.\n"
TYPES = 'b.py:3: error: Name "x" is not defined  [name-defined]\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two runs that failed: the first of a linter, the second of that and of types."""
    made = Desk(tmp_path)
    made.run(made.write(["sh", "-c", f"setsid sleep 60 & printf '{RED}'; exit 1"]))
    made.run(made.write(["sh", "-c", f"printf '{RED}{TYPES}'; exit 2"]))
    return made


def test_errors_are_counted_over_runs(desk: Desk) -> None:
    """The most frequent comes first, with its last run."""
    first, second = [event["run"] for event in desk.events("run-started")]
    linter, types = json.loads(desk.run("errors", "--json").stdout)

    assert (linter["tool"], linter["count"], linter["place"]) == ("ruff", 2, "a.py:7")
    assert (types["tool"], types["count"]) == ("mypy", 1)
    assert (linter["first_run"], linter["last_run"]) == (first, second)
    assert "2x  ruff: 1 error" in desk.run("errors").stdout


def test_errors_since_and_new(desk: Desk) -> None:
    """Nothing failed in the future; everything is new since long ago."""
    assert desk.run("errors", "--since", "2999-01-01").stdout == "no failures\n"
    assert len(json.loads(desk.run("errors", "--since", "1h", "--new", "--json").stdout)) == 2
    done = desk.run("errors", "--since", "yesterday-ish")
    assert done.returncode == ExitCode.USAGE
    assert "give a duration like 12h" in done.stderr


def test_why_names_cause_failure_and_output(desk: Desk) -> None:
    """Without a run it is the last that failed."""
    first, second = [event["run"] for event in desk.events("run-started")]
    last = desk.run("why").stdout

    assert f"run {second} of " in last
    assert ": failed after " in last
    assert "last failure: mypy: 1 error" in last
    assert "also: ruff: 1 error" in last
    assert f"supervise show {second}" in last
    assert "met first on " in desk.run("why", first[:4]).stdout
    assert json.loads(desk.run("why", first, "--json").stdout)["run"]["cause"] == "failed"


def test_killed_names_what_outlived_its_leader(desk: Desk) -> None:
    (row,) = json.loads(desk.run("killed", "--json").stdout)

    assert row["argv"] == ["sleep", "60"]
    assert "sleep 60 (pid " in desk.run("killed").stdout


def test_diff_tells_what_came_and_what_stayed(desk: Desk) -> None:
    first, second = [event["run"] for event in desk.events("run-started")]
    lines = desk.run("diff", first, second).stdout.splitlines()

    assert lines[0] == "0 fixed, 1 known, 1 new"
    assert [line[:6] for line in lines[1:]] == ["  ruff", "+ mypy"]
    assert desk.run("diff", second, first).stdout.startswith("1 fixed, 1 known, 0 new\n- mypy")


def test_rebuilt_history_says_the_same(desk: Desk) -> None:
    before = desk.run("errors", "--json").stdout
    (database,) = desk.folder.glob("state/supervise/*/history.sqlite3")
    database.write_bytes(b"garbage")

    assert desk.run("errors", "--json").stdout == before
    assert "events read" in desk.run("rebuild").stdout
    assert desk.run("errors", "--json").stdout == before


def test_questions_without_an_answer(tmp_path: Path) -> None:
    """One line that says what to do, and its own exit status."""
    desk = Desk(tmp_path)
    nothing = desk.run("why")
    assert (nothing.returncode, "nothing has run yet" in nothing.stderr) == (ExitCode.USAGE, True)
    desk.run(desk.write(["true"]))
    assert "no run has failed yet" in desk.run("why").stderr
    unknown = desk.run("why", "zz", "--config", desk.config)
    assert unknown.returncode == ExitCode.NO_INPUT
    assert "no run whose id begins with 'zz'" in unknown.stderr


def test_flaky_tests_are_told(tmp_path: Path) -> None:
    """One test fails and passes while nothing in the working tree changes."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("*\n")
    author = ["-c", "user.name=x", "-c", "user.email=x@y"]
    words = [*author, "commit", "--quiet", "--allow-empty", "-m", "x"]
    subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "a.py").touch()
    rule = "=" * 12
    failed = f"FAILED a.py::test_x - no\\n{rule} 1 failed, 2 passed in 0.1s {rule}\\n"
    passed = f"{rule} test session starts {rule}\\n{rule} 3 passed in 0.1s {rule}\\n"
    script = (
        f"printf '{rule} short test summary info {rule}\\n{failed}'; sleep 1.5; printf '{passed}'"
    )
    made = Desk(tmp_path)
    elsewhere = made.run(made.write(["sh", "-c", script.replace("a.py", "no.py")]))
    done = made.run(made.write(["sh", "-c", script]))

    assert "fail and pass on one tree" not in elsewhere.stdout
    (event,) = made.events("flaky")
    assert (event["tool"], event["tests"], event["count"]) == ("pytest", ["a.py::test_x"], 1)
    assert "pytest: fail and pass on one tree: a.py::test_x" in done.stdout
    (row,) = json.loads(made.run("errors", "--flaky", "--json").stdout)
    assert (row["test"], row["count"], row["tree"]) == ("a.py::test_x", 1, event["tree"])
    assert "1x  pytest: a.py::test_x" in made.run("errors", "--flaky").stdout
