"""``go build``, ``go run``, ``go vet`` and the packages that ``go test`` cannot build.

Source: golang/go, src/cmd/go/internal/work/shell.go (reportCmd), src/cmd/go/internal/vet and
src/cmd/go/internal/load/pkg.go.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.go_places import (
    COMPILER,
    GO_AT,
    GO_PLACE,
    LOST,
    NOT_THE_COMPILERS,
    VET,
)
from supervisor.analyzer.pattern import Pattern

_PACKAGE = Pattern(r"# [^\s\[]+(?: \[\S+\])?\s*$")
_VETTED = Pattern(r"# \[\S+\]\s*$")
_AT = (".go:0:0: ", ".go:0: ")
_CHATTER = (
    r"finding |found |downloading |extracting |added |upgraded |downgraded |removed |creating "
    r"|to add |warning: |copying |unzipping |cached "
)

GRAMMAR = Grammar(
    name="go-build",
    kind="build",
    aliases=("go", "go-vet", "go-run", "go-install", "vet", "gotype"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="vet: ",
            pattern=Pattern(rf"vet: {GO_PLACE}(?P<message>.*)"),
            tool="go-vet",
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal="vet: ",
            pattern=Pattern(r"vet: (?P<message>.*)"),
            before=_VETTED,
            tool="go-vet",
            urgent=True,
        ),
        Rule(does=Does.TAIL, literal=": too many errors", pattern=Pattern(rf"{GO_PLACE}too many")),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_PLACE}(?P<message>(?:{VET}).*)"),
            tool="go-vet",
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_PLACE}(?P<message>.*)"),
            before=_VETTED,
            tool="go-vet",
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_AT}{NOT_THE_COMPILERS}(?P<message>(?:{LOST}).*)"),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_AT}{NOT_THE_COMPILERS}(?P<message>(?:{COMPILER}).*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_PLACE}{NOT_THE_COMPILERS}(?P<message>.*)"),
            before=_PACKAGE,
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_PLACE}{NOT_THE_COMPILERS}(?P<message>.*)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="import cycle not allowed",
            pattern=Pattern(
                r"(?:\s*imports \S+(?: from \S+)?: |\s+|package \S+: )?"
                r"(?P<message>import cycle not allowed.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *("no required module provides", "is not in std", "is not in goroot"),
                *("is not a main package", "cannot find package", "cannot find module for path"),
                *(": no go files in ", "build constraints exclude all go files"),
            ),
            pattern=Pattern(
                r"(?:can't load package: )?(?:package \S+: )?"
                r"(?P<message>no required module provides package .*|no Go files in .*"
                r"|cannot find module for path .*|build constraints exclude all Go files.*"
                r"|package \S+ is not (?:in std|in GOROOT|a main package).*"
                r'|cannot find package "?\S+"? in.*)'
            ),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal=("directory not found", "does not match any files", "matched no packages"),
            pattern=Pattern(
                r"(?:stat (?P<file>\S+): )?(?P<message>directory not found)$"
                r"|(?P<remark>pattern \S+: no matching files found.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=('cgo: c compiler "', "/link: running ", "relocation target "),
            pattern=Pattern(
                r'(?P<message>cgo: C compiler ".*|(?:\S*/link|link): running .* failed.*'
                r"|.*relocation target \S+ not defined.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("go: cannot find main module", "go: errors parsing go.mod", "go: go.mod "),
                *("go: updates to go.mod", "go: inconsistent vendoring", "go: no such tool"),
                *("go: unknown ", "go: module ", "go: no modules", "go: command not"),
                *("go: go.work ", "go: download", "go: missing go.sum"),
            ),
            pattern=Pattern(rf"go: (?!{_CHATTER})(?P<message>.*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("@v0", ": unknown command"),
            pattern=Pattern(
                rf"go(?:: (?!{_CHATTER})(?P<message>[^\s@]+@v\d.*)| \S+: unknown command)"
            ),
        ),
        Rule(does=Does.TAIL, literal="go: ", pattern=Pattern(rf"go: (?:{_CHATTER})"), opens=False),
    ),
)
