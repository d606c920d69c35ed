# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The cache returns what was encoded from the same content, never anything else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.segmenter import EmbeddingCache, Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud


@pytest.fixture
def segmenter(ball_system) -> Segmenter:
    return Segmenter(ball_system)


def _clouds(sphere: np.ndarray, count: int) -> list[PointCloud]:
    return [PointCloud(points=sphere + np.float32(i)) for i in range(count)]


def test_same_content_is_encoded_once_and_keeps_the_callers_header(segmenter, sphere) -> None:
    cache = EmbeddingCache(max_items=2, max_bytes=10**9)
    first = PointCloud(points=sphere, frame_id='a', stamp_ns=1)
    again = PointCloud(points=sphere.copy(), frame_id='b', stamp_ns=2)
    encoded, is_cached = cache.get_or_encode(segmenter, first)
    hit, hit_is_cached = cache.get_or_encode(segmenter, again)
    assert (is_cached, hit_is_cached) == (False, True)
    assert hit.embedding is encoded.embedding
    assert (encoded.cloud, hit.cloud) == (first, again)
    assert len(segmenter.system.encoded) == 1


def test_least_recently_used_goes_first(segmenter, sphere) -> None:
    cache = EmbeddingCache(max_items=2, max_bytes=10**9)
    a, b, c = _clouds(sphere, 3)
    hits = [cache.get_or_encode(segmenter, cloud)[1] for cloud in (a, b, a, c, a, b)]
    assert hits == [False, False, True, False, True, False]
    assert len(cache) == 2


def test_bytes_are_bounded(segmenter, sphere) -> None:
    clouds = _clouds(sphere, 4)
    one = segmenter.encode(clouds[0]).num_bytes
    cache = EmbeddingCache(max_items=10, max_bytes=2 * one)
    for cloud in clouds:
        cache.get_or_encode(segmenter, cloud)
        assert cache.num_bytes <= 2 * one
    assert len(cache) == 2
    tight = EmbeddingCache(max_items=10, max_bytes=one - 1)
    assert tight.get_or_encode(segmenter, clouds[0])[0].cloud is clouds[0]
    assert len(tight) == 0 and tight.num_bytes == 0


def test_other_systems_and_settings_do_not_share(segmenter, sphere) -> None:
    cache = EmbeddingCache(max_items=5, max_bytes=10**9)
    cloud = PointCloud(points=sphere)
    cache.get_or_encode(segmenter, cloud)
    other_weights = Segmenter(dataclasses.replace(segmenter.system, encoded=[]))
    fewer_points = Segmenter(segmenter.system, SegmenterConfig(max_points=100))
    assert not cache.get_or_encode(other_weights, cloud)[1]
    assert not cache.get_or_encode(fewer_points, cloud)[1]
    assert cache.get_or_encode(segmenter, cloud)[1]


def test_failed_encoding_is_not_kept(segmenter) -> None:
    cache = EmbeddingCache(max_items=5, max_bytes=10**9)
    with pytest.raises(InputError):
        cache.get_or_encode(segmenter, PointCloud(points=np.zeros((0, 3))))
    assert len(cache) == 0


def test_clear_and_limits(segmenter, sphere) -> None:
    cache = EmbeddingCache(max_items=5, max_bytes=10**9)
    cache.get_or_encode(segmenter, PointCloud(points=sphere))
    cache.clear()
    assert len(cache) == 0
    for limits in ({'max_items': 0, 'max_bytes': 1}, {'max_items': 1, 'max_bytes': 0}):
        with pytest.raises(ConfigError, match='at least 1'):
            EmbeddingCache(**limits)
