# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Speed of a system that follows parts through rendered views, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from part_seg_ros.cli.bench_timing import peak_resident_mib
from part_seg_ros.models.geosam2.model import ViewFeatures, join_views
from part_seg_ros.models.geosam2.network_maps import normal_input, point_input
from part_seg_ros.models.geosam2.objects import enlarged
from part_seg_ros.models.geosam2.passes import FollowedObject, Request, follow
from part_seg_ros.models.geosam2.preparation import PreparedShape, prepare
from part_seg_ros.models.geosam2.system import GeoSam2System
from part_seg_ros.models.geosam2.view_prompts import answer_clicks
from part_seg_ros.structures import Mesh

Timer = Callable[[str, Callable[[], object]], dict[str, float]]

TIMES = ('median_ms', 'cpu_median_ms')
_RADIUS, _THICKNESS = 0.1, 0.04


def ring(num_faces: int) -> Mesh:
    """Return the mesh of all measurements: a torus of about that many faces, z up."""
    num_across = max(3, round(np.sqrt(num_faces / 5)))
    num_around = max(3, round(num_faces / 2 / num_across))
    around = 2 * np.pi * np.arange(num_around) / num_around
    across = 2 * np.pi * np.arange(num_across) / num_across
    u, v = (grid.ravel() for grid in np.meshgrid(around, across, indexing='ij'))
    radius = _RADIUS + _THICKNESS * np.cos(v)
    vertices = np.stack([radius * np.cos(u), radius * np.sin(u), _THICKNESS * np.sin(v)], axis=1)
    i, j = np.divmod(np.arange(num_around * num_across), num_across)
    i_next, j_next = (i + 1) % num_around, (j + 1) % num_across
    a, b = i * num_across + j, i_next * num_across + j
    c, d = i_next * num_across + j_next, i * num_across + j_next
    return Mesh(
        vertices=vertices, faces=np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    )


@torch.inference_mode()
def measure_views(system: GeoSam2System, num_faces: int, timer: Timer) -> dict[str, Any]:
    """Time how a click on one part of a mesh is answered.

    Args:
        system: The system.
        num_faces: About so many faces has the mesh.
        timer: Times a piece of work, given its name.

    Returns:
        Times of the stages, of which `encode_view` and `follow_view` are for one of the twelve
        views, and of one object with one part, `object`, as their sum; sizes and memory [MiB].
    """
    mesh = ring(num_faces)
    size = system.config.image_size
    shapes: list[PreparedShape] = []

    def render() -> None:
        shapes[:] = [prepare(mesh, size, system.settings)]

    stages = {'render': timer('views', render)}
    (shape,) = shapes
    encoded: list[ViewFeatures] = []
    maps = [
        torch.from_numpy(each)[None].to(system.device)
        for each in (
            normal_input(shape.views[0].normals),
            point_input(shape.views[0].point_map()),
        )
    ]

    def encode() -> None:
        encoded[:] = [system.net.encode(*maps)]

    stages['encode_view'] = timer('encode a view', encode)
    memory = {'encode_peak_mib': peak_resident_mib()}
    num_views = len(shape.views)
    features = join_views(encoded * num_views)  # as large as those of twelve views
    rows, columns = np.nonzero(shape.views[0].is_shape)
    click = np.array([[columns[len(rows) // 2], rows[len(rows) // 2]]])
    answers: list[Any] = []

    def answer() -> None:
        answers[:] = answer_clicks(system.net, features, 0, click, np.ones(1))

    stages['view_click'] = timer('click on a view', answer)
    found: list[FollowedObject] = []

    def follow_all() -> None:
        request = Request(view=0, answer=answers[0])
        found[:] = follow(system.net, features, [request], system.settings, is_ring=True)

    in_all_views = timer('follow a part', follow_all)
    stages['follow_view'] = {
        name: value / num_views if name.endswith('_ms') else value
        for name, value in in_all_views.items()
    }

    def lift() -> None:
        logits = [enlarged(each, v) for each, v in zip(found[0].logits, shape.views, strict=True)]
        shape.links.votes_for([1 / (1 + np.exp(-each)) for each in logits])

    stages['lift'] = timer('lifting', lift)
    stages['object'] = {
        name: stages['render'][name]
        + num_views * stages['encode_view'][name]
        + stages['view_click'][name]
        + in_all_views[name]
        + stages['lift'][name]
        for name in TIMES
    }
    memory['embedding_mib'] = (shape.num_bytes + features.num_bytes) / 2**20
    return {'num_faces': len(mesh.faces), 'num_views': num_views, **stages, 'memory': memory}
