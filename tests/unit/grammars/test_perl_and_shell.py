"""Perl, shells, and linters of shell scripts and YAML."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def test_perl_compiles_or_not() -> None:
    """Warnings are told from errors by their words; what follows from them counts not."""
    text = (
        '"my" variable $x masks earlier declaration in same scope at a.pl line 2.\n'
        'Global symbol "$y" requires explicit package name at a.pl line 3.\n'
        'syntax error at a.pl line 4, near "(;"\na.pl had compilation errors.\n'
    )
    digest = only(text, exit_code=255)
    assert (digest.tool, digest.counted) == ("perl", {"errors": 2, "warnings": 1})
    assert digest.first is not None
    assert digest.first.line == 4
    assert only("a.pl syntax OK\n").verdict is Verdict.OK


def test_perl_lacks_a_module() -> None:
    """The long list of folders is left out."""
    text = (
        "Can't locate Nope/Mod.pm in @INC (you may need to install the Nope::Mod module)"
        " (@INC contains: /etc/perl /usr/share/perl5) at b.pl line 2.\n"
        "BEGIN failed--compilation aborted at b.pl line 2.\n"
    )
    digest = only(text, exit_code=2)
    assert digest.counted == {"errors": 1}
    assert "Can't locate Nope/Mod.pm in @INC" in digest.summary
    assert "/etc/perl" not in digest.summary


def test_perlcritic() -> None:
    """Severity 5 is the gravest."""
    text = (
        "a.pl: Code before strictures at line 3, column 1.  See page 429 of PBP.  (Severity: 5)\n"
        "Found whitespace at line 9, column 77.  Don't.  Severity: 1\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.counted) == ("perlcritic", {"errors": 1, "warnings": 1})
    assert only("a.pl source OK\n").verdict is Verdict.OK


PROVE = """\
t/a.t ..
Dubious, test returned 2 (wstat 512, 0x200)
Failed 2/3 subtests
t/b.t .. ok

Test Summary Report
-------------------
t/a.t (Wstat: 512 (exited 2) Tests: 3 Failed: 2)
  Failed tests:  2-3
  Non-zero exit status: 2
t/c.t (Wstat: 65280 (exited 255) Tests: 1 Failed: 0)
  Non-zero exit status: 255
  Parse errors: Bad plan.  You planned 2 tests but ran 1.
Files=3, Tests=7,  0 wallclock secs ( 0.04 usr  0.01 sys +  0.20 cusr  0.03 csys =  0.28 CPU)
Result: FAIL
"""


def test_prove() -> None:
    """Failed tests are counted by the summary; a program that died is an error."""
    digest = only(PROVE, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("prove", "tests", Verdict.FAILED)
    assert digest.declared == {"total": 7, "failed": 2, "passed": 5}
    assert digest.counted == {"failed": 2, "errors": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == ("t/a.t", "Failed tests: 2-3")
    make = PROVE + "Failed 2/3 test programs. 2/7 subtests failed.\nmake: *** [Makefile:9: test]\n"
    assert only(make, exit_code=2).declared == {"total": 7, "failed": 2, "passed": 5}


def test_prove_is_green_with_tests_only() -> None:
    """No tests are no success."""
    files = "Files=1, Tests={},  1 wallclock secs\nResult: {}\n"
    assert only(files.format(3, "PASS")).verdict is Verdict.OK
    assert only(files.format(0, "NOTESTS")).verdict is Verdict.UNKNOWN
    assert only(files.format(0, "PASS")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "a.sh: line 4: syntax error near unexpected token `done'\na.sh: line 4: `done'\n",
        "bash: -c: line 1: unexpected EOF while looking for matching `)'\n",
        'a.sh: 4: Syntax error: "done" unexpected (expecting "do")\n',
        "a.sh:4: parse error near `done'\n",
        'a.sh:2: unmatched "\n',
        "a.sh: syntax error at line 9: `done' unexpected\n",
        "a.sh: Zeile 4: Syntaxfehler beim unerwarteten Wort »done«\n",
        "a.sh: 行 4: 未预期的记号 “done” 附近有语法错误\n",
        "./build: line 12: x: unbound variable\n",
    ],
)
def test_shells_complain(text: str) -> None:
    """In their words and languages, and once."""
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.counted) == ("shell", {"errors": 1})


@pytest.mark.parametrize(
    "text",
    [
        "a.sh: line 3: nosuch: command not found\n",
        "./run.sh: line 3: ./x: Permission denied\n",
        "yaml: line 12: could not find expected ':'\n",
        "Makefile:3: *** missing separator.  Stop.\n",
        "at line 3: something\n",
    ],
)
def test_what_is_not_the_scripts_fault(text: str) -> None:
    """A missing command is a cause of its own, and other programs count lines, too."""
    assert "shell" not in {digest.tool for digest in analyze([text.encode()], exit_code=1).segments}


SHELLCHECK = """\

In a.sh line 3:
  echo $i $z
       ^-- SC2086 (info): Double quote to prevent globbing and word splitting.
          ^-- SC2154 (warning): z is referenced but not assigned.

Did you mean:
  echo "$i" "$z"


In b.sh line 2:
for i in $(ls); do
         ^---^ SC2045 (error): Iterating over ls output is fragile. Use globs.

For more information:
  https://www.shellcheck.net/wiki/SC2045 -- Iterating over ls output is fragi...
"""


def test_shellcheck() -> None:
    """Several findings share a heading; informations are notes."""
    digest = only(SHELLCHECK, exit_code=1)
    assert (digest.tool, digest.counted) == (
        "shellcheck",
        {"errors": 1, "warnings": 1, "notes": 1},
    )
    assert digest.files == 2
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == ("b.sh", 2, "SC2045")
    gcc = "a.sh:3:6: note: Double quote to prevent globbing. [SC2086]\n"
    assert only(gcc, exit_code=1).counted == {"notes": 1}


def test_bashate() -> None:
    """Its codes look like others', its words do not."""
    text = (
        "a.sh:3:1: E003 Indent not multiple of 4\na.sh:9:1: E006 Line too long\n"
        "2 bashate error(s) found\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared) == ("bashate", {"errors": 2})
    assert digest.by_code == {"E003": 1, "E006": 1}


YAMLLINT = """\
./a.yml
  1:1       warning  missing document start "---"  (document-start)
  3:81      error    line too long (122 > 80 characters)  (line-length)

b.yaml
  4:1       error    syntax error: expected ',' or ']', but got '<stream end>' (syntax)

"""


def test_yamllint() -> None:
    """Rows below a file's name are not another linter's; a syntax error comes first."""
    digest = only(YAMLLINT, exit_code=1)
    assert (digest.tool, digest.counted) == ("yamllint", {"errors": 2, "warnings": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.code) == ("b.yaml", "syntax")
    digest = only("a.yml:3:81: [error] line too long (122 > 80 characters) (line-length)\n")
    assert (digest.tool, digest.by_code) == ("yamllint", {"line-length": 1})


def test_actionlint() -> None:
    """The rule stands at the end, source below."""
    text = (
        '.github/workflows/ci.yml:12:9: unexpected key "foo" for "step" section [syntax-check]\n'
        "   |\n12 |         foo: bar\n   |         ^~~~\n"
        ".github/workflows/ci.yml:20:14: shellcheck reported issue in this script:"
        " SC2086:info:1:6: Double quote to prevent globbing [shellcheck]\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.by_code) == ("actionlint", {"syntax-check": 1, "shellcheck": 1})


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("main.yml:1: [E201] Trailing whitespace\n", {"errors": 1}),
        ("/w/main.yml:2: [EANSIBLE0002] Trailing whitespace\n", {"errors": 1}),
        ("/w/main.yml:8: package-latest Package installs should not use latest\n", {"errors": 1}),
        ("main.yml:9: fqcn[action]: Use FQCN for module actions.\n", {"errors": 1}),
        ("main.yml:9:3: name[missing]: All tasks should be named. (warning)\n", {"warnings": 1}),
        ("risky-shell-pipe: Shells that use pipes.\nmain.yml:9 Task/Handler: x\n", {"errors": 1}),
    ],
)
def test_ansible_lint_of_every_release(text: str, counted: dict[str, int]) -> None:
    """The way to write a rule has changed over the releases."""
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.counted) == ("ansible-lint", counted)


def test_ansible_lint_closing_lines() -> None:
    """It says whether it passed."""
    passed = "Passed: 0 failure(s), 0 warning(s) on 5 files. Profile 'production' was required.\n"
    assert only(passed).verdict is Verdict.OK
    failed = "Failed: 3 failure(s), 1 warning(s) on 2 files. Last profile that met: 'min'.\n"
    assert only(failed, exit_code=2).declared == {"errors": 3, "warnings": 1}


PLAY = """\
PLAY [all] *********************************************************************

TASK [Gathering Facts] *********************************************************
ok: [web]

TASK [Look for it] *************************************************************
fatal: [web]: FAILED! => {"changed": false, "msg": "it is not there"}
...ignoring

TASK [Install nginx] ***********************************************************
fatal: [web]: FAILED! => {"changed": false, "msg": "No package nginx"}

PLAY RECAP *********************************************************************
db                         : ok=2    changed=1    unreachable=0    failed=0    skipped=1
web                        : ok=2    changed=0    unreachable=0    failed=1    skipped=0
"""


def test_ansible_playbook() -> None:
    """A failure that is ignored is none; hosts add up."""
    digest = only(PLAY, exit_code=2)
    assert (digest.tool, digest.kind, digest.verdict) == (
        "ansible-playbook",
        "deploy",
        Verdict.FAILED,
    )
    assert digest.declared == {"passed": 4, "changed": 1, "errors": 0, "failed": 1, "skipped": 1}
    assert digest.counted == {"failed": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.message) == ("Install nginx", "No package nginx")
    good = PLAY.partition("TASK [Install")[0] + PLAY.partition("\n\n\n")[2]
    good += "PLAY RECAP ****\ndb : ok=2    changed=1    unreachable=0    failed=0    skipped=1\n"
    assert only(good).verdict is Verdict.OK
