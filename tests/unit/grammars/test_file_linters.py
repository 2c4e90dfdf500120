"""Linters and compilers for one kind of file each."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def test_hadolint() -> None:
    """With and without severities, and where the file cannot be parsed."""
    text = (
        "Dockerfile:1 DL3006 warning: Always tag the version of an image explicitly\n"
        "Dockerfile:3 SC2086 info: Double quote to prevent globbing and word splitting.\n"
        "Dockerfile:4 DL3020 error: Use COPY instead of ADD for files and folders\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("hadolint", {"errors": 1, "warnings": 1, "notes": 1})
    assert only("Dockerfile:3 DL3008 Pin versions in apt get install\n").counted == {"errors": 1}
    broken = "Dockerfile:1:1 unexpected 'F' expecting '#', ADD, ARG, CMD\n"
    assert only(broken, exit_code=1).tool == "hadolint"


def test_luacheck() -> None:
    """Its closing line declares both kinds."""
    text = (
        "Checking a.lua                    2 warnings / 1 error\n\n"
        "    a.lua:5:17: (W612) trailing whitespace in a comment\n"
        "    a.lua:9:1: unused variable x\n    a.lua:12:3: (E011) expected '=' near 'y'\n\n"
        "Total: 2 warnings / 1 error in 1 file\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.counted) == ("luacheck", {"errors": 1, "warnings": 2})
    assert digest.declared == {"errors": 1, "warnings": 2, "checked": 1}
    green = "Checking a.lua                    OK\n\nTotal: 0 warnings / 0 errors in 1 file\n"
    assert only(green).verdict is Verdict.OK


def test_vint() -> None:
    """Style problems are warnings; its errors look like another linter's codes."""
    text = (
        "a.vim:1:1: style_problem: ImplicitScope - Make the scope explicit (see Anti-pattern)\n"
        "a.vim:5:11: E128: Function name must start with a capital: foo (see vim-vimlparser)\n"
        "a.vim:8:11: error: E128: Function name must start with a capital: foo (see parser)\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("vint", {"errors": 1, "warnings": 2})
    assert digest.by_code == {"ImplicitScope": 1}


def test_xmllint() -> None:
    """Errors of the parser, of a schema, and warnings."""
    text = (
        "a.xml:3: parser error : Opening and ending tag mismatch: b line 2 and a\n</a>\n    ^\n"
        "a.xml:1: element a: Schemas validity error : Element 'a': not expected.\n"
        "a.xml:1: warning: Unsupported version '9'\na.xml fails to validate\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("xmllint", {"errors": 2, "warnings": 1})
    assert only("a.xml validates\n").verdict is Verdict.OK


def test_psscriptanalyzer() -> None:
    """As a table, as lists of fields, and as fields that a script printed."""
    table = (
        "RuleName                   Severity ScriptName Line Message\n"
        "--------                   -------- ---------- ---- -------\n"
        "PSAvoidUsingCmdletAliases  Warning  foo.ps1    9    '%' is an alias of 'ForEach-Object'.\n"
        "PSUseBOMForUnicodeFile     Error    foo.ps1    1    Missing BOM\n"
    )
    digest = only(table)
    assert (digest.tool, digest.counted) == ("psscriptanalyzer", {"errors": 1, "warnings": 1})
    fields = (
        "\nRuleName : PSAvoidUsingWriteHost\nSeverity : Warning\nLine     : 7\nColumn   : 5\n"
        "Message  : File 'a.ps1' uses Write-Host.\n\n"
    )
    digest = only(fields)
    assert digest.first is not None
    assert (digest.counted, digest.first.line) == ({"warnings": 1}, 7)
    bare = "12\nInformation\nThe cmdlet does not have a help comment.\nPSProvideCommentHelp\n"
    assert only(bare).counted == {"notes": 1}


def test_tflint() -> None:
    """The count stands first, the place below a blank line."""
    text = (
        "2 issue(s) found:\n\n"
        "Warning: `version` attribute is required (terraform_required_version)\n\n"
        "  on main.tf line 1:\n   1: terraform {\n\n"
        'Error: "t9.huge" is an invalid value (aws_instance_invalid_type)\n\n  on a.tf line 3:\n'
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.counted) == ("tflint", {"errors": 1, "warnings": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("a.tf", 3)


def test_yui_and_typecheck() -> None:
    """Two small ones."""
    text = (
        "[WARNING] Using 'eval' is not recommended. Moreover, it reduces compression!\n"
        "if( ---> eval <--- (x)){\n"
    )
    assert only(text).tool == "yui"
    digest = only("a.ts[16, 7]: Type 'A' is not assignable to type 'B'\n")
    assert (digest.tool, digest.counted) == ("typecheck", {"errors": 1})


def test_ghc() -> None:
    """The message may stand on the next line."""
    text = (
        "[1 of 2] Compiling A ( A.hs, A.o )\n\nA.hs:3:5: error: [GHC-88464]\n"
        "    Variable not in scope: foo\n  |\n3 | x = foo\n  |     ^^^\n\n"
        "A.hs:(7,1)-(9,2): warning: [-Wunused-top-binds]\n    Defined but not used: ‘y’\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("ghc", {"errors": 1, "warnings": 1})
    assert digest.first is not None
    assert (digest.first.code, digest.first.message) == ("GHC-88464", "Variable not in scope: foo")


def test_hlint() -> None:
    """Whatever it hints at makes it fail."""
    text = (
        "A.hs:3:5-12: Suggestion: Redundant bracket\nFound:\n  (a)\nPerhaps:\n  a\n\n"
        "A.hs:4:1: Warning: Use map\nFound:\n  x\n\n2 hints\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared) == ("hlint", {"errors": 2})
    assert digest.counted == {"warnings": 2}
    assert only("No hints\n").verdict is Verdict.OK


def test_elm() -> None:
    """A heading with the file, prose, and the line in the margin."""
    text = (
        "-- TYPE MISMATCH ---------------------------------------- src/Main.elm\n\n"
        "The 1st argument to `view` is not what I expect:\n\n12|   view model\n           ^^^^^\n\n"
        "Detected problems in 1 module.\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.by_code) == ("elm", {"TYPE MISMATCH": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/Main.elm", 12)
    assert digest.first.message.startswith("The 1st argument")
    assert only("Success! Compiled 3 modules.\n").verdict is Verdict.OK


def test_dart_analyze_and_flutter_test() -> None:
    """Dashes or bullets, the place before or behind the message."""
    text = (
        "Analyzing a...\n\n  error • lib/a.dart:5:1 • Expected to find '}' • expected_token\n"
        "warning • The value isn't used • lib/b.dart:2:16 • unused_local_variable\n"
        "   info - lib/c.dart:8:3 - Dead code. - dead_code\n\n3 issues found.\n"
    )
    digest = only(text, exit_code=3)
    assert (digest.tool, digest.counted) == (
        "dart-analyze",
        {"errors": 1, "warnings": 1, "notes": 1},
    )
    assert only("Analyzing a...\nNo issues found! (ran in 1.2s)\n").verdict is Verdict.OK
    text = (
        "00:01 +2: test/a_test.dart: adds\n00:02 +2 -1: test/a_test.dart: fails [E]\n"
        "  Expected: <2>\n    Actual: <1>\n\n00:03 +2 ~1 -1: Some tests failed.\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared) == (
        "flutter-test",
        {"passed": 2, "skipped": 1, "failed": 1},
    )
    assert digest.counted == {"failed": 1}
    assert only("00:03 +5: All tests passed!\n").verdict is Verdict.OK
    assert only("00:00 +0: No tests ran.\n").verdict is Verdict.UNKNOWN


def test_nix() -> None:
    """The place stands below a blank line."""
    text = (
        "warning: Git tree '/app' is dirty\nerror: undefined variable 'stdnev'\n\n"
        "       at /app/flake.nix:18:23:\n\n           17|   x\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("nix", {"errors": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/app/flake.nix", 18)


@pytest.mark.parametrize(
    ("tool", "text", "counted"),
    [
        (
            "puppet",
            "Error: Could not parse for environment production: Syntax error at '}' at /a.pp:9:3\n",
            {"errors": 1},
        ),
        ("fish", "a.fish (line 3): Missing end to balance this if\n", {"errors": 1}),
        ("lua", "luac: a.lua:16: '=' expected near ')'\n", {"errors": 1}),
        ("tidy", "line 7 column 5 - Warning: <table> lacks summary\n", {"warnings": 1}),
        ("sqlint", 'a.sql:3:1:ERROR syntax error at or near "WHERE"\n', {"errors": 1}),
        (
            "phpmd",
            "/app/a.php:22\tUnusedLocalVariable\tAvoid unused local variables.\n",
            {"warnings": 1},
        ),
        ("powershell", "At /app/a.ps1:9 char:3\n+   foo(\n+   ~\nMissing ')'\n", {"errors": 1}),
        ("protolint", "[a.proto:9:1] Found an incorrect indentation\n", {"errors": 1}),
        ("buf", "a.proto:1:1:Files must have a package defined.\n", {"errors": 1}),
        ("systemd-analyze", "a.service:3: Unknown key name 'X' in section\n", {"errors": 1}),
        ("desktop-file-validate", "a.desktop: error: file has no key\n", {"errors": 1}),
        ("mdl", "a.md:9: MD013 Line length\n", {"warnings": 1}),
        ("typos", "error: `teh` should be `the`\n  --> a.md:3:5\n", {"errors": 1}),
        ("misspell", 'a.go:3:5: "teh" is a misspelling of "the"\n', {"errors": 1}),
        ("dotenv-linter", ".env:2 UnorderedKey: FOO should go before BAR\n", {"errors": 1}),
        ("tfsec", "Result #1 HIGH Bucket is public\n", {"errors": 1}),
    ],
)
def test_small_linters(tool: str, text: str, counted: dict[str, int]) -> None:
    """One kind of line each."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == (tool, counted)


def test_exunit() -> None:
    """Elixir's tests."""
    text = (
        "  1) test adds (FooTest)\n     test/foo_test.exs:4\n     Assertion with == failed\n\n"
        "Finished in 0.1 seconds\n2 doctests, 3 tests, 1 failure, 1 skipped\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.declared) == ("mix", {"total": 3, "failed": 1, "skipped": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("test/foo_test.exs", 4)
    assert only("Finished in 0.1 seconds\n3 tests, 0 failures\n").verdict is Verdict.OK


@pytest.mark.parametrize(
    "text",
    [
        "error: builders are needed\n",
        "3 hints for better sleep\n",
        "model validates nothing\n",
        "[WARNING] Some problems were encountered while building the effective model\n",
    ],
)
def test_prose_is_nobodys(text: str) -> None:
    """Lines that merely look alike."""
    tools = {digest.tool for digest in analyze([text.encode()]).segments}
    assert not tools & {"nix", "hlint", "xmllint", "yui"}
