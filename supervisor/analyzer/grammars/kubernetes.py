"""``kubectl`` and ``helm``.

Source: kubernetes/kubectl, pkg/cmd/util/helpers.go; helm/helm, pkg/cmd.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

KUBECTL = Grammar(
    name="kubectl",
    kind="deploy",
    aliases=("k", "oc"),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal="Error from server",
            pattern=Pattern(
                r"Error from server(?: \((?P<code>\w+)\))?: (?:error when .*?: )?(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *("error: timed out waiting", "error: no matching resources", "error: unable to "),
                *(
                    "exceeded its progress deadline",
                    "error: error validating ",
                    "error: no context",
                ),
                *("error: You must be logged in", "error: the path ", "error: error parsing "),
                *("error: resource mapping not found", "error: no objects passed"),
                *("error: the server doesn't have", "error: failed to create", "error: context "),
                "error: current-context ",
            ),
            pattern=Pattern(
                r"error: (?P<message>(?:timed out waiting|no matching resources"
                r"|unable to (?:recognize|decode|read|connect|forward|upgrade)"
                r"|.* exceeded its progress deadline|error validating |no context"
                r"|You must be logged in|the path |error parsing |resource mapping not found"
                r"|no objects passed|the server doesn't have|failed to create|context \""
                r"|current-context ).*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Unable to connect to the server", "The connection to the server "),
            pattern=Pattern(
                r"(?P<message>Unable to connect to the server: .*"
                r"|The connection to the server \S+ was refused.*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=" successfully rolled out",
            pattern=Pattern(
                r"(?:deployment|daemon set|statefulset|partitioned roll).* successfully rolled out"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                "CrashLoopBackOff",
                "ImagePullBackOff",
                "ErrImagePull",
                "OOMKilled",
                "CreateContainerConfigError",
                "InvalidImageName",
                "RunContainerError",
            ),
            pattern=Pattern(
                r"(?P<message>[\w.-]+(?:\s{2,}[\w.-]+)??\s{2,}\d+/\d+\s{2,}"
                r"(?:Init:)?(?P<code>CrashLoopBackOff|ImagePullBackOff|ErrImagePull|OOMKilled"
                r"|CreateContainerConfigError|InvalidImageName|RunContainerError))\s"
            ),
        ),
    ),
)

_RELEASES = ("INSTALLATION", "UPGRADE", "ROLLBACK", "UNINSTALLATION")

HELM = Grammar(
    name="helm",
    kind="deploy",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=tuple(f"Error: {what} FAILED" for what in _RELEASES),
            pattern=Pattern(
                r"Error: (?P<code>(?:INSTALLATION|UPGRADE|ROLLBACK|UNINSTALLATION) FAILED): "
                r"(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(
                f"[{level}] {what}"
                for level in ("ERROR", "WARNING", "INFO")
                for what in ("templates/", "Chart.yaml", "values.yaml")
            ),
            pattern=Pattern(
                r"\[(?P<severity>ERROR|WARNING|INFO)\] (?P<file>(?:templates/|Chart\.yaml"
                r"|values\.yaml)[^\s:]*): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=", 0 chart(s) failed",
            pattern=Pattern(
                r"(?P<charts>[1-9]\d*) chart\(s\) linted, (?P<failed>0) chart\(s\) failed"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=", 0 chart(s) failed",
            pattern=Pattern(
                r"(?:Error: )?(?P<charts>\d+) chart\(s\) linted, (?P<failed>\d+) chart\(s\) failed"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="STATUS: deployed",
            pattern=Pattern(r"STATUS: deployed$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                "Error: chart ",
                "Error: failed to download",
                "Error: repo ",
                "Error: execution error at",
                "Error: template: ",
                "Error: YAML parse error on ",
            ),
            pattern=Pattern(
                r"Error: (?P<message>(?:chart |failed to download|repo |execution error at"
                r"|template: |YAML parse error on ).*)"
            ),
        ),
    ),
)
