"""Bundlers, frameworks, package managers and wrappers."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


WEBPACK = """\
assets by status 454 bytes [cached] 1 asset

ERROR in ./src/a.js 1:0-23
Module not found: Error: Can't resolve './nope' in '/app/src'

ERROR in src/b.ts:10:5
TS2322: Type 'string' is not assignable to type 'number'.

WARNING in asset size limit: The following asset(s) exceed the recommended size limit.
This can impact web performance.

webpack 5.90.0 compiled with 2 errors and 1 warning in 364 ms
"""


def test_webpack() -> None:
    """The message stands below the place."""
    digest = only(WEBPACK, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("webpack", "build", Verdict.FAILED)
    assert digest.declared == {"errors": 2, "warnings": 1}
    assert digest.counted == {"errors": 2, "warnings": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == (
        "./src/a.js",
        1,
        "Module not found",
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("webpack 5.75.0 compiled successfully in 2340 ms\n", Verdict.OK),
        ("webpack 5.75.0 compiled with 3 warnings in 2340 ms\n", Verdict.OK),
        ("webpack compiled with 1 error\n", Verdict.FAILED),
        ("[webpack-cli] Invalid configuration object. Webpack has been\n", Verdict.ERROR),
    ],
)
def test_webpack_verdicts(text: str, verdict: Verdict) -> None:
    """Warnings alone do not fail a build."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("webpack", verdict)


def test_rollup() -> None:
    """The place is in the message or below it."""
    digest = only("\na.js → stdout...\n[!] RollupError: a.js (1:10): Expression expected\n")
    assert digest.first is not None
    assert (digest.tool, digest.first.file, digest.first.line) == ("rollup", "a.js", 1)
    digest = only('[!] (plugin typescript) Error: Could not resolve "./x"\nsrc/b.ts (3:7)\n')
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/b.ts", 3)
    assert only("\na.js → out.js...\ncreated out.js in 39ms\n").verdict is Verdict.OK


def test_esbuild() -> None:
    """The place stands below the message, past a blank line; some have none."""
    text = (
        '✘ [ERROR] Could not resolve "./nope"\n\n    src/a.js:1:14:\n      1 │ import x\n\n'
        "\u25b2 [WARNING] Duplicate key [duplicate-object-key]\n\n    src/b.js:2:3:\n\n"
        '✘ [ERROR] Cannot write to "/out"\n\n1 warning and 2 errors\n'
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared) == ("esbuild", {"errors": 2, "warnings": 1})
    assert digest.counted == {"errors": 2, "warnings": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/a.js", 1)


VITE = "vite v6.0.0 building for production...\ntransforming...\n"


@pytest.mark.parametrize(
    ("text", "file", "code"),
    [
        (
            (
                "x Build failed in 50ms\nerror during build:\n"
                "[vite:load-fallback] Could not load /app/x (imported by y)\n"
                "file: /app/src/a.js:1:7\n"
                "    at getRollupError (file:///app/node_modules/rollup/dist/x.js:326:41)\n"
            ),
            "/app/src/a.js",
            "vite:load-fallback",
        ),
        (
            (
                "✗ Build failed in 88ms\nerror during build:\nBuild failed with 1 error:\n\n"
                "[UNRESOLVED_IMPORT] Could not resolve './nope' in a.js\n   ╭─[ a.js:1:15 ]\n   │\n"
            ),
            "a.js",
            "UNRESOLVED_IMPORT",
        ),
    ],
)
def test_vite_with_rollup_and_with_rolldown(text: str, file: str, code: str) -> None:
    """The reason stands below, and the place below that."""
    digest = only(VITE + text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("vite", Verdict.FAILED)
    assert digest.counted == {"errors": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == (file, 1, code)


def test_vite_verdicts() -> None:
    """What was not built is not green."""
    assert only(f"{VITE}✓ built in 98ms\n").verdict is Verdict.OK
    assert only("failed to load config from /app/vite.config.ts\n").verdict is Verdict.ERROR
    assert analyze([VITE.encode()], exit_code=None).verdict is Verdict.UNKNOWN


NEXT = """\
   Creating an optimized production build ...
 ✓ Compiled successfully
   Linting and checking validity of types ...

Failed to compile.

./src/app/page.tsx:10:5
Type error: Type 'string' is not assignable to type 'number'.

> 10 |   const a: number = 'x';
"""


def test_next_build() -> None:
    """A build that compiled can fail all the same; the table of routes comes at the end."""
    digest = only(NEXT, exit_code=1)
    assert (digest.tool, digest.verdict) == ("next", Verdict.FAILED)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == (
        "./src/app/page.tsx",
        10,
        "Type error",
    )
    assert analyze([b" \xe2\x9c\x93 Compiled successfully\n"]).verdict is Verdict.UNKNOWN
    routes = " ✓ Compiled successfully\n\nRoute (app)                 Size\n"
    assert only(routes).verdict is Verdict.OK


def test_next_lint() -> None:
    """Its rows say the severity in words of their own."""
    text = (
        "\n./pages/a.js\n12:10  Error: 'foo' is not defined.  no-undef\n"
        "14:5  Warning: Do not use <img>.  @next/next/no-img-element\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("next", {"errors": 1, "warnings": 1})
    assert digest.by_code == {"no-undef": 1, "@next/next/no-img-element": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "npm error code E404\nnpm error 404 Not Found - GET https://r/x\nnpm error 404\n",
            "E404: Not Found - GET https://r/x",
        ),
        (
            (
                "npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE unable to resolve dependency tree\n"
                "npm ERR! \nnpm ERR! Found: react@18.0.0\n"
            ),
            "ERESOLVE: unable to resolve dependency tree",
        ),
        ('npm error Missing script: "zork"\nnpm error\n', 'Missing script: "zork"'),
        (
            (
                "npm error code 1\nnpm error path /app/node_modules/x\nnpm error command failed\n"
                "npm error command sh -c node-gyp rebuild\n"
                "npm error ../x.cc:2:10: fatal error: 'climits' file not found\n"
                "npm error gyp ERR! build error\n"
            ),
            "command sh -c node-gyp rebuild",
        ),
    ],
)
def test_npm_says_why_it_gave_up(text: str, said: str) -> None:
    """The class of the error and the first line that says something."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("npm", "packages", Verdict.ERROR)
    assert said in digest.summary


@pytest.mark.parametrize(
    "text",
    [
        (
            "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm ERR! app@1.0.0 test: `jest`\n"
            "npm ERR! Exit status 1\n"
        ),
        "npm error Lifecycle script `test` failed with error:\nnpm error code 2\n",
        "npm ERR! Test failed.  See above for more details.\n",
    ],
)
def test_a_script_that_failed_is_a_consequence(text: str) -> None:
    """It is no error of npm's and counts for nothing; the script's own digest says why."""
    suite = "Test Suites: 1 failed, 1 total\nTests:       2 failed, 2 total\n"
    jest, npm = analyze([(suite + text).encode()], exit_code=1).segments
    assert (jest.tool, jest.declared["failed"]) == ("jest", 2)
    assert (npm.tool, npm.verdict) == ("npm", Verdict.FAILED)
    assert (npm.declared, npm.counted) == ({}, {})
    assert "`test`" in npm.summary


def test_a_script_of_an_unknown_tool_leaves_its_last_words() -> None:
    """That something failed is not why it did."""
    text = "widget failed: bolt 7 missing\nerror Command failed with exit code 3.\n"
    yarn, words = analyze([text.encode()], exit_code=3).segments
    assert (yarn.tool, yarn.verdict) == ("yarn", Verdict.FAILED)
    assert "bolt 7 missing" in words.summary


def test_npm_install_and_audit() -> None:
    """Vulnerabilities fail an audit and not an installation."""
    tail = "6 vulnerabilities (2 moderate, 4 high)\n\nTo address all issues, run:\n"
    digest = only(f"\nadded 57 packages, and audited 58 packages in 2s\n\n{tail}  npm audit fix\n")
    assert digest.declared == {"added": 57, "vulnerabilities": 6}
    assert digest.verdict is Verdict.OK
    assert "6 vulnerabilities (2 moderate, 4 high)" in digest.summary
    digest = only(f"# npm audit report\n\nminimist  <0.2.1\nSeverity: high\n\n{tail}", exit_code=1)
    assert digest.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("text", "tool", "verdict"),
    [
        ('error Couldn\'t find package "x" on the "npm" registry.\n', "yarn", Verdict.ERROR),
        ("error Your lockfile needs to be updated, but yarn was run\n", "yarn", Verdict.ERROR),
        ("yarn install v1.22.22\n[1/4] Resolving\nDone in 0.07s.\n", "yarn", Verdict.OK),
        ("\u27a4 YN0000: · Failed with errors in 1s 20ms\n", "yarn", Verdict.FAILED),
        ("\u27a4 YN0000: · Done with warnings in 2s 1ms\n", "yarn", Verdict.OK),
        (" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install\n", "pnpm", Verdict.ERROR),
        ("Error: ERR_PNPM_NO_SCRIPT\n\n  × Missing script: zork\n", "pnpm", Verdict.ERROR),
        (" ELIFECYCLE  Command failed with exit code 1.\n", "pnpm", Verdict.FAILED),
        ("Done in 75ms using pnpm v10.0.0\n", "pnpm", Verdict.OK),
        ("bun install v1.2.0\nerror: x@1.0.0 failed to resolve\n", "bun", Verdict.FAILED),
        ('error: script "x" exited with code 3\n', "bun", Verdict.FAILED),
        ("bun add v1.2.0\n\n3 packages installed [1.2s]\n", "bun", Verdict.OK),
        ("gyp ERR! stack Error: `make` failed with exit code: 2\n", "node-gyp", Verdict.ERROR),
        (" Tasks:    2 successful, 2 total\nCached:    0 cached, 2 total\n", "turbo", Verdict.OK),
        (
            (
                " Tasks:    1 successful, 2 total\nCached:    0 cached, 2 total\n  Time:    2.2s \n"
                "Failed:    a#lint\n\n ERROR  run failed: command  exited (2)\n"
            ),
            "turbo",
            Verdict.FAILED,
        ),
        (" NX   Successfully ran target lint for 3 projects\n", "nx", Verdict.OK),
        (" NX   Running target lint for 2 projects failed\n", "nx", Verdict.FAILED),
        ("lerna ERR! npm run test exited 1 in 'core'\n", "lerna", Verdict.FAILED),
        ("lerna success run Ran npm script 'test' in 3 packages\n", "lerna", Verdict.OK),
    ],
)
def test_package_managers_and_wrappers(text: str, tool: str, verdict: Verdict) -> None:
    """What they say of themselves, and of what they ran."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == (tool, verdict)


def test_yarn_berry_counts_errors_and_not_notes() -> None:
    """Its messages have codes, of which some are errors."""
    text = (
        "\u27a4 YN0000: ┌ Resolution step\n\u27a4 YN0002: │ app doesn't provide react\n"
        "\u27a4 YN0035: │ x@npm:1.0.0: Package not found\n"
        "\u27a4 YN0000: · Failed with errors in 1s\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.by_code, digest.verdict) == ({"YN0035": 1}, Verdict.FAILED)
