"""Commands that can and cannot be executed, as files on a disk."""

import os
import re
from pathlib import Path

import pytest

from supervisor.errors import CommandNotExecutableError, CommandNotFoundError, ConfigError
from supervisor.health.preflight import check_command


def program(place: Path, text: str = "#!/bin/sh\n", mode: int = 0o755) -> Path:
    """A script."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode())
    place.chmod(mode)
    return place


def test_program_is_looked_up_in_path(tmp_path: Path) -> None:
    """The first executable file of that name wins; a file without x is passed over."""
    program(tmp_path / "a" / "agent", mode=0o644)
    second = program(tmp_path / "b" / "agent")
    found = check_command(["agent"], tmp_path, f"/none:{tmp_path}/a:{tmp_path}/b")
    assert found == str(second)


@pytest.mark.parametrize("path", ["tools", "", "/none:"])
def test_relative_places_count_from_the_working_directory(tmp_path: Path, path: str) -> None:
    """The child looks from its own working directory, not from ours; "" is that directory."""
    where = program(tmp_path / (path if path == "tools" else "") / "agent")
    assert check_command(["agent"], tmp_path, path) == str(where)
    assert check_command([f"./{where.relative_to(tmp_path)}"], tmp_path, "/none") == str(where)


def test_missing_program_is_named(tmp_path: Path) -> None:
    """The message has the name, where it was looked for, and what to do."""
    with pytest.raises(CommandNotFoundError, match=r"agent: not found in PATH \(/none\); install"):
        check_command(["agent"], tmp_path, "/none")
    with pytest.raises(CommandNotFoundError, match=re.escape(f"{tmp_path}/bin/agent: no such")):
        check_command(["bin/agent"], tmp_path, "/none")


def test_program_that_cannot_be_executed(tmp_path: Path) -> None:
    """A missing x bit and a directory are told apart from a missing file."""
    program(tmp_path / "agent", mode=0o644)
    (tmp_path / "folder").mkdir()
    with pytest.raises(CommandNotExecutableError, match=r"chmod \+x"):
        check_command(["./agent"], tmp_path, "/none")
    with pytest.raises(CommandNotExecutableError, match="is a directory"):
        check_command(["./folder"], tmp_path, "/none")


@pytest.mark.parametrize(
    ("first_line", "shown"),
    [("#!/none/python\n", "'/none/python'"), ("#! /bin/sh\r\n", r"'/bin/sh\r'")],
)
def test_missing_interpreter_is_named(tmp_path: Path, first_line: str, shown: str) -> None:
    """The kernel only says that the script does not exist."""
    program(tmp_path / "agent", first_line)
    with pytest.raises(CommandNotExecutableError, match="its interpreter " + re.escape(shown)):
        check_command(["./agent"], tmp_path, "/none")


@pytest.mark.parametrize("text", ["#!/usr/bin/env python3\n", "#!\t/bin/sh -e\n", "\x7fELF", ""])
def test_other_files_are_left_to_the_kernel(tmp_path: Path, text: str) -> None:
    """An interpreter with an argument, a binary and an empty file pass."""
    program(tmp_path / "agent", text)
    assert check_command(["./agent"], tmp_path, "/none") == str(tmp_path / "agent")


def test_working_directory_is_checked(tmp_path: Path) -> None:
    """A missing directory and a file in its place are said before anything starts."""
    with pytest.raises(ConfigError, match=r"autopilot\.cwd: .*/none does not exist"):
        check_command(["sh"], tmp_path / "none", os.defpath)
    with pytest.raises(ConfigError, match="is not a directory"):
        check_command(["sh"], program(tmp_path / "file"), os.defpath)
