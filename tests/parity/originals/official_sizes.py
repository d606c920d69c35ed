# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The authors' code and ours at the official sizes: equal numbers, and the time that each takes.

A benchmark, run by hand on a machine that does nothing else; times are of one thread [s of CPU],
taken in turn:

    PART_SEG_ORIGINALS=FOLDER python -m pytest -s tests/parity/originals/official_sizes.py
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.models.point_sam.config import LARGE
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.s2am3d.config import OFFICIAL
from part_seg_ros.models.s2am3d.model import S2am3dNet
from tests.parity.originals import test_point_sam as of_point_sam
from tests.parity.originals import test_s2am3d as of_s2am3d
from tests.parity.originals.test_point_sam import authors as point_sam
from tests.parity.originals.test_s2am3d import s2am3d

__all__ = ['point_sam', 's2am3d']  # fixtures

NUM_POINTS, NUM_ROUNDS = 10_000, 5


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield
    torch.set_num_threads(before)


def in_turn(what: str, theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    """Print how long both take, after a run of each that is not counted."""
    times = np.array([[_seconds(theirs), _seconds(ours)] for _ in range(NUM_ROUNDS + 1)])[1:]
    ratio = statistics.median(times[:, 1] / times[:, 0])
    low, high = times.min(axis=0), times.max(axis=0)
    sys.stdout.write(
        f'\n{what}, {NUM_POINTS} points: theirs {low[0]:.2f} to {high[0]:.2f} s, ours'
        f' {low[1]:.2f} to {high[1]:.2f} s, ratio {ratio:.2f}\n'
    )


def _seconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def cloud(seed: int = 0) -> torch.Tensor:
    """Return (1, N, 3) points around the origin, the farthest at 1."""
    points = np.random.default_rng(seed).normal(size=(NUM_POINTS, 3)) * (1.0, 0.6, 0.3)
    points -= (points.min(axis=0) + points.max(axis=0)) / 2
    return torch.from_numpy(np.float32(points / np.abs(points).max()))[None]


def test_point_sam_encoder(point_sam, close, monkeypatch):
    """Their farthest points are found before, since theirs are made for a GPU."""
    pytest.importorskip('timm', reason='their transformer is that of timm')
    coords, colors = cloud(), torch.rand(1, NUM_POINTS, 3)
    num_patches, patch_size = 512, 64
    torch.manual_seed(0)
    ours = PointSamNet(LARGE).eval()
    theirs = of_point_sam.their_network(point_sam, LARGE, (num_patches, patch_size)).eval()
    theirs.load_state_dict(ours.state_dict())
    known = torch.from_numpy(find_patches(coords[0].numpy(), num_patches, patch_size).center_idx)
    monkeypatch.setattr(point_sam.common, 'sample_farthest_points', lambda *args: known[None])

    def encode() -> torch.Tensor:
        patches = [find_patches(coords[0].numpy(), num_patches, patch_size)]
        return ours.encode(colors, group_points(coords, patches)).patches

    close(encode(), theirs.pc_encoder(coords, colors)[0].numpy(), of_point_sam.EMBEDDING)
    in_turn('Point-SAM large, encode', lambda: theirs.pc_encoder(coords, colors), encode)


def test_s2am3d_encoder_and_click(s2am3d, close):
    coords = cloud()
    torch.manual_seed(0)
    net = S2am3dNet(OFFICIAL).eval()
    theirs = of_s2am3d.beside(s2am3d, net)
    trunk, inference = theirs.extractor.encoder_model, theirs.inference

    def their_features() -> torch.Tensor:
        planes = trunk.triplane_transformer(trunk.pvcnn(coords, torch.ones_like(coords)))
        return theirs.demo.sample_triplane_feat(planes[:, :, OFFICIAL.trunk.sdf_width :], coords)

    features = net.encoder(coords, torch.ones_like(coords))
    of_s2am3d.agree(features, their_features(), 'part features')
    shared = net.predictor.enhance(features, coords, None)
    click = torch.tensor([7])

    def their_click() -> torch.Tensor:
        prompt = shared.enhanced[:, 7:8]
        return inference.seg_head(inference.decoder(shared.enhanced, prompt))

    probs = net.predictor(shared, click).sigmoid()
    _, _, wanted = inference.predict_mask(features[0], coords[0], None, 7)
    close(probs[0], wanted, of_s2am3d.PROBS)
    in_turn('S2AM3D, a click', their_click, lambda: net.predictor(shared, click))
    in_turn('S2AM3D, encode', their_features, lambda: net.encoder(coords, torch.ones_like(coords)))
