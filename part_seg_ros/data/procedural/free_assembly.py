# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Free assemblies: random shapes put onto each other, without names.

Source: the recipe is our own; what it varies follows what real objects show: proportions,
attachment along or across the surface, symmetric copies, handles that return to the body.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.assembly import (
    Node,
    covered,
    expand,
    surface_points,
    symmetric_copies,
    touch,
)
from part_seg_ros.data.procedural.finish import random_finish
from part_seg_ros.data.procedural.free_bases import random_base
from part_seg_ros.data.procedural.free_details import lattice_copies, random_detail
from part_seg_ros.data.procedural.free_limbs import jointed_limb
from part_seg_ros.data.procedural.free_shapes import (
    Shape,
    bezier,
    log_uniform,
)
from part_seg_ros.data.procedural.free_tables import ATTACHMENTS, SLEEVES, pick_shape
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.data.procedural.primitives import tube
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.data.procedural.visibility import merge_unseen_parts

MAX_PARTS = 28
MAX_ATTEMPTS = 24
MIN_THICKNESS = 0.012
FINISH_SHARE = 0.12  # of the objects that look like scans
GAP_SHARE = 0.08  # of the attachments that nearly touch instead of sinking in
NUM_ATTACHMENTS = np.array([0.1, 0.2, 0.2, 0.16, 0.12, 0.1, 0.07, 0.05])


def free_assembly(rng: np.random.Generator) -> ProceduralObject:
    """Draws an object of a base and 1 to 8 attachments with their symmetric copies.

    Returns:
        An object of size about 1 around the origin, its base upright along z, family 'free'.
    """
    obj = _assembled(rng)
    while len(obj.parts) < 2:
        obj = _assembled(rng)
    if rng.random() < FINISH_SHARE:
        obj = replace(obj, finish=random_finish(rng))
    return obj


def _assembled(rng: np.random.Generator) -> ProceduralObject:
    """Draws a base, puts attachments on it and merges what cannot be seen."""
    nodes = random_base(rng)
    num_attachments = 1 + int(rng.choice(len(NUM_ATTACHMENTS), p=NUM_ATTACHMENTS))
    if len(nodes) > 1:
        num_attachments = max(0, num_attachments - 2)
    for attempt in range(MAX_ATTEMPTS):
        if attempt >= num_attachments and len(nodes) > 1:
            break
        added = _attach(nodes, rng)
        num_parts = sum(len(node.copies) for node in nodes + added)
        if num_parts <= MAX_PARTS:
            nodes += added
    return merge_unseen_parts(expand(nodes, 'free'), rng)


def _attach(nodes: list[Node], rng: np.random.Generator) -> list[Node]:
    """Draws an attachment on a random earlier node; none if it does not come to touch it."""
    parent_idx = 0 if rng.random() < 0.55 else int(rng.integers(len(nodes)))
    parent = nodes[parent_idx]
    style = rng.random()
    if style < 0.12:
        child, frame = _handle(parent, rng)
    elif style < 0.18:
        child, frame = _sleeve(parent, rng)
    elif style < 0.33:
        return _details(parent, parent_idx, rng)
    elif style < 0.41:
        return _limb(parent, parent_idx, len(nodes), rng)
    else:
        child, frame = _standing(parent, rng)
    if child is None:
        return []
    own_copies = symmetric_copies(child, parent, rng)
    return [_copied(child, frame, parent, parent_idx, own_copies, rng)]


def _copied(
    child: Shape,
    frame: np.ndarray,
    parent: Node,
    parent_idx: int,
    own_copies: list[np.ndarray],
    rng: np.random.Generator,
) -> Node:
    """Repeats a child, and its own copies, on every copy of its parent, or only on the first."""
    parent_copies = list(enumerate(parent.copies))
    if rng.random() < 0.15:
        parent_copies = parent_copies[:1]
    copies = tuple(
        (parent_transform @ own, copy_idx)
        for copy_idx, (parent_transform, _) in parent_copies
        for own in own_copies
    )
    return Node(shape=child, T_object_shape=frame, copies=copies, parent=parent_idx)


def _details(parent: Node, parent_idx: int, rng: np.random.Generator) -> list[Node]:
    """Puts a small raised detail on the parent, mostly a row or a grid of it."""
    point, normal = _anchor(parent, rng)
    frame = np.eye(4)
    frame[:3, :3] = _surface_frame(parent, normal, rng) @ _axes_order(rng, along=True)
    frame[:3, 3] = point
    room = np.abs(frame[:3, :3].T @ parent.T_object_shape[:3, :3]) @ parent.extents()
    width = max(float(room[:2].max()) * log_uniform(rng, 0.06, 0.2), 2.0 * MIN_THICKNESS)
    detail = random_detail(rng, width, 0.8 * float(room[1])).transformed(frame)
    if not touch(detail, parent.shape):
        return []
    if rng.random() < 0.75:
        own_copies = lattice_copies(detail, parent, point, frame[:3, 2], rng)
    else:
        own_copies = symmetric_copies(detail, parent, rng)
    return [_copied(detail, frame, parent, parent_idx, own_copies, rng)]


def _limb(parent: Node, parent_idx: int, first_idx: int, rng: np.random.Generator) -> list[Node]:
    """Lets a jointed limb grow out of the parent, in symmetric copies."""
    point, normal = _anchor(parent, rng)
    segments = jointed_limb(point, normal, float(parent.extents().max()), rng)
    if not touch(segments[0], parent.shape):
        return []
    whole = Shape(primitives=tuple(p for shape in segments for p in shape.primitives), mirrors=())
    own_copies = symmetric_copies(whole, parent, rng)
    frame = np.eye(4)
    frame[:3, 3] = point
    nodes = [_copied(segments[0], frame, parent, parent_idx, own_copies, rng)]
    copies = tuple((transform, idx) for idx, (transform, _) in enumerate(nodes[0].copies))
    for idx, segment in enumerate(segments[1:]):
        nodes.append(
            Node(shape=segment, T_object_shape=frame, copies=copies, parent=first_idx + idx)
        )
    return nodes


def _standing(parent: Node, rng: np.random.Generator) -> tuple[Shape | None, np.ndarray]:
    """Places a random shape at a surface point, along the normal (70 %) or across it."""
    shape = pick_shape(rng, ATTACHMENTS)
    extents = parent.extents()
    scale = float(extents.max() * np.exp(rng.normal(np.log(0.42), 0.45)))
    scale = float(np.clip(scale, 0.1 * extents.max(), 1.3 * extents.max()))
    shape = shape.transformed(np.diag([scale, scale, scale, 1.0]))
    point, normal = _anchor(parent, rng)
    local = _axes_order(rng, along=rng.random() < 0.7)
    frame = np.eye(4)
    frame[:3, :3] = _surface_frame(parent, normal, rng) @ local
    turned = shape.transformed(frame)
    low = min(float((p.vertices @ normal).min()) for p in turned.primitives)
    high = max(float((p.vertices @ normal).max()) for p in turned.primitives)
    depth = rng.uniform(0.04, 0.25) * min(high - low, 0.5 * float(extents.max()))
    if rng.random() < GAP_SHARE:
        gap = rng.uniform(0.003, 0.012) * float(extents.max())
        frame[:3, 3] = point - (low - gap) * normal
        if touch(shape.transformed(_shifted(frame, -2.5 * gap * normal)), parent.shape):
            return shape.transformed(frame), frame
    for deeper in (1.0, 2.0, 3.5):
        frame[:3, 3] = point - (low + depth * deeper) * normal
        placed = shape.transformed(frame)
        if touch(placed, parent.shape):
            return placed, frame
    return None, frame


def _shifted(frame: np.ndarray, shift: np.ndarray) -> np.ndarray:
    moved = frame.copy()
    moved[:3, 3] += shift
    return moved


def _anchor(parent: Node, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draws a visible surface point and its normal: centred, near a corner, or anywhere."""
    style = rng.random()
    if style < 0.35 and parent.shape.mirrors:
        found = _pole(parent, rng)
        if found is not None:
            return found
    points, normals = surface_points(parent.shape.primitives, 24, rng)
    visible = ~covered(parent.shape.primitives, points + 1e-3 * normals)
    score = np.where(visible, rng.random(len(points)), -1.0)
    if style > 0.85:
        axis = int(rng.integers(3))
        local = (points - parent.T_object_shape[:3, 3]) @ parent.T_object_shape[:3, :3]
        facing = np.abs(normals @ parent.T_object_shape[:3, axis]) > 0.8
        lateral = np.abs(np.delete(local, axis, axis=1)).sum(axis=1)
        score = np.where(visible & facing, lateral, score * 1e-6)
    chosen = int(np.argmax(score))
    return points[chosen], normals[chosen]


def _sleeve(parent: Node, rng: np.random.Generator) -> tuple[Shape | None, np.ndarray]:
    """Puts a collar, flange or grip around the parent, on an axis of its frame."""
    axis = int(rng.integers(3)) if rng.random() < 0.4 else int(np.argmax(parent.extents()))
    planes = [other for other in range(3) if other != axis]
    if not all(plane in parent.shape.mirrors for plane in planes):
        return None, np.eye(4)
    shape = pick_shape(rng, SLEEVES)
    extents = parent.extents()
    low, high = shape.bounds()
    wanted = np.append(extents[planes] * rng.uniform(1.04, 1.6), 0.0)
    if rng.random() < 0.7:
        wanted[:2] = wanted[:2].max() if parent.shape.is_round and axis == 2 else wanted[:2]
    wanted[2] = extents[axis] * log_uniform(rng, 0.05, 0.45)
    frame = np.eye(4)
    frame[:3, :3] = parent.T_object_shape[:3, [*planes, axis]]
    if np.linalg.det(frame[:3, :3]) < 0.0:
        frame[:3, 2] *= -1.0
    shift = 0.5 * rng.uniform(-1.0, 1.0) * (extents[axis] - wanted[2])
    frame[:3, 3] = parent.T_object_shape[:3, 3] + shift * frame[:3, 2]
    fitted = shape.transformed(np.diag([*(wanted / (high - low)), 1.0]))
    placed = fitted.transformed(frame)
    return (placed, frame) if touch(placed, parent.shape) else (None, frame)


def _pole(parent: Node, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray] | None:
    """Where an axis of the parent's frame leaves the parent, None if it misses it."""
    axis = int(rng.integers(3))
    planes = [other for other in range(3) if other != axis]
    if not all(plane in parent.shape.mirrors for plane in planes):
        return None
    direction = parent.T_object_shape[:3, axis] * rng.choice([-1.0, 1.0])
    centre = parent.T_object_shape[:3, 3]
    vertices = np.concatenate([p.vertices for p in parent.shape.primitives]) - centre
    reach = np.linspace(0.0, float((vertices @ direction).max()), 65)[1:]
    within = covered(parent.shape.primitives, centre + reach[:, None] * direction)
    if not within.any():
        return None
    return centre + reach[np.flatnonzero(within)[-1]] * direction, direction


def _surface_frame(parent: Node, normal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Columns tangent, bitangent, normal; mostly in line with the axes of the parent."""
    if rng.random() < 0.75:
        axis = parent.T_object_shape[:3, int(rng.choice([2, 2, 0, 1]))]
        if abs(axis @ normal) > 0.9:
            axis = parent.T_object_shape[:3, int(rng.integers(2))]
    else:
        axis = rng.normal(size=3)
    if rng.random() < 0.15:
        normal = unit(normal + 0.5 * rng.normal(size=3))
    tangent = unit(np.cross(np.cross(normal, axis + 1e-6), normal))
    return np.stack([tangent, np.cross(normal, tangent), normal], axis=1)


def _axes_order(rng: np.random.Generator, *, along: bool) -> np.ndarray:
    """Rotation of a shape in the surface frame: upright, or lying on its side."""
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    order = quarter if rng.random() < 0.5 else np.eye(3)
    if along:
        return order
    lying = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return order @ lying


def _handle(parent: Node, rng: np.random.Generator) -> tuple[Shape | None, np.ndarray]:
    """Sweeps an arch between two points of the parent's surface."""
    points, normals = surface_points(parent.shape.primitives, 48, rng)
    extent = float(parent.extents().max())
    first = int(rng.integers(len(points)))
    separation = points - points[first]
    distance = np.linalg.norm(separation, axis=1)
    fits = (distance > 0.25 * extent) & (distance < 0.9 * extent)
    fits &= normals @ normals[first] > 0.3
    fits &= np.abs(np.einsum('ij,ij->i', separation, normals)) < 0.5 * distance
    if not fits.any():
        return None, np.eye(4)
    aligned = np.abs(unit(separation) @ parent.T_object_shape[:3, :3]).max(axis=1)
    second = int(np.argmax(np.where(fits, aligned + 0.2 * rng.random(len(points)), -1.0)))
    span = float(distance[second])
    radius = max(span * log_uniform(rng, 0.05, 0.14), 0.5 * MIN_THICKNESS)
    height = span * rng.uniform(0.5, 1.3)
    ends = np.stack([points[first], points[second]])
    outward = np.stack([normals[first], normals[second]])
    sink = 0.8 * radius
    controls = np.stack(
        [
            ends[0] - sink * outward[0],
            ends[0] + height * outward[0],
            ends[1] + height * outward[1],
            ends[1] - sink * outward[1],
        ]
    )
    across = np.cross(separation[second], outward.mean(axis=0))
    if np.linalg.norm(across) < 1e-6:
        return None, np.eye(4)
    aspect = log_uniform(rng, 0.7, 3.0) if rng.random() < 0.5 else 1.0
    swept = tube(bezier(controls, 20), radius, aspect=aspect, up=across)
    shape = Shape(primitives=(swept,), mirrors=())
    if not touch(shape, parent.shape):
        return None, np.eye(4)
    return shape, np.eye(4)
