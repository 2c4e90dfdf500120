"""What is said about output that a test wrote itself."""

from supervisor.analyzer import analyze
from supervisor.digests import Digest


def digests(text: str, exit_code: int | None = None) -> list[Digest]:
    """What is said about output; no grammar may throw."""
    thrown: list[str] = []
    analysis = analyze(
        [text.encode()], exit_code=exit_code, on_failure=lambda *what: thrown.append(str(what))
    )
    assert thrown == []
    return list(analysis.segments)


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    found = digests(text, exit_code)
    assert len(found) == 1, [digest.summary for digest in found]
    return found[0]
