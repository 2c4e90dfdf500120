"""Ruby's tests, linters and tools, in the formats that they have."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


RUBOCOP = """\
Inspecting 3 files
C.E

Offenses:

app/a.rb:3:5: C: [Correctable] Layout/IndentationWidth: Use 2 (not 4) spaces for indentation.
    foo
^^^^
app/a.rb:9:1: W: Lint/UselessAssignment: Useless assignment to variable - `x`.
x = 1
^
app/c.rb:1:8: E: Lint/Syntax: unexpected token tIDENTIFIER
class  Foo bar
           ^^^

3 files inspected, 3 offenses detected, 1 offense autocorrectable
"""


def test_rubocop_progress() -> None:
    """Conventions are warnings, a syntax error comes first, and the fix is what it counted."""
    digest = only(RUBOCOP, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("rubocop", "linter", Verdict.FAILED)
    assert digest.declared == {"inspected": 3, "errors": 3}
    assert digest.counted == {"errors": 1, "warnings": 2}
    assert digest.by_code == {
        "Layout/IndentationWidth": 1,
        "Lint/UselessAssignment": 1,
        "Lint/Syntax": 1,
    }
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("app/c.rb", 1)
    assert (digest.fix, digest.fixable) == ("rubocop -a", Fixable(safe=1))


def test_rubocop_corrected_offenses_are_gone() -> None:
    """What ``-a`` corrected is no finding; the rest needs what is called unsafe."""
    text = (
        "a.rb:1:1: C: [Corrected] Style/StringLiterals: Prefer single-quoted strings.\n"
        "a.rb:2:1: C: Style/Documentation: Missing top-level documentation comment.\n\n"
        "1 file inspected, 2 offenses detected, 1 offense corrected,"
        " 1 more offense can be corrected with `rubocop -A`\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared["errors"] == 1
    assert digest.counted == {"warnings": 1}
    assert (digest.fix, digest.fixable) == (None, Fixable(safe=0, unsafe=1))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("12 files inspected, no offenses detected\n", Verdict.OK),
        ("12 files inspected, no offences detected\n", Verdict.OK),
        ("0 files inspected, no offenses detected\n", Verdict.UNKNOWN),
        ("2 files inspected, 3 offenses detected, 3 offenses corrected\n", Verdict.OK),
        ("2 files inspected, 3 offenses detected, 2 offenses auto-corrected\n", Verdict.FAILED),
    ],
)
def test_rubocop_closing_lines(text: str, verdict: Verdict) -> None:
    """What is left decides; nothing inspected is nothing good."""
    assert only(text).verdict is verdict


def test_rubocop_simple_and_offense_count() -> None:
    """Rows below a file's name, and a histogram of cops."""
    simple = (
        "== lib/a.rb ==\nC:  3: 12: [Correctable] Style/Not: Use ! for not.\n"
        "F: 14:  1: Lint/Syntax: unexpected end\n\n1 file inspected, 2 offenses detected\n"
    )
    digest = only(simple)
    assert digest.counted == {"warnings": 1, "errors": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("lib/a.rb", 14)
    counts = (
        "\n26  Style/StringLiterals [Safe Correctable]\n3   Lint/Void\n--\n29  Total in 4 files\n"
    )
    digest = only(counts)
    assert digest.by_code == {"Style/StringLiterals": 26, "Lint/Void": 3}
    assert digest.declared == {"errors": 29, "files": 4}


def test_rubocop_itself_fails() -> None:
    """A cop that crashes and a config that it does not understand."""
    crash = "An error occurred while Style/Foo cop was inspecting /app/a.rb:3:2.\n"
    assert only(crash, exit_code=1).verdict is Verdict.ERROR
    config = "Error: unrecognized cop or department Stile/Foo found in .rubocop.yml\n"
    assert "unrecognized cop" in only(config, exit_code=2).summary


def test_standardrb() -> None:
    """Rows without a severity, below a line that names the tool."""
    text = (
        "standard: Use Ruby Standard Style (https://github.com/standardrb/standard)\n"
        "standard: Run `standardrb --fix` to potentially fix one problem.\n"
        "  lib/a.rb:3:7: Style/StringLiterals: Prefer double-quoted strings.\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.by_code) == ("standardrb", {"Style/StringLiterals": 1})


def test_reek() -> None:
    """Lines in brackets take their file from the heading."""
    text = (
        "Inspecting 2 file(s):\nSS\n\nlib/a.rb -- 2 warnings:\n"
        "  [3, 9]:DuplicateMethodCall: A#b calls 'c' 2 times [https://x/Duplicate.md]\n"
        "  [4]:UtilityFunction: A#d doesn't depend on instance state\n"
        "lib/b.rb -- 1 warning:\n  lib/b.rb:1: IrresponsibleModule: B has no comment\n"
        "3 total warnings\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.counted, digest.files) == ("reek", {"warnings": 3}, 2)
    assert digest.declared == {"warnings": 3}
    assert only("Inspecting 2 file(s):\n..\n\n0 total warnings\n").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("tool", "text", "counted", "declared"),
    [
        (
            "haml-lint",
            (
                "a.haml:3 [W] LineLength: Line is too long\na.haml:4 [E] Bad syntax\n\n"
                "2 files inspected, 2 lints detected\n"
            ),
            {"warnings": 1, "errors": 1},
            {"inspected": 2, "errors": 2},
        ),
        (
            "haml-lint",
            (
                "a.haml:3 [W] [Corrected] Indentation: File does not use tabs\n"
                "a.haml:4 [W] LineLength: Line is too long\n\n"
                "2 files inspected, 2 lints detected, 1 lint corrected\n"
            ),
            {"warnings": 1},
            {"inspected": 2, "errors": 1, "mended": 1},
        ),
        (
            "slim-lint",
            (
                "a.slim:3 [W] LineLength: Line is too long. [82/80]\n1 file inspected, 1 offenses"
                " detected\n"
            ),
            {"warnings": 1},
            {"inspected": 1, "errors": 1},
        ),
        ("slim-lint", "a.slim:3:1: W: RuboCop: Prefer\n", {"warnings": 1}, {}),
        ("scss-lint", "a.scss:3:9 [W] ColorKeyword: Color\n", {"warnings": 1}, {}),
        (
            "erb-lint",
            (
                "Linting 1 files with 3 linters...\n\n[FinalNewline] Missing newline\n"
                "In file: a.html.erb:9\n\n1 error(s) were found in ERB files\n"
            ),
            {"errors": 1},
            {"errors": 1},
        ),
        (
            "erb-lint",
            (
                "Linting and autocorrecting 1 files with 3 linters (2 autocorrectable)...\n"
                "a.html.erb:1:2: Extra space\n"
                "2 error(s) corrected and 1 error(s) remaining in ERB files\n"
            ),
            {"errors": 1},
            {"corrected": 2, "errors": 1},
        ),
        (
            "puppet-lint",
            (
                "m/init.pp - WARNING: quoted boolean on line 3 (check: quoted_booleans)\n"
                "m/init.pp - ERROR: tab character found on line 4 col 1 (check: hard_tabs)\n"
            ),
            {"warnings": 1, "errors": 1},
            {},
        ),
    ],
)
def test_template_linters(
    tool: str, text: str, counted: dict[str, int], declared: dict[str, int]
) -> None:
    """Each is told by its files' names or its closing line."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted, digest.declared) == (tool, counted, declared)
    assert digest.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "text",
    [
        "3 files inspected, 0 lints detected\n",
        "Linting 3 files with 9 linters...\n\nNo errors were found in ERB files\n",
        "3 error(s) corrected in ERB files\n",
    ],
)
def test_template_linters_are_content(text: str) -> None:
    """What they say when there is nothing."""
    assert only(text, exit_code=0).verdict is Verdict.OK


BRAKEMAN = """\

== Brakeman Report ==

Application Path: /app
Brakeman Version: 6.0.0

== Overview ==

Controllers: 3
Errors: 0
Security Warnings: {n}

== Warning Types ==

"""


def test_brakeman() -> None:
    """A warning is a block; its place stands at the end, below code of any length."""
    text = BRAKEMAN.format(n=1) + (
        "SQL Injection: 1\n\n== Warnings ==\n\nConfidence: High\nCategory: SQL Injection\n"
        "Check: SQL\nMessage: Possible SQL injection\nCode: User.where(params[:q])\n"
        "File: app/models/user.rb\nLine: 9\n"
    )
    digest = only(text, exit_code=3)
    assert (digest.tool, digest.counted) == ("brakeman", {"warnings": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("app/models/user.rb", 9)
    assert only(BRAKEMAN.format(n=0) + "No warnings found\n").verdict is Verdict.OK


RSPEC = """\
.F*E

Pending: (Failures listed here are expected and do not affect your suite's status)

  1) Thing waits
     # later
     # ./spec/thing_spec.rb:5

Failures:

  1) Thing adds
     Failure/Error: expect(Thing.new.add(1, 1)).to eq(3)

       expected: 3
            got: 2

       (compared using ==)
     # /usr/lib/ruby/gems/3.1.0/gems/x-1/lib/x.rb:4:in `y'
     # ./spec/thing_spec.rb:9:in `block (2 levels) in <top (required)>'

  2) Thing breaks
     Failure/Error: nil.foo

     NoMethodError:
       undefined method `foo' for nil:NilClass
     # ./lib/thing.rb:3:in `foo'

Finished in 0.1 seconds (files took 0.5 seconds to load)
4 examples, 2 failures, 1 pending

Failed examples:

rspec ./spec/thing_spec.rb:8 # Thing adds
rspec ./spec/thing_spec.rb:12 # Thing breaks

Randomized with seed 4711
"""


def test_rspec() -> None:
    """Places outside of gems, messages of comparisons and exceptions; pending is not failed."""
    digest = only(RSPEC, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("rspec", "tests", Verdict.FAILED)
    assert digest.declared == {"total": 4, "failed": 2, "skipped": 1, "passed": 1}
    assert digest.counted == {"failed": 2}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == (
        "spec/thing_spec.rb",
        9,
        "Thing adds",
    )
    assert digest.first.message == "expected: 3, got: 2"
    causes = {cause.message for cause in digest.causes}
    assert "NoMethodError: undefined method `foo' for nil:NilClass" in causes


def test_rspec_names_what_failed_without_reports() -> None:
    """The commands below the count are enough to name the examples."""
    text = "3 examples, 1 failure\n\nFailed examples:\n\nrspec ./spec/a_spec.rb:8 # A does b\n"
    digest = only(text, exit_code=1)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == (
        "spec/a_spec.rb",
        8,
        "A does b",
    )


def test_rspec_that_could_not_load_is_not_green() -> None:
    """No failures among no examples is no success."""
    text = (
        "\nAn error occurred while loading ./spec/a_spec.rb.\nFailure/Error: require 'nope'\n\n"
        "LoadError:\n  cannot load such file -- nope\n# ./spec/a_spec.rb:1:in `require'\n\n\n"
        "Finished in 0 seconds (files took 0.6 seconds to load)\n"
        "0 examples, 0 failures, 1 error occurred outside of examples\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared["errors"] == digest.counted["errors"] == 1
    assert "LoadError: cannot load such file -- nope" in digest.summary
    assert only("0 examples, 0 failures\n", exit_code=0).verdict is Verdict.UNKNOWN
    assert only("2 examples, 0 failures\n").verdict is Verdict.OK


def test_rspec_is_not_fooled_by_what_examples_print() -> None:
    """A closing count without the time above it gives way to one that has it."""
    text = (
        "12 examples, 0 failures\n.F\n\nFailures:\n\n  1) a cart pays\n"
        "     Failure/Error: expect(1).to eq(2)\n\n       expected: 2\n            got: 1\n"
        "     # ./spec/cart_spec.rb:3:in `block'\n\n"
        "Finished in 0.1 seconds (files took 0.4 seconds to load)\n2 examples, 1 failure\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.verdict, digest.declared["total"]) == (Verdict.FAILED, 2)


def test_rspec_runs_add_up_as_segments() -> None:
    """Two runs are two digests."""
    text = "2 examples, 0 failures\n\nrspec again\n3 examples, 0 failures, 1 pending\n"
    digests = analyze([text.encode()]).segments
    assert [digest.declared["total"] for digest in digests] == [2, 3]


MINITEST = """\
Run options: --seed 1

# Running:

.FES

Finished in 0.04s, 115.7 runs/s, 69.4 assertions/s.

  1) Failure:
FooTest#test_bad [test/foo_test.rb:4]:
Expected: 1
  Actual: 2

  2) Error:
FooTest#test_err:
NoMethodError: undefined method `foo' for nil:NilClass
    /usr/lib/ruby/gems/3.1.0/gems/x-1/lib/x.rb:4:in `y'
    test/foo_test.rb:5:in `test_err'

4 runs, 3 assertions, 1 failures, 1 errors, 1 skips
"""


def test_minitest() -> None:
    """Failures and errors are two counts; the place of an error is the first of one's own."""
    digest = only(MINITEST, exit_code=1)
    assert (digest.tool, digest.verdict) == ("minitest", Verdict.FAILED)
    assert digest.declared == {
        "total": 4,
        "assertions": 3,
        "failed": 1,
        "errors": 1,
        "skipped": 1,
        "passed": 1,
    }
    assert digest.counted == {"failed": 1, "errors": 1}
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (4, "Expected: 1, Actual: 2")


def test_rails_prints_failures_as_they_come() -> None:
    """``bin/rails test`` has no numbers in front of them."""
    text = (
        "Running 2 tests in a single process\n.F\n\nFailure:\n"
        "UserTest#test_name_is_set [test/models/user_test.rb:9]:\nExpected false to be truthy.\n\n"
        "bin/rails test test/models/user_test.rb:7\n\n\n"
        "Finished in 0.1s, 20.0 runs/s, 20.0 assertions/s.\n"
        "2 runs, 2 assertions, 1 failures, 0 errors, 0 skips\n"
    )
    digest = only(text, exit_code=1)
    assert digest.first is not None
    assert digest.first.message == "Expected false to be truthy."


def test_test_unit() -> None:
    """test-unit shows source between place and message, and has more words for skipped."""
    text = (
        "Loaded suite test\nStarted\nF\n" + "=" * 79 + "\nFailure: test_bad(BarTest)\n"
        "test/bar.rb:4:in `test_bad'\n     3:   x\n  => 4:   assert_equal(1, 2)\n     5: end\n"
        "<1> expected but was\n<2>\n"
        + "=" * 79
        + "\n\nFinished in 0.1 seconds.\n"
        + "-" * 79
        + "\n"
        "6 tests, 3 assertions, 1 failures, 0 errors, 1 pendings, 1 omissions, 0 notifications\n"
        "60% passed\n" + "-" * 79 + "\n60.59 tests/s, 30.30 assertions/s\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared["skipped"] == 2
    assert digest.declared["passed"] == 3
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (4, "<1> expected but was <2>")


def test_no_tests_are_not_green() -> None:
    """Zero failures of zero runs."""
    text = "0 runs, 0 assertions, 0 failures, 0 errors, 0 skips\n"
    assert only(text, exit_code=0).verdict is Verdict.UNKNOWN
    assert only("5 runs, 9 assertions, 0 failures, 0 errors, 0 skips\n").verdict is Verdict.OK


def test_cucumber() -> None:
    """Scenarios count, steps do not."""
    text = (
        "Failing Scenarios:\ncucumber features/a.feature:18 # Scenario: It works\n\n"
        "12 scenarios (1 failed, 1 skipped, 10 passed)\n40 steps (1 failed, 39 passed)\n0m1.787s\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind) == ("cucumber", "tests")
    assert digest.declared == {"total": 12, "failed": 1, "skipped": 1, "passed": 10}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("features/a.feature", 18)
    assert only("3 scenarios (3 passed)\n9 steps (9 passed)\n0m0.1s\n").verdict is Verdict.OK
    assert only("3 scenarios (3 undefined)\n9 steps (9 undefined)\n").verdict is Verdict.UNKNOWN


def test_ruby_says_where_it_broke() -> None:
    """An uncaught exception with its class, and the compiler's errors."""
    digest = only(
        "app.rb:3:in `f': undefined method `foo' for nil:NilClass (NoMethodError)\n"
        "\tfrom app.rb:9:in `<main>'\n",
        exit_code=1,
    )
    assert (digest.tool, digest.by_code) == ("ruby", {"NoMethodError": 1})
    text = "a.rb:2: syntax error, unexpected ';', expecting ')'\n  def x( ; end\n         ^\n"
    assert only(text, exit_code=1).counted == {"errors": 1}


def test_rake_and_bundler() -> None:
    """A cause is a finding; that a command failed is the command's to explain."""
    digest = only("rake aborted!\nNameError: uninitialized constant Foo\n/app/Rakefile:3\n")
    assert (digest.tool, digest.by_code) == ("rake", {"NameError": 1})
    text = "rake aborted!\nCommand failed with status (1): [ruby -w]\n"
    assert [digest.tool for digest in analyze([text.encode()]).segments] == ["output"]
    text = "An error occurred while installing nokogiri (1.6.5), and Bundler cannot continue.\n"
    digest = only(text, exit_code=5)
    assert (digest.tool, digest.counted) == ("bundler", {"errors": 1})
    assert only("Bundle complete! 4 Gemfile dependencies, 9 gems now installed.\n").verdict is (
        Verdict.OK
    )


@pytest.mark.parametrize(
    "text",
    [
        "I like 3 examples, 2 of them failures\n",
        "Failures:\nnone that we know of\n",
        "a.py:1:1: C: something of another tool\n".replace("C: ", "C0114: "),
        "processed 12 runs, 3 retries\n",
    ],
)
def test_prose_is_nobodys(text: str) -> None:
    """Lines that merely look alike."""
    tools = {digest.tool for digest in analyze([text.encode()]).segments}
    assert not tools & {"rspec", "minitest", "rubocop", "cucumber"}
