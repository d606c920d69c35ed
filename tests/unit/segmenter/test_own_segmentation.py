# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A system with a way of its own to find every part, seen from the segmenter."""

import dataclasses

import numpy as np
import pytest

from part_seg_ros.errors import CanceledError
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter, SegmenterConfig, Stage
from part_seg_ros.structures import MaskCandidates, PartSegmentation, PointCloud, SegmentedPart


@dataclasses.dataclass
class HalvesSystem:
    """Finds the points above and below z = 0, and none near it."""

    name: str = 'halves'
    weights_sha256: str = ''
    part_names: tuple[str, ...] = ()
    device: str = 'cpu'
    capabilities: Capabilities = dataclasses.field(
        default_factory=lambda: Capabilities(own_segmentation=True)
    )
    calls: int = 0

    def encode(self, shape):
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=1)

    def predict_batch(self, embedding, prompts):
        everything = np.ones((1, len(embedding.points)), np.float32)
        return [
            MaskCandidates(mask_logits=everything, iou_pred=np.ones(1, np.float32))
            for _ in prompts
        ]

    def segment_all(self, embedding, settings=None, *, progress, should_stop):
        assert settings is None
        self.calls += 1
        progress(0.5, 2)
        z = embedding.points[:, 2]
        part_ids = np.where(z > 0.02, 0, np.where(z < -0.02, 1, -1)).astype(np.int32)
        parts = tuple(SegmentedPart(part_id=i, score=0.5 + i / 10) for i in range(2))
        return PartSegmentation(part_ids=part_ids, parts=parts)


@pytest.fixture
def cloud(sphere):
    return PointCloud(points=np.insert(sphere, 100, np.nan, axis=0))


def test_its_parts_are_carried_to_all_points_and_get_boxes(cloud):
    segmenter = Segmenter(HalvesSystem(), SegmenterConfig(max_points=400))
    encoded = segmenter.encode(cloud)
    found = segmenter.segment_all(encoded)
    assert found.part_ids.shape == (801,) and found.part_ids.dtype == np.int32
    z = cloud.points[:, 2]
    seen = encoded.network_idx
    wanted = np.where(z > 0.02, 0, np.where(z < -0.02, 1, -1))
    np.testing.assert_array_equal(found.part_ids[seen], wanted[seen])
    assert found.part_ids[100] == -1
    shares = encoded.to_all(np.equal.outer([-1, 0, 1], wanted[seen]).astype(np.float32), 0.0)
    lead = np.diff(np.sort(shares, axis=0)[1:], axis=0)[0]
    most = shares.argmax(axis=0) - 1
    assert set(most[lead > 1e-6]) == {-1, 0, 1}
    np.testing.assert_array_equal(found.part_ids[lead > 1e-6], most[lead > 1e-6])
    assert [part.score for part in found.parts] == [0.5, 0.6]
    heights = [part.box.center[2] for part in found.parts]
    assert heights[0] > 0.05 and heights[1] < -0.05


def test_thresholds_ask_for_the_common_way(cloud):
    system = HalvesSystem()
    segmenter = Segmenter(system)
    encoded = segmenter.encode(cloud)
    found = segmenter.segment_all(encoded, SegmentAllSettings())
    assert system.calls == 0 and len(found.parts) == 1
    plain = HalvesSystem(capabilities=Capabilities())
    assert len(Segmenter(plain).segment_all(encoded).parts) == 1 and plain.calls == 0


def test_progress_never_falls_and_it_can_be_stopped(cloud):
    segmenter = Segmenter(HalvesSystem())
    encoded = segmenter.encode(cloud)
    told = []
    segmenter.segment_all(encoded, progress=lambda *done: told.append(done))
    assert told == [
        (Stage.PROMPTING, 0.4, 2),
        (Stage.MERGING, 0.8, 2),
        (Stage.MERGING, 1.0, 2),
    ]
    with pytest.raises(CanceledError):
        segmenter.segment_all(encoded, should_stop=lambda: True)
