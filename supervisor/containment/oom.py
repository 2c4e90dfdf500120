"""Who dies first when the host runs out of memory: tools, then the autopilot, we last.

Standard library only. Raising a score is free and inherited; lowering one takes a privilege.
Source: proc_pid_oom_score_adj(5).
"""

import os

SUPERVISOR, GUARDIAN, AUTOPILOT, TOOL = -500, 50, 200, 400
"""What is added to the score that we were started with; the first as root only."""
_MOST = 1000
_LEAST = -1000


def read() -> int:
    """Our own score."""
    with open("/proc/self/oom_score_adj", encoding="ascii") as file:  # noqa: PTH123 - one small read
        return int(file.read())


def set_score(pid: int, score: int) -> bool:
    """Give a process a score; False: we may not, or it is gone."""
    try:
        fd = os.open(f"/proc/{pid}/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.write(fd, str(max(_LEAST, min(_MOST, score))).encode())
    except OSError:
        return False
    finally:
        os.close(fd)
    return True
