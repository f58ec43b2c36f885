"""Small pictures of pages: PNG with a palette (https://www.w3.org/TR/png-3/), without a library."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_COLOURS = 256

Pixels = NDArray[np.uint8]
"""Rows of pixels of red, green, and blue."""


def png(pixels: Pixels, colours: int = 128) -> bytes:
    """Return the picture with its commonest colours; every other one becomes the nearest of them.

    A page has few colours, and the many at the edges of its letters are near these.
    """
    palette, indices = reduced(pixels, min(colours, MOST_COLOURS))
    height, width = indices.shape
    # Each row begins with the number of its filter: none, as neighbours of a palette say little.
    rows = np.concatenate([np.zeros((height, 1), np.uint8), indices], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows, 9)))
    return SIGNATURE + b"".join(_chunk(*part) for part in (*parts, (b"IEND", b"")))


def reduced(pixels: Pixels, colours: int) -> tuple[Pixels, NDArray[np.uint8]]:
    """Return a palette, and the index in it of each pixel."""
    height, width, _ = pixels.shape
    red, green, blue = (pixels[:, :, n].astype(np.uint32) for n in range(3))
    keys, inverse, counts = np.unique(
        red << 16 | green << 8 | blue, return_inverse=True, return_counts=True
    )
    all_colours = np.stack([keys >> 16, keys >> 8 & 255, keys & 255], axis=1).astype(np.int32)
    palette = all_colours[_chosen(all_colours, counts, colours)]
    apart = ((all_colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    nearest = apart.argmin(axis=1).astype(np.uint8)
    return palette.astype(np.uint8), nearest[inverse].reshape(height, width)


def _chosen(found: NDArray[np.int32], counts: NDArray[np.int64], colours: int) -> NDArray[np.int64]:
    """Return the indices of the colours to keep, one after the other: that which is the worst drawn
    by those before, by how common it is and how far from them.
    """
    chosen = [int(counts.argmax())]
    apart = ((found - found[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < colours and apart.any():
        chosen.append(int((apart * np.sqrt(counts)).argmax()))
        apart = np.minimum(apart, ((found - found[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(chosen)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
