"""Output of tools that never ran, as long as it is asked for, with what is true of it.

``python -m scripts.bench.streams NAME BYTES`` writes one. The same every time.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_SEED = 7
# fmt: off
_NOUNS = (
    "agent", "basket", "branch", "buffer", "cache", "client", "cursor", "frame", "handle",
    "header", "index", "kernel", "layer", "ledger", "market", "message", "model", "object",
    "offset", "parcel", "policy", "prompt", "queue", "reader", "record", "region", "session",
    "signal", "socket", "source", "stage", "stream", "table", "tenant", "token", "vector",
    "version", "window", "worker", "writer",
)
_VERBS = (
    "accept", "apply", "batch", "commit", "decode", "encode", "fetch", "flush", "insert",
    "lookup", "merge", "parse", "patch", "plan", "render", "reset", "retry", "route", "sample",
    "select", "sort", "split", "update", "verify",
)
# fmt: on
_NAMES = tuple(f"{verb}_{noun}" for noun in _NOUNS for verb in _VERBS)
_RUFF = (
    ("F401", "[*] `{}` imported but unused"),
    ("F841", "Local variable `{}` is assigned to but never used"),
    ("E501", "Line too long ({} > 100)"),
    ("F821", "Undefined name `{}`"),
    ("SIM102", "Use a single `if` statement instead of nested `if` statements"),
    ("UP006", "[*] Use `list` instead of `List` for type annotation"),
)
_GCC = (
    ("warning", "unused variable ‘{}’ [-Wunused-variable]"),
    ("warning", "comparison of integer expressions of different signedness [-Wsign-compare]"),
    ("error", "‘{}’ undeclared (first use in this function)"),
    ("error", "expected ‘;’ before ‘{}’"),
    ("note", "declared here"),
    ("warning", "passing argument 1 of ‘{}’ makes pointer from integer [-Wint-conversion]"),
)
_MYPY = (
    ("error", "Incompatible types in assignment", "assignment"),
    ("error", 'Name "{}" is not defined', "name-defined"),
    ("error", 'Argument 1 to "{}" has incompatible type "str"; expected "int"', "arg-type"),
    ("error", 'Item "None" of "{} | None" has no attribute "size"', "union-attr"),
    ("note", "See https://mypy.rtfd.io/en/stable/_refs.html#code-{}", ""),
)
_RULES = (
    ("semi", "Missing semicolon."),
    ("no-unused-vars", "'{}' is assigned a value but never used."),
    ("prefer-const", "'{}' is never reassigned. Use 'const' instead."),
    ("@typescript-eslint/no-explicit-any", "Unexpected any. Specify a different type."),
)


class Words:
    """Where everything that varies comes from."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
        self.pick, self.number, self.chance = rng.choice, rng.randrange, rng.random

    def name(self) -> str:
        """An identifier; some come often, most of the thousand hardly ever."""
        return _NAMES[int(len(_NAMES) * self.chance() ** 4)]

    def words(self) -> str:
        """Four words that tell nobody anything."""
        return f"{self.pick(_VERBS)} {self.pick(_NOUNS)} {self.pick(_VERBS)} {self.pick(_NOUNS)}"

    def path(self, suffix: str) -> str:
        """One of some thousand files."""
        return f"src/{self.pick(_NOUNS)}/{self.pick(_NOUNS)}_{self.number(4)}.{suffix}"

    def time(self) -> str:
        """A stamp."""
        day, hour, minute = self.number(1, 31), self.number(24), self.number(60)
        second, millis = self.number(60), self.number(1000)
        return f"2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"


class Output:
    """One execution of a tool while it is written: ``head``, ``more`` for long, then ``end``."""

    tool: str | None = None
    """What its digest is called; None: nobody knows the tool."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.truth: Counter[str] = Counter()
        """What a digest should count."""
        self.owed = 0
        """How much ``end`` will write."""

    def head(self) -> str:
        """What comes first."""
        return ""

    def more(self) -> str:
        """Some lines."""
        raise NotImplementedError

    def end(self) -> str:
        """What comes last."""
        return ""


class Quiet(Output):
    """A server's log in which all is well."""

    def more(self) -> str:
        """Say that something went well."""
        words, number = self.words, self.words.number
        return (
            f"{words.time()} INFO {words.pick(_NOUNS)}.{words.pick(_VERBS)} {words.words()}"
            f" id={number(16**8):08x} rows={number(9000)}\n"
        )


class Errors(Output):
    """An application that nobody knows, in despair."""

    def more(self) -> str:
        """Say that something did not."""
        words, number = self.words, self.words.number
        return (
            f"ERROR {words.pick(_NOUNS)} {number(64)}: cannot {words.words()}"
            f" of {words.name()} after {number(30_000)} ms\n"
        )


class Ruff(Output):
    """``ruff check --output-format concise``."""

    tool = "ruff"

    def more(self) -> str:
        """A finding."""
        words, number = self.words, self.words.number
        code, message = words.pick(_RUFF)
        self.truth["errors"] += 1
        where = f"{words.path('py')}:{number(1, 900)}:{number(1, 80)}"
        return f"{where}: {code} {message.format(words.name())}\n"

    def end(self) -> str:
        """The closing count."""
        return f"Found {self.truth['errors']} errors.\n"


class Gcc(Output):
    """gcc without its excerpts of the source."""

    tool = "gcc"

    def more(self) -> str:
        """A finding, and at times the function that it is in."""
        words, number = self.words, self.words.number
        path, name = words.path("c"), words.name()
        severity, message = words.pick(_GCC)
        self.truth[f"{severity}s"] += 1
        line, column = number(1, 900), number(5, 60)
        scope = f"{path}: In function ‘{name}’:\n" if words.chance() < 0.3 else ""  # noqa: PLR2004
        finding = f"{path}:{line}:{column}: {severity}: {message.format(name)}\n"
        return f"{scope}{finding}{self.excerpt(line, column)}"

    def excerpt(self, _line: int, _column: int) -> str:
        """What gcc shows below a finding."""
        return ""


class GccExcerpts(Gcc):
    """gcc as it comes."""

    def excerpt(self, line: int, column: int) -> str:
        """The line, and where in it."""
        words = self.words
        source = f"{words.name()} = {words.name()}({words.pick(_NOUNS)}, {words.pick(_NOUNS)});"
        return f"{line:5} |     {source}\n      | {' ' * (column % 40)}^~~~~\n"


class Mypy(Output):
    """``mypy``."""

    tool = "mypy"

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self._files: set[str] = set()

    def more(self) -> str:
        """A finding."""
        words = self.words
        path = words.path("py")
        severity, message, code = words.pick(_MYPY)
        self.truth[f"{severity}s"] += 1
        if severity == "error":
            self._files.add(path)
        tail = f"  [{code}]" if code else ""
        said = message.format(words.name())
        return f"{path}:{words.number(1, 900)}: {severity}: {said}{tail}\n"

    def end(self) -> str:
        """The closing count."""
        files = len(self._files)
        errors = self.truth["errors"]
        return f"Found {errors} errors in {files} files (checked {2 * files} source files)\n"


class Pytest(Output):
    """``pytest -v``, of whose tests one in twenty fails."""

    tool = "pytest"
    _RULE = 80

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self._reports: list[str] = []
        self._lines: list[str] = []

    def head(self) -> str:
        """The session."""
        return (
            f"{' test session starts ':=^{self._RULE}}\n"
            "platform linux -- Python 3.11.7, pytest-8.3.4, pluggy-1.5.0 -- /venv/bin/python\n"
            "rootdir: /srv/app\nconfigfile: pyproject.toml\ncollecting ... collected 90 items\n\n"
        )

    def more(self) -> str:
        """How a test went."""
        words = self.words
        path = words.path("py").replace("src/", "tests/test_")
        name = f"test_{words.name()}[{words.number(10**5)}]"
        item = f"{path}::{name}"
        failed = words.chance() < 0.05  # noqa: PLR2004
        self.truth["failed" if failed else "passed"] += 1
        if failed:
            self._fail(path, name, item)
        return f"{item} {'FAILED' if failed else 'PASSED'} [{words.number(100):3}%]\n"

    def _fail(self, path: str, name: str, item: str) -> None:
        words = self.words
        left, right = words.number(100), words.number(100)
        report = [
            f"{f' {name} ':_^{self._RULE}}",
            "",
            f"    def {name.partition('[')[0]}(number):",
            f"        got = {words.name()}({left})",
            f">       assert got == {right}",
            f"E       assert {left} == {right}",
            f"E        +  where {left} = {words.name()}({left})",
            "",
            f"{path}:{words.number(1, 300)}: AssertionError",
            f"{' Captured stdout call ':-^{self._RULE}}",
            *(f"ERROR {words.words()} {words.number(1000)}" for _ in range(3)),
        ]
        self._reports.append("\n".join(report) + "\n")
        self._lines.append(f"FAILED {item} - assert {left} == {right}\n")
        self.owed += len(self._reports[-1]) + len(self._lines[-1])

    def end(self) -> str:
        """What failed, twice, and the closing count."""
        counts = f" {self.truth['failed']} failed, {self.truth['passed']} passed in 31.07s "
        return "".join(
            [
                f"\n{' FAILURES ':=^{self._RULE}}\n",
                *self._reports,
                f"{' short test summary info ':=^{self._RULE}}\n",
                *self._lines,
                f"{counts:=^{self._RULE}}\n",
            ]
        )


class JsonLogs(Output):
    """JSON lines, of which one in thirty tells of an error."""

    tool = "log"

    def more(self) -> str:
        """A record."""
        words = self.words
        level = words.pick(("error", "warn", *("info",) * 28))
        if level != "info":
            self.truth["errors" if level == "error" else "warnings"] += 1
        record = {
            "ts": words.time(),
            "level": level,
            "logger": f"{words.pick(_NOUNS)}.{words.pick(_VERBS)}",
            "msg": f"{words.words()} in {words.number(900)} ms",
            "request": words.number(10**9),
        }
        return json.dumps(record) + "\n"


class Eslint(Output):
    """``eslint --format json``: one line, however long."""

    tool = "eslint"

    def head(self) -> str:
        """The bracket."""
        return "["

    def more(self) -> str:
        """A file with its messages."""
        words = self.words
        messages = [self._message() for _ in range(words.number(1, 12))]
        errors = sum(one["severity"] == 2 for one in messages)  # noqa: PLR2004
        counts = {"errors": errors, "warnings": len(messages) - errors}
        comma = "," if self.truth else ""
        self.truth += Counter(counts)
        file = {
            "filePath": f"/srv/app/{words.path('ts')}",
            "messages": messages,
            "suppressedMessages": [],
            "errorCount": counts["errors"],
            "fatalErrorCount": 0,
            "warningCount": counts["warnings"],
            "fixableErrorCount": 0,
            "fixableWarningCount": 0,
            "usedDeprecatedRules": [],
        }
        return comma + json.dumps(file, separators=(",", ":"))

    def _message(self) -> dict[str, object]:
        words = self.words
        rule, message = words.pick(_RULES)
        line, column = words.number(1, 900), words.number(1, 80)
        return {
            "ruleId": rule,
            "severity": words.pick((1, 2)),
            "message": message.format(words.name()),
            "line": line,
            "column": column,
            "nodeType": "Identifier",
            "endLine": line,
            "endColumn": column + 7,
        }

    def end(self) -> str:
        """The other bracket."""
        return "]\n"


class Build(Output):
    """A build server's log: compiler calls, downloads, containers, linters, tests, one by one."""

    _PART_CHARS = 20_000

    def more(self) -> str:
        """An execution."""
        words = self.words
        tool = words.pick((Quiet, Quiet, Quiet, GccExcerpts, Ruff, Mypy, Pytest, JsonLogs, None))
        part = _Chatter(words) if tool is None else tool(words)
        if part.tool:
            self.truth[part.tool] += 1
        return "".join(pieces(part, words.number(1000, self._PART_CHARS)))


class _Chatter(Output):
    """What builds say while nothing happens."""

    def more(self) -> str:
        """A line or a redraw."""
        words, number = self.words, self.words.number
        path, done = words.path("c"), number(100)
        return words.pick(
            (
                f"gcc -O2 -Wall -Isrc/{words.pick(_NOUNS)} -c -o {path}.o {path}\n",
                f"\x1b[32m✓\x1b[0m {words.words()} \x1b[2m({number(2000)}ms)\x1b[0m\n",
                f"\r{done:3}% {'#' * (done // 4):25} {words.name()}",
                f"\rDownloading {words.name()}-{number(9)}.{number(30)}.tar.gz ({done} kB)\n",
                f"#{number(3, 9)} {number(90)}.{number(100):02} Get:{number(99)} {words.words()}\n",
                f"web-{number(3)}  | {words.time()} INFO {words.words()}\n",
                f"npm http fetch GET 200 https://registry.example.org/{words.name()} {done}ms\n",
                "\n",
            )
        )


@dataclass(frozen=True, slots=True)
class Stream:
    """A kind of stream."""

    says: str
    make: type[Output]
    flood: bool = True
    """Most of it is findings."""


STREAMS: Mapping[str, Stream] = {
    "quiet": Stream("log lines that no grammar wants", Quiet, flood=False),
    "errors": Stream("lines with ERROR of an unknown application", Errors),
    "ruff": Stream("ruff check, concise", Ruff),
    "gcc": Stream("warnings, errors and notes of gcc", Gcc),
    "gcc-excerpts": Stream("the same with lines of source", GccExcerpts),
    "mypy": Stream("errors and notes of mypy", Mypy),
    "pytest": Stream("pytest -v, one test in 20 fails", Pytest),
    "json-logs": Stream("JSON lines, one in 30 an error", JsonLogs),
    "eslint-json": Stream("one document on one line", Eslint),
    "mixed": Stream("a build with all of these and other talk", Build),
}


def pieces(output: Output, size_chars: int) -> Iterator[str]:
    """An execution of about that size, piece by piece."""
    head = output.head()
    written = len(head)
    yield head
    while written + output.owed < size_chars:
        piece = output.more()
        written += len(piece)
        yield piece
    yield output.end()


def write(name: str, size_bytes: int, path: Path) -> Output:
    """Write a stream of about that size; returns what is true of it."""
    output = STREAMS[name].make(Words(_SEED))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces(output, size_bytes))
    return output


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), Path("/dev/stdout"))
