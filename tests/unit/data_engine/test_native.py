# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's first stage and its limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data_engine.engine import UnsuitableShapeError, further_seed, shape_seed
from part_seg_ros.data_engine.native import NativeEngine
from part_seg_ros.data_engine.part_rules import PartRules, has_fair_share, point_shares
from part_seg_ros.errors import ConfigError

SEED = shape_seed(0, 'a.glb')


def row(sizes: list[float]) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Cubes of these sides, far apart."""
    return [((side,) * 3, (4.0 * number, 0, 0)) for number, side in enumerate(sizes)]


def test_specks_and_what_is_nearly_all_get_no_label(
    write_scene: Callable[..., Path],
) -> None:
    # Shares of the area: 0.97 % three times, 0.0001 % and 97 %.
    path = write_scene('a.glb', row([0.1, 0.1, 0.1, 0.001, 1.0]))
    labels = NativeEngine().label(path, SEED)
    assert labels.face_masks is None
    assert labels.parts.shape == (3, 60)
    assert np.bincount(labels.face_part_ids + 1).tolist() == [24, 12, 12, 12]
    for mask in labels.parts:
        corners = labels.mesh.vertices[labels.mesh.faces[mask]]
        np.testing.assert_allclose(np.ptp(corners.reshape(-1, 3), axis=0), 0.1, atol=1e-5)


@pytest.mark.parametrize(('count', 'fits'), [(2, False), (3, True), (50, True), (51, False)])
def test_shapes_have_3_to_50_such_parts(
    write_scene: Callable[..., Path], count: int, fits: bool
) -> None:
    path = write_scene('a.glb', row([1.0] * count))
    if fits:
        assert len(NativeEngine().label(path, SEED).parts) == count
    else:
        with pytest.raises(UnsuitableShapeError, match=f'{count} of its {count} parts'):
            NativeEngine().label(path, SEED)


def test_the_limits_themselves_are_not_fair() -> None:
    shares = np.array([0.003, 0.0031, 0.69, 0.70])
    assert has_fair_share(shares, PartRules()).tolist() == [False, True, True, False]


def test_shares_count_points() -> None:
    masks = np.array([[True, False, False], [True, True, False]])
    np.testing.assert_allclose(point_shares(masks, np.array([0, 2, 2, 1])), [0.25, 0.5])


def test_limits_that_contradict_are_refused() -> None:
    with pytest.raises(ConfigError, match='min_share must be below'):
        PartRules(min_share=0.8)
    with pytest.raises(ConfigError, match='min_parts at most'):
        PartRules(min_parts=51)


def test_the_seed_is_that_of_base_and_path() -> None:
    # sha256('a/b.glb') begins with these 16 bytes, read as little-endian words.
    digest = hashlib.sha256(b'a/b.glb').digest()
    words = [int.from_bytes(digest[4 * k : 4 * k + 4], 'little') for k in range(4)]
    wanted = np.random.SeedSequence([7, *words])
    assert shape_seed(7, 'a/b.glb').generate_state(4).tolist() == wanted.generate_state(4).tolist()
    states = {
        seed.generate_state(1)[0]
        for seed in (wanted, shape_seed(8, 'a/b.glb'), shape_seed(7, 'a/c.glb'))
    }
    states |= {further_seed(wanted, number).generate_state(1)[0] for number in range(3)}
    assert len(states) == 6
