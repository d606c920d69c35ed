# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Of the candidates of an answer the best with a point is taken."""

import numpy as np

from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import MaskCandidates, PointPrompt


def prediction(masks):
    logits = np.where(np.array(masks), 1.0, -1.0)
    return Prediction(
        candidates=MaskCandidates(mask_logits=logits, iou_pred=np.linspace(1.0, 0.5, len(masks))),
        network_logits=logits,
        prompt=PointPrompt(prompt_coords=np.zeros((1, 3)), prompt_labels=np.ones(1)),
        snap_distances=np.zeros(1),
        decode_ms=0.0,
    )


def test_the_first_candidate_with_a_point_is_chosen():
    found = prediction([[0, 0], [0, 1], [1, 1]]).with_points()
    assert found.chosen_idx == 1 and found.mask.tolist() == [False, True]


def test_where_all_are_empty_there_is_none():
    assert prediction([[0, 0], [0, 0]]).with_points() is None
