"""How the guardian hears of signals; standard library only."""

import os
import signal

_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)


def wake_on_child() -> int:
    """A descriptor that becomes readable when a child ends."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for signum in _IGNORED:
        signal.signal(signum, signal.SIG_IGN)
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wake
