"""What is common to all outputs of Rust's compilers, for people and for programs.

from supervisor.analyzer.pattern import Pattern
Source: rust-lang/rust, compiler/rustc_error_codes and compiler/rustc_middle/src/lint.rs.
"""

from supervisor.analyzer.pattern import Pattern

URGENT = Pattern(r"E0(?:412|425|432|433|405|422|423|463|514|531|583|584|585)")
"""Unresolved names and imports, missing crates and modules."""
_QUOTED = Pattern(r"`[^`]*`|\d+")
_MOST_REMEMBERED = 2000


def lint_name(lint: str) -> str:
    """A lint's name as its attribute has it, however an option spells it.

    >>> lint_name("clippy::needless-return"), lint_name("unused_imports")
    ('clippy::needless_return', 'unused_imports')
    """
    return lint.replace("-", "_")


def is_clippys(code: str | None) -> bool:
    """Whether a finding's code is one of clippy's lints."""
    return code is not None and code.startswith("clippy::")


class Lints:
    """Which lint a message is of; the compiler names each lint on its first finding only."""

    def __init__(self) -> None:
        self._of_message: dict[str, str] = {}

    def of(self, message: str, code: str | None) -> str | None:
        """The code of a finding: its own, or that of an earlier one with the same wording."""
        wording = _QUOTED.sub("`", message)
        if code is None:
            return self._of_message.get(wording)
        if len(self._of_message) < _MOST_REMEMBERED:
            self._of_message.setdefault(wording, code)
        return code
