"""A copy of the decided sample that a test may change; a picture. Lets these tests import what stands beside them,
and ``build`` of the tests of rules."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ...conftest import FORMULA, IDENTITY, PERSON, PHONE, SCRIPT, SEALED, SHUT, TODAY, query

__all__ = ["FORMULA", "IDENTITY", "PERSON", "PHONE", "SCRIPT", "SEALED", "SHUT", "TODAY", "query"]

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "rules")]


@pytest.fixture
def case(decided, tmp_path):
    """A copy that a test may change."""
    path = tmp_path / "案 卷.gpkg"
    shutil.copy(decided, path)
    return path


@pytest.fixture
def sample_picture(tmp_path):
    """A PNG of one red pixel."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path = tmp_path / "map.png"
    parts = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\xff\0\0"))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts) + chunk(b"IEND", b""))
    return path
