"""Taking connections from a listening socket inside the event loop."""

import socket

import anyio

from supervisor.unix_sockets import accept_ours

_PAUSE_S = 0.1


async def accept_next(listener: socket.socket) -> socket.socket:
    """The next connection of our own user's; the caller closes it."""
    while True:
        await anyio.wait_readable(listener)
        try:
            connection = accept_ours(listener)
        except OSError:
            # Descriptors have run out. The connection stays readable, so waiting would not wait.
            await anyio.sleep(_PAUSE_S)
            continue
        if connection is not None:
            return connection
