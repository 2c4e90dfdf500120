"""``cargo`` and ``rustc`` as they build, check, lint, document and install.

Source: rust-lang/cargo, src/cargo/core/compiler/job_queue/mod.rs (warnings and errors per target)
and core/shell.rs; rust-lang/rust, compiler/rustc_errors/src/annotate_snippet_emitter_writer.rs.
"""

import re
from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.rust_lints import URGENT, Lints, is_clippys, lint_name
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number, severity_key
from supervisor.digests import Fixable

_HEADLINE = Pattern(
    r" {0,3}(?P<severity>error|warning)(?:\[(?P<code>E\d{4})\])?: (?P<message>\S.*)"
)
_PLACE = Pattern(r"\s*--> (?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+)\s*$")
_RUST_PLACE = Pattern(r"\s*--> (?:\S.*\.rs|<\w+>|(?:\S*/)?Cargo\.toml):\d+:\d+\s*$")
_SHORT = Pattern(
    r"(?P<file>[^\s:][^:]*\.rs|<anon>):(?P<line>\d+):(?P<column>\d+): (?:\d+:\d+ )?"
    r"(?P<severity>error|warning)(?:\[(?P<code>E\d{4})\])?: (?P<message>.*)"
)
_ERRORS = (
    r"due to (?:(?P<errors>\d+) )?(?:previous )?errors?(?:; (?P<warnings>\d+) warnings? emitted)?"
)
_COULD_NOT = Pattern(r"\s*error: could not compile `(?P<package>[^`]+)`(?P<rest>.*)")
_COUNTS = Pattern(_ERRORS)
_ABORTING = Pattern(rf"\s*error: aborting {_ERRORS}")
_GENERATED = Pattern(
    r"warning: `(?P<package>[^`]+)`.* generated (?P<warnings>\d+) warnings?"
    r"(?: \((?P<repeated>\d+) duplicates?\))?"
    r"(?:.*\(run `(?P<fix>[^`]+)` to apply (?P<fixable>\d+) suggestions?\))?"
)
_EMITTED = Pattern(r"warning: (?P<warnings>\d+) warnings? emitted")
_FINISHED = Pattern(r"\s+Finished .*target\(s\) in ")
_WORKS = Pattern(
    r"\s+(?:(?:Compiling|Checking|Documenting|Fresh|Downloaded|Packaging|Installing|Adding) \S+ v\d"
    r"|Updating (?:crates\.io index|git repository )|Locking \d+ package|Downloading crates \.\.\."
    r"|Blocking waiting for file lock)"
)
_LINT = Pattern(
    r"\s*= note: (?:`#\[\w+\((?P<attribute>[\w:]+)\)\]`|`-[A-Z] (?P<option>[\w:-]+)` implied by"
    r"|requested on the command line with `-[A-Z] (?P<asked>[\w:-]+)`)"
)
_CLIPPY_PAGE = Pattern(r"\s*= help: .*rust-clippy/\S*#(?P<lint>\w+)")
_LEVEL_HERE = Pattern(r"note: the lint level is defined here")
_LEVEL = Pattern(r"\s*\S+\s*\|\s*#!\[(?:warn|deny|forbid)\((?P<lint>[\w:]+)\)\]")
_CONSEQUENCE = Pattern(
    r"build failed|(?:doc)?test failed, to rerun|bench failed, to rerun|\d+ targets? failed"
    r"|could not document|failed to compile `.*intermediate artifacts|test run failed"
)
_BUILD_ERROR = Pattern(r"failed to run custom build command|linking with ")
_OF_CARGO = (
    *("could not find `Cargo.toml`", "failed to parse manifest", "no such command: `"),
    *("failed to select a version for", "failed to get `", "failed to load manifest"),
    *("no matching package named", "failed to load source for", "failed to download from `"),
    *("failed to run custom build command", "failed to parse lock file", "failed to read `"),
    *("a bin target must be available", "package ID specification", "the lock file "),
    *("cannot update the lock file", "current package believes it's in a workspace"),
    *("toolchain '", "component '", "'cargo-", "no bin target named", "no test target named"),
    *("no example target named", "no bench target named", "the package '"),
)
_IS_CARGOS = Pattern(rf"error: (?:{'|'.join(map(re.escape, _OF_CARGO))})")
_MOST_PACKAGES = 2000
_MOST_ALONE = 50
_MOST_ABOVE = 12


class CargoParser:
    """Reads one build. What a finding is of comes below it, so that it waits for the next."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._lints = Lints()
        self._finding: Finding | None = None
        self._begun = False
        self._placed = False
        self._level_here = False
        self._alone: list[Finding] = []
        """Errors without a place: the compiler's, if it counts them, or cargo's own."""
        self._errors: dict[str, list[int]] = {}
        """How many errors the targets of a package had."""
        self._warned: set[str] = set()
        """Packages whose warnings were counted in a line of their own."""
        self._finished = False
        self._fixes: list[str] = []

    @property
    def done(self) -> bool:
        """Whether a closing line was seen; others may follow while jobs run on."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Never: what counts has literals."""
        return False

    def take(self, line: Line) -> bool:
        """Read a line of the build."""
        text = line.text
        if self._finished and (_HEADLINE.match(text) or _WORKS.match(text) or _SHORT.match(text)):
            return False
        if _FINISHED.match(text):
            return self._finish()
        return _WORKS.match(text) is not None or self._read(line)

    def close(self) -> None:
        """Add what is open, and decide whose the errors without a place were."""
        self._settle()
        self._name()
        tally = self.tally
        if self._alone and not tally.counted["errors"]:
            tally.broken = self._alone[0].message
            tally.identify("broken", tally.broken)
        if self._errors:
            tally.declared["errors"] = self._declared(tally.counted["errors"])
        tally.green = self._finished and not tally.problems and not tally.broken

    def _read(self, line: Line) -> bool:
        """Read a line of a finding."""
        text = line.text
        if place := _PLACE.match(text):
            return self._locate(place, line)
        if headline := _HEADLINE.match(text):
            if not self._begun:
                self._look_back(line)
            return self._begin(headline, text)
        if short := _SHORT.match(text):
            self._settle()
            self._finding, self._placed = _finding(short), True
            return True
        return self._explain(text)

    def _begin(self, headline: re.Match[str], text: str) -> bool:
        self._settle()
        self._begun = True
        if self._trailer(text):
            return True
        message = headline["message"]
        if not _CONSEQUENCE.match(message):
            self._finding, self._placed = _finding(headline), False
        return True

    def _locate(self, place: re.Match[str], line: Line) -> bool:
        """Read where the headline above belongs; notes have places, too."""
        self._begun = True
        above = line.before
        if self._finding is None and (headline := _HEADLINE.match(above)):
            self._finding, self._placed = _finding(headline), False
        if self._finding is None:
            return False
        if not self._placed and not above.lstrip().startswith(("note:", "help:")):
            self._placed = True
            self._finding.file = place["file"]
            self._finding.line = number(place["line"])
            self._finding.column = number(place["column"])
        return True

    def _explain(self, text: str) -> bool:
        """Read the lint's name in the notes below a finding."""
        finding = self._finding
        if finding is None:
            return False
        if lint := _LINT.match(text):
            name = lint["attribute"] or lint["option"] or lint["asked"]
            if finding.code is None or is_clippys(finding.code):
                finding.code = lint_name(name)
        elif page := _CLIPPY_PAGE.match(text):
            finding.code = finding.code or f"clippy::{page['lint']}"
        elif _LEVEL_HERE.match(text):
            self._level_here = True
        elif self._level_here and (level := _LEVEL.match(text)):
            finding.code = finding.code or level["lint"]
        else:
            return False
        return True

    def _settle(self) -> None:
        """Add the open finding."""
        finding, self._finding = self._finding, None
        self._level_here = False
        if finding is None:
            return
        finding.code = self._lints.of(finding.message, finding.code)
        alone = not self._placed and finding.code is None and finding.counts_as == "errors"
        if not alone or _BUILD_ERROR.match(finding.message):
            self._add(finding)
        elif len(self._alone) < _MOST_ALONE:
            self._alone.append(finding)

    def _add(self, finding: Finding) -> None:
        if is_clippys(finding.code):
            self.tally.name = "clippy"
        self.tally.add(finding)

    def _trailer(self, text: str) -> bool:
        tally = self.tally
        if failed := _COULD_NOT.match(text):
            counts = _COUNTS.search(failed["rest"])
            self._fail(failed["package"], counts)
        elif counts := _ABORTING.match(text):
            self._fail("", counts)
        elif generated := _GENERATED.match(text):
            new = number(generated["warnings"]) - number(generated["repeated"])
            tally.declared["warnings"] = tally.declared.get("warnings", 0) + new
            if len(self._warned) < _MOST_PACKAGES:
                self._warned.add(generated["package"])
            self._offer_fix(generated["fix"], number(generated["fixable"]))
        elif emitted := _EMITTED.match(text):
            count = tally.declared.get("warnings", 0) + number(emitted["warnings"])
            tally.declared["warnings"] = count
        else:
            return False
        return True

    def _look_back(self, line: Line) -> None:
        """Find the error without a place that a closing line is about."""
        for text in islice(line.above(), _MOST_ABOVE):
            headline = _HEADLINE.match(text)
            if headline and not _CONSEQUENCE.match(headline["message"]):
                self._add(_finding(headline))
                return

    def _fail(self, package: str, counts: re.Match[str] | None) -> None:
        """Read that a target was not built, and of how many errors if it says so."""
        tally = self.tally
        tally.ended = True
        if counts is None:
            tally.identify("could not compile", package)
            if not tally.counted["errors"] and not self._alone:
                tally.broken = tally.broken or f"could not compile `{package}`"
            return
        errors = 1 if counts["errors"] is None else number(counts["errors"])
        if len(self._errors) < _MOST_PACKAGES:
            self._errors.setdefault(package, []).append(errors)
        if counts["warnings"] and package not in self._warned:
            warnings = tally.declared.get("warnings", 0) + number(counts["warnings"])
            tally.declared["warnings"] = warnings
        for finding in self._alone:
            self._add(finding)
        self._alone.clear()

    def _declared(self, counted: int) -> int:
        """Errors of all packages.

        Targets of one package share sources, and cargo prints an error once, so that what was
        counted is right if it is possible.
        """
        least = sum(max(errors) for errors in self._errors.values())
        most = sum(sum(errors) for errors in self._errors.values())
        return counted if least <= counted <= most else least

    def _offer_fix(self, command: str | None, fixable: int) -> None:
        if command is None:
            return
        tally = self.tally
        safe = fixable + (tally.fixable.safe if tally.fixable else 0)
        tally.fixable = Fixable(safe=safe)
        base = "cargo clippy --fix" if command.startswith("cargo clippy") else "cargo fix"
        tally.fix = base if tally.fix else command.removesuffix("-- ").strip()
        if base == "cargo clippy --fix":
            self.tally.name = "clippy"

    def _finish(self) -> bool:
        self._settle()
        again = self._finished
        self._finished = self.tally.ended = True
        return not again

    def _name(self) -> None:
        if self.tally.name is None and any(map(is_clippys, self.tally.by_code)):
            self.tally.name = "clippy"


def _finding(match: re.Match[str]) -> Finding:
    groups = match.groupdict()
    return Finding(
        file=groups.get("file"),
        line=number(groups.get("line")) or None,
        column=number(groups.get("column")) or None,
        code=groups["code"],
        message=groups["message"].strip(),
        counts_as=severity_key(groups["severity"]),
    )


GRAMMAR = Grammar(
    name="cargo",
    kind="build",
    aliases=("rustc", "clippy", "cargo-clippy", "cargo-check", "cargo-build", "rustdoc"),
    fix="cargo fix",
    urgent=URGENT,
    at_once=False,
    parser=CargoParser,
    literals=(
        *("= note: `#[", "` implied by `-", "on the command line with `", "rust-clippy/"),
        *("lint level is defined here", "#![warn(", "#![deny(", "#![forbid("),
        *("warning: ", "error: "),
    ),
    rules=(
        Rule(does=Does.START, literal="--> ", pattern=_RUST_PLACE, before=_HEADLINE),
        Rule(does=Does.START, literal=(".rs:0:0: ", "<anon>:0:0: "), pattern=_SHORT),
        Rule(does=Does.START, literal="target(s) in ", pattern=_FINISHED),
        Rule(
            does=Does.START,
            literal=(
                *("   compiling ", "   checking ", " updating crates.io", " blocking waiting for"),
                *(" downloading crates", " locking 0 package", " documenting ", "  installing "),
            ),
            pattern=_WORKS,
        ),
        Rule(
            does=Does.START,
            literal=("could not compile `", "error: aborting due to "),
            pattern=Pattern(r"\s*error: (?:could not compile `|aborting due to )"),
        ),
        Rule(
            does=Does.START,
            literal=(" generated 0 warning", "warnings emitted"),
            pattern=Pattern(r"warning: (?:`.* generated \d+ warning|\d+ warnings? emitted)"),
        ),
        Rule(
            does=Does.START,
            literal=tuple(f"error: {words}" for words in _OF_CARGO),
            pattern=_IS_CARGOS,
        ),
    ),
)
