# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What tests of training runs share."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import run

ALONE = ProcessRank(rank=0, world_size=1)


@pytest.fixture
def losses_on_one_batch(tmp_path: Path) -> Callable[..., list[float]]:
    """Run a recipe whose every batch is the first: `losses_on_one_batch(recipe, config)`.

    Losses on new objects all the time differ by more than a few steps can gain.
    """

    def train(recipe, config) -> list[float]:
        batch = recipe.make_batch(0, ALONE)
        recipe.make_batch = lambda index, process: batch
        run(recipe, config, tmp_path)
        log = (tmp_path / 'log.jsonl').read_text().splitlines()
        return [json.loads(line)['loss'] for line in log]

    return train
