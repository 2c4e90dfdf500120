"""Work beside the event loop, also while there is no thread to be had."""

import os
import threading
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import to_thread

_AGAIN_S = 0.1
_REFUSED = "can't start new thread"
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


async def run_in_thread(call: Callable[[*_Ts], _T], *arguments: *_Ts) -> _T:
    """What ``call`` returns, run in a thread.

    Waits for one as long as the kernel grants none: a fork bomb can have all that our user may,
    and nobody but we ends it.
    """
    while True:
        try:
            return await to_thread.run_sync(call, *arguments)
        except RuntimeError as error:
            if str(error) != _REFUSED:
                raise
        await anyio.sleep(_AGAIN_S)


async def run_apart(call: Callable[[], object]) -> None:
    """Run what may never return, in a thread of its own.

    Cancelled, the thread is left to itself, and neither we nor the interpreter's end wait for it.

    Raises:
        Exception: what ``call`` raises.
    """
    failures: list[Exception] = []
    ours, theirs = os.pipe()

    def work() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            failures.append(error)
        finally:
            os.close(theirs)

    try:
        threading.Thread(target=work, daemon=True).start()
    except RuntimeError:
        os.close(theirs)
        raise
    else:
        await anyio.wait_readable(ours)
    finally:
        os.close(ours)
    if failures:
        raise failures[0]
