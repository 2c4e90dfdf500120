"""Sphinx and docutils."""

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest


def read(text: str, exit_code: int | None = None, tool: str | None = None) -> Analysis:
    """The analysis of a text."""
    return analyze([text.encode()], exit_code=exit_code, tool=tool)


def only(text: str, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = read(text, exit_code, tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


SPHINX = (
    "Running Sphinx v8.1.3\nreading sources... [100%] index\n\n"
    "/srv/docs/index.rst:4: WARNING: toctree contains reference to nonexisting document 'x'"
    " [toc.not_readable]\n"
    '/srv/docs/index.rst:10: ERROR: Unknown directive type "bogus".\n\n.. bogus:: [docutils]\n'
    "WARNING: autodoc: failed to import 'shop'; the following exception was raised:\n"
    "Traceback (most recent call last):\n"
    + '  File "/srv/lib.py", line 2, in load\n    raise X\n'
    * 12
    + "ModuleNotFoundError: No module named 'shop'\n [autodoc.import_object]\n"
    "/srv/shop/a.py:docstring of shop.a.f:3: WARNING: Unexpected indentation. [docutils]\n"
    "checking consistency... /srv/docs/b.rst: WARNING: document isn't included in any toctree\n"
)


def test_sphinx() -> None:
    """Warnings have a place, a docstring for one, or none; their tracebacks are no crashes."""
    digest = only(SPHINX + "build succeeded, 5 warnings.\n\nThe HTML pages are in _out.\n")
    assert (digest.tool, digest.counted) == ("sphinx", {"warnings": 4, "errors": 1})
    assert digest.declared == {"warnings": 5}
    assert digest.by_code == {"toc.not_readable": 1, "autodoc.import_object": 1, "docutils": 1}


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("build succeeded.\n", "ok", "ok"),
        ("build succeeded, 1 warning.\n", "ok", "1 warning"),
        (
            "build finished with problems, 2 warnings (with warnings treated as errors).\n",
            "failed",
            "finished with problems",
        ),
        ("build finished with problems.\n", "failed", "finished with problems"),
        (
            "\nWarning, treated as error:\n/srv/docs/a.rst:4:toctree has nothing\n",
            "failed",
            "/srv/docs/a.rst:4 toctree has nothing",
        ),
        ("\nExtension error:\nCould not import extension x\n", "failed", "Could not import"),
        (
            (
                "Running Sphinx v9.0\n\nExtension error!\n\nTraceback\n=========\n\n"
                "    sphinx.errors.ExtensionError: Could not import extension x\n"
            ),
            "error",
            "ExtensionError: Could not import extension x",
        ),
    ],
)
def test_how_sphinx_ends(text: str, verdict: str, said: str) -> None:
    """Old and new releases, with and without --fail-on-warning."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("sphinx", verdict)
    assert said in digest.summary


def test_sphinx_linkcheck() -> None:
    """Links that are dead are findings; others are listed beside them."""
    text = (
        "(           index: line    4) ok        https://one.example/\n"
        "(   guide/install: line   12) broken    https://two.example/x - 404 Client Error\n"
        "build finished with problems.\n"
    )
    digest = only(text)
    assert (digest.tool, digest.by_code) == ("sphinx", {"broken": 1})


def test_docutils() -> None:
    """Without sphinx, severities have a number."""
    digest = only('a.rst:10: (ERROR/3) Unknown directive type "x".\na.rst:12: (WARNING/2) Odd.\n')
    assert (digest.tool, digest.counted) == ("sphinx", {"errors": 1, "warnings": 1})
