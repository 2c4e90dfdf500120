"""``terraform`` and ``tofu``: boxes of errors, plans, and what closes a command.

Source: hashicorp/terraform, internal/command/format/diagnostic.go and views; opentofu/opentofu.
"""

import re
from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, severity_key

_BAR = Pattern(r"[│|](?: |$)")
_HEAD = Pattern(r"(?P<severity>Error|Warning): (?P<message>\S.*)")
_PLACE = Pattern(r"\s+on (?P<file>\S.*?) line (?P<line>\d+)")
_PLAIN_PLACE = Pattern(r"\s+on \S+\.(?:tf|tofu|tfvars|hcl)(?:\.json)? line \d+")
_RESOURCE = Pattern(r"\s+with (?P<resource>[\w.\[\]\"-]+),$")
_PLAN = Pattern(
    r"Plan: (?P<said>(?:(?P<imports>\d+) to import, )?(?P<add>\d+) to add,"
    r" (?P<change>\d+) to change, (?P<destroy>\d+) to destroy)"
)
_GREEN = Pattern(
    r"(?:Apply complete! Resources: (?P<applied>.*)\.|Destroy complete! Resources: (?P<gone>.*)\."
    r"|No changes\. .*|Success! The configuration is valid.*"
    r"|(?:Terraform|OpenTofu) has been successfully initialized!"
    r"|Saved the plan to: .*|Note: You didn't (?:use the -out|specify an \"-out\").*)"
)
_TESTS = Pattern(
    r"(?P<how>Success|Failure)! (?P<passed>\d+) passed, (?P<failed>\d+) failed"
    r"(?:, (?P<skipped>\d+) skipped)?\.$"
)
_CHATTER = Pattern(
    r"(?:[\w.\[\]\"-]+: (?:Refreshing state|Creating\.\.\.|Destroying\.\.\. |Preparing import)"
    r"|Initializing (?:the backend|provider plugins)"
    r"|(?:Terraform|OpenTofu) (?:will perform the|used the selected providers)"
    r"|An execution plan has been generated|Changes to Outputs:|You can apply this plan to save)"
)
_PLAIN = (
    *("Error: Error ", "Error: error ", "Error: Backend initialization required"),
    *("Error: Inconsistent dependency lock file", "Error: No configuration files"),
    *("Error: Failed to query available provider packages", "Error: Provider produced "),
    *("Error: Saved plan is stale", "Error: Failed to install provider"),
    *("Error: Invalid provider configuration", "Error: Unsupported Terraform Core version"),
)
_REACH = 3
"""How far above its place an error that stands in no box has its head."""


class TerraformParser:
    """Reads one command. An error has a head, and perhaps a place within its box."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._open: Finding | None = None
        self._boxed = False

    @property
    def done(self) -> bool:
        """Whether a line was seen that closes a command."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Until an error's place is known."""
        return self._open is not None or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the command."""
        text = line.text
        bar = _BAR.match(text)
        inner = text[bar.end() :] if bar else text
        if head := _HEAD.match(inner):
            return self._begin(head, boxed=bar is not None)
        if self.tally.ended:
            return not text.strip() or text[0] in "╷╵─"
        if self._open is not None and (bar or not self._boxed):
            return self._inside(inner)
        self.close()
        if _PLAIN_PLACE.match(text):
            return self._look_back(line)
        return self._closes(text) or self._chats(text) or text[:1] in {"╷", "╵"}

    def close(self) -> None:
        """Count the error that was open."""
        if self._open is not None:
            self.tally.add(self._open)
            self._open = None

    def _begin(self, head: re.Match[str], *, boxed: bool) -> bool:
        if self.tally.ended:
            return False
        self.close()
        counts_as = severity_key(head["severity"])
        self._open, self._boxed = Finding(message=head["message"], counts_as=counts_as), boxed
        return True

    def _inside(self, text: str) -> bool:
        finding = self._open
        if finding is None:
            return False
        if place := _PLACE.match(text):
            finding.file, finding.line = place["file"], int(place["line"])
            self.close()
        elif resource := _RESOURCE.match(text):
            finding.code = resource["resource"]
        elif text.strip() and not self._boxed and not text[0].isspace():
            self.close()
        return True

    def _look_back(self, line: Line) -> bool:
        for text in islice(line.above(), _REACH):
            if head := _HEAD.match(text):
                self._begin(head, boxed=False)
                return self._inside(line.text)
        return False

    def _closes(self, text: str) -> bool:
        tally = self.tally
        if plan := _PLAN.match(text):
            numbers = {key: int(n) for key, n in plan.groupdict().items() if n and key != "said"}
            tally.declared.update(numbers)
            tally.remarks.append(plan["said"])
        elif green := _GREEN.match(text):
            tally.remarks += [said for said in green.groups() if said]
            tally.ended, tally.green = True, not tally.problems
        elif tests := _TESTS.match(text):
            tally.declared.update({key: int(tests[key]) for key in ("passed", "failed")})
            if tests["skipped"]:
                tally.declared["skipped"] = int(tests["skipped"])
            tally.ended, tally.green = True, tests["how"] == "Success" and tests["passed"] != "0"
        else:
            return False
        return True

    def _chats(self, text: str) -> bool:
        if not _CHATTER.match(text):
            return False
        if "OpenTofu" in text:
            self.tally.name = "tofu"
        if text.startswith("Changes to Outputs:") and "outputs change" not in self.tally.remarks:
            self.tally.declared.setdefault("outputs", 1)
            self.tally.remarks.append("outputs change")
        return True


TERRAFORM = Grammar(
    name="terraform",
    kind="deploy",
    aliases=("tofu", "terragrunt"),
    at_once=False,
    parser=TerraformParser,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("│ Error: ", "│ Warning: "),
            pattern=Pattern(rf"[│|] {_HEAD.pattern}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".tf line 0", ".tfvars line 0", ".hcl line 0", ".tofu line 0"),
            pattern=_PLAIN_PLACE,
        ),
        Rule(
            does=Does.FINDING,
            literal=_PLAIN,
            pattern=Pattern("|".join(map(re.escape, _PLAIN))),
        ),
        Rule(
            does=Does.FINDING,
            literal=("Error: ", "Warning: "),
            pattern=_HEAD,
            opens=False,
        ),
        Rule(does=Does.SUBTOTAL, literal=" to add, 0 to change", pattern=_PLAN),
        Rule(
            does=Does.GREEN,
            literal=(
                *("Apply complete! ", "Destroy complete! ", "No changes. ", "Saved the plan to: "),
                *("Success! The configuration is valid", "has been successfully initialized!"),
                *("Note: You didn't use the -out", "Note: You didn't specify an"),
            ),
            pattern=_GREEN,
        ),
        Rule(does=Does.TRAILER, literal=("Success! 0 passed", "Failure! 0 passed"), pattern=_TESTS),
        Rule(
            does=Does.START,
            literal=(
                *(": Refreshing state", ": Creating...", ": Destroying... ", ": Preparing import"),
                *("Initializing the backend", "Initializing provider plugins", "will perform the"),
                *("used the selected providers", "Changes to Outputs:", "execution plan has been"),
                "You can apply this plan to save",
            ),
            pattern=_CHATTER,
        ),
    ),
)
