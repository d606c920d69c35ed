# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from part_seg_ros.data.procedural import random_held_out_object, random_object, sample_surface
from part_seg_ros.data.procedural.families import FAMILIES
from part_seg_ros.data.procedural.families.held_out import HELD_OUT_FAMILIES

NUM_SEEDS = 5


def test_no_family_is_both_trained_and_held_out() -> None:
    assert len(HELD_OUT_FAMILIES) == 10
    assert not HELD_OUT_FAMILIES.keys() & FAMILIES.keys()
    assert not set(HELD_OUT_FAMILIES.values()) & set(FAMILIES.values())


def test_training_never_draws_a_held_out_family() -> None:
    rng = np.random.default_rng(0)
    drawn = {random_object(rng).family for _ in range(150)}
    assert len(drawn) > 10
    assert not drawn & HELD_OUT_FAMILIES.keys()


def test_validation_draws_every_held_out_family_and_no_other() -> None:
    rng = np.random.default_rng(0)
    drawn = {random_held_out_object(rng).family for _ in range(100)}
    assert drawn == HELD_OUT_FAMILIES.keys()


@pytest.mark.parametrize('family', HELD_OUT_FAMILIES)
def test_nearly_every_part_is_seen(family: str) -> None:
    for seed in range(NUM_SEEDS):
        rng = np.random.default_rng(seed)
        obj = HELD_OUT_FAMILIES[family](rng)
        sample = sample_surface(obj, 8192, rng)
        counts = np.bincount(sample.part_ids, minlength=len(obj.parts))
        assert np.mean(counts >= 4) >= 0.8


@pytest.mark.parametrize('family', HELD_OUT_FAMILIES)
def test_objects_of_a_family_differ_in_their_parts(family: str) -> None:
    objects = [HELD_OUT_FAMILIES[family](np.random.default_rng(seed)) for seed in range(20)]
    assert len({tuple(sorted(part.name for part in obj.parts)) for obj in objects}) >= 10
