"""What a working tree's content is called."""

import subprocess
from pathlib import Path

import pytest

from supervisor.trees import identify_tree


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit and an ignored folder."""
    tree = tmp_path / "tree"
    tree.mkdir()
    git(tree, "init", "--quiet")
    (tree / ".gitignore").write_text("build\n")
    (tree / "a.txt").write_text("one\n")
    git(tree, "add", "-A")
    git(tree, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-m", "first")
    return tree


def git(tree: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=tree, check=True)


def test_equal_content_has_one_name(repository: Path) -> None:
    """Changes, untracked files and their content count; what is ignored does not."""
    clean = identify_tree(repository)
    assert clean is not None

    (repository / "a.txt").write_text("two\n")
    changed = identify_tree(repository)
    (repository / "new\u00e9 file").write_text("x")
    added = identify_tree(repository)
    (repository / "new\u00e9 file").write_text("y")
    edited = identify_tree(repository)
    assert len({clean, changed, added, edited}) == 4

    (repository / "new\u00e9 file").unlink()
    (repository / "a.txt").write_text("one\n")
    (repository / "build").mkdir()
    (repository / "build" / "out").write_text("x")
    (repository / "sub").mkdir()
    assert identify_tree(repository) == identify_tree(repository / "sub") == clean


def test_asking_changes_nothing(repository: Path) -> None:
    """No object, no index, no lock is written."""
    (repository / "a.txt").write_text("two\n")
    (repository / "b.txt").write_text("new\n")
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}
    identify_tree(repository)
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == before


def test_no_repository_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where git is missing, or where nothing was committed."""
    assert identify_tree(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    assert identify_tree(tmp_path) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert identify_tree(tmp_path) is None
