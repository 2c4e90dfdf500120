"""``cargo fmt --check`` and ``rustfmt --check``: a diff for each place.

Source: rust-lang/rustfmt, src/emitter/diff.rs and src/rustfmt_diff.rs.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="rustfmt",
    kind="formatter",
    aliases=("cargo-fmt",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".rs:0:", ".rs at line 0:"),
            pattern=Pattern(
                r"Diff in (?:\\\\\?\\)?(?P<file>\S.*?\.rs)(?::| at line )(?P<line>\d+):$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="incorrect newline style in ",
            pattern=Pattern(r"(?P<message>Incorrect newline style) in (?P<file>\S.*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="error writing files: ",
            pattern=Pattern(r"Error writing files: (?P<message>.*)"),
        ),
    ),
)
