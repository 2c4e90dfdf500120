"""Programs that node or deno ended."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


NODE = """\
/app/server.js:12
  throw new TypeError('bad');
  ^

TypeError: bad
    at node:internal/x:1:2
    at run (/app/node_modules/x/index.js:5:6)
    at Object.<anonymous> (/app/lib/start.js:3:4) {
  code: 'EBAD'
}

Node.js v20.11.0
"""


def test_node_crash() -> None:
    """Found by its last line and read from there upwards, in a lane as well."""
    for text in (NODE, "".join(f"web-1  | {line}\n" for line in NODE.splitlines())):
        digest = only(text, exit_code=1)
        assert (digest.tool, digest.kind, digest.verdict) == ("node", "crash", Verdict.ERROR)
        assert digest.first is not None
        assert (digest.first.file, digest.first.line) == ("/app/server.js", 12)
        assert (digest.first.code, digest.first.message) == ("EBAD", "bad")


@pytest.mark.parametrize(
    ("text", "code", "file"),
    [
        (
            (
                "node:events:502\n      throw er; // Unhandled 'error' event\n      ^\n\n"
                "Error: listen EADDRINUSE: address already in use :::3000\n"
                "    at Server.listen (node:net:2067:7)\n    at f (file:///app/a.mjs:1:74)\n"
                "Emitted 'error' event on Server instance at:\n    at g (node:net:1:2) {\n"
                "  code: 'EADDRINUSE',\n  port: 3000\n}\n\nNode.js v22.0.0\n"
            ),
            "EADDRINUSE",
            "/app/a.mjs",
        ),
        (
            (
                "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x' imported from /app/a.mjs\n"
                "    at packageResolve (node:internal/modules/esm/resolve:873:9)\n"
            ),
            "ERR_MODULE_NOT_FOUND",
            "node:internal/modules/esm/resolve",
        ),
        (
            '\n/app/a.js:1\nthrow "str"\n^\nstr\n(Use `node --x`)\n\nNode.js v20.1.0\n',
            "uncaught",
            "/app/a.js",
        ),
        (
            (
                "/app/old.js:3\n  x();\n  ^\n\nReferenceError: x is not defined\n"
                "    at Object.<anonymous> (/app/old.js:3:3)\n"
                "    at internal/main/run_main_module.js:17:47\n"
            ),
            "ReferenceError",
            "/app/old.js",
        ),
    ],
)
def test_node_crashes_of_all_kinds(text: str, code: str, file: str) -> None:
    """Of every release, with and without an error object."""
    digest = only(text, exit_code=1)
    assert digest.tool == "node"
    assert list(digest.by_code) == [code]
    assert digest.first is not None
    assert digest.first.file == file


def test_a_stack_that_a_program_logs_is_no_crash() -> None:
    """Nothing says that it ended."""
    text = "Error: timeout\n    at f (/app/a.js:1:2)\nretrying\n"
    assert {digest.tool for digest in analyze([text.encode()]).segments} == {"output"}


def test_deno_crash() -> None:
    """With the place of its first frame."""
    digest = only(
        "error: Uncaught (in promise) TypeError: bad\n  x();\n  ^\n    at file:///app/a.ts:1:22\n"
    )
    assert (digest.tool, digest.kind, digest.verdict) == ("deno", "crash", Verdict.ERROR)
    assert digest.first is not None
    assert (digest.first.code, digest.first.file) == ("TypeError", "/app/a.ts")
