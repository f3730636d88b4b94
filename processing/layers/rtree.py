"""The nodes of an SQLite R*Tree, packed at once instead of being inserted point by point.

Layout of a node (https://www.sqlite.org/rtree.html, "shadow tables"): depth of the tree (root only) and number of
cells as big-endian 16-bit integers, then cells of a 64-bit id and four 32-bit floats (min x, max x, min y, max y), up
to 51 of them. Packing is sort-tile-recursive (Leutenegger, Lopez and Edgington 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CAPACITY = 51
"""Cells of a node of a two-dimensional tree in a database with pages of 4096 bytes or fewer cells than that holds."""

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])
_NODE = np.dtype([("depth", ">u2"), ("n", ">u2"), ("cells", _CELL, CAPACITY)])


@dataclass(frozen=True)
class PackedTree:
    """The three shadow tables of a tree.

    Attributes:
        nodes: node number → blob. rowids: row id → number of its leaf. parents: node number → that of its parent.
    """

    nodes: list[tuple[int, bytes]]
    rowids: list[tuple[int, int]]
    parents: list[tuple[int, int]]


def pack(ids: np.ndarray, x: np.ndarray, y: np.ndarray) -> PackedTree:
    """The tree of points.

    Args:
        ids: row ids, int64, shape (n,). x, y: finite coordinates, float64, shape (n,). At least one point.
    """
    box = np.column_stack([*_outward(x), *_outward(y)])
    levels = []
    while True:
        order = _tiles(box)
        levels.append((ids[order], box[order]))
        starts = np.arange(0, len(ids), CAPACITY)
        if len(starts) == 1:
            break
        low = np.minimum.reduceat(box[order], starts, axis=0)[:, [0, 2]]
        high = np.maximum.reduceat(box[order], starts, axis=0)[:, [1, 3]]
        box = np.column_stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]])
        ids = np.arange(len(starts))  # places within the level; numbered below
    return _numbered(levels)


def _numbered(levels: list[tuple[np.ndarray, np.ndarray]]) -> PackedTree:
    """Give nodes their numbers: the root is 1, the others follow from the top down."""
    nodes, parents = [], []
    first = 1
    numbers_above: np.ndarray | None = None
    children_above: np.ndarray | None = None
    for level in range(len(levels) - 1, -1, -1):
        ids, boxes = levels[level]
        count = -(-len(ids) // CAPACITY)
        # A node's place in its level is what the cells above call it by.
        numbers = first + np.arange(count)
        first += count
        if numbers_above is not None and children_above is not None:
            holder = numbers_above[np.arange(len(children_above)) // CAPACITY]
            parents += list(zip(numbers[children_above].tolist(), holder.tolist(), strict=True))
        below = ids if level == 0 else first + ids
        nodes += _blobs(numbers, below, boxes, depth=len(levels) - 1 if count == 1 and first == 2 else 0)
        numbers_above, children_above = numbers, ids
    leaf = numbers_above[np.arange(len(levels[0][0])) // CAPACITY]
    by_id = np.argsort(levels[0][0])
    rowids = list(zip(levels[0][0][by_id].tolist(), leaf[by_id].tolist(), strict=True))
    return PackedTree(nodes, rowids, sorted(parents))


def _blobs(numbers: np.ndarray, ids: np.ndarray, boxes: np.ndarray, depth: int) -> list[tuple[int, bytes]]:
    made = np.zeros(len(numbers), dtype=_NODE)
    place = np.arange(len(ids))
    made["cells"]["id"][place // CAPACITY, place % CAPACITY] = ids
    made["cells"]["box"][place // CAPACITY, place % CAPACITY] = boxes
    made["n"] = np.bincount(place // CAPACITY, minlength=len(numbers))
    made["depth"][0] = depth
    raw, size = made.tobytes(), _NODE.itemsize
    return [
        (number, raw[start : start + size])
        for number, start in zip(numbers.tolist(), range(0, len(raw), size), strict=True)
    ]


def _tiles(box: np.ndarray) -> np.ndarray:
    """An order in which each run of ``CAPACITY`` boxes lies close together."""
    x, y = box[:, 0] + box[:, 1], box[:, 2] + box[:, 3]
    slices = max(int(np.ceil(np.sqrt(np.ceil(len(box) / CAPACITY)))), 1)
    by_x = np.argsort(x, kind="stable")
    strip = np.empty(len(box), dtype=np.int64)
    strip[by_x] = np.arange(len(box)) // (slices * CAPACITY)
    return np.lexsort((y, strip))


def _outward(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest 32-bit floats below and above (or equal): a box must never be too small."""
    near = values.astype(np.float32)
    down = np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)
    up = np.where(near < values, np.nextafter(near, np.float32(np.inf)), near)
    return down, up
