"""What no grammar claimed: generic diagnostics, causes that any program can die of, last words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supervisor.analyzer.fingerprint import is_blurred
from supervisor.analyzer.gate import Gate, shortest
from supervisor.analyzer.line import Line
from supervisor.analyzer.pending import found
from supervisor.analyzer.shape import Facts
from supervisor.analyzer.tally import Tally
from supervisor.analyzer.witness import Witness
from supervisor.digests import Diagnostic

_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?(?=[^\s:()\[\]\"'`./\\]*[./\\])[^\s:()\[\]\"'`]++)"
_SEVERITY = r"(?P<severity>fatal error|error|warning|note|info)"
_SEVERE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            rf"\s{{0,4}}{_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?(?:: | - ){_SEVERITY}"
            r"(?:\[(?P<code>[\w:-]+)\])?:? (?P<message>.*)"
        ),
        (
            rf"\s{{0,4}}{_FILE}\((?P<line>\d+)(?:,(?P<column>\d+))?(?:,\d+)*\) ?: {_SEVERITY}"
            r"(?: (?P<code>[A-Z]+\d+))? ?: (?P<message>.*)"
        ),
    )
)
_BARE = re.compile(rf"{_FILE}:(?P<line>\d+):(?P<column>\d+): (?P<message>[A-Za-z\[`'\"].*)")
_DIAGNOSTICS = (*_SEVERE, _BARE)
_CLAIMING = tuple(
    (needle, re.compile(pattern))
    for needle, pattern in (
        ("FAIL", r"\bFAIL(?:ED|URES?!?)?\b"),
        ("ERR", r"\bERR(?:ORS?\b|!)"),
        ("Error", r"Error\b"),
        ("Exception", r"Exception\b"),
        ("error", r"\berror(?:\[\w+\])?:|^\W*error\b"),
        ("failed", r"(?:uild|ommand) failed\b|failed with\b|^\W*[Ff]ailed\b"),
        ("exited with", r"exited with [1-9]"),
        ("exit code", r"completed with exit code [1-9]"),
        ("fatal", r"^\W*fatal\b"),
        ("panic", r"^\W*panic\b"),
        ("not ok", r"^not ok\b"),
        *((mark, rf"^\s*{mark}") for mark in "✖✗✘×❌"),
    )
)
"""What stands in a line that claims a failure, and the proof. A search without such a needle
costs ten times as much as the rest of a line's way."""
_BAD_WORDS = r"(?:fail(?:ed|ing|ures?)|errors?|problems?|offenses?|violations?|warnings?)"
_COUNTED = re.compile(rf"\d (?:\w+ )?{_BAD_WORDS}\b|{_BAD_WORDS}[:=] ?\d", re.IGNORECASE)
_SOME = re.compile(
    r"\b[1-9]\d* (?:\w+ )?(?:fail(?:ed|ing|ures?)|errors?|problems?|offenses?|violations?)\b"
    r"|\b(?:Failures|Errors|failures|errors|Failed|failed)[:=] ?[1-9]"
)
_NONE = re.compile(
    rf"(?i)\b0 (?:\w+ )?{_BAD_WORDS}\b|\b(?:Failures|Errors|failed|failures|errors)[:=] ?0\b"
)
_LONE_ZERO = re.compile(r"0 (?<![\d.:]0 )")
_ZERO_OF = ("s: 0", "s:0", "s=0", "d: 0", "d:0", "d=0")
_DENIAL = re.compile(rf"(?i)no (?:\w+ )?{_BAD_WORDS}\b")
_STRONG = re.compile(
    r"\W*(?:FAIL|FAILED|ERROR|Error|error|fatal|FATAL|panic|(?:[a-z][\w.]*\.)?[A-Z]\w*(?:Error|Exception))"
    r"(?:\s?[\[(:]| +\S)|(?:\W*\[\w+\])?\s*[✖✗✘×❌] "
)
_WRAPPER = re.compile(r"\s*(?:npm (?:error|ERR!)|gyp ERR!|error Command|\[ERROR\]) (?=\S)")
_CLAIM_WORDS = (
    *("FAIL", "ERR", "Error", "Exception", "fatal", "panic", "Failures", "Failed", "failed"),
    *("failing", "failure", "errors", "error:", "error[", "problem", "offense"),
    *("violation", "not ok", "exited with", "completed with exit code", "✖", "✗", "✘", "×", "❌"),
)
_MOST_CLAIMS = 200
_MOST_LISTENING = 2000
"""Lines that are searched for a word of failure somewhere in them, which is slow."""
_HOST = r"(?P<host>localhost|\d{1,3}(?:\.\d{1,3}){3}|\[?::\d?\]?|[A-Za-z][\w-]*(?:\.[\w-]+)*)"


@dataclass(frozen=True, slots=True)
class Calamity:
    """A cause that any program can die of."""

    code: str
    words: str
    literals: tuple[str, ...]
    """One of them stands in every line that ``pattern`` finds."""
    pattern: re.Pattern[str]
    outranks: bool = False
    """It explains diagnostics that a compiler may have printed as well."""


_CALAMITIES = (
    Calamity(
        "ENOSPC",
        "disk full",
        ("No space left", "ENOSPC"),
        re.compile(r"No space left on device|\bENOSPC\b"),
        outranks=True,
    ),
    Calamity(
        "EDQUOT",
        "disk quota exceeded",
        ("quota exceeded", "EDQUOT"),
        re.compile(r"Disk quota exceeded|\bEDQUOT\b"),
        outranks=True,
    ),
    Calamity(
        "ENOMEM",
        "out of memory",
        ("memory", "OutOfMemory", "oom-kill"),
        re.compile(
            r"heap out of memory|java\.lang\.OutOfMemoryError|Cannot allocate memory"
            r"|[Oo]ut of memory: Killed|\boom-kill"
        ),
        outranks=True,
    ),
    Calamity(
        "127",
        "command not found",
        ("not found", "No such file", "not recognized"),
        re.compile(
            r"(?:sh|env): (?:line \d+: |\d+: )?(?P<what>[^\s:]+): (?:command )?not found\s*$"
            r"|zsh: command not found: (?P<zsh>\S+)"
            r"|(?<![^\s:])(?P<any>[^\s:]++): command not found\s*$"
            r"|(?:/usr/bin/)?env: [‘'\"](?P<env>[^’'\"]+)[’'\"]: No such file"
            r"|'(?P<cmd>[^']+)' is not recognized as an internal or external command"
        ),
    ),
    Calamity(
        "126",
        "not executable",
        ("Permission denied", "cannot exec"),
        re.compile(
            r"sh: (?:line \d+: |\d+: )?(?P<what>[^\s:]+): (?:Permission denied|cannot exec)"
        ),
    ),
    Calamity(
        "ECONNREFUSED",
        "network: connection refused",
        ("ECONNREFUSED", "onnection refused", "Failed to connect"),
        re.compile(
            rf"\bECONNREFUSED\b(?:.*?\b{_HOST}:(?P<port>\d{{1,5}}))?"
            r"|Failed to connect to (?P<host2>\S+) port (?P<port2>\d+)\b.*"
            r"|connect to host (?P<host3>\S+) port (?P<port3>\d+): Connection refused"
            r"|(?:^|: )\[?(?:Errno 111\] )?Connection refused\b"
        ),
    ),
    Calamity(
        "ENOTFOUND",
        "network: host not found",
        ("getaddrinfo", "Could not resolve", "name resolution", "not known"),
        re.compile(
            r"\bgetaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?P<host>\S+)"
            r"|Could not resolve host: (?P<host2>\S+)"
            r"|Temporary failure in name resolution|Name or service not known"
        ),
    ),
    Calamity(
        "ETIMEDOUT",
        "network: no answer",
        ("TIMEDOUT", "UNREACH", "ECONNRESET", "timed out"),
        re.compile(
            rf"\b(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET)\b(?:.*?\b{_HOST}:(?P<port>\d+))?"
            r"|connect to host (?P<host2>\S+) port (?P<port2>\d+): Connection timed out"
        ),
    ),
    Calamity(
        "SIGSEGV",
        "crashed",
        ("Segmentation", "core dumped"),
        re.compile(r"Segmentation fault|\(core dumped\)"),
    ),
)
_CLAIMS = shortest({word.lower() for word in _CLAIM_WORDS})
_PLACES = (
    *(f"){gap}: {word}" for gap in ("", " ") for word in ("error", "warning", "note", "info")),
    ":0:0: ",
    *("0 - error", "0 - warning", "0 - note", "0 - info"),
)
_CALAMITIES_AT = tuple(part for calamity in _CALAMITIES for part in calamity.literals)
LITERALS = (*_CLAIMS, *_PLACES, *_CALAMITIES_AT)
"""What the gate must find for a line to be read here."""


def _unwrapped(text: str) -> str:
    wrapper = _WRAPPER.match(text)
    return text[wrapper.end() :] if wrapper else text


def _diagnostic(text: str) -> int:
    text = _unwrapped(text)
    for place, one in enumerate(_DIAGNOSTICS):
        if one.match(text):
            return place
    return -1


def _claims(text: str) -> bool:
    if any(needle in text and proof.search(text) for needle, proof in _CLAIMING):
        return True
    return _counts(text) and _SOME.search(text) is not None


def _denies(text: str) -> bool:
    if ("no " in text or "No " in text) and _DENIAL.search(text):
        return True
    return _counts(text) and _NONE.search(text) is not None


def has_zero(text: str) -> bool:
    """Whether a number of failures in the line could be none.

    >>> has_zero("10 tests, 0 failed"), has_zero("failed: 0"), has_zero("3 failed in 10 ms")
    (True, True, False)
    """
    if "0 " in text and _LONE_ZERO.search(text):
        return True
    return (":0" in text or ": 0" in text or "=0" in text) and any(map(text.__contains__, _ZERO_OF))


def _counts(text: str) -> bool:
    """Whether a number in the line decides what it says."""
    return _COUNTED.search(text) is not None


class Residue:
    """Reads candidate lines that belong to no tool, and at the end the last lines of the stream."""

    def __init__(self, gate: Gate) -> None:
        self.tally = Tally()
        self.claim: str | None = None
        """The first line that speaks of a failure; one that begins with it goes before others."""
        self._strong = False
        self._patience = _MOST_LISTENING
        self.calamity: Calamity | None = None
        self.victim = ""
        """Whom the calamity befell: the command, or the host and port."""
        self.lines: tuple[int, int] | None = None
        self.witness = Witness()
        self._claims = gate.mask(_CLAIMS)
        self._places = gate.mask(_PLACES)
        self._calamities = gate.mask(_CALAMITIES_AT)

    def take(self, line: Line) -> None:
        """Read a line that looks as if it mattered."""
        facts = line.facts or Facts()
        if not facts.means:
            return
        marks = line.marks
        self.witness.hear(line)
        if marks & self._calamities and self.calamity is None:
            self._suffer(line.text, line.number)
        if marks & self._places and facts.diagnostic is None:
            facts.diagnostic = _diagnostic(line.text)
        if facts.diagnostic is not None and facts.diagnostic >= 0:
            self._diagnose(_DIAGNOSTICS[facts.diagnostic], line.text)
            self._claim(line.text, line.number, strong=True)
        elif marks & self._claims:
            if not self._full:
                self._hear(line, facts)
        elif not marks & self._calamities:
            facts.means = False

    def last_words(self, texts: Iterable[str], number: int) -> None:
        """Look for a calamity in the stream's last lines, nearest first."""
        for text in texts:
            if self.calamity is not None:
                return
            self._suffer(text, number)

    @property
    def told(self) -> bool:
        """Whether there are diagnostics that deserve a digest of their own."""
        return bool(self.tally.counted["errors"])

    def _suffer(self, text: str, number: int) -> None:
        for calamity in _CALAMITIES:
            if match := calamity.pattern.search(text):
                self.calamity = calamity
                parts = {key: part for key, part in match.groupdict().items() if part}
                self.victim = ":".join(parts.values())
                self._claim(text, number, strong=True)
                self.tally.by_code[calamity.code] += 1
                self.tally.identify(calamity.code, self.victim)
                if self.tally.first is None:
                    self.tally.first = Diagnostic(code=calamity.code, message=text.strip())
                return

    def _diagnose(self, diagnostic: re.Pattern[str], text: str) -> None:
        if match := diagnostic.match(_unwrapped(text)):
            groups = match.groupdict()
            if diagnostic is _BARE:
                groups["severity"] = "warning"
            self.tally.add(found(groups, None))

    @property
    def _full(self) -> bool:
        """Whether there are more claims than anyone reads."""
        return self._strong and len(self.tally.causes) >= _MOST_CLAIMS

    def knows(self, facts: Facts, marks: int) -> bool:
        """Whether a line of the shape needs no closer look, unless it could be a denial."""
        if not facts.means:
            return True
        if self.witness.listens and not facts.calm:
            return False
        if facts.strong is False and not self._patience:
            return not marks & self._news
        return facts.cause in self.tally.causes

    def again(self, told: Mapping[Facts, int], number: int) -> None:
        """Count lines of shapes that it knows; ``number`` is that of the last that counts."""
        for facts, times in told.items():
            if facts.cause is not None:
                self.tally.causes[facts.cause] += times
        self.lines = (self.lines[0] if self.lines else number, number)

    def heard(self, marks: int) -> bool:
        """Whether nothing that these literals stand for can be news any more."""
        return self._full and not marks & self._news

    @property
    def _news(self) -> int:
        """What is wanted whatever else there was."""
        return self._places | (0 if self.calamity is not None else self._calamities)

    def _hear(self, line: Line, facts: Facts) -> None:
        text = line.text
        if facts.strong is None:
            facts.strong = _STRONG.match(text) is not None
        if facts.strong and not _denies(text):
            self._claim(text, line.number, strong=True)
            if len(self.tally.causes) < _MOST_CLAIMS:
                cause = self.tally.blame(text.strip())
                if is_blurred(cause):
                    facts.cause, facts.counts = cause, _counts(text)
        elif self._patience:
            self._patience -= 1
            if _claims(text) and not _denies(text):
                self._claim(text, line.number, strong=False)

    def _claim(self, text: str, number: int, *, strong: bool) -> None:
        said = text.strip()
        if self.claim is None or (strong and not self._strong):
            self.claim, self._strong = said, strong
        self.lines = (self.lines[0] if self.lines else number, number)
