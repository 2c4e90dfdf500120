"""A user's own patterns of output, from the config to the digest."""

import json
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.supervised import Desk

MATCHERS = {
    "problemMatcher": [
        {
            "owner": "widget",
            "pattern": [
                {
                    "regexp": r"^WIDGET (\S+)@(\d+) says (.*)$",
                    "file": 1,
                    "line": 2,
                    "message": 3,
                }
            ],
        }
    ]
}
PATTERNS = """\
[analyzer]
problem_matchers = ["widget.json"]
errorformat = { gadget = ["gadget: %f +%l %m", "%-G%.%#"] }
"""
OUTPUT = "WIDGET a.w@3 says bent\ngadget: b.g +7 loose\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "widget.json").write_text(json.dumps(MATCHERS))
    (tmp_path / "out.txt").write_text(OUTPUT)
    return Desk(tmp_path)


def test_a_run_reads_by_them(desk: Desk) -> None:
    """Both kinds, beside what is known anyway."""
    done = desk.run(desk.write(["cat", str(desk.folder / "out.txt")], PATTERNS))

    assert done.returncode == ExitCode.OK, done.stderr
    digests = {event["digest"]["tool"]: event["digest"] for event in desk.events("digest")}
    assert digests["widget"]["first"]["file"] == "a.w"
    assert digests["gadget"]["first"]["line"] == 7
    assert "widget: 1 error in 1 file: a.w:3 bent" in done.stdout


def test_saved_output_is_read_by_them(desk: Desk) -> None:
    """The same with ``analyze``, if it is told where they are."""
    config = desk.write(["true"], PATTERNS)
    output = str(desk.folder / "out.txt")
    with_them = desk.run("analyze", "--config", str(config), "--json", output)
    without = desk.run("analyze", "--json", output)

    tools = [segment["tool"] for segment in json.loads(with_them.stdout)["segments"]]
    assert tools == ["widget", "gadget"]
    assert [one["tool"] for one in json.loads(without.stdout)["segments"]] == ["output"]


@pytest.mark.parametrize(
    ("matchers", "errorformat", "problem"),
    [
        ("{", "%f:%l: %m", "widget.json: not problem matchers that can be used"),
        ('{"problemMatcher": [{"owner": "x", "pattern": [{"regexp": "("}]}]}', "%f:%l: %m", ".reg"),
        (json.dumps(MATCHERS), "%q", "analyzer.errorformat.gadget: errorformat, pattern 1 (%q)"),
        (None, "%f:%l: %m", "No such file"),
    ],
)
def test_patterns_that_cannot_be_used_are_the_configs_fault(
    desk: Desk, matchers: str | None, errorformat: str, problem: str
) -> None:
    """Said before anything is started, by ``check`` as well."""
    file = desk.folder / "widget.json"
    file.unlink() if matchers is None else file.write_text(matchers)
    config = desk.write(["touch", "started"], PATTERNS.replace("gadget: %f +%l %m", errorformat))
    for words in ([], ["check"]):
        done = desk.run(*words, config)
        assert done.returncode == ExitCode.CONFIG
        assert problem in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not (desk.folder / "started").exists()
