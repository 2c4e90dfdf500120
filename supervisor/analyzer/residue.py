"""What no grammar claimed: generic diagnostics, causes that any program can die of, last words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from supervisor.analyzer.grammar import found
from supervisor.analyzer.tally import Tally
from supervisor.digests import Diagnostic

LITERALS = ("error", "fail", "warning", "exception", ":0: ", "00: ")
_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:()\[\]\"'`]*[./\\][^\s:()\[\]\"'`]*)"
_SEVERITY = r"(?P<severity>fatal error|error|warning|note|info)"
_DIAGNOSTICS = tuple(
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

    def take(self, text: str, number: int) -> None:
        """Read a line that looks as if it mattered."""
        if self.calamity is None:
            self._suffer(text, number)
        wrapper = _WRAPPER.match(text) if "rr" in text or "ERR" in text else None
        if self._diagnose(text[wrapper.end() :] if wrapper else text):
            self._claim(text, number, strong=True)
        elif self._claims(text):
            strong = _STRONG.match(text) is not None
            self._claim(text, number, strong=strong)
            if strong and len(self.tally.causes) < _MOST_CLAIMS:
                self.tally.blame(text.strip())

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
        if not any([literal in text for literal in _CALAMITY_LITERALS]):  # noqa: C419 - faster
            return
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

    def _diagnose(self, text: str) -> bool:
        for pattern in _DIAGNOSTICS:
            if match := pattern.match(text):
                self.tally.add(found(match.groupdict(), None))
                return True
        if match := _BARE.match(text):
            self.tally.add(found(match.groupdict() | {"severity": "warning"}, None))
            return True
        return False

    def _claims(self, text: str) -> bool:
        if self._strong and len(self.tally.causes) >= _MOST_CLAIMS:
            return False
        return (
            any([word in text for word in _CLAIM_WORDS])  # noqa: C419 - a generator doubles it
            and _CLAIM.search(text) is not None
            and _DENIAL.search(text) is None
        )

    def _claim(self, text: str, number: int, *, strong: bool) -> None:
        said = text.strip()
        if self.claim is None or (strong and not self._strong):
            self.claim, self._strong = said, strong
        self.lines = (self.lines[0] if self.lines else number, number)
