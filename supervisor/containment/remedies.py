"""What to do where the kernel refuses something, by what it said and where we are."""

import os
from errno import EBUSY, EINVAL, ENOSPC, ENOSYS, ETIMEDOUT
from typing import NamedTuple

_SYSCTLS = "/proc/sys"
_Rules = tuple[tuple[bool, str], ...]
"""Remedies, each behind when it applies; the first that does is the best."""


class Place(NamedTuple):
    """What a remedy depends on."""

    root: bool = False
    container: bool = False
    systemd: bool = False
    apparmor_restricts: bool = False
    """Only programs with an AppArmor profile may use a user namespace (Ubuntu >= 23.10)."""
    clone_restricted: bool = False
    """Debian's older switch against user namespaces is on."""
    no_namespaces: bool = False
    """``user.max_user_namespaces`` is 0."""


def find_place() -> Place:
    """Look around on this machine."""
    marks = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
    return Place(
        root=os.geteuid() == 0,
        container=any(map(os.path.exists, marks)),
        systemd=os.path.isdir("/run/systemd/system"),  # noqa: PTH112 - one stat
        apparmor_restricts=_sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1",
        clone_restricted=_sysctl("kernel/unprivileged_userns_clone") == "0",
        no_namespaces=_sysctl("user/max_user_namespaces") == "0",
    )


def remedy_for(name: str, errno: int, step: str, place: Place) -> str:
    """One sentence; ``errno`` is -1 where the kernel gave no error and no effect either.

    >>> remedy_for("process limit", -1, "fork beyond RLIMIT_NPROC", Place())
    'a kernel from Linux 5.14 on, or a cgroup'
    """
    rules: _Rules
    if errno == ETIMEDOUT:
        rules = ((True, "ask again when the machine is less busy"),)
    elif name == "systemd scope":
        rules = ((True, "apt install dbus-user-session, or its like, then log in again"),)
    elif name.startswith("cgroup v2"):
        rules = _cgroup_rules(name, errno, step, place)
    elif name.startswith("cgroup v1"):
        rules = (
            (errno < 0, "none where cgroup v2 works: v1 is for machines without it"),
            (True, "start it as root, or use cgroup v2, which can be delegated to a user"),
        )
    elif name == "process limit" and "RLIMIT_NPROC" in step:
        rules = (
            (place.root, "root is not bound by it: start it as an ordinary user, or in a cgroup"),
            (True, "a kernel from Linux 5.14 on, or a cgroup"),
        )
    elif name in {"pidfd", "subreaper"}:
        rules = _call_rules("5.3" if name == "pidfd" else "3.4", errno, place)
    else:
        rules = _namespace_rules(errno, step, place)
    return next(remedy for applies, remedy in rules if applies)


def _namespace_rules(errno: int, step: str, place: Place) -> _Rules:
    return (
        (
            place.container and place.root,
            "docker run --cap-add SYS_ADMIN --security-opt apparmor=unconfined …",
        ),
        (
            place.container,
            (
                "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
                " --security-opt systempaths=unconfined …"
            ),
        ),
        (
            place.apparmor_restricts and not place.root,
            (
                "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor"
                " profile for this Python with the rule `userns,`"
            ),
        ),
        (
            place.clone_restricted and not place.root,
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            place.no_namespaces or errno == ENOSPC,
            (
                "sudo sysctl -w user.max_user_namespaces=15000 user.max_pid_namespaces=15000"
                " user.max_mnt_namespaces=15000"
            ),
        ),
        (errno in {EINVAL, ENOSYS}, "a kernel with CONFIG_USER_NS and CONFIG_PID_NS"),
        (
            step == "mount /proc",
            "unmount what hides parts of /proc, or start it outside of this sandbox",
        ),
        (True, "start it outside of the sandbox, chroot or seccomp filter that it is in"),
    )


def _cgroup_rules(name: str, errno: int, step: str, place: Place) -> _Rules:
    return (
        (
            place.container,
            "docker run --pids-limit 512 --memory 4g --cpus 2 … caps the whole container instead",
        ),
        (
            name == "cgroup v2 cpu" and "cpu" in step and place.systemd,
            (
                "sudo systemctl edit user@.service, there [Service] Delegate=cpu memory pids,"
                " then log in again"
            ),
        ),
        (
            errno < 0 and step.startswith("find") and (place.root or "hierarchy" in step),
            (
                "boot with systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all: the controllers are"
                " not there, or held by cgroup v1"
            ),
        ),
        (step == "write 1 to cgroup.kill", "a kernel from Linux 5.14 on"),
        (place.systemd and place.root, "systemd-run --scope -p Delegate=yes supervise FILE"),
        (
            place.systemd,
            (
                "systemd-run --user --scope -p Delegate=yes supervise FILE; to outlive your login:"
                " loginctl enable-linger"
            ),
        ),
        (errno == EBUSY, "start it in a cgroup where no other process is"),
        (True, "have root make a cgroup, chown it to you and start supervise in it, alone"),
    )


def _call_rules(since: str, errno: int, place: Place) -> _Rules:
    return (
        (
            place.container,
            (
                "a newer container engine, or docker run --security-opt seccomp=unconfined …;"
                f" it needs Linux {since}"
            ),
        ),
        (errno == ENOSYS, f"a kernel from Linux {since} on"),
        (True, "start it outside of the sandbox or seccomp filter that it is in"),
    )


def _sysctl(name: str) -> str:
    try:
        with open(f"{_SYSCTLS}/{name}", encoding="ascii") as file:  # noqa: PTH123 - one small read
            return file.read().strip()
    except OSError:
        return ""
