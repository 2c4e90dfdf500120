"""Programs' own structured logs, as JSON lines and as logfmt; records of one message are one cause.

The keys are those of bunyan, pino, winston, structlog, python-json-logger, zap, zerolog, logrus,
slog, log15, Serilog's compact format, logstash and Google's cloud logging.
"""

from collections.abc import Mapping

from supervisor.analyzer.fingerprint import is_blurred
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.items import said
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.records import Record, RecordForm, RecordParser
from supervisor.analyzer.tally import Finding, Tally

_LEVEL_KEYS = (
    *("level", "levelname", "severity", "lvl", "log.level", "loglevel", "log_level", "Level"),
    *("@level", "@l", "LEVEL", "severity_text", "levelName"),
)
_MESSAGE_KEYS = (
    *("msg", "message", "event", "@message", "@mt", "@m", "Message", "text", "log", "body"),
    *("MESSAGE", "short_message"),
)
_REASON_KEYS = ("err", "error", "exception", "exc_info", "cause")
_CALLER_KEYS = ("caller", "file", "filename", "pathname")
_ERRORS = ("error", "err", "eror", "fatal", "critical", "crit", "panic", "dpanic", "alert")
_LEVELS = {
    **dict.fromkeys((*_ERRORS, "emergency", "emerg", "severe", "e", "f", "fault"), "errors"),
    **dict.fromkeys(("warn", "warning", "w", "wrn"), "warnings"),
}
_ERROR_NUMBER, _WARNING_NUMBER, _MOST_NUMBER = 50, 40, 100
"""Of bunyan and pino; syslog's, which go to 7, run the other way and are not read."""
_CALLER = Pattern(r"(?P<file>\S+\.\w+):(?P<line>\d+)$")
_MESSAGE_CHARS = 400
_MOST_CAUSES = 1000
_TO_ZERO = str.maketrans("123456789", "000000000")


_BAD = "|".join((*_ERRORS, "emerg", "warning", "warn"))
_LEVEL_KEY, _WORDS_KEY = "level|lvl|severity|loglevel", "msg|message|event"


def _others(keys: str) -> str:
    """Pairs with other keys than these."""
    value = r'(?:"(?:[^"\\]|\\.)*+"|[^\s"]*+)'
    return rf"(?:(?!(?:{keys})=)[\w.@/-]++={value}\s++)*+"


def _level(name: str) -> str:
    return rf'(?:{_LEVEL_KEY})="?(?P<{name}>{_BAD})"?(?:\s++|$)'


def _words(name: str) -> str:
    quoted = r'(?:[^"\\]|\\.)*+'
    return (
        rf'(?:{_WORDS_KEY})=(?P<in_{name}>")?+(?P<{name}>(?(in_{name}){quoted}|\S++))"?(?:\s++|$)'
    )


_LOGFMT = Pattern(
    rf"(?i:{_others(_LEVEL_KEY)}{_level('severity')}{_others(_WORDS_KEY)}{_words('message')}"
    rf"|{_others(_WORDS_KEY)}{_words('remark')}{_others(_LEVEL_KEY)}{_level('warning')})"
)


class _Reader:
    """Counts what is bad; the rest of a log says nothing here."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._causes: dict[tuple[str, str], str] = {}
        """Causes of messages that differ in their digits only, by key and shape."""

    def take(self, record: Record) -> bool:
        """Read a record."""
        counts_as = _key(record)
        if counts_as is not None:
            self._add(counts_as, _message(record), record)
        return True

    def _add(self, counts_as: str, message: str, record: Record) -> None:
        tally = self.tally
        kind = (counts_as, message.translate(_TO_ZERO))
        cause = self._causes.get(kind)
        if cause is not None:
            tally.counted[counts_as] += 1
            tally.causes[cause] += 1
            return
        file, line = _caller(record)
        tally.add(Finding(file=file, line=line, message=message, counts_as=counts_as))
        if len(self._causes) < _MOST_CAUSES and is_blurred(message):
            cause = tally.blame(message, 0)
            if cause:
                self._causes[kind] = cause

    def take_text(self, text: str) -> bool:
        """Read pairs; text is no record."""
        pairs = _LOGFMT.match(text)
        if pairs is None:
            return False
        level, message = pairs["severity"] or pairs["warning"], pairs["message"] or pairs["remark"]
        self._add(_LEVELS[level.lower()], message or "", {})
        return True

    def close(self) -> None:
        """A log has no end that says anything."""


def _key(record: Record) -> str | None:
    """Key of ``Digest.counted`` for a record; None where all is well."""
    level = record.get("level")
    if type(level) is str:  # What nearly all of them have.
        return _LEVELS.get(level.lower())
    for key in _LEVEL_KEYS:
        level = record.get(key)
        if isinstance(level, str):
            return _LEVELS.get(level.lower())
        if isinstance(level, int) and level <= _MOST_NUMBER:
            return _by_number(level)
    return None


def _by_number(level: int) -> str | None:
    if level >= _ERROR_NUMBER:
        return "errors"
    return "warnings" if level >= _WARNING_NUMBER else None


def _message(record: Record) -> str:
    message = record.get("msg")
    if type(message) is str and message:
        message = said(message)
    else:
        message = next((said(record[key]) for key in _MESSAGE_KEYS if record.get(key)), "")
    for key in _REASON_KEYS:
        reason = record.get(key)
        if isinstance(reason, Mapping):
            reason = reason.get("message")
        if isinstance(reason, str) and reason and reason not in message:
            return f"{message}: {said(reason)}"[:_MESSAGE_CHARS]
    return message[:_MESSAGE_CHARS]


def _caller(record: Record) -> tuple[str | None, int | None]:
    for key in _CALLER_KEYS:
        caller = record.get(key)
        if isinstance(caller, str) and caller:
            place = _CALLER.match(caller)
            if place is not None:
                return place["file"], int(place["line"])
            line = record.get("lineno", record.get("line"))
            return caller, line if isinstance(line, int) else None
    return None, None


def knows(record: Record) -> bool:
    """Whether a record has a level, and a message in words."""
    level = record.get("level")
    if level is None:
        level = next((record[key] for key in _LEVEL_KEYS if key in record), None)
    if isinstance(level, str):
        known = bool(level)
    else:
        known = isinstance(level, int) and 0 < level <= _MOST_NUMBER
    if not known:
        return False
    if type(record.get("msg")) is str or type(record.get("message")) is str:
        return True
    return any(isinstance(record.get(key), str) for key in _MESSAGE_KEYS)


GRAMMAR = Grammar(
    name="log",
    kind="log",
    parser=lambda grammar: RecordParser(_Reader(grammar), knows),
    rules=(
        Rule(
            does=Does.START,
            literal=('"level":0', *(f'"{word}"' for word in (*_ERRORS, "warn", "warning"))),
            pattern=Pattern(r'\{ ?".*\}\s*$'),
        ),
        Rule(
            does=Does.START,
            literal=tuple(
                f"{key}={quote}{word}"
                for key in ("level", "lvl", "severity")
                for quote in ("", '"')
                for word in ("err", "eror", "fatal", "crit", "warn", "panic", "dpanic", "alert")
            ),
            pattern=_LOGFMT,
        ),
    ),
)
RECORDS = RecordForm(
    grammar=GRAMMAR,
    keys=tuple(frozenset({level, message}) for level in _LEVEL_KEYS for message in _MESSAGE_KEYS),
    knows=knows,
)
