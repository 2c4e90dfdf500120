"""Messages and descriptors over a socketpair."""

import os
import socket
from collections.abc import Iterator

import pytest

from supervisor.wire import Channel, Packet, WireError


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    one, other = map(Channel, socket.socketpair())
    yield one, other
    one.close()
    other.close()


def test_foreign_bytes_survive(pair: tuple[Channel, Channel]) -> None:
    """An environment that is no UTF-8 arrives as it was."""
    value = os.fsdecode(b"caf\xe9")
    pair[0].send({"env": {"NAME": value}})

    (packet,) = pair[1].receive()
    assert packet.message == {"env": {"NAME": value}}


def test_descriptors_stay_with_their_message(pair: tuple[Channel, Channel]) -> None:
    """Of three messages sent at once, each brings its own descriptors."""
    reads, writes = os.pipe()
    pair[0].send({"n": 1}, [writes])
    pair[0].send({"n": 2})
    pair[0].send({"n": 3}, [reads, writes])
    packets: list[Packet] = []
    while len(packets) < 3:
        packets += pair[1].receive()
    received = [len(packet.fds) for packet in packets]
    for fd in [reads, writes, *(fd for packet in packets for fd in packet.fds)]:
        os.close(fd)

    assert received == [1, 0, 2]


def test_large_message_waits_for_a_slow_peer(pair: tuple[Channel, Channel]) -> None:
    """What does not fit into the socket is sent later, in order and whole."""
    argv = ["x" * 1000] * 2000
    pair[0].send({"argv": argv})
    assert pair[0].unsent
    packets: list[Packet] = []
    while not packets:
        pair[0].flush()
        packets += pair[1].receive()

    assert packets[0].message == {"argv": argv}


def test_closed_peer_is_end_of_file(pair: tuple[Channel, Channel]) -> None:
    """A peer that is gone is not an empty answer."""
    pair[0].close()

    with pytest.raises(EOFError):
        pair[1].receive()


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\0\2{}", b"\0\0\0\1x", b"\0\0\0\2[]"])
def test_garbage_is_refused(data: bytes) -> None:
    """Whatever is no message of ours ends the connection instead of being guessed at."""
    raw, sock = socket.socketpair()
    channel = Channel(sock)
    raw.send(data)
    try:
        with pytest.raises(WireError):
            channel.receive()
    finally:
        raw.close()
        channel.close()


def test_descriptors_without_a_message_are_refused() -> None:
    """A peer cannot make us hold more descriptors than one message may bring."""
    raw, sock = socket.socketpair()
    channel = Channel(sock)
    refused = False
    try:
        for _ in range(10):
            socket.send_fds(raw, [b"\0"], [0] * 20)
            channel.receive()
    except WireError:
        refused = True
    finally:
        raw.close()
        channel.close()

    assert refused
