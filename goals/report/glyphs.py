"""Which characters a font has, read from its table of them. Pure."""

import struct
from collections.abc import Iterator


def characters(font: bytes) -> set[int]:
    """Give the characters that an OpenType font can draw: the groups of its ``cmap`` in format 12."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for at in range(12, 12 + 16 * tables, 16):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, at)
        if tag == b"cmap":
            return set(_mapped(font, offset))
    raise ValueError("The font has no table of characters.")


def _mapped(font: bytes, cmap: int) -> Iterator[int]:
    count = struct.unpack_from(">H", font, cmap + 2)[0]
    for at in range(cmap + 4, cmap + 4 + 8 * count, 8):
        offset = cmap + struct.unpack_from(">I", font, at + 4)[0]
        if struct.unpack_from(">H", font, offset)[0] == 12:
            groups = struct.unpack_from(">I", font, offset + 12)[0]
            for group in range(offset + 16, offset + 16 + 12 * groups, 12):
                first, last, _ = struct.unpack_from(">III", font, group)
                yield from range(first, last + 1)
