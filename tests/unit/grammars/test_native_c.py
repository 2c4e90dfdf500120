"""C and C++: compilers, linkers and linters."""

import pytest

from supervisor.digests import Verdict
from tests.native_output import digests, only


def test_gcc() -> None:
    """A missing header comes before what else is wrong; notes are no errors."""
    digest = only(
        "a.c: In function ‘main’:\n"
        "a.c:3:9: warning: unused variable ‘x’ [-Wunused-variable]\n    3 | int x;\n      |     ^\n"
        "b.c:1:24: error: ‘y’ undeclared (first use in this function)\n"
        "b.c:1:24: note: each undeclared identifier is reported only once\n"
        "c.c:1:10: fatal error: nope.h: No such file or directory\ncompilation terminated.\n"
        "cc1: all warnings being treated as errors\n",
        exit_code=1,
    )
    assert (digest.tool, digest.kind, digest.verdict) == ("gcc", "build", Verdict.FAILED)
    assert digest.counted == {"errors": 2, "warnings": 1, "notes": 1}
    assert digest.by_code == {"-Wunused-variable": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == (
        "c.c",
        "nope.h: No such file or directory",
    )


@pytest.mark.parametrize(
    "line",
    [
        "a.cc:4:39: error: expected ';' before 'return'",
        "/usr/include/c++/12/vector:64:3: error: no match",
        "<stdin>:4: error: 'cat' was not declared in this scope",
        "C:\\w\\a.cpp:7:1: error: no",
        "     [exec] src/a.cxx:52: error: no",
        "npm ERR! ../src/a.cc:5:10: error: no",
        "/w/my dir/a.c:24:5: error: no",
        "fo:oo.cpp:8: error: no",
        "a.s:3: Error: no such instruction: `foo'",
        "a.c:1:1: Fehler: unbekannter Typname »x«",
        "a.c:1:1: erreur : nom de type inconnu",
        "a.c:1:1: エラー: 不明な型名",
        "a.c:1:1: 错误\uff1a未知的类型名",
        "cc1plus: error: unrecognized command line option '-Wfoo'",
        "x86_64-linux-gnu-gcc-12: error: a.c: No such file or directory",
        "g++: fatal error: no input files",
        "a.c:(.text+0x5): undefined reference to `foo'",
        "/usr/bin/ld: a.o: undefined reference to symbol 'pow@@GLIBC_2.2.5'",
        "/w/a.cpp:233: undefined reference to `A::f() const'",
        "/usr/bin/ld: cannot find -lfoo: No such file or directory",
        "/usr/bin/ld: b.o:(.data+0x0): multiple definition of `x'; a.o:(.data+0x0): first",
        "ld.lld: error: undefined symbol: foo",
        "mold: error: undefined symbol: foo",
        "ld: library not found for -lfoo",
    ],
)
def test_gcc_and_linker_errors(line: str) -> None:
    """Drivers, languages and linkers word them differently."""
    digest = only(line + "\n", exit_code=1)
    assert (digest.tool, digest.counted) == ("gcc", {"errors": 1})


def test_linker_consequences_are_no_findings() -> None:
    """``collect2`` says only that the linker failed."""
    digest = only(
        "/usr/bin/ld: a.o: in function `main':\na.c:(.text+0x5): undefined reference to `foo'\n"
        "collect2: error: ld returned 1 exit status\n"
    )
    assert digest.counted == {"errors": 1}
    apple = only(
        'Undefined symbols for architecture arm64:\n  "_foo", referenced from:\n'
        "      _main in a.o\nld: symbol(s) not found for architecture arm64\n"
        "clang: error: linker command failed with exit code 1 (use -v to see invocation)\n"
    )
    assert (apple.tool, apple.counted) == ("clang", {"errors": 1})


@pytest.mark.parametrize(
    "text",
    [
        "./t.h:10:10: fatal error: 'u.h' file not found\n#include \"u.h\"\n1 error generated.\n",
        "a.c:28:8: warning: extra tokens at end of #endif directive [-Wextra-tokens]\n",
        "a.m:1:2: warning: 'NSInteger' (aka 'long') to 'int' [-Wconversion]\n",
        "a.c:1:2: error: no [-Werror,-Wformat]\n",
        "clang: error: no such file or directory: 'a.c'\n",
    ],
)
def test_clang_is_told_from_gcc(text: str) -> None:
    """By its own words and flags."""
    assert only(text).tool == "clang"


def test_clang_declares_for_each_source() -> None:
    """What it generated adds up."""
    digest = only(
        "a.c:1:2: warning: no [-Wformat]\n1 warning generated.\n"
        "b.c:1:2: error: no\nb.c:1:3: error: no\n2 errors generated.\n"
    )
    assert digest.declared == {"warnings": 1, "errors": 2}


@pytest.mark.parametrize(
    "line",
    [
        "a.c:3:1: internal compiler error: Segmentation fault",
        "g++: internal compiler error: Killed (program cc1plus)",
        "clang++: error: clang frontend command failed with exit code 139 (use -v to see)",
        "g++: fatal error: Killed signal terminated program cc1plus",
    ],
)
def test_compiler_that_died(line: str) -> None:
    """The tool itself failed."""
    assert only(line + "\n").verdict is Verdict.ERROR


@pytest.mark.parametrize(
    "line",
    [
        "a.cpp:12: ERROR: CHECK( a == b ) is NOT correct!",
        "/w/S.m:85: error: -[STests testS] : (x is true) failed",
        "a.py:1:2: error: Incompatible types  [assignment]",
        "A.java:3: error: ';' expected",
        "a.cpp:1:8: warning: implicit conversion [clang-diagnostic-sign-conversion]",
        "a.cpp:3:24: style: The scope of 'i' can be reduced. [variableScope]",
        "a.cpp:3:  Tab found; better to use spaces  [whitespace/tab] [1]",
        "a.swift:3:5: error: cannot find 'foo' in scope",
        "make[1]: *** [Makefile:3: all] Error 2",
    ],
)
def test_lines_that_are_not_the_compilers(line: str) -> None:
    """Others print files and lines as well."""
    assert all(digest.tool not in {"gcc", "clang"} for digest in digests(line + "\n"))


def test_clang_tidy_within_a_compilers_output() -> None:
    """The check's name tells the two apart."""
    found = digests(
        "a.cpp:10:5: warning: unused variable 'x' [-Wunused-variable]\n"
        "a.cpp:15:5: warning: must be explicit [google-explicit-constructor]\n"
        "a.cpp:16:5: error: no [bugprone-x,-warnings-as-errors]\n"
        "a.cpp:15:5: warning: must be explicit [google-explicit-constructor]\n"
        "a.cpp:20:1: warning: no return [-Wreturn-type]\n"
    )
    said = {digest.tool: digest.counted for digest in found}
    assert said == {"gcc": {"warnings": 2}, "clang-tidy": {"warnings": 1, "errors": 1}}


def test_cppcheck_of_two_generations() -> None:
    """``style`` and its like are warnings, ``information`` is none."""
    digest = only(
        "Checking a.c ...\na.c:3:25: error: out of bounds [arrayIndexOutOfBounds]\n"
        "a.c:4:10: style: The scope can be reduced. [variableScope]\n"
        "nofile:0:0: information: Cppcheck cannot find headers [missingIncludeSystem]\n"
    )
    assert digest.tool == "cppcheck"
    assert digest.counted == {"errors": 1, "warnings": 1, "notes": 1}
    old = only("[a.c:3]: (error) out of bounds\n[a.c:4] -> [b.c:1]: (style) scope\n")
    assert (old.tool, old.counted) == ("cppcheck", {"errors": 1, "warnings": 1})


@pytest.mark.parametrize(
    "line",
    [
        "a.cc:2:  Tab found; better to use spaces  [whitespace/tab] [1]",
        "a.cc:2: warning: Tab found; better to use spaces  [whitespace/tab] [1]",
        "a.cc(2):  Tab found; better to use spaces  [whitespace/tab] [1]",
        "a.cc(2): error cpplint: [whitespace/tab] Tab found; better to use spaces [1]",
        '# a.cc:2:  "Tab found; better to use spaces"  [whitespace/tab] [1]',
    ],
)
def test_cpplint_formats(line: str) -> None:
    """For Emacs, Eclipse, Visual Studio and sed."""
    digest = only(f"{line}\nDone processing a.cc\nTotal errors found: 1\n")
    assert (digest.tool, digest.by_code) == ("cpplint", {"whitespace/tab": 1})
    assert digest.declared == {"errors": 1}


def test_doxygen_is_told_from_an_old_gcc() -> None:
    """Neither writes columns; the words decide."""
    found = digests(
        "a.h:12: warning: Member f() (function) of class A is not documented.\n"
        "a.h:13: warning: something else\nwarning: tag INPUT: input source `x' does not exist\n"
    )
    assert [(digest.tool, digest.counted) for digest in found] == [("doxygen", {"warnings": 3})]
    assert only("a.l:451: warning: 'void f()' defined but not used\n").tool == "gcc"
