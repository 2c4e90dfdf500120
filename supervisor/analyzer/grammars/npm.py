"""``npm``: why it gave up, what it installed, audits; and ``node-gyp`` below it.

Source: npm/cli, lib/utils/error-message.js and lib/utils/reify-output.js; nodejs/node-gyp.
"""

import re

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_SAYS = Pattern(r"npm (?:ERR!|error)(?: (?P<said>.*))?$")
_CODE = Pattern(r"code (?P<code>\S+)$")
_SCRIPT = Pattern(
    r"(?:(?P<package>\S[^\s@]*+@\S++) (?P<script>[\w:.-]+): `(?P<command>.*)`?$"
    r"|Lifecycle script `(?P<newer>[^`]+)` failed|Failed at the (?P<at>\S+ \S+) script"
    r"|(?P<test>Test failed)\.|workspace (?P<workspace>\S+)$)"
)
_COMPILED = Pattern(
    r"(?P<file>[^\s:]\S*?):(?P<line>\d+):(?P<column>\d+): (?:fatal )?error: (?P<message>.*)"
)
_NOISE = Pattern(
    r"(?:A complete log|errno |syscall |path |Exit status|This is probably|If you need help"
    r"|\s*$|cwd |node_modules|Not Found - GET$|gyp (?!ERR! (?:stack Error|find \w+ )))"
)
_LABEL = Pattern(r"\A(?:[a-z]\w*|[45]\d\d|JSON\.parse|ERESOLVE|E[A-Z]+) (?=\S)")
_ADDED = Pattern(
    r"(?:(?:added|removed|changed) \d+ packages?\b.*|up to date\b.*|audited \d+ packages?\b.*)"
    r"(?: in [\d.]+m?s|\d)$"
)
_ADDED_COUNT = Pattern(r"(?P<what>added|removed|changed) (?P<times>\d+) packages?")
_VULNERABLE = Pattern(
    r"(?:found )?(?P<times>\d+) (?P<one>\w+ )?(?:severity )?vulnerabilit(?:y|ies)"
    r"(?: \((?P<kinds>[^)]+)\))?"
)
_AUDIT = Pattern(r"# npm audit report$")
_SIDE_NOTE = Pattern(
    r"(?:\s*run `npm fund`|\d+ packages? (?:are|is) looking for funding|npm (?:WARN|warn|notice)"
    r"|To address |Run `npm audit`|  npm audit fix|Some issues need|a different dependency|$)"
)
_MOST_SAID = 200
_SCRIPT_FAILED = frozenset({"ELIFECYCLE"})


class NpmParser:
    """Reads one command of npm: the block of errors, or the lines that sum up an installation."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._code: str | None = None
        self._script: str | None = None
        self._said: str | None = None
        self._command = False
        self._errs = False
        self._audit = False
        self._count = 0

    @property
    def done(self) -> bool:
        """Whether npm has summed up."""
        return self.tally.ended and not self._errs

    @property
    def attentive(self) -> bool:
        """Around the summary."""
        return self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line that npm wrote."""
        text = line.text
        if says := _SAYS.match(text):
            return self._err(says["said"] or "")
        if _AUDIT.match(text):
            began, self._audit = self._audit, True
            return not (began or self._errs or self.tally.ended)
        if self._errs:
            return False
        return self._sum_up(text) or (self.tally.ended and _SIDE_NOTE.match(text) is not None)

    def close(self) -> None:
        """Say why npm gave up, or that a script failed, which is no failure of npm's own."""
        tally = self.tally
        if not self._errs:
            vulnerable = tally.declared.get("vulnerabilities", 0)
            tally.red = self._audit and vulnerable > 0
            tally.green = tally.ended and not tally.red
            return
        tally.ended = True
        if self._is_script:
            tally.red = True
            tally.remarks.append(f"script {self._script} failed" if self._script else "failed")
            tally.identify("script", self._script)
            return
        said = self._said or self._script or "failed"
        tally.broken = f"{self._code}: {said}" if self._code else said
        if self._code and not self._code.isdigit():
            tally.by_code[self._code] += 1
        tally.identify(self._code, said)

    @property
    def _is_script(self) -> bool:
        if self._script is None:
            return self._code in _SCRIPT_FAILED
        return self._code is None or self._code in _SCRIPT_FAILED or self._code.isdigit()

    def _err(self, said: str) -> bool:
        if self.tally.ended:
            return False
        self._count += 1
        code = _CODE.match(said)
        if code is not None and self._errs and self._code is not None:
            return False
        self._errs = True
        if self._count > _MOST_SAID:
            return True
        if code is not None:
            self._code = code["code"]
        elif compiled := _COMPILED.match(said):
            self.tally.add(_finding(compiled))
        elif script := _SCRIPT.match(said):
            self._script = self._script or _script_name(script)
        elif said.startswith("command "):
            self._hear_command(said.removeprefix("command "))
        elif self._said is None and not _NOISE.match(said):
            self._said = _LABEL.sub("", said, count=1)
        return True

    def _hear_command(self, said: str) -> None:
        """Read what npm ran for a dependency: first that it failed, then what it was."""
        if self._said in {None, "command failed"}:
            self._said = f"command {said}"

    def _sum_up(self, text: str) -> bool:
        tally = self.tally
        if _ADDED.match(text):
            counts = {found["what"]: found["times"] for found in _ADDED_COUNT.finditer(text)}
            if tally.ended and not self._audit:
                return False
            tally.declared |= declared_by(counts)
            tally.ended = True
            return True
        vulnerable = _VULNERABLE.match(text)
        if vulnerable is None or "vulnerabilities" in tally.declared:
            return False
        times = number(vulnerable["times"])
        tally.declared["vulnerabilities"] = times
        if times:
            kinds = vulnerable["kinds"] or (vulnerable["one"] or "").strip()
            tally.remarks.append(f"{times} vulnerabilities" + (f" ({kinds})" if kinds else ""))
        tally.ended = True
        return True


def _finding(compiled: re.Match[str]) -> Finding:
    return Finding(
        file=compiled["file"],
        line=int(compiled["line"]),
        column=int(compiled["column"]),
        message=compiled["message"],
    )


def _script_name(script: re.Match[str]) -> str:
    groups = script.groupdict()
    if groups["script"]:
        return f"`{groups['script']}` of {groups['package']}"
    named = groups["newer"] or groups["at"] or groups["workspace"]
    return f"`{named}`" if named else "`test`"


GRAMMAR = Grammar(
    name="npm",
    kind="packages",
    wraps=True,
    aliases=("npx",),
    at_once=False,
    parser=NpmParser,
    rules=(
        Rule(
            does=Does.BROKEN,
            literal=("npm ERR!", "npm error"),
            pattern=Pattern(
                r"npm (?:ERR!|error) (?:code \S|Missing script|Test failed|Lifecycle script|audit "
                r"|\S[^\s@]*+@\S++ [\w:.-]+: `|workspace \S|ERESOLVE "
                r"|cb\(\) never called|JSON\.parse )"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("added 0 package", "removed 0 package", "changed 0 package", "up to date"),
            pattern=_ADDED,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("vulnerabilit",),
            pattern=Pattern(r"found \d+ (?:\w+ )?(?:severity )?vulnerabilit(?:y|ies)\b"),
        ),
        Rule(does=Does.START, literal="# npm audit report", pattern=_AUDIT),
    ),
)
GYP = Grammar(
    name="node-gyp",
    kind="build",
    aliases=("gyp",),
    rules=(
        Rule(
            does=Does.BROKEN,
            literal="gyp ERR! stack Error",
            pattern=Pattern(r"gyp ERR! stack (?P<message>\w*Error: .*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="gyp ERR! find ",
            pattern=Pattern(
                r"gyp ERR! find \w+ (?P<message>Could not find any \w.*|You need to install.*)"
            ),
        ),
        Rule(does=Does.TAIL, literal="gyp ", pattern=Pattern(r"gyp (?:ERR!|info|verb|WARN)")),
    ),
)
