"""Distance in metres on the ellipsoid from points to the edges of polygons.

An edge is the straight line between two vertices in the polygons' own reference system; it is never replaced by a
geodesic and never reprojected. The search has three steps, each a bound for the next:

1. runs of consecutive edges (facets) are indexed by their boxes, and each point collects the facets whose box comes
   within reach of it, in a radius that grows until something is found;
2. per point, a facet stays only if the distance to its box is not greater than the distance to a vertex already
   known;
3. on the edges of the facets that stay, the foot of the perpendicular is found in the metric of the point (metres
   per unit of x and y there); every edge within the error of that metric is measured along the geodesic to its foot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from .geodesy import Surface

_EDGES_PER_FACET = 16
_VERTICES_AT_ONCE = 250_000
"""Rings are copied before they are cut; this many vertices at a time, so that the copies stay small."""
_FIRST_CHUNK, _LARGEST_CHUNK = 4_000, 50_000
_PAIRS_AT_ONCE = 1_000_000
"""Pairs of point and facet held in memory at a time (about 200 bytes each)."""
_FIRST_REACH_M = 1000.0
_GROWTH = 2.0
_REFINE_BEYOND_M = 5000.0
"""Beyond this the foot found in the metric of the point, off by about d²/R, is put right by the geodesic."""

Keep = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Edges:
    """The rings of polygons, cut into facets.

    Attributes:
        xy: vertices of all rings (v, 2).
        start, stop: first and last vertex of each facet; its edges join neighbours from start to stop.
        owner: which polygon each facet belongs to.
        box: xmin, ymin, xmax, ymax of each facet (f, 4).
        tree: spatial index over the boxes.
    """

    xy: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    owner: np.ndarray
    box: np.ndarray
    tree: shapely.STRtree

    @staticmethod
    def of(shapes: np.ndarray) -> Edges:
        """Edges of polygons or multipolygons; None has none."""
        size = np.cumsum(shapely.get_num_coordinates(shapes))
        cuts = np.searchsorted(
            size, np.arange(_VERTICES_AT_ONCE, size[-1] if len(size) else 0, _VERTICES_AT_ONCE)
        )
        blocks = [
            (block, _facets(shapes[block])) for block in np.split(np.arange(len(shapes)), cuts) if len(block)
        ]
        if not blocks:
            blocks = [(np.arange(0), _facets(shapes))]
        shift = np.cumsum([0, *(len(facets[0]) for _, facets in blocks)])[:-1]
        xy = np.concatenate([facets[0] for _, facets in blocks])
        start = np.concatenate([facets[1] + by for (_, facets), by in zip(blocks, shift, strict=True)])
        stop = np.concatenate([facets[2] + by for (_, facets), by in zip(blocks, shift, strict=True)])
        owner = np.concatenate([block[facets[3]] for block, facets in blocks])
        box = _boxes(xy, start, stop)
        return Edges(xy, start, stop, owner, box, shapely.STRtree(shapely.linestrings(box.reshape(-1, 2, 2))))


def _facets(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices of all rings, and first vertex, last vertex and polygon of each facet."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]]) if len(ring) else ring
    n_edges = np.diff(np.r_[first, len(ring)]) - 1
    n_facets = -(-n_edges // _EDGES_PER_FACET)
    which = np.repeat(np.arange(len(first)), n_facets)
    nth = np.arange(n_facets.sum()) - np.repeat(np.cumsum(n_facets) - n_facets, n_facets)
    start = first[which] + nth * _EDGES_PER_FACET
    stop = np.minimum(start + _EDGES_PER_FACET, first[which] + n_edges[which])
    return xy, start, stop, part_owner[ring_part[ring[first]]][which]


def nearest_edge(
    xy: np.ndarray,
    edges: Edges,
    surface: Surface,
    limit_m: float,
    keep: Keep | None = None,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """Smallest distance of each point to an edge, in metres on the ellipsoid.

    Args:
        xy: points (n, 2) in the system of ``edges``.
        limit_m: distances beyond it are not looked for.
        keep: given point numbers and polygon numbers as pairs, which pairs are asked for at all.

    Returns:
        (n,) metres, exact up to ``limit_m``; NaN beyond.
    """
    nearest = np.full(len(xy), np.nan)
    left = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if not len(edges.start) or limit_m <= 0:
        return nearest
    reach = min(limit_m, _FIRST_REACH_M)
    while len(left):
        begin, chunk = 0, _FIRST_CHUNK
        while begin < len(left):
            rows = left[begin : begin + chunk]
            nearest[rows], n_pairs = _within(rows, xy[rows], edges, surface, reach, keep)
            begin += len(rows)
            wanted = _PAIRS_AT_ONCE * len(rows) // max(n_pairs, 1)
            chunk = int(np.clip(wanted, 1, min(4 * chunk, _LARGEST_CHUNK)))
            if progress is not None:
                progress(begin / len(left))
        if reach >= limit_m:
            break
        left = left[np.isnan(nearest[left])]
        reach = min(limit_m, reach * _GROWTH)
    return nearest


def _within(
    rows: np.ndarray, xy: np.ndarray, edges: Edges, surface: Surface, reach: float, keep: Keep | None
) -> tuple[np.ndarray, int]:
    """Distances of a few points up to ``reach`` metres (NaN beyond), and how many facets were looked at."""
    found = np.full(len(xy), np.nan)
    metric = surface.metric(xy)
    margin = 1.0 + surface.distortion(xy, reach)
    half = reach * margin[:, None] * _unit_circle(metric)[0]
    boxes = shapely.box(*(xy - half).T, *(xy + half).T)
    point, facet = edges.tree.query(boxes)
    n_pairs = len(point)
    if keep is not None:
        asked = keep(rows[point], edges.owner[facet])
        point, facet = point[asked], facet[asked]
    if not len(point):
        return found, n_pairs
    bound = reach * margin
    point, facet = _boxes_in_question(point, facet, xy, metric, edges, bound, margin)
    point, tail, head = _edges_of(point, facet, edges)
    foot, flat = _feet(xy[point], tail, head, metric[point])
    best = np.minimum(bound, _least(point, flat, len(xy)) * margin)
    close = flat <= best[point] * margin[point] + 1e-6
    point, foot, flat = point[close], foot[close], flat[close]
    far = flat > _REFINE_BEYOND_M
    if far.any():
        foot[far] = _perpendicular(foot[far], xy[point[far]], tail[close][far], head[close][far], surface)
    least = _least(point, surface.distance(xy[point], foot), len(xy))
    inside = least <= reach
    found[inside] = least[inside]
    return found, n_pairs


def _boxes_in_question(
    point: np.ndarray,
    facet: np.ndarray,
    xy: np.ndarray,
    metric: np.ndarray,
    edges: Edges,
    bound: np.ndarray,
    margin: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose box may hold the nearest edge: no farther than the nearest known vertex."""
    half, stretch = _unit_circle(metric)
    place = xy[point]
    to_vertex = _lengths(edges.xy[edges.start[facet]] - place, metric[point])
    known = np.minimum(bound, _least(point, to_vertex, len(xy)) * margin)
    corner = edges.box[facet]
    gap = np.maximum(np.maximum(corner[:, :2] - place, place - corner[:, 2:]), 0.0)
    shortest = np.hypot(*(gap / half[point]).T) / stretch[point]
    stays = shortest <= known[point] * margin[point] + 1e-6
    return point[stays], facet[stays]


def _edges_of(
    point: np.ndarray, facet: np.ndarray, edges: Edges
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every edge of the facets, as point number, tail (m, 2) and head (m, 2)."""
    count = edges.stop[facet] - edges.start[facet]
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    vertex = np.repeat(edges.start[facet], count) + nth
    return np.repeat(point, count), edges.xy[vertex], edges.xy[vertex + 1]


def _feet(
    xy: np.ndarray, tail: np.ndarray, head: np.ndarray, metric: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Nearest place on each edge in the metric, and its distance in metres there."""
    along, away = _apply(metric, head - tail), _apply(metric, xy - tail)
    share = np.clip(_ratio((along * away).sum(axis=1), (along**2).sum(axis=1)), 0.0, 1.0)[:, None]
    return tail + share * (head - tail), np.hypot(*(away - share * along).T)


def _perpendicular(
    foot: np.ndarray, xy: np.ndarray, tail: np.ndarray, head: np.ndarray, surface: Surface
) -> np.ndarray:
    """Feet moved along their edges until the geodesic to the point stands at a right angle (or an end is reached)."""
    edge = head - tail
    longest = np.abs(edge).argmax(axis=1)
    rows = np.arange(len(edge))
    share = _ratio((foot - tail)[rows, longest], edge[rows, longest])
    for _ in range(3):
        along = _apply(surface.metric(foot), edge)
        away = surface.displacement(foot, xy)
        share = np.clip(share + _ratio((along * away).sum(axis=1), (along**2).sum(axis=1)), 0.0, 1.0)
        foot = tail + share[:, None] * edge
    return foot


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Quotient, 0 for an edge without a length."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)


def _least(point: np.ndarray, value: np.ndarray, size: int) -> np.ndarray:
    """Smallest value per point; infinite for a point without one."""
    least = np.full(size, np.inf)
    if len(point):
        order = np.argsort(point, kind="stable")
        owner = point[order]
        first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        least[owner[first]] = np.minimum.reduceat(value[order], first)
    return least


def _apply(metric: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return np.einsum("nij,nj->ni", metric, vector)


def _lengths(vector: np.ndarray, metric: np.ndarray) -> np.ndarray:
    return np.hypot(*_apply(metric, vector).T)


def _unit_circle(metric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places one metre away, an ellipse in coordinates: its box and how far it leans.

    Returns:
        Half width and height of the box (n, 2), and ``stretch`` (n,): a displacement d is at least
        ``hypot(dx / half_x, dy / half_y) / stretch`` metres long (1 for an ellipse along the axes).
    """
    # Inverse of a 2 x 2 matrix by hand: its rows are the gradients of x and y with respect to metres.
    (a, b), (c, d) = metric.transpose(1, 2, 0)
    size = np.abs(a * d - b * c)
    half = np.column_stack([np.hypot(d, b), np.hypot(c, a)]) / size[:, None]
    lean = np.abs(d * c + b * a) / (np.hypot(d, b) * np.hypot(c, a))
    return half, np.sqrt(1.0 + lean)


def _boxes(xy: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Bounding box (f, 4) of the vertices from start to stop, both included."""
    if not len(start):
        return np.empty((0, 4))
    # A facet ends on the vertex where the next begins, so each run is taken up to its end and that vertex added.
    low = np.minimum(np.minimum.reduceat(xy, start), xy[stop])
    high = np.maximum(np.maximum.reduceat(xy, start), xy[stop])
    return np.hstack([low, high])
