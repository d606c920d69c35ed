# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's way from masks to labels of faces beside its authors' own code."""

import importlib.util
from collections import Counter
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from part_seg_ros.geometry.surface_sampling import sample_surface
from part_seg_ros.models.part_masks import PartMasks, merged, paint
from part_seg_ros.structures import Mesh

HAS_IGRAPH = importlib.util.find_spec('igraph') is not None
STAND_INS = {'hydra': {}, 'omegaconf': {'OmegaConf': None}, 'pointops': {}}


@pytest.fixture(scope='module')
def script(checkout, import_original) -> ModuleType:
    """The functions of their script."""
    stand_ins = STAND_INS if HAS_IGRAPH else STAND_INS | {'igraph': {}}
    (module,) = import_original(checkout('czvvd+PartSAM'), ['utils.infer_utils'], stand_ins)
    return module


@pytest.fixture(scope='module')
def documented(snippets) -> dict[str, Any]:
    """What the documented calls of the search for every part are named."""
    names = {'np': np, 'torch': torch}
    exec(snippets('PartSAM')[-1], names)
    return names


def votes(face_idx: np.ndarray, labels: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Label faces by their points, of which those without a label count for the last one."""
    counts = np.zeros((len(centroids), labels.max() + 1), np.int64)
    np.add.at(counts, (face_idx, labels), 1)
    is_known = counts.any(axis=1)
    voted = counts.argmax(axis=1)
    voted[~is_known] = voted[is_known][cKDTree(centroids[is_known]).query(centroids[~is_known])[1]]
    return voted


class LowestFirst(Counter):
    """Settles ties, which theirs leave to the order of a set, as ours do."""

    def most_common(self, n=None):
        return sorted(self.items(), key=lambda item: (-item[1], item[0]))[:n]


@pytest.mark.parametrize('seed', range(3))
def test_labels_of_faces_from_given_masks(script, documented, monkeypatch, seed):
    """Suppression, painting, small pieces, growing, splitting, and the cut where igraph is."""
    trimesh = pytest.importorskip('trimesh')
    rng = np.random.default_rng(seed)
    pieces = [trimesh.creation.icosphere(subdivisions=2) for _ in range(5)]
    for i, piece in enumerate(pieces):
        piece.vertices *= rng.uniform(0.2, 1.0, 3)
        piece.vertices[:, 0] += i
    whole = trimesh.util.concatenate(pieces)
    shuffled = rng.permutation(len(whole.vertices))  # pieces are chained by the order of edges
    faces = np.argsort(shuffled)[rng.permutation(whole.faces)]
    whole = trimesh.Trimesh(vertices=np.float32(whole.vertices[shuffled]), faces=faces)
    mesh = Mesh(vertices=whole.vertices, faces=whole.faces)
    sample = sample_surface(mesh, 3000, seed=seed)
    centers = sample.points[rng.integers(0, 3000, 40)]
    distances = np.linalg.norm(sample.points - centers[:, None], axis=2)
    masks = distances < rng.uniform(0.1, 2.0, (40, 1))
    masks = masks[np.unique(masks.sum(axis=1), return_index=True)[1]]  # ties are left to chance
    scores = rng.random(len(masks)).astype(np.float32)

    kept = script.nms(torch.from_numpy(masks), torch.from_numpy(scores)[:, None], threshold=0.3)
    best = merged(
        [PartMasks(masks=masks, scores=scores, prompt_coords=np.zeros((len(masks), 3)))], 0.3
    )
    sorted_masks = script.sort_masks_by_area(torch.from_numpy(masks)[kept]).numpy()
    np.testing.assert_array_equal(best.masks, sorted_masks)
    labels = paint(best.masks)
    assert labels.min() == -1

    voted = votes(sample.face_idx, labels, whole.triangles_center)
    monkeypatch.setattr(script, 'Counter', LowestFirst)
    graph = script.construct_mesh_graph(whole)
    wanted = dict(enumerate(voted.tolist()))
    settings = SimpleNamespace(threshold_percentage_size=0.01, threshold_percentage_area=0.01)
    components = script.label_components(wanted, whole, graph)
    wanted = script.smooth(wanted, whole, graph, components, settings)
    wanted |= {face: 0 for face in range(len(mesh.faces)) if face not in wanted}
    wanted = script.split(wanted, script.label_components(wanted, whole, graph))
    given = mesh, sample.face_idx, masks, scores
    found = documented['face_labels'](*given, graph_cut=False)
    assert found.tolist() == [wanted[face] for face in range(len(mesh.faces))]
    if HAS_IGRAPH:
        wanted = script.smooth_repartition_faces(wanted, None, whole)
        found = documented['face_labels'](*given)
        assert found.tolist() == [wanted[face] for face in range(len(mesh.faces))]
