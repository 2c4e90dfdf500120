"""From the text of a config to checked values, or to every problem at its place."""

import os
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from supervisor.config import load, read, state_dir
from supervisor.errors import ConfigError, NoInputError
from supervisor.option_tables import options_of
from supervisor.options import HISTORY_BYTES, Config, tables
from supervisor.state_places import default_state_dir, state_home
from supervisor.telemetry.history_file import MOST_BYTES

FILE = Path("/project/night.toml")
MINIMAL = '[autopilot]\ncommand = ["agent", "--all night"]\n'


def problems(text: str) -> list[str]:
    """What is said about ``text``, without the file's name."""
    with pytest.raises(ConfigError) as caught:
        read(text, FILE)
    return [problem.removeprefix(f"{FILE}:") for problem in caught.value.problems]


def test_only_the_command_is_required() -> None:
    """Everything else has a default, in bytes and seconds."""
    config = read(MINIMAL, FILE)

    assert config.autopilot.command == ("agent", "--all night")
    assert config.autopilot.grace == 10.0
    assert config.restart.backoff == (1.0, 2.0, 4.0, 8.0, 16.0)
    assert config.restart.finished_exit_codes == (0, 143)
    assert config.limits.wall is None
    assert config.limits.file_size == 8 << 30
    assert config.telemetry.rotate == 10_000_000
    assert config.state.dir is None


def test_what_is_written_replaces_the_default() -> None:
    """Options reach their fields through tables, dotted keys and inline tables alike."""
    config = read(
        'restart.when = "always"\n'
        + MINIMAL
        + 'env = { PATH = "/bin" }\n'
        + '[limits]\nwall = "1h30m"\nopen_files = "none"\n[scratch]\nquota = "1.5GB"',
        FILE,
    )

    assert config.autopilot.env == {"PATH": "/bin"}
    assert config.restart.when == "always"
    assert (config.limits.wall, config.limits.open_files) == (5400.0, None)
    assert config.scratch.quota == 1_500_000_000


def test_paths_start_at_the_folder_of_the_config(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever supervise is started; ``~`` is the home."""
    monkeypatch.setenv("HOME", "/home/me")
    config = read(MINIMAL + 'cwd = "../src"\nstdin = "task.txt"\n[scratch]\nbase = "~/tmp"\n', FILE)

    assert config.path == FILE
    assert config.autopilot.cwd == Path("/project/../src")
    assert config.autopilot.stdin == Path("/project/task.txt")
    assert config.scratch.base == Path("/home/me/tmp")


@pytest.mark.parametrize(("word", "stdin"), [("null", Path(os.devnull)), ("inherit", None)])
def test_stdin_has_two_words(word: str, stdin: Path | None) -> None:
    """They are no files of that name; None stands for our own."""
    assert read(f'{MINIMAL}stdin = "{word}"', FILE).autopilot.stdin == stdin


def test_state_quota_leaves_the_rest_to_the_output() -> None:
    """What telemetry and history may take is not the output's, whatever its total."""
    tight = read(MINIMAL + '[state]\nquota = "500MiB"\n', FILE)
    assert tight.output_bytes == (500 - 100 - 64) << 20
    assert read(MINIMAL, FILE).output_bytes == 1 << 30
    assert HISTORY_BYTES == MOST_BYTES


def test_values_are_frozen() -> None:
    """What was checked once cannot change."""
    config = read(MINIMAL, FILE)
    with pytest.raises(FrozenInstanceError):
        config.pool.size = 9  # type: ignore[misc]


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    """Each with line, column and option, and none in the words of a library."""
    text = """\
grace = "1s"
[autopilot]
command = "codex exec"
env = { A = 1, "B C" = true }
inherit_env = 1
[restart]
when = "on-fail"
attempts = true
backoff = ["1s", "10 parrots"]
jitter = 1.5
reset_after = 5
[limits]
wall = "soon"
nice = 2.0
open_files = 0
[scratch]
quota = "0B"
files = 1979-05-27
[pool]
sice = 4
"""
    assert problems(text) == [
        "1:1: grace: no such option (did you mean autopilot.grace?)",
        '3:1: autopilot.command: \'codex exec\' is not a list like ["codex", "exec"]',
        "4:9: autopilot.env.A: 1 is not a string in quotes",
        '4:16: autopilot.env."B C": true is not a string in quotes',
        "5:1: autopilot.inherit_env: 1 is neither true nor false",
        (
            "7:1: restart.when: 'on-fail' is not 'never', 'on-failure' or 'always'"
            " (did you mean on-failure?)"
        ),
        "8:1: restart.attempts: true is not a whole number",
        "9:18: restart.backoff[1]: '10 parrots' is not a duration like '10s' or '5m'",
        "10:1: restart.jitter: 1.5 is more than 1",
        "11:1: restart.reset_after: 5 is not a duration like '10s' or '5m'",
        "13:1: limits.wall: 'soon' is not a duration like '10s' or '5m', nor 'none'",
        "14:1: limits.nice: 2.0 is not a whole number",
        "15:1: limits.open_files: 0 is not a whole number from 1 up, nor 'none'",
        "17:1: scratch.quota: '0B' is too small; a size starts at '1B'",
        "18:1: scratch.files: 1979-05-27 is not a whole number",
        "20:1: pool.sice: no such option (did you mean pool.size?)",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[restarts]", "1:2: restarts: no such option (did you mean restart?)"),
        (
            'quota = "1GB"',
            (
                "1:1: quota: no such option"
                " (did you mean scratch.quota, output.quota, telemetry.quota or state.quota?)"
            ),
        ),
        (
            "[pool]\nattempts = 1",
            "2:1: pool.attempts: no such option (did you mean restart.attempts?)",
        ),
        ("[pool]\nrestart = 1", "2:1: pool.restart: no such option (did you mean restart?)"),
        ("[pool]\nxyzzy = 1", "2:1: pool.xyzzy: no such option"),
        ("[pool]\ngrase = 1", "2:1: pool.grase: no such option (did you mean autopilot.grace?)"),
    ],
)
def test_unknown_name_meets_a_suggestion(text: str, problem: str) -> None:
    """Across tables, and only where something is alike."""
    assert problems(text + "\n" + MINIMAL) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: autopilot.command: is required"),
        ("\n [ autopilot ]", "2:4: autopilot.command: is required"),
        ("autopilot = 3", "1:1: autopilot: 3 is not a table"),
        ("[[autopilot]]", "1:3: autopilot: a list is not a table"),
        ("[autopilot]\ncommand = []", "2:1: autopilot.command: is an empty list"),
        (
            '[autopilot]\ncommand = [""]',
            "2:1: autopilot.command: starts with an empty string where the program belongs",
        ),
        (
            '[autopilot]\ncommand = ["\\u0000"]',
            (
                "2:12: autopilot.command[0]: '\\x00' holds a NUL character,"
                " which no program can be given"
            ),
        ),
        (
            MINIMAL + 'env."A=B" = ""',
            "3:5: autopilot.env.\"A=B\": 'A=B' is not the name of an environment variable",
        ),
        (MINIMAL + 'cwd = ""', "3:1: autopilot.cwd: '' is not a path"),
        (
            MINIMAL + 'cwd = "~no-such-user/x"',
            "3:1: autopilot.cwd: '~no-such-user/x' starts at the home of a user who does not exist",
        ),
    ],
)
def test_autopilot_must_be_startable(text: str, problem: str) -> None:
    """What could never be started is not a config."""
    assert problems(text) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[restart]\nfatal_exit_codes = [143]",
            "1:2: restart.finished_exit_codes: 143 is among restart.fatal_exit_codes too",
        ),
        (
            '[containment]\ntier = "group"',
            (
                "1:2: containment.require: 'subreaper' is stronger than containment.tier,"
                " which is 'group'"
            ),
        ),
        (
            '[output]\ntotal = "1MB"',
            "2:1: output.total: is smaller than output.quota, which is for one run",
        ),
        (
            '[telemetry]\nquota = "1MB"',
            "2:1: telemetry.quota: is smaller than telemetry.rotate, the size of one segment",
        ),
        (
            '[state]\nquota = "300MiB"',
            (
                "1:2: state: quota is smaller than output.quota, telemetry.quota and 64 MiB for"
                " the history"
            ),
        ),
    ],
)
def test_options_must_not_contradict_each_other(text: str, problem: str) -> None:
    """Also where one of the two is a default."""
    assert problems(text + "\n" + MINIMAL) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[autopilot]\ncommand ['x']", "2:9: not TOML: "),
        ("[autopilot]\n[autopilot]", "2:11: not TOML: "),
        ("a = " + "[" * 1000, "1:1: not TOML that can be read: "),
        ("a = " + "9" * 5000, "1:1: not TOML that can be read: "),
    ],
)
def test_what_is_not_toml_is_shown_at_its_place(text: str, problem: str) -> None:
    """Line and column come from the parser; nothing that it throws gets past."""
    (found,) = problems(text)
    assert found.startswith(problem)


def test_file_with_foreign_newlines_and_mark_is_read(tmp_path: Path) -> None:
    """Editors of another system write a byte order mark and CRLF."""
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (MINIMAL + "grace = 1\n").replace("\n", "\r\n").encode())

    with pytest.raises(ConfigError, match=re.escape(f"{path}:3:1: autopilot.grace: 1 is not")):
        load(path)


def test_unreadable_file_is_no_config(tmp_path: Path) -> None:
    """Each reason has its own sentence with a remedy."""
    binary, long = tmp_path / "binary.toml", tmp_path / "long.toml"
    binary.write_bytes(b"a = 1\nb = '\xff'\n")
    long.write_bytes(b"#" * (1 << 20) + b"\n")
    for path, problem in [
        (tmp_path / "missing.toml", "no such file; copy a preset from configs/"),
        (tmp_path, "is a directory; name the file in it"),
        (binary / "x", "cannot be read: Not a directory"),
        (long, "longer than 1 MiB, which no config is; name the right file"),
    ]:
        with pytest.raises(NoInputError) as caught:
            load(path)
        assert str(caught.value) == f"{path}: {problem}"
    with pytest.raises(NoInputError, match=re.escape(f"{binary}:2: not UTF-8 text")):
        load(binary)


def test_state_has_one_directory_for_each_real_file(tmp_path: Path) -> None:
    """A link leads to the same one; a file of the same name elsewhere does not."""
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    real, link, other = tmp_path / "night shift.toml", tmp_path / "b.toml", tmp_path / "x"
    real.write_text(MINIMAL)
    link.symlink_to(real)

    place = default_state_dir(real, environ)

    assert place.parent == tmp_path / "state" / "supervise" == state_home(environ)
    assert re.fullmatch("night_shift-[0-9a-f]{6}", place.name)
    assert state_dir(load(link), environ) == place
    assert default_state_dir(other / real.name, environ) != place


def test_state_is_at_home_by_default() -> None:
    """A relative XDG_STATE_HOME is to be ignored; without HOME, the user's entry counts."""
    assert state_home({"HOME": "/h", "XDG_STATE_HOME": "x"}) == Path("/h/.local/state/supervise")
    assert state_home({}).is_absolute()
    config = read(MINIMAL + '[state]\ndir = "here"', FILE)
    assert state_dir(config, {"HOME": "/h"}) == Path("/project/here")


def test_import_is_cheap() -> None:
    """Every start pays for it: nothing is loaded that only shows problems or documentation."""
    code = "import sys, supervisor.config; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()

    assert not {"asyncio", "difflib", "supervisor.toml_places"} & set(loaded)


def test_every_table_is_a_field_of_the_config() -> None:
    """What ``tables`` lists is what a config has."""
    assert list(tables()) == list(options_of(Config))
