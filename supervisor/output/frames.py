"""zstd frames that describe themselves, and whole compressed files: the home of ``zstandard``.

A segment of the raw store is a row of pairs: a *skippable* frame with a JSON header, then the
zstd frame that it describes. Decoders pass over skippable frames, so ``zstdcat`` gives just
the kept bytes; we hop from header to header and decode only what is asked for.

Source: RFC 8878, 3.1.2 (skippable frames).
"""

import errno
import hashlib
import json
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import zstandard

from supervisor.units import Bytes

FRAME_BYTES = Bytes(1 << 18)
"""Raw bytes in a full frame: larger ones are hardly smaller compressed, and many are held."""

_SKIPPABLE = struct.Struct("<II")
_SKIPPABLE_MAGIC = 0x184D2A50
_HEADER_MOST_BYTES = 1 << 17
_FRAME_LEVEL = 1
_ARCHIVE_LEVEL = 3
_COPY_BYTES = 1 << 17


class FrameError(Exception):
    """These bytes are not what we wrote; the message says in which way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameHeader:
    """What one frame holds and where it stands in the whole output."""

    offset: int
    """Bytes of output before it, dropped ones included."""
    line: int
    """Newlines of output before it, dropped ones included."""
    raw_bytes: int
    """0 in the header that ends a store; no zstd frame follows that one."""
    lines: int
    """Newlines in it."""
    parts: tuple[tuple[int, int], ...]
    """(stream, bytes) in the order of capture; stream 1 is stdout, 2 stderr."""
    sha256: str
    """Of the raw bytes."""
    frame_bytes: int
    """Length of the zstd frame that follows."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A zstd frame, and what it holds."""

    frame: bytes
    raw_bytes: int
    sha256: str


class FrameEncoder:
    """Compresses frames with one compressor, for one thread at a time."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_FRAME_LEVEL, write_checksum=True)

    def encode(self, raw: bytes | bytearray) -> Encoded:
        """A frame of ``raw``; none if there is nothing in it."""
        return Encoded(
            frame=self._compressor.compress(raw) if raw else b"",
            raw_bytes=len(raw),
            sha256=hashlib.sha256(raw).hexdigest(),
        )


def pack(
    encoded: Encoded, parts: Sequence[tuple[int, int]], at: tuple[int, int], lines: int
) -> tuple[bytes, bytes]:
    """Header and frame, to be written one after the other.

    ``at`` is the offset and the line of the first raw byte; ``lines`` are the newlines in it.
    """
    header = FrameHeader(
        offset=at[0],
        line=at[1],
        raw_bytes=encoded.raw_bytes,
        lines=lines,
        parts=tuple(parts),
        sha256=encoded.sha256,
        frame_bytes=len(encoded.frame),
    )
    fields = {name: getattr(header, name) for name in FrameHeader.__slots__}
    body = json.dumps(fields, separators=(",", ":")).encode()
    return _SKIPPABLE.pack(_SKIPPABLE_MAGIC, len(body)) + body, encoded.frame


def read_header(file: IO[bytes]) -> FrameHeader | None:
    """The header at the file's position; None at the end, or where a crash tore it.

    Raises:
        FrameError: what stands there was not written by us.
        OSError: the file cannot be read.
    """
    start = file.read(_SKIPPABLE.size)
    if len(start) < _SKIPPABLE.size:
        return None
    magic, length = _SKIPPABLE.unpack(start)
    if magic != _SKIPPABLE_MAGIC or length > _HEADER_MOST_BYTES:
        raise FrameError("no frame header where one should be")
    body = file.read(length)
    if len(body) < length:
        return None
    try:
        fields = json.loads(body)
        fields["parts"] = tuple((stream, size) for stream, size in fields["parts"])
        return FrameHeader(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise FrameError(f"an unreadable frame header: {error}") from error


def decode(header: FrameHeader, frame: bytes) -> bytes:
    """The raw bytes of a frame, checked against its header.

    Raises:
        FrameError: they are not the bytes that were captured.
    """
    try:
        # Asked first, so that a damaged frame cannot make us allocate what it claims to hold.
        if zstandard.frame_content_size(frame) != header.raw_bytes:
            raise FrameError("a frame whose length differs from its header's")
        raw = zstandard.ZstdDecompressor().decompress(frame)
    except zstandard.ZstdError as error:
        raise FrameError(f"a frame that does not decompress: {error}") from error
    if hashlib.sha256(raw).hexdigest() != header.sha256:
        raise FrameError("a frame whose checksum differs from its header's")
    return raw


def compress(plain: Path, archive: Path) -> None:
    """Write ``plain`` compressed to ``archive``, on the disk and read back; ``plain`` stays.

    ``archive`` appears complete or not at all. It is written beside itself as ``….part``,
    which a crash may leave.

    Raises:
        OSError: something could not be read or written, or did not read back the same (EIO).
    """
    part = archive.with_name(archive.name + ".part")
    try:
        _verify(part, _compress_to(plain, part))
        part.replace(archive)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    directory = os.open(archive.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _verify(part: Path, written: bytes) -> None:
    digest = hashlib.sha256()
    for chunk in decompress(part):
        digest.update(chunk)
    if digest.digest() != written:
        raise OSError(errno.EIO, "archive does not read back the same", os.fspath(part))


def _compress_to(plain: Path, part: Path) -> bytes:
    digest = hashlib.sha256()
    compressor = zstandard.ZstdCompressor(level=_ARCHIVE_LEVEL, write_checksum=True).compressobj()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with plain.open("rb") as source, os.fdopen(os.open(part, flags, 0o600), "wb") as target:
        while chunk := source.read(_COPY_BYTES):
            digest.update(chunk)
            target.write(compressor.compress(chunk))
        target.write(compressor.flush())
        target.flush()
        os.fsync(target.fileno())
    return digest.digest()


def decompress(archive: Path) -> Iterator[bytes]:
    """The bytes of a compressed file, in chunks; a file cut short gives what it still has.

    Raises:
        OSError: it cannot be read, or is no zstd file (EIO).
    """
    with archive.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        while True:
            try:
                chunk = reader.read(_COPY_BYTES)
            except zstandard.ZstdError as error:
                raise OSError(errno.EIO, f"not a zstd file: {error}", os.fspath(archive)) from error
            if not chunk:
                return
            yield chunk
