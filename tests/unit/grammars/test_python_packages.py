"""Pip, uv and poetry."""

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest, Verdict


def read(text: str, exit_code: int | None = None, tool: str | None = None) -> Analysis:
    """The analysis of a text."""
    return analyze([text.encode()], exit_code=exit_code, tool=tool)


def only(text: str, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = read(text, exit_code, tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


BUILD_FAILURE = """\
Processing ./shop
  Preparing metadata (pyproject.toml): finished with status 'error'
  error: subprocess-exited-with-error
\x20\x20
  × Preparing metadata (pyproject.toml) did not run successfully.
  │ exit code: 1
  ╰─> [3 lines of output]
      Traceback (most recent call last):
        File "<string>", line 1, in <module>
      ModuleNotFoundError: No module named 'six'
      [end of output]
\x20\x20
  note: This error originates from a subprocess, and is likely not a problem with pip.
error: metadata-generation-failed

× Encountered error while generating package metadata.
╰─> See above for output.
ERROR: Could not build wheels for shop, which is required to install projects
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                "ERROR: Could not find a version that satisfies the requirement shop==9"
                " (from versions: 1.0, 2.0)\nERROR: No matching distribution found for shop==9\n"
            ),
            "Could not find a version that satisfies the requirement shop==9",
        ),
        (
            (
                "  Could not find a version that satisfies the requirement shop (from versions: )\n"
                "No matching distribution found for shop\n"
            ),
            "Could not find a version that satisfies the requirement shop",
        ),
        (
            (
                "ERROR: Cannot install a==1.0 and b==1.0 because these package versions have"
                " conflicting dependencies.\n\nThe conflict is caused by:\n"
                "    a 1.0 depends on c<2\n    b 1.0 depends on c>=2\n\n"
                "ERROR: ResolutionImpossible: for help visit https://pip.example/\n"
            ),
            "Cannot install a==1.0 and b==1.0",
        ),
        (BUILD_FAILURE, "ModuleNotFoundError: No module named 'six'"),
        (
            "ERROR: Package 'shop' requires a different Python: 3.11.7 not in '>=3.99'\n",
            "requires a different Python",
        ),
        (
            "error: externally-managed-environment\n\n× This environment is externally managed\n",
            "is",
        ),
        ("shop 1.0 has requirement c>=2, but you have c 1.0.\n", "has requirement c>=2"),
        (
            'Command "python setup.py egg_info" failed with error code 1 in /tmp/pip-x/shop\n',
            "failed with error code 1",
        ),
    ],
)
def test_pip_says_one_thing_in_several_lines(text: str, message: str) -> None:
    """What follows from an error is not another one."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("pip", "packages", Verdict.FAILED)
    assert digest.counted == {"errors": 1}
    assert message in digest.summary


def test_pip_conflict_with_what_is_installed() -> None:
    """It is called an error, and all the same everything was installed."""
    text = (
        "ERROR: pip's dependency resolver does not currently take into account all the packages.\n"
        "a 1.0 requires c>=2, but you have c 1.0 which is incompatible.\n"
        "Successfully installed c-1.0\n"
    )
    digest = only(text)
    assert (digest.verdict, digest.counted) == (Verdict.OK, {"warnings": 1})


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("Collecting shop\nSuccessfully installed shop-1.0\n", "pip"),
        ("Resolved 2 packages in 2ms\nInstalled 2 packages in 1ms\n + shop==1.0\n", "uv"),
    ],
)
def test_an_installation_is_a_digest_only_where_argv_names_it(text: str, tool: str) -> None:
    """Among other tools' output it says nothing about how those went."""
    assert only(text, exit_code=0, tool=tool).verdict is Verdict.OK
    assert read(text, exit_code=0).verdict is Verdict.UNKNOWN


NO_SOLUTION = (
    "Because there is no version of shop==9 and you require shop==9, we can conclude that your"
    " requirements are unsatisfiable."
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                "  × No solution found when resolving dependencies:\n"
                f"  ╰─▶ {NO_SOLUTION}\n      And because it is so.\n"
            ),
            "there is no version of shop==9",
        ),
        (
            f"error: No solution found when resolving dependencies\n  cause: {NO_SOLUTION}\n",
            "there is no version of shop==9",
        ),
        (
            (
                "Resolved 1 package in 3ms\nerror: Failed to install: shop-1.0.whl (shop==1.0)\n"
                "  Caused by: Scripts must not use the reserved name `python`\n"
            ),
            "Failed to install: shop-1.0.whl",
        ),
        (
            (
                "  × Failed to build `shop @ file:///srv/shop`\n"
                "  ├─▶ The build backend returned an error\n  ╰─▶ Call to `x` failed\n"
            ),
            "Failed to build `shop",
        ),
        (
            "Using Python 3.11.7 environment at: e2\nerror: Something that we have never seen\n",
            "Something that we have never seen",
        ),
        ("error: Something rare\n  Caused by: Something rarer\n", "Something rare"),
        (
            "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.\n",
            "The lockfile at `uv.lock` needs to be updated",
        ),
        (
            "Found 1 incompatibility\nThe package `a` requires `c>=2`, but `1.0` is installed\n",
            "The package `a` requires",
        ),
    ],
)
def test_uv_counts_errors_and_not_their_causes(text: str, message: str) -> None:
    """Releases differ in how they draw causes."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("uv", "packages", Verdict.FAILED)
    assert digest.counted == {"errors": 1}
    assert message in digest.summary


def test_uv_warns() -> None:
    """Warnings count once uv has spoken, and do not make it fail."""
    text = "All installed packages are compatible\n"
    assert only(text).verdict is Verdict.OK
    text = "Resolved 1 package in 3ms\nerror: Failed to fetch: `x`\nwarning: Skipping `y`\n"
    assert only(text).counted == {"errors": 1, "warnings": 1}


@pytest.mark.parametrize(
    "text",
    [
        "error: failed to run custom build command for `shop v0.1.0`\n",
        "error: unused variable: `x`\n --> src/main.rs:1:2\n",
        "error: could not compile `shop` (lib) due to 2 previous errors\n",
        "error: Failed to parse shop/a.py:1:12: Expected a parameter\n",
    ],
)
def test_what_is_not_uv(text: str) -> None:
    """Compilers and ruff begin with the same word."""
    assert "uv" not in [digest.tool for digest in read(text).segments]


@pytest.mark.parametrize(
    "text",
    [
        "Because shop depends on b (>=2) which doesn't match any, version solving failed.\n",
        "Because no versions of c match >1\n and shop depends on c (>1), version solving failed.\n",
        "\npyproject.toml changed significantly since poetry.lock was last generated. Run `x`.\n",
        "  - Installing shop (1.0): Failed\n\n  RuntimeError\n",
        "\n  RuntimeError\n\n  Unable to find installation candidates for shop (1.0)\n",
        "Poetry could not find a pyproject.toml file in /srv or its parents\n",
        "Error: The current project could not be installed: No file/folder found for shop\n",
    ],
)
def test_poetry(text: str) -> None:
    """Each complaint is one error."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind, digest.counted) == ("poetry", "packages", {"errors": 1})


def test_pub_is_not_poetry() -> None:
    """Dart's solver speaks as poetry's does, without parentheses."""
    text = "Because app depends on foo ^1.0.0 which doesn't exist, version solving failed.\n"
    assert "poetry" not in [digest.tool for digest in read(text).segments]
