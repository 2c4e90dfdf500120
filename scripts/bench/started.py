"""A subject that runs, inside a runner: starting it, and what it holds."""

import os
import subprocess
from pathlib import Path

from scripts.bench.children import Report, read_report
from scripts.bench.processes import Memory, descendants, memory
from scripts.bench.runner import MeasureError
from scripts.bench.subjects import Launch, environment

REPORT = "report"
"""Where a child writes its report, in the subject's work folder."""


class Started:
    """One start of a subject. The runner ends it, whatever it has become."""

    def __init__(self, launch: Launch, work: Path) -> None:
        self._work = work
        self._stderr = work / "stderr"
        with self._stderr.open("wb") as stderr:
            self.process = subprocess.Popen(
                launch.argv,
                cwd=work,
                env=environment(launch, work),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )

    def report(self) -> Report | None:
        """What the child has said so far."""
        return read_report(self._work / REPORT)

    def held(self) -> list[Memory]:
        """What each process of the subject holds, its child left out.

        Empty before the child's first word: until its exec it looks like a copy of the subject.
        """
        report = self.report()
        if report is None:
            return []
        found = map(memory, descendants(os.getpid()))
        return [held for held in found if held and held.own_pid != report.pid]

    def check(self) -> None:
        """See that the subject has not failed.

        Raises:
            MeasureError: it has ended with a status other than 0.
        """
        code = self.process.poll()
        if code:
            text = self._stderr.read_text(encoding="utf-8", errors="replace")
            lines = [line.strip()[:150] for line in text.splitlines() if line.strip()]
            # Two, because the cause often stands above a last line that says what to do.
            raise MeasureError(f"exit status {code}: {' / '.join(lines[-2:]) or 'it said nothing'}")
