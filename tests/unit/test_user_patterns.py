"""Users' own patterns: GitHub's problem matchers and Vim's errorformat."""

import re
from typing import Any

import pytest

from supervisor.analyzer import Analyzer
from supervisor.analyzer.errorformat import Scanner, errorformat
from supervisor.analyzer.errorformat_syntax import formats
from supervisor.analyzer.fixed_text import fixed_text
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import GRAMMARS
from supervisor.analyzer.problem_matchers import problem_matchers
from supervisor.analyzer.script_regex import python_regex
from supervisor.digests import Digest


def read(
    grammars: tuple[Grammar, ...], text: str, *, size: int = 1 << 16, alone: bool = False
) -> list[Digest]:
    """Digests of what users' grammars and ours read."""
    failures: list[str] = []
    analyzer = Analyzer(
        grammars=grammars if alone else (*grammars, *GRAMMARS),
        on_failure=lambda name, problem: failures.append(name + problem),
    )
    data = text.encode()
    digests: list[Digest] = []
    for place in range(0, len(data), size):
        digests += analyzer.feed(data[place : place + size])
    digests += analyzer.close(1)
    assert failures == []
    return digests


def matcher(owner: str, *pattern: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A problem matcher file."""
    return {"problemMatcher": [{"owner": owner, "pattern": list(pattern), **more}]}


COLUMNS = {"file": 1, "line": 2, "column": 3, "severity": 4, "code": 5, "message": 6}
PUBLIC = {
    "tsc": (
        matcher(
            "tsc",
            {
                "regexp": (
                    r"^(?:\s+\d+\>)?([^\s].*)\((\d+),(\d+)\)\s*:\s+(error|warning|info)\s+"
                    r"(\w{1,2}\d+)\s*:\s*(.*)$"
                ),
                **COLUMNS,
            },
        ),
        "src/a.ts(4,9): error TS2304: Cannot find name 'x'.\n",
        ("src/a.ts", 4, 9, "TS2304", "Cannot find name 'x'."),
    ),
    "eslint-stylish": (
        matcher(
            "eslint-stylish",
            {"regexp": r"^([^\s].*)$", "file": 1},
            {
                "regexp": r"^\s+(\d+):(\d+)\s+(error|warning|info)\s+(.*)\s\s+(.*)$",
                "line": 1,
                "column": 2,
                "severity": 3,
                "message": 4,
                "code": 5,
                "loop": True,
            },
        ),
        "/app/a.js\n  4:9  error  Missing semicolon  semi\n  5:1  error  No x  no-x\n\nnoise\n",
        ("/app/a.js", 4, 9, "semi", "Missing semicolon"),
    ),
    "go": (
        matcher(
            "go",
            {
                "regexp": r"^\s*(\.{0,2}[\/\\].+\.go):(?:(\d+):(\d+):)? (.*)",
                "file": 1,
                "line": 2,
                "column": 3,
                "message": 4,
            },
        ),
        "# demo\n./main.go:4:9: undefined: x\n",
        ("./main.go", 4, 9, None, "undefined: x"),
    ),
    "python": (
        matcher(
            "python",
            {"regexp": r"^\s*File\s\"(.*)\",\sline\s(\d+),\sin\s(.*)$", "file": 1, "line": 2},
            {"regexp": r"^\s*raise\s(.*)\(\'(.*)\'\)$", "message": 2},
        ),
        "  File \"/app/a.py\", line 4, in f\n    raise ValueError('no')\n",
        ("/app/a.py", 4, None, None, "no"),
    ),
    "gcc": (
        matcher(
            "gcc",
            {
                "regexp": r"^(.*):(\d+):(\d+):\s+(?:fatal )?(error|warning):\s+(.*)$",
                "file": 1,
                "line": 2,
                "column": 3,
                "severity": 4,
                "message": 5,
            },
        ),
        "a.c:4:9: fatal error: b.h: No such file\n",
        ("a.c", 4, 9, None, "b.h: No such file"),
    ),
    "msbuild": (
        matcher(
            "msbuild",
            {
                "regexp": (
                    r"^\s*(?:\d+>)?(\S.*)\((\d+)(?:,(\d+))?\)\s*:\s+(error|warning)\s+"
                    r"(\w{1,3}\d+)\s*:\s*(.*?)\s+\[(.*?)\]$"
                ),
                **COLUMNS,
            },
        ),
        "  1>Foo.cs(4,9): error CS1002: ; expected [/src/a.csproj]\n",
        ("Foo.cs", 4, 9, "CS1002", "; expected"),
    ),
}


@pytest.mark.parametrize("owner", PUBLIC)
@pytest.mark.parametrize("size", [1, 1 << 16])
def test_public_matchers(owner: str, size: int) -> None:
    """The definitions that actions and editors use read what their tools write."""
    document, text, expected = PUBLIC[owner]
    digest = read(problem_matchers(document), text, size=size)[0]
    assert digest.tool == owner
    assert digest.first is not None
    first = digest.first
    assert (first.file, first.line, first.column, first.code, first.message) == expected


def test_rows_of_a_loop_belong_to_the_file_above() -> None:
    """However many; a blank line ends them, and the next file's begin again."""
    rows = "".join(f"  {line}:1  warning  Bad thing  no-bad\n" for line in range(1, 9))
    text = f"/app/a.js\n{rows}\n✖ 8 problems\n/app/b.js\n  1:1  error  Worse  no-worse\n"
    (digest,) = read(problem_matchers(PUBLIC["eslint-stylish"][0]), text)[:1]
    assert (digest.counted, digest.files) == ({"warnings": 8, "errors": 1}, 2)


def test_lines_that_must_follow() -> None:
    """The line that says most is looked for; the others stand above and below it."""
    document = matcher(
        "tool",
        {"regexp": r"^(\w+)$", "code": 1},
        {"regexp": r"^at file (\S+) line (\d+)$", "file": 1, "line": 2},
        {"regexp": r"^\s+(.*)$", "message": 1},
        severity="warning",
    )
    good = "E17\nat file a.x line 4\n  it is wrong\n"
    incomplete = "E18\nat file b.x line 4\nno\nwith space\nat file c.x line 4\n  x\n"
    digest = read(problem_matchers(document), good + incomplete)[0]
    assert (digest.counted, digest.by_code) == ({"warnings": 1}, {"E17": 1})


def test_unanchored_matcher_and_severities() -> None:
    """A pattern may begin anywhere; a notice is a note; 0 is the whole match."""
    document = matcher(
        "tool", {"regexp": r"(notice|error) in \[(.+?)\]", "severity": 1, "message": 0}
    )
    digest = read(problem_matchers(document), "x: error in [a]\nnotice in [b]!\n")[0]
    assert digest.counted == {"errors": 1, "notes": 1}
    assert digest.first is not None
    assert digest.first.message == "error in [a]"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "a problem matcher file: needs 'problemMatcher', a list"),
        ({"problemMatcher": ["x"]}, "problemMatcher[0]: must be an object"),
        ({"problemMatcher": [{}]}, "problemMatcher[0]: needs 'owner', a string"),
        (matcher("", {}), "problemMatcher[0].owner: must not be empty"),
        (matcher("a"), "problemMatcher[0].pattern: must not be empty"),
        (matcher("a", {}), "problemMatcher[0].pattern[0]: needs 'regexp', a string"),
        (
            matcher("a", {"regexp": "x (", "message": 1}),
            "problemMatcher[0].pattern[0].regexp: missing ), unterminated subpattern",
        ),
        (
            matcher("a", {"regexp": "x (.*)", "message": 2}),
            "problemMatcher[0].pattern[0].regexp: has no group 2",
        ),
        (
            matcher("a", {"regexp": "x (.*)", "message": "1"}),
            "problemMatcher[0].pattern[0].message: must be the number of a group",
        ),
        (
            matcher("a", {"regexp": "x (.*)", "file": 1}),
            "problemMatcher[0].pattern: none of its lines has a message",
        ),
        (
            matcher("a", {"regexp": "x (.*)", "message": 1, "loop": True}),
            "problemMatcher[0].pattern[0].loop: only the last of several lines can repeat",
        ),
        (
            matcher("a", {"regexp": "x (.*)", "file": 1}, {"regexp": "(.*)", "file": 1}),
            "problemMatcher[0].pattern[1].file: is set in problemMatcher[0].pattern[0] already",
        ),
        (
            matcher("a", {"regexp": "^(.*)$", "message": 1}),
            "problemMatcher[0].pattern: no line of it has fixed text to be known by",
        ),
        (matcher("a", {"regexp": "x"}, severity=1), "problemMatcher[0].severity: must be a string"),
        (
            matcher("a", {"regexp": r"(?<q>x)\k<q>", "message": 0}),
            "problemMatcher[0].pattern[0].regexp: references by name are not supported",
        ),
        (
            matcher("a", {"regexp": "(?>x)", "message": 0}),
            "problemMatcher[0].pattern[0].regexp: (?>x… is not supported",
        ),
    ],
)
def test_mistakes_in_matchers_are_told_with_their_place(document: Any, problem: str) -> None:
    """One line says what and where."""
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}") as caught:
        problem_matchers(document)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"a\/b[\/[]", "a/b["),
        (r"(?i)ERROR", "an error"),
        (r"(?<name>x)-(\d)", "x-1"),
        (r"(?<=a)b", "ab"),
        (r"^a|b$", "xb"),
        (r"[a&&b~|]+", "&&"),
    ],
)
def test_expressions_of_scripts(source: str, text: str) -> None:
    """What Python writes in another way."""
    assert re.match(python_regex(source, {}), text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^\[(\d+)\] (?:error|warning) in (.*)", ("[0] ",)),
        (r"colou?r: x{2,}", ("r: x",)),
        (r"(?:ab)?cd*e", ("c",)),
        (r"a.*|b", ("a", "b")),
        (r"\t\w+\t", ("\t",)),
        (r"(?=abc)x*", ()),
        (r"(a|)b:", ("b:",)),
    ],
)
def test_fixed_text_stands_in_every_match(pattern: str, text: tuple[str, ...]) -> None:
    """Optional parts and choices are none."""
    assert fixed_text(pattern) == (() if not "".join(text).strip() else text)


def entries(patterns: list[str] | str, text: str) -> list[tuple[Any, ...]]:
    """What Vim would put into its list."""
    scanner = Scanner(formats(patterns))
    for line in text.splitlines():
        scanner.take(line)
    scanner.end()
    return [
        (one.file, one.line, one.column, one.kind, one.code, " ".join(one.texts))
        for one in scanner.entries
    ]


EFM: dict[str, tuple[list[str] | str, str, list[tuple[Any, ...]]]] = {
    "single": (
        r"%f:%l:%c: %t%n %m",
        "a b.py:4:9: W291 trailing whitespace\nnoise\n",
        [("a b.py", 4, 9, "W", "W291", "trailing whitespace")],
    ),
    "drive": (
        r"%f(%l\,%c): %trror %m,%f(%l\,%c): %tarning %m",
        "C:\\src\\a.cs(4,9): warning CS1: m\n",
        [("C:\\src\\a.cs", 4, 9, "w", None, "CS1: m")],
    ),
    "several lines": (
        [r"%E%f:%l: error: %m", r"%W%f:%l: warning: %m", r"%Z%p^", r"%C%.%#", r"%-G%.%#"],
        "A.scala:4: error: missing argument\nwords\n  f(x)\n    ^\nA.scala:5: warning: unused\n",
        [
            ("A.scala", 4, 5, "E", None, "missing argument"),
            ("A.scala", 5, None, "W", None, "unused"),
        ],
    ),
    "python": (
        r'%A  File "%f"\, line %l%.%#,%C    %.%#,%Z%[%^ ]%\@=%m',
        'Traceback:\n  File "/a.py", line 4, in f\n    g(1)\nValueError: no\n',
        [("/a.py", 4, None, "", None, "ValueError: no")],
    ),
    "files above": (
        r"%-P%f,%*[\ ]%l:%c%*[\ ]%trror%*[\ ]%m,%*[\ ]%l:%c%*[\ ]%tarning%*[\ ]%m,%-Q,%-G%.%#",
        "/app/a.js\n  4:9  error  Missing\n  5:1  warning  Bad\n\n/app/b.js\n  1:1  error  X\n",
        [
            ("/app/a.js", 4, 9, "e", None, "Missing"),
            ("/app/a.js", 5, 1, "w", None, "Bad"),
            ("/app/b.js", 1, 1, "e", None, "X"),
        ],
    ),
    "rest of a line": (
        [r"%P[%f]%r", r"%Q)%r", r"%trror on line %l: %m"],
        "[a.tex] error on line 4: m\n)\n",
        [("a.tex", 4, None, "e", None, "m")],
    ),
    "directories": (
        [r"%Dmake: Entering directory '%f'", r"%Xmake: Leaving directory '%f'", r"%f:%l: %m"],
        (
            "make: Entering directory '/src/lib'\na.c:4: m\n"
            "make: Leaving directory '/src/lib'\nb.c:5: n\n"
        ),
        [("/src/lib/a.c", 4, None, "", None, "m"), ("b.c", 5, None, "", None, "n")],
    ),
    "ignored": (
        [r"%-Gignore %.%#", r"%-Wold: %m", r"%-C  %m", r"%+EFAILED %f line %l%.%#", r"%f: %m"],
        "ignore a: b\nold: c\n  more\nFAILED x.y line 4 at last\nz: w\n",
        [
            ("x.y", 4, None, "E", None, "FAILED x.y line 4 at last"),
            ("z", None, None, "", None, "w"),
        ],
    ),
    "notes": (
        [r"%N%f:%l: note: %m", r"%I%f:%l: info: %m"],
        "a:4: note: m\nb:5: info: n\n",
        [("a", 4, None, "N", None, "m"), ("b", 5, None, "I", None, "n")],
    ),
}


@pytest.mark.parametrize("name", EFM)
def test_errorformat_reads_as_vim_does(name: str) -> None:
    """Files, places, kinds and messages, over several lines as well."""
    patterns, text, expected = EFM[name]
    assert entries(patterns, text) == expected


@pytest.mark.parametrize("name", EFM)
@pytest.mark.parametrize("size", [1, 1 << 16])
def test_errorformat_as_a_grammar_counts_the_same(name: str, size: int) -> None:
    """In the stream no more lines are looked at than must be."""
    patterns, text, expected = EFM[name]
    digest = read((errorformat("mine", patterns),), text, size=size, alone=True)[0]
    assert (digest.tool, sum(digest.counted.values())) == ("mine", len(expected))


def test_files_above_are_found_again_after_other_lines() -> None:
    """The name of a file has nothing that could be looked for; its rows have."""
    patterns = EFM["files above"][0]
    text = "/app/a.js\n  4:9  error  Missing\n\nwords\nmore words\n/app/b.js\n  1:1  error  X\n"
    (digest,) = read((errorformat("mine", patterns),), text)[:1]
    assert (digest.counted, digest.files) == ({"errors": 2}, 2)


def test_a_catch_all_does_not_keep_lines_from_others() -> None:
    """What a format ignores is free for the tools that know it."""
    mine = errorformat("mine", [r"%EBAD %f %l: %m", r"%C  %m", r"%-G%.%#"])
    text = "BAD a.x 4: it\n  goes on\nother\nsrc/a.ts(1,2): error TS2304: Cannot find name 'x'.\n"
    assert [digest.tool for digest in read((mine,), text)] == ["mine", "tsc"]


@pytest.mark.parametrize(
    ("patterns", "problem"),
    [
        ("", "errorformat: has no pattern"),
        ("%f:%l: %m,%y", "errorformat, pattern 2 (%y): %y is not known"),
        ("%f:%l:%l %m", "errorformat, pattern 1 (%f:%l:%l %m): %l stands twice"),
        (["a %"], "errorformat, pattern 1 (a %): ends in %"),
        ([r"%*[a %m"], "errorformat, pattern 1 (%*[a %m): ] is missing"),
        ([r"%*d %m"], "errorformat, pattern 1 (%*d %m): %*d is not known"),
        ([r"%\(a %m"], r"errorformat, pattern 1 (%\(a %m): missing ), unterminated"),
        (["%m"], "errorformat: no pattern has fixed text that its lines can be known by"),
        (["%-Gx: %m"], "errorformat: no pattern has fixed text that its lines can be known by"),
    ],
)
def test_mistakes_in_errorformat_are_told(patterns: list[str] | str, problem: str) -> None:
    """One line says what, and in which pattern."""
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}"):
        errorformat("mine", patterns)


def test_endless_continuation_ends() -> None:
    """A problem has room for some lines, not for the rest of the stream."""
    mine = errorformat("mine", [r"%EBAD %f %l: %m", r"%C%.%#"])
    text = "BAD a.x 4: it\n" + "words\n" * 500 + "src/a.ts(1,2): error TS2304: No.\n"
    assert [digest.tool for digest in read((mine,), text)] == ["mine", "tsc"]
