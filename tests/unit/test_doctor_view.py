"""What a person reads about the machine, and what the tiers and remedies follow from."""

from collections.abc import Mapping
from errno import EACCES, EBUSY, ENOSPC, ENOSYS, EPERM
from typing import Any

import pytest

from supervisor.containment.probe import NAMES, Probe, parse_probes
from supervisor.containment.remedies import Place, remedy_for
from supervisor.examining import capabilities_of, tier_of
from supervisor.view.doctor import render_doctor

V1 = {name for name in NAMES if name.startswith("cgroup v1")}
V2 = {name for name in NAMES if name.startswith("cgroup v2")}
CAPABILITIES = (
    "kill",
    "supervisor killed",
    "processes",
    "memory",
    "cpu",
    "open files",
    "file size",
    "scratch",
    "wall clock",
)


def probes(*, without: set[str]) -> list[Probe]:
    """A machine on which all works but this."""
    return [
        Probe(name, works=False, errno=EPERM, step="do it", remedy="mend it")
        if name in without
        else Probe(name, works=True, errno=None, step="", remedy="")
        for name in NAMES
    ]


def found(**more: Any) -> Mapping[str, Any]:
    """What ``examine`` might find."""
    plain: dict[str, Any] = {
        "tier": "subreaper",
        "capabilities": [],
        "refused": [],
        "probes": [],
        "escapes": [],
        "command": None,
    }
    return plain | more


@pytest.mark.parametrize(
    ("missing", "tier"),
    [
        (set(), "sealed"),
        ({"cgroup v2 cpu"}, "sealed"),
        ({"cgroup v2 limits"}, "namespaced"),
        (V1 | V2, "namespaced"),
        ({"pid namespace"}, "cgroup"),
        ({"pid namespace"} | V2, "cgroup"),
        ({"pid namespace"} | V1 | V2, "subreaper"),
        ({"pid namespace", "subreaper"}, "group"),
        ({"pid namespace", "subreaper", "pidfd"}, None),
    ],
)
def test_tier_follows_from_what_works(missing: set[str], tier: str | None) -> None:
    """Each tier needs certain things of the kernel, and no others."""
    assert tier_of(probes(without=missing)) == tier


@pytest.mark.parametrize("tier", ["sealed", "namespaced", "cgroup", "subreaper"])
def test_every_capability_has_a_strength(tier: str) -> None:
    """No line is missing from what doctor says."""
    assert tuple(capabilities_of(tier, probes(without=set()), 1000)) == CAPABILITIES


def test_root_is_not_bound_by_a_process_limit() -> None:
    """RLIMIT_NPROC counts for an ordinary user in a namespace, and for nobody else."""
    bare = probes(without=V1 | V2)
    assert capabilities_of("namespaced", bare, 1000)["processes"][0] == "kernel"
    assert capabilities_of("namespaced", bare, 0)["processes"][0] == "polled"
    assert capabilities_of("subreaper", bare, 1000)["processes"][0] == "polled"


def test_without_a_cgroup_nobody_holds_the_cpu() -> None:
    """What is not enforced is called so."""
    strengths = capabilities_of("subreaper", probes(without=V1 | V2), 1000)
    assert strengths["cpu"][0] == "not"
    assert strengths["memory"][0] == "polled"
    assert strengths["kill"][0] == "guardian"


@pytest.mark.parametrize(
    ("name", "errno", "step", "place", "remedy"),
    [
        (
            "pid namespace",
            EPERM,
            "write uid_map",
            Place(apparmor_restricts=True),
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "pid namespace",
            EPERM,
            "unshare",
            Place(clone_restricted=True),
            "kernel.unprivileged_userns_clone=1",
        ),
        ("pid namespace", ENOSPC, "unshare", Place(), "user.max_user_namespaces=15000"),
        ("pid namespace", EPERM, "unshare", Place(container=True), "--security-opt seccomp"),
        (
            "pid namespace",
            EPERM,
            "unshare",
            Place(container=True, root=True),
            "--cap-add SYS_ADMIN",
        ),
        ("process limit", -1, "fork beyond RLIMIT_NPROC", Place(root=True), "ordinary user"),
        ("process limit", EPERM, "unshare", Place(clone_restricted=True), "userns_clone=1"),
        ("cgroup v2", EACCES, "mkdir in /x", Place(systemd=True), "systemd-run --user --scope"),
        ("cgroup v2", EACCES, "mkdir in /x", Place(systemd=True), "loginctl enable-linger"),
        ("cgroup v2 limits", EBUSY, "x", Place(systemd=True, root=True), "systemd-run --scope"),
        ("cgroup v2", EACCES, "mkdir in /x", Place(container=True), "--pids-limit"),
        ("pidfd", ENOSYS, "pidfd_open", Place(), "Linux 5.3"),
        ("cgroup v1 pids", EACCES, "mkdir in /x", Place(), "as root"),
    ],
)
def test_remedy_fits_the_refusal(
    name: str, errno: int, step: str, place: Place, remedy: str
) -> None:
    """The same refusal has another cure in another place."""
    assert remedy in remedy_for(name, errno, step, place)


def test_what_was_not_told_does_not_work() -> None:
    """A probing process that dies early proves nothing."""
    told = parse_probes("subreaper\t0\t\npid namespace\t1\tunshare\n", Place())
    assert [probe.name for probe in told] == list(NAMES)
    assert [probe.name for probe in told if probe.works] == ["subreaper"]
    assert all(probe.remedy for probe in told if not probe.works)


def test_refusal_is_shown_with_step_errno_and_fix() -> None:
    """Why a stronger tier failed, once, also where it stands against several."""
    refused = [
        {"tier": "sealed", "needs": ["pid namespace", "cgroup v2"]},
        {"tier": "namespaced", "needs": ["pid namespace"]},
    ]
    told = [
        Probe(
            "pid namespace", works=False, errno=EPERM, step="unshare", remedy="sysctl x"
        )._asdict(),
        Probe("cgroup v2", works=False, errno=None, step="find it", remedy="boot")._asdict(),
    ]
    text = render_doctor(found(refused=refused, probes=told))
    assert "not sealed: lacks pid namespace, cgroup v2\nnot namespaced: lacks pid name" in text
    assert text.count("  pid namespace: unshare: EPERM\n    fix: sysctl x\n") == 1
    assert "  cgroup v2: could not find it\n    fix: boot\n" in text


def test_ways_out_are_named_and_cannot_move_the_cursor() -> None:
    """A path may hold anything."""
    escape = {"name": "tmux", "path": "/tmp/\x1b[2J", "remedy": "set TMUX_TMPDIR"}
    text = render_doctor(found(escapes=[escape]))
    assert "  tmux (/tmp/?[2J): set TMUX_TMPDIR\n" in text


def test_machine_without_ways_out_says_what_was_not_looked_for() -> None:
    """Silence would read as proof."""
    assert "(ssh to this machine was not looked for):\n  none found\n" in render_doctor(found())
