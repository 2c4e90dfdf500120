"""What the texts of failed tests say: why, and where."""

import re
from dataclasses import replace

from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding

_ESCAPE = Pattern(r"\x1b\[[0-?]*[ -/]*[@-~]")
_FRAME = Pattern(r'\s*(?:at .*[:)\d>]$|File "|\u276f |\.\.\. \d+ more|Traceback \()')
_NOISE = Pattern(r"\s*(?:$|● .*|[-+~^]+$|Hint: )")
_EXCEPTION = Pattern(r"(?:E {3,})?[A-Za-z_][\w.]*(?:Error|Exception|Failed|Exit|Interrupt)\b")
_PYTHON = Pattern(r"(?m)^(?P<file>[^\s:][^:\n]*\.py):(?P<line>\d+): ")
_SCRIPT = Pattern(
    r"(?:at (?:.{0,200}?[\s():])??|\u276f )(?:file://)?"
    r"(?P<file>(?:[A-Za-z]:)?(?:[^\s():.]*+\.)++\w++):(?P<line>\d+):(?P<column>\d+)"
)
_JVM = Pattern(r"at (?P<where>[\w.$]+)\((?P<file>[\w$]+\.\w+):(?P<line>\d+)\)")
_PLAIN = Pattern(
    r"(?<![^\s:()])(?P<file>[^\s:()][^:()\n]{0,120}\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?"
)
_LIBRARY = ("node_modules", "node:", "site-packages", "dist-packages", "/lib/python")
_REASON_LINES = 3


def reason(text: str) -> str:
    r"""Why a test failed, without the frames below: its first lines.

    >>> reason("Error: 1 is not 2\n    at f (/a.js:1:2)")
    'Error: 1 is not 2'
    """
    lines: list[str] = []
    for line in _ESCAPE.sub("", text).splitlines():
        if _FRAME.match(line) or (lines and not line.strip()):
            break
        if not _NOISE.match(line):
            lines.append(line.strip())
    return " ".join(lines[:_REASON_LINES])


def exception(text: str) -> str:
    """The exception that a Python report ends in; empty if it shows none."""
    lines = [line for line in text.splitlines() if _EXCEPTION.match(line)]
    return lines[-1].removeprefix("E").strip() if lines else ""


def located(finding: Finding, text: str, within: str = "") -> Finding:
    """The finding at the place in its own code that a text names, if it has none yet.

    ``within`` is the class that the test is in, for languages whose frames name classes.
    """
    if finding.line is not None:
        return finding
    text = _ESCAPE.sub("", text)
    if within and (frame := _frame_in(text, within)):
        return replace(finding, file=finding.file or frame["file"], line=int(frame["line"]))
    for pattern, pick in ((_SCRIPT, 0), (_PYTHON, -1), (_PLAIN, 0)):
        own = [place for place in pattern.finditer(text) if not _is_library(place["file"])]
        if own:
            place = own[pick]
            column = place.groupdict().get("column")
            same = _base(finding.file or "") == _base(place["file"])
            return replace(
                finding,
                file=finding.file if same else place["file"],
                line=int(place["line"]),
                column=int(column) if column else None,
            )
    return finding


def _is_library(file: str) -> bool:
    return any(map(file.__contains__, _LIBRARY))


def _base(file: str) -> str:
    return re.split(r"[/\\]", file)[-1]


def _frame_in(text: str, name: str) -> re.Match[str] | None:
    return next((frame for frame in _JVM.finditer(text) if frame["where"].startswith(name)), None)
