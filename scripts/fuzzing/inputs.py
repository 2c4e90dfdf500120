"""Output that no tool would write, made of what tools do write and of what hurts parsers."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from supervisor.analyzer.grammars import GRAMMARS

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "fixtures" / "recorded"
CORPUS = ROOT / ".." / "shared" / "corpus"
_MOST_FILE_BYTES = 200_000
_LONG_BYTES = 300_000
_EXIT_CODES = (None, 0, 1, 2, 101, 127, 137, 255)
_SPANS = (1, 3, 17, 500, 4095, 4096, 4097, 65_536)


@dataclass(frozen=True, slots=True)
class Input:
    """What an analyzer is given."""

    data: bytes
    tool: str | None
    exit_code: int | None
    cuts: tuple[int, ...]
    made: str
    """How it was made."""

    @property
    def chunks(self) -> Iterator[bytes]:
        """The data as the pipe delivers it."""
        return (self.data[a:b] for a, b in pairwise((0, *self.cuts, len(self.data))))


def make(random: Random) -> Input:
    """One input; the same for the same state of ``random``."""
    maker = random.choice(_MAKERS)
    data = maker(random)
    if random.random() < 0.3:  # noqa: PLR2004
        data = _mutated(random, data)
    return Input(
        data=data,
        tool=random.choice(_tools()) if random.random() < 0.3 else None,  # noqa: PLR2004
        exit_code=random.choice(_EXIT_CODES),
        cuts=_cuts(random, len(data)),
        made=maker.__name__.strip("_"),
    )


def _cuts(random: Random, size: int) -> tuple[int, ...]:
    span = random.choice(_SPANS)
    cuts: list[int] = []
    place = 0
    while (place := place + random.randint(1, 2 * span)) < size and len(cuts) < 20_000:  # noqa: PLR2004
        cuts.append(place)
    return tuple(cuts)


@cache
def _tools() -> tuple[str, ...]:
    return tuple(name for grammar in GRAMMARS for name in (grammar.name, *grammar.aliases))


@cache
def _texts() -> tuple[bytes, ...]:
    """Real and realistic output: samples, recordings, and the corpus where there is one."""
    samples = [
        text.encode("utf-8", "replace")
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if RECORDED.parent not in path.parents
        for text in _strings(path)
        if "\n" in text
    ]
    files = [path for root in (RECORDED, CORPUS) for path in sorted(root.rglob("*"))]
    real = [_head(path) for path in files if path.is_file() and path.name != "manifest.json"]
    return (*samples, *real)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_FILE_BYTES)


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _some_lines(random: Random, most: int = 40) -> list[bytes]:
    lines = random.choice(_texts()).split(b"\n")
    start = random.randrange(len(lines))
    return lines[start : start + random.randint(1, most)]


def _splice(random: Random) -> bytes:
    """Pieces of several tools' output one after the other."""
    return b"\n".join(b"\n".join(_some_lines(random)) for _ in range(random.randint(1, 12)))


def _whole(random: Random) -> bytes:
    """One tool's output, whole."""
    return random.choice(_texts())


def _interleaved(random: Random) -> bytes:
    """Lines of several tools by turns, some behind lanes' names or stamps."""
    sources = [_some_lines(random, 200) for _ in range(random.randint(2, 5))]
    fronts = [random.choice(_FRONTS) for _ in sources]
    lines: list[bytes] = []
    while any(sources):
        place = random.randrange(len(sources))
        if sources[place]:
            lines.append(fronts[place] + sources[place].pop(0))
    return b"\n".join(lines) + b"\n"


def _flood(random: Random) -> bytes:
    """A few lines again and again, with other digits."""
    lines = _some_lines(random, 6)
    digits = bytes.maketrans(b"0123456789", bytes(random.choices(b"0123456789", k=10)))
    block = b"\n".join([*lines, *(line.translate(digits) for line in lines)]) + b"\n"
    return block * max(1, random.randint(1_000, _LONG_BYTES) // len(block))


def _short_lines(random: Random) -> bytes:
    """Very many lines of next to nothing."""
    line = random.choice((b"\n", b"a\n", b".\n", b"{\n", b"[\n", b"<\n", b"1\n", b" \n", b"F\n"))
    return line * random.randint(1_000, _LONG_BYTES)


def _long_line(random: Random) -> bytes:
    """A line that goes on and on, from where a real one was."""
    line = random.choice(_some_lines(random))
    place = random.randint(0, len(line))
    pump = random.choice(
        (random.choice(_PUMPS), line[place : place + random.randint(1, 12)] or b"x")
    )
    times = random.randint(100, _LONG_BYTES) // len(pump)
    return line[:place] + pump * times + line[place:] + random.choice((b"", b"\n"))


def _pumped(random: Random) -> bytes:
    """Many lines as long as expressions get to see, each hard to match."""
    lines: list[bytes] = []
    for _ in range(random.randint(1, 12)):
        line = random.choice(_some_lines(random))
        place = random.randint(0, len(line))
        pump = line[place : place + random.randint(1, 16)] or b" "
        pump = random.choice((pump, random.choice(_PUMPS)))
        lines.append(line[:place] + pump * (random.choice((200, 8000)) // len(pump)) + line[place:])
    return b"\n".join(lines) + b"\n"


def _nested(random: Random) -> bytes:
    """JSON or XML that is deeper than anyone reads, and may never be closed."""
    depth = random.choice((50, 2_000, 60_000))
    opened, closed = random.choice(
        (
            (b'{"a":', b"}"),
            (b"[", b"]"),
            (b'[{"results":', b"}]"),
            (b'{"runs":[', b"]}"),
            (b"<testsuite name='a'>", b"</testsuite>"),
            (b"<testsuites>\n<testsuite>\n", b"</testsuite></testsuites>"),
        )
    )
    return opened * depth + random.choice((b"", b"1", b"\n")) + closed * random.choice((0, depth))


def _documents(random: Random) -> bytes:
    """Documents and records with keys of tools and with values that are none."""
    parts: list[bytes] = []
    for _ in range(random.randint(1, 60)):
        pairs = b", ".join(
            b'"%b": %b' % (random.choice(_KEYS), random.choice(_VALUES))
            for _ in range(random.randint(1, 9))
        )
        record = random.choice((b"{%b}", b"[{%b}]", b'{"results": [{%b}]}', b"{%b")) % pairs
        if random.random() < 0.2:  # noqa: PLR2004
            record = record[: random.randint(0, len(record))]
        parts.append(record.replace(b", ", random.choice((b", ", b",\n", b","))))
    return b"\n".join(parts) * random.choice((1, 1, 1, 200))


def _no_documents(random: Random) -> bytes:
    """Lines that begin as documents do and are none."""
    first = random.choice(
        (
            *(b'{"', b'{"a": 1, "', b'[{"a', b'{"a": {"b": "c"}, x', b'{"level": "error", "msg": '),
            *(b"<?xml version='1.0'", b"<?xml ", b"<testsuite ", b"<testsuite><", b"<checkstyle>x"),
        )
    )
    rest = random.choice((*_PUMPS, b"words that go on", b'"', b"}", b'{"'))
    lines = (b"%b%d %b\n" % (first, place, rest) for place in range(random.randint(1, 4_000)))
    return b"".join(lines)


def _attributes(random: Random) -> bytes:
    """A tag, a comment or a string that never ends, line after line."""
    first = random.choice(
        (b"<testsuite name='", b"<testsuite>\n<!-- ", b'{"a": "', b"<testsuite>\n<![CDATA[")
    )
    return first + b"a = b > c - d\n" * random.randint(1, 20_000)


def _controls(random: Random) -> bytes:
    """Escapes, redraws, zeros and what is no UTF-8, among lines and alone."""
    storm = random.choice(
        (
            *(b"\r", b"\r\n\r", b"10%\r", b"\x1b[31m", b"\x1b[", b"\x1b]0;", b"\x1b]8;;x\x07"),
            *(b"\0", b"\xff", b"\xf0\x9f\x92", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x85", b"\x0b"),
        )
    )
    lines = _some_lines(random)
    several = storm * random.choice((1, 50, 50_000 // len(lines)))
    return random.choice((b"\n", b"")).join(several + line + storm for line in lines)


def _noise(random: Random) -> bytes:
    """Bytes."""
    return random.randbytes(random.randint(0, 20_000))


def _mutated(random: Random, data: bytes) -> bytes:
    """The data with some of it lost, doubled or replaced."""
    held = bytearray(data)
    for _ in range(random.randint(1, 30)):
        a = random.randint(0, len(held))
        b = min(len(held), a + random.choice((1, 1, 3, 40, 1000)))
        put = random.choice((b"", held[a:b] * 2, random.choice(_PUMPS), random.randbytes(1)))
        held[a:b] = put
    return bytes(held)


_PUMPS: Sequence[bytes] = (
    *(
        b" ",
        b"\t",
        b" \t",
        b"(",
        b"a:1:1: ",
        b"a.",
        b"a-",
        b"a, ",
        b"0",
        b"1.2.",
        b"::",
        b"/",
        b"\\",
    ),
    *(
        b"[",
        b"] ",
        b"'",
        b'"',
        b"`",
        b"...",
        b"--",
        b"==",
        b"error: ",
        b" at ",
        b"1 error",
        b"a/b ",
    ),
    *(
        b"1, ",
        b"<a>",
        b"{",
        b"|",
        b" | ",
        b"x y",
        b"\xc3\xa9",
        b"\xe2\x9c\x96 ",
        b"e",
        b"\xff",
        b"\\",
    ),
)
_FRONTS = (
    *(b"", b"web-1  | ", b"[api] ", b"@org/app:build: ", b"#12 0.345 ", b"##[error]", b"[INFO] "),
    *(b"2022-04-13T21:46:50.3239923Z ", b"\x1b[36mdb | \x1b[0m", b"[12:00:01] ", b"    "),
)
_KEYS = (
    *(b"level", b"msg", b"severity", b"message", b"file", b"line", b"column", b"code", b"results"),
    *(
        b"filename",
        b"location",
        b"reason",
        b"Action",
        b"Package",
        b"Test",
        b"type",
        b"event",
        b"name",
    ),
    *(b"runs", b"tool", b"diagnostics", b"generalDiagnostics", b"summary", b"version", b"errors"),
    *(
        b"filePath",
        b"messages",
        b"ruleId",
        b"exec_time",
        b"passed",
        b"failed",
        b"@level",
        b"caller",
    ),
    *(
        b"row",
        b"end",
        b"start",
        b"hint",
        b"cell",
        b"noqa_row",
        b"stats",
        b"totals",
        b"tests",
        b"suites",
    ),
)
_VALUES = (
    *(b"0", b"1", b"-1", b"1.5", b"true", b"null", b'""', b'"error"', b'"warn"', b'"a.py"', b"{}"),
    *(
        b"[]",
        b"[[]]",
        b'{"row": 1, "column": 2}',
        b'"fail"',
        b'"pass"',
        b'"compiler-message"',
        b"NaN",
    ),
    *(b"1e400", b"1e999999999", b"9" * 30, b"9" * 5000, b'"\\ud800"', b'"\\u0000"', b'"a\\nb"'),
    *(b'"%b"' % (b"x" * 9000), b'"%b"' % (b"1" * 9000), b"[1, [2, [3]]]", b'{"a": {"b": "c"}}'),
    *(b'"suite"', b'"test"', b'"ok"', b'"started"', b"Infinity", b"-0.0", b"01", b"'a'", b'"\xff"'),
)
_MAKERS: Sequence[Callable[[Random], bytes]] = (
    *(_splice, _splice, _whole, _interleaved, _interleaved, _flood, _short_lines, _long_line),
    *(_pumped, _pumped, _pumped, _nested, _documents, _documents, _no_documents, _attributes),
    *(_controls, _noise),
)
