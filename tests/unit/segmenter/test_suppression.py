# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Suppression of masks, against counting by sets."""

import numpy as np
import pytest

from part_seg_ros.segmenter.suppression import distinct, pairwise_overlap, suppress


def _by_sets(
    masks: np.ndarray, scores: np.ndarray, nms_iou: float, max_overlap: float
) -> list[int]:
    members = [set(np.flatnonzero(mask).tolist()) for mask in masks]
    kept: list[int] = []
    for idx in sorted(range(len(masks)), key=lambda i: -scores[i]):
        is_free = True
        for other in kept:
            both = len(members[idx] & members[other])
            either = max(len(members[idx] | members[other]), 1)
            smaller = max(min(len(members[idx]), len(members[other])), 1)
            is_free &= both / either <= nms_iou and both / smaller <= max_overlap
        if is_free:
            kept.append(idx)
    return kept


@pytest.mark.parametrize(('nms_iou', 'max_overlap'), [(0.3, 1.0), (0.9, 0.6), (0.4, 0.5), (0, 0)])
def test_it_equals_counting_by_sets(nms_iou: float, max_overlap: float) -> None:
    rng = np.random.default_rng(0)
    masks = rng.random((40, 29)) < rng.choice([0.1, 0.5, 0.8], (40, 1))
    masks[3] = False
    scores = rng.integers(0, 6, 40) / 5  # with ties
    kept = distinct(masks, scores, nms_iou=nms_iou, max_overlap=max_overlap)
    assert kept.tolist() == _by_sets(masks, scores, nms_iou, max_overlap)
    assert 1 < len(kept) < 40


def test_nothing_is_kept_of_nothing() -> None:
    none = distinct(np.zeros((0, 9), bool), np.zeros(0), nms_iou=0.5, max_overlap=0.5)
    assert none.tolist() == []


def test_what_overlaps_a_dropped_mask_alone_stays() -> None:
    masks = np.array([[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1]], bool)
    kept = distinct(masks, np.array([0.9, 0.8, 0.7]), nms_iou=0.15, max_overlap=1.0)
    assert kept.tolist() == [0, 2]


def test_overlap_of_all_pairs_equals_counting() -> None:
    masks = np.random.default_rng(0).random((12, 300)) < 0.3
    masks[3] = False
    iou, share = pairwise_overlap(masks)
    for a in range(12):
        for b in range(12):
            both, either = (masks[a] & masks[b]).sum(), (masks[a] | masks[b]).sum()
            assert iou[a, b] == pytest.approx(both / max(either, 1))
            smaller = min(masks[a].sum(), masks[b].sum())
            assert share[a, b] == pytest.approx(both / max(smaller, 1))


def test_suppression_keeps_the_best_and_nothing_in_conflict_with_it() -> None:
    near = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]], bool)
    assert suppress(np.array([0.5, 0.9, 0.5]), near).tolist() == [1]
    assert suppress(np.array([0.9, 0.5, 0.9]), near).tolist() == [0, 2]
    assert suppress(np.array([0.1, 0.2, 0.3]), np.zeros((3, 3), bool)).tolist() == [2, 1, 0]
    assert suppress(np.zeros(0), np.zeros((0, 0), bool)).tolist() == []
