"""Pictures with a palette: what is drawn is what was there."""

import struct
import zlib

import numpy as np

from bench.png import SIGNATURE, png, reduced


def drawn(picture):
    """Read what `png` writes, as any reader does."""
    assert picture.startswith(SIGNATURE)
    at, chunks = len(SIGNATURE), {}
    while at < len(picture):
        (size,) = struct.unpack_from(">I", picture, at)
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", picture, at + 8 + size) == (zlib.crc32(kind + body),)
        chunks[kind], at = body, at + 12 + size
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)[rows[:, 1:]]


def test_a_picture_of_few_colours_is_drawn_as_it_is():
    pixels = np.random.default_rng(1).integers(0, 4, (7, 13, 3)).astype(np.uint8) * 60
    assert (drawn(png(pixels, 64)) == pixels).all()


def test_a_colour_too_many_becomes_the_nearest_that_is_kept():
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[0] = 255
    pixels[1, 0] = 250
    palette, indices = reduced(pixels, 2)
    assert sorted(palette[:, 0]) == [0, 255]
    assert palette[indices][1, 0, 0] == 255
    assert (palette[indices][2:] == 0).all()
