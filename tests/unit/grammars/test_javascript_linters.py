"""Linters, formatters and type checkers of JavaScript in their formats for people."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


BAR = "━" * 40
BIOME = f"""\
src/a.js:1:10 lint/correctness/noUnusedVariables  FIXABLE  {BAR}

  ! This function setName is unused.

  > 1 │ function setName(name) {{
      │          ^^^^^^^

  i Unsafe fix: Remove it.


src/a.js format {BAR}

  × Formatter would have printed the following content:

    1   │ - function·setName(name)·{{


src/my page.json:3:1 parse {BAR}

  × Expected a property but instead found '}}'.


"""
BIOME_END = f"check {BAR}\n\n  × Some errors were emitted while running checks.\n\n"


def test_biome_reads_severity_and_message_below_the_head() -> None:
    """What it declares may be more than what it shows; the last block is no finding."""
    counts = "Checked 9 files in 12ms. No fixes applied.\nFound 51 errors.\nFound 2 warnings.\n"
    digest = only(BIOME + counts + BIOME_END, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("biome", "linter", Verdict.FAILED)
    assert digest.declared == {"checked": 9, "errors": 51, "warnings": 2}
    assert digest.counted == {"errors": 2, "warnings": 1}
    assert digest.by_code == {"lint/correctness/noUnusedVariables": 1, "format": 1, "parse": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/my page.json", 3)
    assert "51 errors (2 shown)" in digest.summary


def test_biome_with_colours_has_other_glyphs() -> None:
    """And hyperlinks around its codes."""
    text = (
        f"\x1b[0ma.js:2:7 \x1b]8;;https://biomejs.dev/x\x1b\\lint/suspicious/noDebugger"
        f"\x1b]8;;\x1b\\ \x1b[30m FIXABLE \x1b[0m {BAR}\n\n"
        "  \x1b[31m✖\x1b[0m Not this.\n\nChecked 1 file in 8ms. No fixes applied.\n"
        f"\x1b[31mFound 1 error.\x1b[0m\nci {BAR}\n\n  ✖ Some errors were emitted.\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"errors": 1}
    assert digest.by_code == {"lint/suspicious/noDebugger": 1}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Checked 4 files in 3ms. No fixes applied.\n", Verdict.OK),
        ("Checked 4 files in 1118µs. Fixed 2 files.\n", Verdict.OK),
        ("Checked 4 files in 3ms. No fixes applied.\nFound 3 warnings.\n", Verdict.OK),
        (f"Checked 4 files in 3ms. No fixes applied.\nFound 1 warning.\nlint {BAR}\n", "failed"),
        ("Checked 0 files in 3ms. No fixes applied.\n", Verdict.UNKNOWN),
        (
            (
                f"configuration {BAR}\n\n  × Biome exited because the configuration resulted in"
                " errors. Please fix them.\n"
            ),
            Verdict.ERROR,
        ),
        (f"lint {BAR}\n\n  × No files were processed in the specified paths.\n", Verdict.ERROR),
    ],
)
def test_biome_verdicts(text: str, verdict: str) -> None:
    """It is green where it says nothing after what it has checked."""
    assert only(text).verdict == verdict


PRETTIER = """\
Checking formatting...
[warn] src/a.ts
[warn] src/my page.tsx
[error] src/b.ts: SyntaxError: Unexpected token (1:11)
[error] > 1 | const a = ;
[error]     |           ^
"""


def test_prettier_check() -> None:
    """Each file is an error, and the tool says how many it would mend."""
    text = "[warn] a.ts\n[warn] b.ts\n[warn] Code style issues found in 2 files. Run Prettier.\n"
    digest = only(f"Checking formatting...\n{text}", exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("prettier", "formatter", Verdict.FAILED)
    assert (digest.declared, digest.counted) == ({"errors": 2}, {"errors": 2})
    assert (digest.fix, digest.fixable) == ("prettier --write .", Fixable(safe=2))


def test_prettier_syntax_error_comes_first() -> None:
    """A file that cannot be read, without its excerpt."""
    digest = only(PRETTIER + "Error occurred when checking code style in the above file.\n")
    assert digest.counted == {"errors": 3}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == (
        "src/b.ts",
        1,
        "SyntaxError",
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("All matched files use Prettier code style!\n", Verdict.OK),
        (
            (
                '[error] No files matching the pattern were found: "x.js".\n'
                "All matched files use Prettier code style!\n"
            ),
            Verdict.ERROR,
        ),
        ("Checking formatting...\n[warn] jsxBracketSameLine is deprecated.\n", Verdict.UNKNOWN),
        (
            "[warn] a.ts\n[warn] Code style issues found in the above file. Run Prettier.\n",
            Verdict.FAILED,
        ),
    ],
)
def test_prettier_verdicts(text: str, verdict: Verdict) -> None:
    """That all files are well formatted is also said where there are none."""
    assert analyze([text.encode()]).verdict is verdict


def test_stylelint() -> None:
    """Its glyphs are its severities."""
    text = (
        "\nsrc/a.css\n"
        '  1:12  ✖  Unknown value "#ff" for "color"  declaration-property-value-no-unknown\n'
        "  2:3   \u26a0  Empty block                               block-no-empty\n\n"
        "src/b.scss\n  1:1  ✖  Unclosed block  CssSyntaxError\n\n"
        "✖ 3 problems (2 errors, 1 warning)\n"
        '  1 error potentially fixable with the "--fix" option.\n\n'
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.declared) == ("stylelint", {"errors": 2, "warnings": 1})
    assert digest.counted == {"errors": 2, "warnings": 1}
    assert digest.fixable == Fixable(safe=1)
    assert digest.first is not None
    assert (digest.first.file, digest.first.code) == ("src/b.scss", "CssSyntaxError")


@pytest.mark.parametrize(
    "row",
    [
        "/app/a.css: line 1, col 3, error - Unexpected (rule-name)",
        "a.css:1:3: Unexpected thing (rule-name) [error]",
    ],
)
def test_stylelint_in_lines(row: str) -> None:
    """The compact and the unix format."""
    digest = only(f"{row}\n")
    assert (digest.tool, digest.by_code) == ("stylelint", {"rule-name": 1})


def test_stylelint_without_configuration() -> None:
    """It could not do its work."""
    text = "ConfigurationError: No configuration provided for /app/a.css\n    at x (a.mjs:1:2)\n"
    assert only(text, exit_code=78).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("a.md:3 MD012/no-multiple-blanks Multiple consecutive blank lines [Expected: 1]", 3),
        ("docs/a.md:4:12 error MD034/no-bare-urls Bare URL used", 4),
        ("a.md: 6: MD032 Lists should be surrounded by blank lines", 6),
    ],
)
def test_markdownlint_of_every_release(row: str, place: int) -> None:
    """With and without a column and a severity."""
    digest = only(f"{row}\n")
    assert (digest.tool, digest.counted) == ("markdownlint", {"errors": 1})
    assert digest.first is not None
    assert digest.first.line == place


def test_markdownlint_summary_stands_before_its_findings() -> None:
    """It goes to the other stream; nothing linted is not green."""
    head = "markdownlint-cli2 v0.13.0 (markdownlint v0.34.0)\nFinding: *.md\n"
    row = "a.md:3 MD012/no-multiple-blanks Multiple consecutive blank lines\n"
    digest = only(f"{head}Linting: 1 file(s)\nSummary: 1 error(s)\n{row}", exit_code=1)
    assert (digest.declared, digest.counted) == ({"errors": 1}, {"errors": 1})
    assert only(f"{head}Linting: 2 file(s)\nSummary: 0 error(s)\n").verdict is Verdict.OK
    assert only(f"{head}Linting: 0 file(s)\nSummary: 0 error(s)\n").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "ERROR: (no-var-keyword) src/a.ts[1, 5]: Forbidden 'var' keyword\n",
        "ERROR: src/a.ts:1:5 - Forbidden 'var' keyword\n",
        "\nsrc/a.ts\nERROR: 1:5  no-var-keyword  Forbidden 'var' keyword\n",
    ],
)
def test_tslint_formats(text: str) -> None:
    """Verbose, prose and stylish."""
    digest = only(text)
    assert (digest.tool, digest.counted) == ("tslint", {"errors": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == ("src/a.ts", "Forbidden 'var' keyword")


def test_flow_and_typecheck() -> None:
    """A message may go on; its code stands at its end. Places may stand in brackets."""
    text = (
        "Error ---------------------------- src/a.js:3:5\n\n"
        'Cannot assign "x" to a because string [1] is incompatible with number [2].'
        " [incompatible-type]\n\n   src/a.js:3:5\n   3| a = 'x';\n\nFound 1 error\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.kind) == ("flow", "types")
    assert (digest.declared, digest.by_code) == ({"errors": 1}, {"incompatible-type": 1})
    assert only("No errors!\n").verdict is Verdict.OK
    digest = only("src/a.ts[16, 7]: Type 'A' is not assignable to type 'B'\n")
    assert (digest.tool, digest.counted) == ("typecheck", {"errors": 1})


@pytest.mark.parametrize(
    ("row", "file"),
    [
        (
            "src/app/(group)/page.tsx(3,5): error TS2304: Cannot find name 'x'.",
            "src/app/(group)/page.tsx",
        ),
        ("web: [types] src/a.ts(3,5): error TS2304: Cannot find name 'x'.", "src/a.ts"),
    ],
)
def test_tsc_paths(row: str, file: str) -> None:
    """Parentheses are part of a path; the names that runners write in front are not."""
    digest = only(f"{row}\n")
    assert digest.first is not None
    assert digest.first.file == file


def test_tsc_in_watch_mode_counts_each_compilation() -> None:
    """With the time in front, plain and in brackets."""
    text = (
        "12:18:21 AM - Starting compilation in watch mode...\n\n"
        "src/a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n\n"
        "12:18:22 AM - Found 1 error. Watching for file changes.\n\n"
        "[12:18:31 AM] File change detected. Starting incremental compilation...\n\n"
        "[12:18:32 AM] Found 0 errors. Watching for file changes.\n"
    )
    digests = analyze([text.encode()]).segments
    assert [digest.verdict for digest in digests] == [Verdict.FAILED, Verdict.OK]
    assert [digest.declared for digest in digests] == [{"errors": 1}, {"errors": 0}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                "\nOops! Something went wrong! :(\n\nESLint: 9.39.5\n\n"
                'No files matching the pattern "x.js" were found.\nPlease check.\n'
            ),
            'No files matching the pattern "x.js" were found.',
        ),
        (
            (
                "\nOops! Something went wrong! :(\n\nESLint: 8.57.1\n\n"
                "ESLint couldn't find a configuration file. To set up: eslint --init\n"
            ),
            "ESLint couldn't find a configuration file. To set up: eslint --init",
        ),
        ("Invalid option '--zork' - perhaps you meant '-o'?\n", "Invalid option '--zork'"),
    ],
)
def test_eslint_says_how_it_broke(text: str, message: str) -> None:
    """Below its banner and its release."""
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.verdict) == ("eslint", Verdict.ERROR)
    assert message in digest.summary


def test_eslint_with_too_many_warnings() -> None:
    """No error, and yet a failure."""
    text = (
        "\na.js\n  2:7  warning  Expected '===' and instead saw '=='  eqeqeq\n\n"
        "✖ 1 problem (0 errors, 1 warning)\n\nESLint found too many warnings (maximum: 0).\n"
    )
    assert only(text).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "row",
    [
        "a.js(1,5): error no-var : Unexpected var",
        "error: Unexpected var (no-var) at src/a.js:1:5:",
    ],
)
def test_eslint_other_formats(row: str) -> None:
    """Those that are called visualstudio and codeframe."""
    digest = only(f"{row}\n\n1 problem\n")
    assert (digest.tool, digest.by_code) == ("eslint", {"no-var": 1})


def test_deno_check_lint_and_fmt() -> None:
    """Its findings have codes; what it cannot parse is an error, too."""
    check = (
        "Check a.ts\nTS2304 [ERROR]: Cannot find name 'foo'.\nfoo();\n~~~\n"
        "    at file:///app/a.ts:1:24\n\nTS2322 [ERROR]: Type 'A'.\n    at file:///app/a.ts:2:7\n\n"
        "Found 2 errors.\n\nerror: Type checking failed.\n"
    )
    digest = only(check, exit_code=1)
    assert (digest.tool, digest.kind, digest.declared) == ("deno", "types", {"errors": 2})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/app/a.ts", 1)
    lint = (
        "error[no-var]: `var` keyword is not allowed.\n --> /app/a.ts:1:1\n  |\n\n"
        "Error linting: /app/b.ts\n    SyntaxError: Expression expected\n\n"
        "Found 2 problems\nChecked 2 files\n"
    )
    digest = only(lint, exit_code=1)
    assert (digest.kind, digest.counted) == ("linter", {"errors": 2})
    digest = only("\nfrom /app/a.ts:\n1 | -x\n\nerror: Found 1 not formatted file in 9 files\n")
    assert (digest.kind, digest.fix, digest.fixable) == ("formatter", "deno fmt", Fixable(safe=1))
    assert only("Checked 3 files\n").verdict is Verdict.OK


def test_other_languages_findings_are_not_denos() -> None:
    """The same heads stand above other files."""
    text = "error[unresolved-import]: Cannot resolve `x`\n --> a.py:1:1\n  |\n"
    assert "deno" not in {digest.tool for digest in analyze([text.encode()]).segments}
