"""What no grammar claimed: generic diagnostics, causes that any program can die of, last words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from supervisor.analyzer.grammar import found
from supervisor.analyzer.line import Line
from supervisor.analyzer.shape import Claim, Facts
from supervisor.analyzer.tally import Tally
from supervisor.digests import Diagnostic

LITERALS = ("error", "fail", "warning", "exception", ":0: ", "00: ")
_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:()\[\]\"'`]*[./\\][^\s:()\[\]\"'`]*)"
_SEVERITY = r"(?P<severity>fatal error|error|warning|note|info)"
_SEVERE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            rf"\s{{0,4}}{_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?:? (?:- )?{_SEVERITY}"
            r"(?:\[(?P<code>[\w:-]+)\])?:? (?P<message>.*)"
        ),
        (
            rf"\s{{0,4}}{_FILE}\((?P<line>\d+)(?:,(?P<column>\d+))?(?:,\d+)*\) ?: {_SEVERITY}"
            r"(?: (?P<code>[A-Z]+\d+))? ?: (?P<message>.*)"
        ),
    )
)
_BARE = re.compile(rf"{_FILE}:(?P<line>\d+):(?P<column>\d+):? (?P<message>[A-Za-z\[`'\"].*)")
_SEVERITY_SIGNS = ("error", "warn", "note", "nfo")
_DIAGNOSTICS = (*_SEVERE, _BARE)
_CLAIM = re.compile(
    r"\b[1-9]\d* (?:\w+ )?(?:fail(?:ed|ing|ures?)|errors?|problems?|offenses?|violations?)\b"
    r"|\b(?:Failures|Errors|failures|errors|Failed|failed)[:=] ?[1-9]"
    r"|\bFAIL(?:ED|URES?!?)?\b|\bERRORS?\b!?|\bERR!|\b(?:Build|build|Command|command) failed\b"
    r"|\bfailed with\b|\bexited with [1-9]|\berror(?:\[\w+\])?:|(?:Error|Exception)\b"
    r"|^\W*(?:fatal|panic|error|Error|failed|Failed)\b|^not ok\b|^\s*[✖✗✘×❌]"
)
_STRONG = re.compile(
    r"\W*(?:FAIL|FAILED|ERROR|Error|error|fatal|FATAL|panic|(?:[a-z][\w.]*\.)?[A-Z]\w*(?:Error|Exception))"
    r"(?:\s?[\[(:]| +\S)|(?:\W*\[\w+\])?\s*[✖✗✘×❌] "
)
_WRAPPER = re.compile(r"\s*(?:npm (?:error|ERR!)|gyp ERR!|error Command|\[ERROR\]) (?=\S)")
_CLAIM_WORDS = (
    *("FAIL", "ERR", "Error", "Exception", "fatal", "panic", "Failures", "Failed", "failed"),
    *("failing", "failure", "errors", "error:", "error[", "problem", "offense"),
    *("violation", "not ok", "exited with", "✖", "✗", "✘", "×", "❌"),
)
_DENIAL = re.compile(
    r"(?i)\b(?:0|no) (?:\w+ )?(?:errors?|failures?|failed|failing|problems?|warnings?)\b"
    r"|\b(?:Failures|Errors|failed|failures|errors)[:=] ?0\b|\bno eslint warnings or errors"
)
# Where claims and denials tell one number from another, in ``Line.signs``. Each begins with
# characters, which is what makes a search quick.
_COUNTED = re.compile(r"0 (?:\w+ )?(?:fail|error|problem|offense|violation|warning)")
_NUMBERED = re.compile(
    r"[:= ](?:(?<=errors[:=])|(?<=failed[:=])|(?<=failures[:=])|(?<=exited with )) ?0"
)
_ZERO = re.compile(r"0(?<=\b0)")
_MOST_CLAIMS = 200
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
            r"(?:\S*sh|env): (?:line \d+: |\d+: )?(?P<what>[^\s:]+): (?:command )?not found\s*$"
            r"|zsh: command not found: (?P<zsh>\S+)|(?P<any>[^\s:]+): command not found\s*$"
            r"|(?:/usr/bin/)?env: [‘'\"](?P<env>[^’'\"]+)[’'\"]: No such file"
            r"|'(?P<cmd>[^']+)' is not recognized as an internal or external command"
        ),
    ),
    Calamity(
        "126",
        "not executable",
        ("Permission denied", "cannot exec"),
        re.compile(
            r"\S*sh: (?:line \d+: |\d+: )?(?P<what>[^\s:]+): (?:Permission denied|cannot exec)"
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
_CALAMITY_LITERALS = tuple(part for calamity in _CALAMITIES for part in calamity.literals)


def _unwrapped(text: str) -> str:
    wrapper = _WRAPPER.match(text)
    return text[wrapper.end() :] if wrapper else text


def _diagnostic(line: Line) -> int:
    signs = line.signs
    bare = ":0:0" in signs
    told = (bare or ":0" in signs or "(0" in signs) and any(
        map(signs.__contains__, _SEVERITY_SIGNS)
    )
    if told or bare:
        text = _unwrapped(line.text)
        for place, pattern in enumerate(_DIAGNOSTICS):
            if (bare if pattern is _BARE else told) and pattern.match(text):
                return place
    return -1


def _claim(text: str) -> Claim:
    if (
        not any(map(text.__contains__, _CLAIM_WORDS))
        or _CLAIM.search(text) is None
        or _DENIAL.search(text) is not None
    ):
        return Claim.NONE
    return Claim.STRONG if _STRONG.match(text) else Claim.WEAK


def _counts(signs: str) -> bool:
    return _COUNTED.search(signs) is not None or _NUMBERED.search(signs) is not None


def _may_be_calamity(text: str) -> bool:
    return any(map(text.__contains__, _CALAMITY_LITERALS))


class Residue:
    """Reads candidate lines that belong to no tool, and at the end the last lines of the stream."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.claim: str | None = None
        """The first line that speaks of a failure; one that begins with it goes before others."""
        self._strong = False
        self.calamity: Calamity | None = None
        self.victim = ""
        """Whom the calamity befell: the command, or the host and port."""
        self.lines: tuple[int, int] | None = None

    def take(self, line: Line) -> None:
        """Read a line that looks as if it mattered."""
        text, number, facts = line.text, line.number, line.facts or Facts()
        if self.calamity is None:
            if facts.calamitous is None:
                facts.calamitous = _may_be_calamity(text)
            if facts.calamitous:
                self._suffer(text, number)
        if facts.diagnostic is None:
            facts.diagnostic = _diagnostic(line)
        if facts.diagnostic >= 0:
            self._diagnose(_DIAGNOSTICS[facts.diagnostic], text)
            self._claim(text, number, strong=True)
        elif not self._full:
            self._hear(line, facts)

    def last_words(self, texts: Iterable[str], number: int) -> None:
        """Look for a calamity in the stream's last lines, nearest first."""
        for text in texts:
            if self.calamity is not None:
                return
            if _may_be_calamity(text):
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

    def _hear(self, line: Line, facts: Facts) -> None:
        claim = facts.claim
        if claim is None:
            claim = _claim(line.text)
            facts.counts = _counts(line.signs)
            if not facts.counts or _ZERO.search(line.text) is None:
                facts.claim = claim
        elif facts.counts and _ZERO.search(line.text) is not None:
            claim = _claim(line.text)
        if claim is not Claim.NONE:
            text, strong = line.text, claim is Claim.STRONG
            self._claim(text, line.number, strong=strong)
            if strong and len(self.tally.causes) < _MOST_CLAIMS:
                self.tally.blame(text.strip())

    def _claim(self, text: str, number: int, *, strong: bool) -> None:
        said = text.strip()
        if self.claim is None or (strong and not self._strong):
            self.claim, self._strong = said, strong
        self.lines = (self.lines[0] if self.lines else number, number)
