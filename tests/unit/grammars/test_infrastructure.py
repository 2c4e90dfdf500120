"""Containers, clusters, clouds, version control and CI."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


BOXES = """\
╷
│ Error: Reference to undeclared input variable
│ \n│   on main.tf line 1, in output "x":
│    1: output "x" { value = var.nope }
│ \n│ An input variable with the name "nope" has not been declared.
╵
╷
│ Warning: Argument is deprecated
│ \n│   with aws_instance.web,
│   on main.tf line 9, in resource "aws_instance" "web":
╵
"""


def test_terraform_boxes() -> None:
    """Each box is one error or warning, with its place."""
    digest = only(BOXES, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("terraform", "deploy", Verdict.FAILED)
    assert digest.counted == {"errors": 1, "warnings": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("main.tf", 1)


def test_terraform_without_boxes() -> None:
    """``-no-color`` leaves the head above a blank line."""
    text = (
        '\nError: Unsupported argument\n\n  on main.tf line 3, in resource "x" "y":\n   3: z = 1\n'
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("terraform", {"errors": 1})
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (3, "Unsupported argument")


PLAN = """\
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
  + create

Plan: 1 to add, 2 to change, 0 to destroy.
"""


def test_terraform_plan_and_apply() -> None:
    """A plan alone is no success; what closes a command is."""
    digest = only(PLAN)
    assert digest.verdict is Verdict.UNKNOWN
    assert digest.declared == {"add": 1, "change": 2, "destroy": 0}
    assert "1 to add, 2 to change, 0 to destroy" in digest.summary
    note = (
        "\n────────\n\nNote: You didn't use the -out option to save this plan, so Terraform can't\n"
    )
    assert only(PLAN + note).verdict is Verdict.OK
    done = "\nApply complete! Resources: 1 added, 2 changed, 0 destroyed.\n"
    digest = only(PLAN + done)
    assert digest.verdict is Verdict.OK
    assert "1 added, 2 changed" in digest.summary
    failed = only(f"{PLAN}{BOXES}", exit_code=1)
    assert failed.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "text",
    [
        "No changes. Your infrastructure matches the configuration.\n",
        "Success! The configuration is valid.\n",
        "Destroy complete! Resources: 3 destroyed.\n",
        "Terraform has been successfully initialized!\n",
        "Success! 2 passed, 0 failed.\n",
    ],
)
def test_terraform_is_content(text: str) -> None:
    """What it says when all is well."""
    assert only(text, exit_code=0).verdict is Verdict.OK


BUILDKIT = """\
#12 [4/5] RUN npm ci
#12 0.453 something went wrong
#12 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
------
 > [4/5] RUN npm ci:
0.453 something went wrong
------
Dockerfile:12
--------------------
  12 | >>> RUN npm ci
--------------------
ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
"""


def test_docker_build() -> None:
    """The step's error and the one that closes the build are one, and have a place."""
    digest = only(BUILDKIT, exit_code=1)
    assert (digest.tool, digest.counted) == ("docker", {"errors": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("Dockerfile", 12)
    cut = only(BUILDKIT.partition("------")[0])
    assert (cut.counted, cut.verdict) == ({"errors": 1}, Verdict.FAILED)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The command '/bin/sh -c make' returned a non-zero code: 2\n", Verdict.FAILED),
        ("failed to solve: x\n", None),
        ("ERROR: failed to solve: node:99: not found\n", Verdict.FAILED),
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n", Verdict.FAILED),
        ("docker: Error response from daemon: conflict\n", Verdict.FAILED),
        ("Successfully built 0123456789ab\nSuccessfully tagged a:latest\n", Verdict.OK),
        ("#9 naming to docker.io/library/a:latest done\n", Verdict.OK),
    ],
)
def test_docker_closing_lines(text: str, verdict: Verdict | None) -> None:
    """With BuildKit and without, and the client itself."""
    analysis = analyze([text.encode()])
    assert [one.verdict for one in analysis.segments if one.tool == "docker"] == (
        [verdict] if verdict else []
    )


def test_compose() -> None:
    """What runs, and what exited."""
    up = "[+] Running 2/2\n ✔ Container app-db-1   Started\n ✔ Container app-web-1  Started\n"
    assert only(up, exit_code=0).verdict is Verdict.OK
    assert "docker-compose" not in {one.tool for one in analyze([b"[+] Running 1/2\n"]).segments}
    digest = only("dependency failed to start: container app-db-1 is unhealthy\n", exit_code=1)
    assert (digest.tool, digest.counted) == ("docker-compose", {"errors": 1})
    assert only("web-1 exited with code 137\n").counted == {"errors": 1}
    done = analyze([b"web-1 exited with code 0\n"]).segments
    assert "docker-compose" not in {one.tool for one in done}


@pytest.mark.parametrize(
    ("text", "tool", "verdict"),
    [
        ('Error from server (NotFound): pods "x" not found\n', "kubectl", Verdict.FAILED),
        ("error: timed out waiting for the condition\n", "kubectl", Verdict.FAILED),
        (
            "The connection to the server localhost:8080 was refused - did you specify it?\n",
            "kubectl",
            Verdict.ERROR,
        ),
        ('deployment "web" successfully rolled out\n', "kubectl", Verdict.OK),
        (
            (
                "NAME    READY   STATUS             RESTARTS   AGE\n"
                "web-1   0/1     CrashLoopBackOff   5          3m\n"
            ),
            "kubectl",
            Verdict.FAILED,
        ),
        ("Error: INSTALLATION FAILED: cannot re-use a name\n", "helm", Verdict.FAILED),
        ("NAME: web\nSTATUS: deployed\n", "helm", Verdict.OK),
        (
            (
                "==> Linting .\n[ERROR] templates/: parse error\n\n"
                "Error: 1 chart(s) linted, 1 chart(s) failed\n"
            ),
            "helm",
            Verdict.FAILED,
        ),
        ("1 chart(s) linted, 0 chart(s) failed\n", "helm", Verdict.OK),
        (
            "i  deploying hosting\n\n✔  Deploy complete!\n\nHosting URL: https://x\n",
            "firebase",
            Verdict.OK,
        ),
        (
            "An error occurred (AccessDenied) when calling the PutObject operation: Denied\n",
            "aws",
            Verdict.FAILED,
        ),
        ("Unable to locate credentials. You can configure them.\n", "aws", Verdict.ERROR),
    ],
)
def test_clusters_and_clouds(text: str, tool: str, verdict: Verdict) -> None:
    """A line is enough for most."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == (tool, verdict)


def test_git_push_is_refused() -> None:
    """The remote's reason is told with the ref; what follows from it is not counted."""
    text = (
        "remote: error: GH013: Repository rule violations found for refs/heads/main.\nremote:\n"
        "To github.com:a/b.git\n"
        " ! [remote rejected] main -> main (push declined due to repository rule violations)\n"
        "error: failed to push some refs to 'github.com:a/b.git'\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind, digest.counted) == ("git", "vcs", {"errors": 1})
    assert "GH013: Repository rule violations" in digest.summary
    text = (
        "To ../r.git\n ! [rejected]        main -> main (fetch first)\n"
        "error: failed to push some refs to '../r.git'\nhint: Updates were rejected because\n"
    )
    digest = only(text, exit_code=1)
    assert "main -> main: fetch first" in digest.summary


def test_git_conflicts() -> None:
    """Each file in conflict counts."""
    text = (
        "Auto-merging f\nCONFLICT (content): Merge conflict in f\n"
        "CONFLICT (modify/delete): g deleted in HEAD and modified in other.\n"
        "Automatic merge failed; fix conflicts and then commit the result.\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"errors": 2}
    assert digest.first is not None
    assert digest.first.file == "f"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("On branch main\nnothing to commit, working tree clean\n", Verdict.UNKNOWN),
        ("[main 4fc3f4d] three\n 1 file changed, 1 insertion(+), 1 deletion(-)\n", Verdict.OK),
        ("Everything up-to-date\n", Verdict.OK),
        ("fatal: not a git repository (or any of the parent directories): .git\n", Verdict.FAILED),
        ("git: 'nosuch' is not a git command. See 'git --help'.\n", Verdict.ERROR),
    ],
)
def test_git_closing_lines(text: str, verdict: Verdict) -> None:
    """Nothing to commit is neither good nor bad; the exit status decides."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("git", verdict)
    assert only(text, exit_code=1).verdict is not Verdict.OK


def test_gh() -> None:
    """Errors of the interface, and the table of checks."""
    digest = only("HTTP 404: Not Found (https://api.github.com/repos/a/b)\n", exit_code=1)
    assert (digest.tool, digest.by_code) == ("gh", {"404": 1})
    text = "build\tpass\t1m2s\thttps://x\nlint\tfail\t12s\thttps://x\n"
    assert only(text, exit_code=1).counted == {"errors": 1}
    text = (
        "Some checks were not successful\n0 cancelled, 1 failing, 2 successful, 0 skipped, and"
        " 0 pending checks\n"
    )
    assert only(text, exit_code=1).declared["errors"] == 1


def test_annotations() -> None:
    """What tools print for GitHub Actions."""
    text = (
        "::error file=src/a.js,line=3,col=5,endColumn=7::Missing semicolon\n"
        "::warning title=Old,file=src/b.js::Deprecated\n::notice::done\n"
    )
    digest = only(text)
    assert (digest.tool, digest.counted) == (
        "github-actions",
        {"errors": 1, "warnings": 1, "notes": 1},
    )
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.column) == ("src/a.js", 3, 5)


def test_step_that_failed_is_never_ok() -> None:
    """A runner's word for a bad exit status keeps a green tool from being the whole story."""
    text = "All checks passed!\n##[error]Process completed with exit code 1.\n"
    assert analyze([text.encode()]).verdict is Verdict.UNKNOWN
    text = "All checks passed!\nProcess completed with exit code 0.\n"
    assert analyze([text.encode()]).verdict is Verdict.OK


@pytest.mark.parametrize(
    "text",
    [
        "fatal error: stdio.h: No such file\n",
        'fatal: [web]: FAILED! => {"msg": "x"}\n',
        "2 files changed, but nothing matters\n",
        "Error: something that is nobody's\n",
        "Planning: 1 to add, 2 to change\n",
    ],
)
def test_prose_is_nobodys(text: str) -> None:
    """Lines that merely look alike."""
    tools = {digest.tool for digest in analyze([text.encode()]).segments}
    assert not tools & {"git", "terraform", "docker", "kubectl", "helm"}
