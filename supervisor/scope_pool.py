"""A scope's pool: no more commands at once than it has slots, and those who wait come in order."""

import math
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from os import PathLike
from typing import Unpack

import anyio

from supervisor.pool.slots import Slots, Waiting
from supervisor.scope_values import CommandOptions, Finished, SlotTimeoutError
from supervisor.units import render_seconds

Argv = Sequence[str | PathLike[str]]


class Pool:
    """Slots for commands, or for anything else."""

    def __init__(self, size: int, run: Callable[..., Awaitable[Finished]]) -> None:
        self._slots = Slots(size)
        self._run = run

    @property
    def held(self) -> int:
        """Slots in use."""
        return self._slots.held

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return self._slots.waiting

    @asynccontextmanager
    async def slot(self, wait_s: float = math.inf) -> AsyncIterator[None]:
        """Hold a slot for as long as the block lasts, after whoever asked before.

        Raises:
            SlotTimeoutError: none became free within ``wait_s``; the place in the queue is lost.
        """
        key = secrets.token_hex(8)
        granted = anyio.Event()
        try:
            with anyio.move_on_after(wait_s) as clock:
                if isinstance(self._slots.request(key, granted.set), Waiting):
                    await granted.wait()
            if clock.cancelled_caught:
                wait = render_seconds(wait_s)
                raise SlotTimeoutError(f"no slot of {self._slots.size} became free within {wait}")
            yield
        finally:
            self._slots.release(key)

    async def run(
        self,
        argv: Argv,
        *,
        wait_s: float = math.inf,
        timeout_s: float = math.inf,
        check: bool = False,
        **options: Unpack[CommandOptions],
    ) -> Finished:
        """The scope's ``run`` in a slot; ``wait_s`` is for the slot, ``timeout_s`` for the run.

        Raises:
            SlotTimeoutError: none became free within ``wait_s``; nothing was started.
            SupervisorError: as the scope's ``run`` does.
        """
        async with self.slot(wait_s):
            return await self._run(argv, timeout_s=timeout_s, check=check, **options)
