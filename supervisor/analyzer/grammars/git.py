"""``git`` and ``gh``.

Source: git/git, usage.c, builtin/push.c, transport.c, merge-ort.c, wt-status.c; cli/cli, pkg/cmd.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_REJECTED = Pattern(
    r" ! \[(?P<how>(?:remote )?rejected|remote failure)\]\s+(?P<refs>\S+(?: -> \S+)?)"
    r" \((?P<reason>.*)\)$"
)
_REMOTE = Pattern(r"remote: (?:error|fatal|ERROR): (?P<message>\S.*)")
_CONFLICT = Pattern(r"CONFLICT \((?P<kind>[\w/ -]+)\): (?P<message>.*?(?: in (?P<file>\S+))?)\.?$")
_FATAL = Pattern(r"(?:stderr: )?fatal: (?!\[)(?P<message>\S.*)")
_ERRORS = (
    *("failed to push some refs", "Your local changes", "pathspec '", "could not apply "),
    *("Committing is not possible", "Merging is not possible", "Pulling is not possible"),
    *("The following untracked working", "cannot lock ref", "RPC failed", "src refspec "),
    *("patch failed: ", "cannot pull with rebase", "cannot rebase", "The branch '"),
    *("insufficient permission for adding", "gpg failed to sign", "unable to create file"),
    *("cannot open '.git/", "you need to resolve your current index", "unknown option `"),
    *("remote unpack failed", "object file ", "Entry '", "unable to unlink", "can't open patch"),
)
_ERROR = Pattern(
    rf"error: (?P<message>(?:{'|'.join(map(re.escape, _ERRORS))}|.*: patch does not apply).*)"
)
_CONSEQUENCE = Pattern(
    r"failed to push some refs|Exiting because of|Could not read from remote repository"
    r"|.*: patch does not apply"
)
_NOTHING = Pattern(
    r"(?P<said>nothing to commit|no changes added to commit|nothing added to commit)\b"
)
_GREEN = Pattern(
    r"(?P<said>Everything up-to-date|Already up(?: to |-to-)date\.|Fast-forward"
    r"|Successfully rebased and updated \S+)$"
)
_PUSHING = Pattern(
    r"To (?:https?://|ssh://|git@|(?:github|gitlab)\.com:|bitbucket\.org:|\.\./|/)\S*$"
)
_PUSHED = Pattern(
    r" [ +*-] (?P<said>(?:[0-9a-f]{7,40}\.{2,3}[0-9a-f]{7,40}|\[(?:new|deleted)[\w ]*\])\s+\S.*)"
)
_CHANGED = Pattern(r" (?P<said>(?P<changed>\d+) files? changed(?:, \d+ \w+\([+-]\))+)$")
_COMMIT = Pattern(r"\[\S+(?: \([\w-]+\))? [0-9a-f]{7,40}\] ")
_UNKNOWN = Pattern(r"git: (?P<message>'.*' is not a git command)")
_TAILS = Pattern(
    r"hint: |Automatic merge failed|Auto-merging |Could not apply |To \S+$|U\t|Aborting$"
    r"|Please make sure you have|and the repository exists|remote:| (?:create|delete) mode "
)


class GitParser:
    """Reads one command; what only follows from an error is none of its own."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._reason = ""
        self._errors = 0
        self._pushing = False

    @property
    def done(self) -> bool:
        """Whether a line was seen that closes a command."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """After an error, whose advice may follow."""
        return bool(self._errors) or self.tally.ended or self._pushing

    def take(self, line: Line) -> bool:
        """Read a line of the command."""
        text = line.text
        if remote := _REMOTE.match(text):
            self._reason = self._reason or remote["message"]
            return True
        if self.tally.ended and text.strip():
            return _TAILS.match(text) is not None
        return (
            self._refuses(text)
            or self._fails(text)
            or self._closes(line)
            or not text.strip()
            or _TAILS.match(text) is not None
        )

    def close(self) -> None:
        """A reason of the remote's that no rejected ref came after is an error."""
        if self._reason and not self._errors:
            self._add(Finding(message=self._reason))

    def _refuses(self, text: str) -> bool:
        if rejected := _REJECTED.match(text):
            reason = self._reason or rejected["reason"]
            self._add(
                Finding(
                    code=rejected["how"],
                    message=f"{rejected['refs']}: {reason}",
                    cause=reason,
                )
            )
        elif conflict := _CONFLICT.match(text):
            self._add(Finding(file=conflict["file"], code="CONFLICT", message=conflict["message"]))
        else:
            return False
        return True

    def _fails(self, text: str) -> bool:
        if unknown := _UNKNOWN.match(text):
            self.tally.broken = unknown["message"]
            return True
        match = _FATAL.match(text) or _ERROR.match(text)
        if match is None:
            return False
        message = match["message"]
        if not self._errors or not _CONSEQUENCE.match(message):
            self._add(Finding(message=message))
        return True

    def _closes(self, line: Line) -> bool:
        text, tally = line.text, self.tally
        if nothing := _NOTHING.match(text):
            tally.ended = True
            tally.remarks.append(nothing["said"])
        elif green := _GREEN.match(text):
            tally.ended, tally.green = True, not self._errors
            tally.remarks.append(green["said"])
        elif _PUSHING.match(text):
            self._pushing = True
        elif self._pushing and (pushed := _PUSHED.match(text)):
            tally.ended, tally.green, self._pushing = True, not self._errors, False
            tally.remarks.append(" ".join(pushed["said"].split()))
        elif (changed := _CHANGED.match(text)) and _COMMIT.match(line.before):
            tally.ended, tally.green = True, not self._errors
            tally.remarks.append(changed["said"])
        else:
            return False
        return True

    def _add(self, finding: Finding) -> None:
        self._errors += 1
        self.tally.add(finding)


GIT = Grammar(
    name="git",
    kind="vcs",
    aliases=("hub",),
    parser=GitParser,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("! [rejected]", "! [remote rejected]", "! [remote failure]"),
            pattern=_REJECTED,
        ),
        Rule(does=Does.FINDING, literal="CONFLICT (", pattern=_CONFLICT),
        Rule(does=Does.FINDING, literal="fatal: ", pattern=_FATAL),
        Rule(
            does=Does.FINDING,
            literal=(*(f"error: {words}" for words in _ERRORS), ": patch does not apply"),
            pattern=_ERROR,
        ),
        Rule(
            does=Does.FINDING,
            literal=("remote: error: ", "remote: fatal: ", "remote: ERROR: "),
            pattern=_REMOTE,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("nothing to commit", "no changes added to commit", "nothing added to commit"),
            pattern=_NOTHING,
        ),
        Rule(
            does=Does.START,
            literal=(
                *("To https://", "To http://", "To ssh://", "To git@", "To ../", "To /"),
                *("To github.com:", "To gitlab.com:", "To bitbucket.org:"),
            ),
            pattern=_PUSHING,
        ),
        Rule(
            does=Does.GREEN,
            literal=(
                *("Everything up-to-date", "Already up to date.", "Already up-to-date."),
                *("Fast-forward", "Successfully rebased and updated "),
            ),
            pattern=_GREEN,
        ),
        Rule(
            does=Does.GREEN,
            literal=("file changed, ", "files changed, "),
            pattern=_CHANGED,
            before=_COMMIT,
        ),
        Rule(does=Does.BROKEN, literal="is not a git command", pattern=_UNKNOWN),
    ),
)

GH = Grammar(
    name="gh",
    kind="vcs",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="(https://api.github.com/",
            pattern=Pattern(
                r"(?:.*: )?HTTP (?P<code>\d{3}): (?P<message>.*) \(https://api\.github\.com/\S*\)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="(HTTP 0)",
            pattern=Pattern(r"gh: (?P<message>.*) \(HTTP (?P<code>\d{3})\)$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="GraphQL: ",
            pattern=Pattern(r"(?:[a-z][\w ]+: )?GraphQL: (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                "gh auth login",
                "no pull requests found for ",
                "failed to run git: ",
                "GH_TOKEN environment",
            ),
            pattern=Pattern(
                r"(?P<message>To get started with GitHub CLI, please run:.*gh auth login"
                r"|no pull requests found for .*|failed to run git: .*"
                r"|.*populate the GH_TOKEN environment variable.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="\tfail\t",
            pattern=Pattern(r"(?P<name>[^\t]+)\tfail\t(?P<message>\S*)\t"),
        ),
        Rule(
            does=Does.FINDING,
            literal="(ID 0)",
            pattern=Pattern(r"\s*X (?P<message>\S.* in \S+ \(ID \d+\))"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=(" failing, 0 successful", " failing, 0 success"),
            pattern=Pattern(
                r"(?:(?P<cancelled>\d+) cancelled, )?(?P<errors>\d+) failing,"
                r" (?P<passed>\d+) success(?:ful)?, (?P<skipped>\d+) skipped"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="All checks were successful",
            pattern=Pattern(r"All checks were successful$"),
        ),
    ),
)
