"""Programs that ``node`` ends because nobody caught an error; ``bun`` prints much the same.

Source: nodejs/node, src/node_errors.cc (PrintException, TriggerUncaughtException).
"""

import re
from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_NAME = r"(?P<name>(?>(?:[A-Za-z_$][\w$.]*)?(?:Error|Exception|Rejection)\w*))"
_RAISED = Pattern(rf"(?:Uncaught )?\[?{_NAME}(?: \[(?P<code>\w+)\])?(?:: (?P<message>.*))?$")
_MODULE = Pattern(
    r"(?:Uncaught )?(?P<name>Error)(?: \[(?P<code>ERR_MODULE_NOT_FOUND)\])?: "
    r"(?P<message>Cannot find (?:module|package) '.*)"
)
_CARET = Pattern(r"\s*\^[\s^~]*$")
_SOURCE = Pattern(r"(?:file://)?(?P<file>\S+?\.[a-z]+|node:\S+|\[eval\]|\S+):(?P<line>\d+)$")
_FRAME = Pattern(r"\s+at (?:.*?[( ])?(?:file://)?(?P<file>[^\s()]+?):(?P<line>\d+)(?::\d+)?\)?")
_CODE = Pattern(r"\s{2}code: '(?P<code>\w+)',?$")
_CLOSING = Pattern(r"(?P<tool>Node\.js|Bun) v\d+\.\d+\.\d+\b")
_LIBRARY = Pattern(r"node:|internal/|node_modules/|^(?:\w+|_\w+)\.js$|native|<anonymous>")
_ASIDES = ("Require stack:", "- ", "Emitted '", "(Use `node")
_MOST_STRANGERS = 8
_MOST_BACK = 60
_MOST_LINES = 200
_MOST_NAMES = 30


class NodeCrashParser:
    """Reads an error from its name to node's closing line, which older releases do not print."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._raised: Finding | None = None
        self._frames: list[str] = []
        self._library: tuple[str, int] | None = None
        self._lines = 0
        self._strangers = 0
        self._in_frames = False
        self._in_object = False
        self._closed = False

    @property
    def done(self) -> bool:
        """Whether the closing line was read, or other things than a stack for a while."""
        return self._closed or self._strangers >= _MOST_STRANGERS

    @property
    def attentive(self) -> bool:
        """Until the closing line: frames have nothing in common."""
        return not self.done

    def take(self, line: Line) -> bool:
        """Read a line of the report."""
        text = line.text
        if self._raised is None:
            return self._begin(line)
        self._lines += 1
        if self.done or self._lines > _MOST_LINES:
            self._strangers = _MOST_STRANGERS
            return False
        return self._read(text)

    def close(self) -> None:
        """Say that the program crashed."""
        raised = self._raised
        if raised is None:
            return
        if raised.file is None and self._library is not None:
            raised.file, raised.line = self._library
        raised.message = raised.message.removeprefix(f"{raised.code}: ")
        self.tally.add(raised)
        self.tally.broken = raised.cause
        self.tally.identify(*self._frames)
        self.tally.ended = True

    def _begin(self, line: Line) -> bool:
        text = line.text
        if raised := _MODULE.match(text):
            self._name(raised)
            return True
        return self._look_back(line)

    def _read(self, text: str) -> bool:
        if closing := _CLOSING.match(text):
            self._close(closing)
            return True
        if not text.strip() or text.startswith(_ASIDES):
            return True
        taken = self._frame(text) or self._object(text) or self._more(text)
        self._strangers += not taken
        return taken

    def _name(self, raised: re.Match[str]) -> None:
        message = (raised["message"] or "").rstrip(" {]")
        said = f"{raised['name']}: {message}" if message else raised["name"]
        code = raised["code"] or raised["name"]
        self._raised = Finding(code=code, message=message, cause=said)

    def _look_back(self, line: Line) -> bool:
        """Find the caret above a last line, and what was raised right below it."""
        above = list(islice(filter(str.strip, line.above()), _MOST_BACK))
        caret = next((place for place, text in enumerate(above) if _CARET.match(text)), 0)
        if not caret:
            return False
        self._raise(above[caret - 1])
        source = next(filter(None, map(_SOURCE.match, above[caret + 1 : caret + 4])), None)
        if source is not None and self._raised is not None and not _LIBRARY.search(source["file"]):
            self._raised.file, self._raised.line = source["file"], int(source["line"])
        for text in reversed(above[: caret - 1]):
            self._read(text)
        return self._read(line.text)

    def _raise(self, text: str) -> None:
        raised = _RAISED.match(text)
        if raised is not None:
            self._name(raised)
        else:
            said = text.strip()
            self._raised = Finding(code="uncaught", message=said, cause=said)

    def _close(self, closing: re.Match[str]) -> None:
        self._closed = True
        self.tally.name = "bun" if closing["tool"] == "Bun" else None

    def _frame(self, text: str) -> bool:
        frame = _FRAME.match(text)
        if frame is None:
            return False
        self._in_frames = True
        self._in_object = self._in_object or text.rstrip().endswith("{")
        file, number = frame["file"], int(frame["line"])
        if len(self._frames) < _MOST_NAMES:
            self._frames.append(re.split(r"[/\\]", file)[-1])
        if _LIBRARY.search(file):
            self._library = self._library or (file, number)
        elif self._raised is not None and self._raised.file is None:
            self._raised.file, self._raised.line = file, number
        return True

    def _object(self, text: str) -> bool:
        """Read a property of the error; its code says more than the name of its class."""
        if not self._in_object:
            return self._in_frames and text[:1].isspace()
        if text.startswith("}"):
            self._in_object = False
        elif code := _CODE.match(text):
            self._rename(code["code"])
        return True

    def _rename(self, code: str) -> None:
        if self._raised is not None and self._raised.code in {"Error", "TypeError", "SystemError"}:
            self._raised.code = code

    def _more(self, text: str) -> bool:
        """Read a further line of the message, which comes before the stack."""
        if text.rstrip().endswith("{"):
            self._in_object = True
        return not self._in_frames and self._lines < _MOST_NAMES


GRAMMAR = Grammar(
    name="node",
    kind="crash",
    aliases=("tsx", "ts-node", "nodejs"),
    parser=NodeCrashParser,
    rules=(
        Rule(
            does=Does.START,
            literal=("Cannot find module '", "Cannot find package '"),
            pattern=_MODULE,
        ),
        Rule(does=Does.START, literal=("Node.js v0", "Bun v0"), pattern=_CLOSING),
        Rule(  # The frame that the stacks of earlier releases end with.
            does=Does.START,
            literal=("run_main_module.js:0", "bootstrap_node.js:0", "bootstrap/node.js:0"),
            pattern=Pattern(
                r"\s+at (?:.*\()?(?:internal/)?(?:main/run_main_module|bootstrap(?:_|/)node)\.js:\d"
            ),
        ),
    ),
)
USAGE = Grammar(
    name="node",
    kind="build",
    rules=(
        Rule(
            does=Does.BROKEN,
            literal="node: bad option",
            pattern=Pattern(r"\S*node: (?P<message>bad option: .*)"),
        ),
    ),
)
