# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The mean of several runs."""

import json

import torch
from safetensors.torch import save_file

from part_seg_ros.config import to_mapping
from part_seg_ros.models.compact.checkpoint import load_network
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.training.average import WEIGHTS, average_runs


def test_weights_are_the_mean_and_the_steps_are_kept(tmp_path):
    nets = [CompactNet(TINY), CompactNet(TINY)]
    for step, net in zip((3, 5), nets, strict=True):
        run = tmp_path / str(step)
        run.mkdir()
        save_file(net.state_dict(), run / WEIGHTS)
        record = {'config': to_mapping(TINY), 'step': step}
        (run / 'compact.json').write_text(json.dumps(record))
    path = average_runs([tmp_path / '3', tmp_path / '5'], tmp_path / 'mean')
    first, second = (net.state_dict() for net in nets)
    for key, value in load_network(path).state_dict().items():
        torch.testing.assert_close(value, (first[key] + second[key]) / 2)
    assert json.loads(path.with_suffix('.json').read_text())['averaged_steps'] == [3, 5]
