# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Blended cores of free assemblies: creatures, branching bodies, vessels, gliders, hands."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.assembly import Node
from part_seg_ros.data.procedural.blend_plan import BlendPlan, plan_nodes
from part_seg_ros.data.procedural.free_creatures import creature_plan
from part_seg_ros.data.procedural.free_rounded import bezier_at
from part_seg_ros.data.procedural.free_shapes import Shape, log_uniform
from part_seg_ros.data.procedural.primitives import ellipsoid
from part_seg_ros.data.procedural.surface import unit

PLANS_BY_WEIGHT = (0.45, 0.2, 0.13, 0.12, 0.1)
MAX_ATTEMPTS = 8


def blended_base(rng: np.random.Generator) -> list[Node]:
    """Draws a body of at least two parts whose seams are smooth."""
    plans = (creature_plan, branching_plan, vessel_plan, glider_plan, hand_plan)
    for _ in range(MAX_ATTEMPTS):
        maker = plans[int(rng.choice(len(plans), p=PLANS_BY_WEIGHT))]
        softness = log_uniform(rng, 0.006, 0.035)
        nodes = plan_nodes(maker(rng), softness, int(rng.integers(26, 37)))
        if len(nodes) > 1:
            break
    if maker is creature_plan and rng.random() < 0.4:
        eyes = _eyes(nodes, rng)
        if eyes is not None:
            nodes.append(eyes)
    return nodes


def branching_plan(rng: np.random.Generator) -> BlendPlan:
    """Draws a tree of limbs in any direction, in mirrored pairs or alone: coral, cactus, root."""
    plan = BlendPlan()
    trunk = plan.part(-1)
    thick = log_uniform(rng, 0.08, 0.3)
    end = np.array([0.0, 0.0, 1.0])
    plan.capsule(trunk, [0.0, 0.0, 0.0], end, (thick, thick * rng.uniform(0.4, 1.1)))
    limbs = [(trunk, np.zeros(3), end, thick)]
    for _ in range(int(rng.integers(2, 7))):
        parent, begin, end, girth = limbs[int(rng.integers(len(limbs)))]
        paired = plan.is_paired[parent] or rng.random() < 0.4
        direction = unit(rng.normal(size=3) * [1.0, 1.0 if paired else 0.0, 0.8] + [0, 0, 0.3])
        if paired and not plan.is_paired[parent]:
            direction[1] = abs(direction[1]) + 0.4
        start = begin + rng.uniform(0.35, 1.0) * (end - begin)
        length = np.linalg.norm(end - begin) * log_uniform(rng, 0.35, 1.0)
        size = girth * rng.uniform(0.45, 0.9)
        tip = size * log_uniform(rng, 0.3, 1.3)
        bend = start + length * direction
        controls = np.stack([start, bend, bend + 0.6 * length * rng.normal(0.0, 0.6, 3)])
        if not paired:
            controls[:, 1] = 0.0
        elif controls[-1, 1] < 0.0:
            controls[-1, 1] *= -1.0
        limb = plan.part(parent, paired=paired)
        points = bezier_at(controls, np.linspace(0.0, 1.0, 4))
        plan.path(limb, points, np.linspace(size, tip, 4))
        if rng.random() < 0.3:
            knob = plan.part(limb)
            plan.ellipsoid(knob, points[-1], tip * rng.uniform(1.2, 2.4, 3))
        limbs.append((limb, points[0], points[-1], size))
    return plan


def vessel_plan(rng: np.random.Generator) -> BlendPlan:
    """Draws a round body into which handle, spout, neck, knob and feet flow: teapot, gourd."""
    plan = BlendPlan()
    body = plan.part(-1)
    radii = 0.5 * np.array([rng.uniform(0.5, 1.2), rng.uniform(0.5, 1.0), rng.uniform(0.6, 1.3)])
    plan.ellipsoid(body, [0.0, 0.0, 0.0], radii)
    width, height = radii[0], radii[2]
    if rng.random() < 0.8:
        handle = plan.part(body)
        tilt = rng.uniform(0.3, 0.9, 2) * height * [1.0, -1.0]
        reach = width * rng.uniform(1.4, 2.4)
        ends = [[-0.7 * width, 0.0, tilt[0]], [-0.7 * width, 0.0, tilt[1]]]
        controls = np.array(
            [ends[0], [-reach, 0.0, 1.3 * tilt[0]], [-reach, 0.0, 1.3 * tilt[1]], ends[1]]
        )
        points = bezier_at(controls, np.linspace(0.0, 1.0, 7))
        thick = width * rng.uniform(0.09, 0.2)
        plan.path(handle, points, np.full(7, thick))
    if rng.random() < 0.6:
        spout = plan.part(body)
        low = rng.uniform(-0.4, 0.3) * height
        tip = [width * rng.uniform(1.5, 2.2), 0.0, rng.uniform(0.3, 1.1) * height]
        controls = np.array([[0.6 * width, 0.0, low], [1.2 * width, 0.0, low], tip])
        points = bezier_at(controls, np.linspace(0.0, 1.0, 4))
        thick = width * rng.uniform(0.15, 0.3)
        plan.path(spout, points, np.linspace(thick, thick * rng.uniform(0.4, 1.0), 4))
    top = np.array([0.0, 0.0, height])
    neck = body
    if rng.random() < 0.5:
        neck = plan.part(body)
        end = top * rng.uniform(1.3, 2.2)
        thick = width * rng.uniform(0.25, 0.6)
        plan.capsule(neck, 0.7 * top, end, (thick, thick * rng.uniform(0.6, 1.3)))
        top = end + [0.0, 0.0, thick]
    if rng.random() < 0.5:
        knob = plan.part(neck)
        size = width * rng.uniform(0.15, 0.35)
        plan.ellipsoid(knob, top + [0.0, 0.0, 0.6 * size], size * rng.uniform(0.7, 1.2, 3))
    if rng.random() < 0.5:
        for side in (-0.5, 0.5):
            foot = plan.part(body, paired=True)
            start = np.array([side * width, 0.5 * radii[1], -0.75 * height])
            size = width * rng.uniform(0.1, 0.22)
            plan.capsule(foot, start, start * [1.2, 1.2, 1.0] - [0, 0, 0.5 * height], (size, size))
    if len(plan.parents) == 1:
        stem = plan.part(body)
        plan.capsule(stem, [0, 0, -0.7 * height], [0, 0, -1.6 * height], (0.3 * width,) * 2)
    return plan


def glider_plan(rng: np.random.Generator) -> BlendPlan:
    """Draws a hull with wings, fins, pods and a canopy: aircraft, ray, car body, boat."""
    plan = BlendPlan()
    hull = plan.part(-1)
    thick = log_uniform(rng, 0.08, 0.25)
    flat = {'flat_axis': (0.0, 0.0, 1.0), 'flatness': log_uniform(rng, 0.5, 1.2)}
    plan.capsule(hull, [-0.5, 0, 0], [0.5, 0, 0], (thick * rng.uniform(0.3, 1.0), thick), **flat)
    if rng.random() < 0.8:
        wing = plan.part(hull, paired=True)
        root = rng.uniform(0.08, 0.28)
        start = np.array([rng.uniform(-0.2, 0.3), 0.3 * thick, rng.uniform(-0.4, 0.5) * thick])
        reach = rng.uniform(0.3, 0.9)
        end = start + [rng.normal(-0.15, 0.15), reach, rng.normal(0.0, 0.1)]
        tip = root * rng.uniform(0.3, 1.0)
        plan.capsule(
            wing,
            start,
            end,
            (root, tip),
            flat_axis=(0.0, 0.0, 1.0),
            flatness=rng.uniform(0.15, 0.3),
        )
        if rng.random() < 0.4:
            pod = plan.part(wing)
            middle = start + rng.uniform(0.4, 0.8) * (end - start)
            size = root * rng.uniform(0.3, 0.6)
            plan.capsule(pod, middle - [size, 0, size], middle + [size, 0, -size], (size, size))
    if rng.random() < 0.7:
        fin = plan.part(hull)
        tall = rng.uniform(0.15, 0.35)
        start = np.array([-0.45, 0.0, 0.0])
        plan.capsule(
            fin,
            start,
            start + [-0.5 * tall, 0.0, tall + thick],
            (0.5 * tall, 0.3 * tall),
            flat_axis=(0.0, 1.0, 0.0),
            flatness=0.25,
        )
    if rng.random() < 0.5:
        rear = plan.part(hull, paired=True)
        start = np.array([-0.48, 0.2 * thick, 0.0])
        plan.capsule(
            rear,
            start,
            start + [-0.08, rng.uniform(0.15, 0.35), 0.0],
            (0.1, 0.06),
            flat_axis=(0.0, 0.0, 1.0),
            flatness=0.3,
        )
    if rng.random() < 0.6 or len(plan.parents) == 1:
        cabin = plan.part(hull)
        size = thick * rng.uniform(0.5, 1.0)
        centre = [rng.uniform(-0.2, 0.35), 0.0, thick * flat['flatness'] * rng.uniform(0.7, 1.0)]
        plan.ellipsoid(cabin, centre, size * np.array([rng.uniform(1.0, 2.5), 0.8, 0.8]))
    if rng.random() < 0.35:
        for place in (-0.3, 0.3):
            wheel = plan.part(hull, paired=True)
            size = thick * rng.uniform(0.4, 0.7)
            plan.ellipsoid(wheel, [place, 0.9 * thick, -0.8 * thick], [size, 0.5 * size, size])
    return plan


def hand_plan(rng: np.random.Generator) -> BlendPlan:
    """Draws fingers around a palm or a disc: hand, glove, star, flower, fork, cactus."""
    plan = BlendPlan()
    palm = plan.part(-1)
    flatness = rng.uniform(0.3, 1.0)
    size = rng.uniform(0.25, 0.5)
    plan.ellipsoid(palm, [0.0, 0.0, 0.0], [size * flatness, size, size])
    count = int(rng.integers(3, 8))
    is_star = rng.random() < 0.4
    spread = 2.0 * np.pi if is_star else rng.uniform(0.8, 2.6)
    angles = np.linspace(-0.5, 0.5, count, endpoint=not is_star) * spread
    angles += 0.5 * spread / count if is_star else 0.0
    gap = 2.0 * size * np.sin(0.5 * abs(angles[1] - angles[0]))
    thick = min(0.42 * gap, 0.45 * size)
    length = log_uniform(rng, 0.3, 1.0)
    wave = rng.uniform(0.0, 0.4)
    curl = rng.normal(0.0, 0.25)
    jointed = rng.random() < 0.3
    for angle in angles:
        if angle < -1e-6:
            continue  # the mirror image makes it
        paired = angle > 1e-6 and abs(angle - np.pi) > 1e-6
        outward = np.array([0.0, np.sin(angle), np.cos(angle)])
        reach = length * (1.0 - wave * abs(angle) / spread)
        finger = plan.part(palm, paired=bool(paired))
        start = 0.75 * size * outward
        middle = start + (0.25 * size + 0.5 * reach) * outward
        end = middle + 0.5 * reach * (outward + [curl, 0.0, 0.0])
        plan.capsule(finger, start, middle, (thick, 0.9 * thick))
        tip = plan.part(finger) if jointed else finger
        plan.capsule(tip, middle, end, (0.9 * thick, thick * rng.uniform(0.5, 1.0)))
    if not is_star and rng.random() < 0.7:
        wrist = plan.part(palm)
        thick = size * rng.uniform(0.4, 0.8)
        plan.capsule(
            wrist, [0, 0, -0.5 * size], [0, 0, -size * rng.uniform(1.2, 3.0)], (thick,) * 2
        )
    return plan


def _eyes(nodes: list[Node], rng: np.random.Generator) -> Node | None:
    """A pair of balls half sunk into the foremost part in the mirror plane."""
    midline = [idx for idx, node in enumerate(nodes) if len(node.copies) == 1]
    reach = [nodes[idx].shape.bounds()[1][0] for idx in midline]
    head = midline[int(np.argmax(reach))]
    piece = nodes[head].shape.primitives[0]
    points = piece.vertices[piece.faces].mean(axis=1)
    normals = piece.corner_normals.mean(axis=1)
    score = normals @ np.array([0.6, 0.6, 0.5]) + 0.1 * rng.random(len(points))
    score[(points[:, 1] < 0.02) | (normals[:, 1] < 0.2)] = -np.inf
    if not np.isfinite(score.max()):
        return None
    chosen = int(np.argmax(score))
    radius = min(0.6 * float(points[chosen, 1]), log_uniform(rng, 0.015, 0.05))
    frame = np.eye(4)
    frame[:3, 3] = points[chosen] - 0.2 * radius * normals[chosen]
    mirror = np.diag([1.0, -1.0, 1.0, 1.0])
    return Node(
        shape=Shape(primitives=(ellipsoid(radius).transformed(frame),), mirrors=()),
        T_object_shape=frame,
        copies=((np.eye(4), 0), (mirror, 0)),
        parent=head,
    )
