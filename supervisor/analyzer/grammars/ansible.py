"""``ansible-playbook``: failed tasks and the recap of all hosts.

Source: ansible/ansible, lib/ansible/plugins/callback/default.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_TASK = Pattern(r"(?:TASK|RUNNING HANDLER) \[(?P<task>.*)\] \*+$")
_FATAL = Pattern(
    r"(?:fatal|failed): \[(?P<host>[^\]]+)\](?:.*?)?: (?P<how>FAILED|UNREACHABLE)!"
    r"(?: => (?P<rest>.*))?$"
)
_MESSAGE = Pattern(r'"(?:msg|stderr)": "(?P<message>(?:[^"\\]|\\.)+)"')
_RECAP = Pattern(r"PLAY RECAP \*+$")
_HOST = Pattern(
    r"\S+\s+: ok=(?P<passed>\d+)\s+changed=(?P<changed>\d+)\s+unreachable=(?P<errors>\d+)"
    r"\s+failed=(?P<failed>\d+)(?:\s+skipped=(?P<skipped>\d+))?"
)
_ERROR = Pattern(r"(?:\[ERROR\]: |ERROR! )(?P<message>\S.*)")


class PlaybookParser:
    """Reads one play; tasks whose failure is ignored did not fail."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._task = ""
        self._fatal: Finding | None = None
        self._recap = False

    @property
    def done(self) -> bool:
        """Whether a host of the recap was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Below a failed task, and within the recap."""
        return self._fatal is not None or self._recap

    def take(self, line: Line) -> bool:
        """Read a line of the play."""
        text = line.text
        if host := _HOST.match(text):
            self._count(host.groupdict())
            return True
        if self.tally.ended:
            return not text.strip()
        if fatal := _FATAL.match(text):
            self._settle()
            self._fatal = self._finding(fatal)
            return True
        if text.startswith("...ignoring"):
            self._fatal = None
            return True
        return self._heads(text) or self._inside(text)

    def close(self) -> None:
        """Without a failed or unreachable host the play went well."""
        self._settle()
        said = self.tally.declared
        self.tally.green = bool(said.get("passed")) and not said["failed"] and not said["errors"]

    def _count(self, host: dict[str, str | None]) -> None:
        self._recap = self.tally.ended = True
        for key, value in host.items():
            if value is not None:
                self.tally.declared[key] = self.tally.declared.get(key, 0) + int(value)

    def _heads(self, text: str) -> bool:
        """Read a line that ends a failed task's result, if it does."""
        if _RECAP.match(text):
            self._recap = True
        elif task := _TASK.match(text):
            self._task = task["task"]
        elif error := _ERROR.match(text):
            self.tally.broken = error["message"]
            self.tally.identify("broken", self.tally.broken)
        else:
            return False
        self._settle()
        return True

    def _finding(self, fatal: re.Match[str]) -> Finding:
        said = _MESSAGE.search(fatal["rest"] or "")
        failed = fatal["how"] == "FAILED"
        return Finding(
            code=self._task or None,
            message=said["message"] if said else "",
            counts_as="failed" if failed else "errors",
        )

    def _inside(self, text: str) -> bool:
        """Look for the message where the result is spread over lines."""
        if self._fatal is None:
            return False
        if text.strip() and not text[0].isspace() and text[0] not in "{}":
            self._settle()
            return False
        if not self._fatal.message and (said := _MESSAGE.search(text)):
            self._fatal.message = said["message"]
        return True

    def _settle(self) -> None:
        if self._fatal is not None:
            self.tally.add(self._fatal)
            self._fatal = None


ANSIBLE_PLAYBOOK = Grammar(
    name="ansible-playbook",
    kind="deploy",
    aliases=("ansible",),
    at_once=False,
    parser=PlaybookParser,
    rules=(
        Rule(does=Does.START, literal=("TASK [", "RUNNING HANDLER ["), pattern=_TASK),
        Rule(does=Does.FINDING, literal=(": FAILED!", ": UNREACHABLE!"), pattern=_FATAL),
        Rule(does=Does.TRAILER, literal="PLAY RECAP *", pattern=_RECAP),
        Rule(does=Does.TRAILER, literal=" : ok=0", pattern=_HOST),
        Rule(does=Does.BROKEN, literal=("ERROR! ", "[ERROR]: "), pattern=_ERROR, opens=False),
    ),
    literals=("...ignoring",),
)
