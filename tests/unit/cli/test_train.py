# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg train`: recipes by name, settings from a file."""

import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.models.compact.checkpoint import load_network
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.training.recipes import RECIPES

SETTINGS = f"""
model: {{num_anchors: {TINY.num_anchors}, num_patches: {TINY.num_patches}, width: {TINY.width},
  num_heads: {TINY.num_heads}}}
sample: {{min_points: 600, max_points: 900, num_masks: 2, points_per_mask: 16}}
batch_clouds: 1
named_clouds: 0
max_rounds: 2
num_workers: 0
device: cpu
"""


def test_a_run_takes_settings_from_a_file_and_goes_on(tmp_path, capsys):
    settings = tmp_path / 'run.yaml'
    settings.write_text(SETTINGS)
    out = tmp_path / 'out'
    assert main(['train', str(settings), '-o', str(out), '--num-steps', '1']) == 0
    assert capsys.readouterr().out.strip() == str(out / 'compact.safetensors')
    resumed = ['train', str(settings), '-o', str(out), '--num-steps', '2', '--resume']
    assert main(resumed) == 0
    assert len((out / 'log.jsonl').read_text().splitlines()) == 2
    assert load_network(out / 'compact.safetensors').config.width == TINY.width


def test_an_unknown_setting_names_the_nearest(tmp_path, capsys):
    settings = tmp_path / 'run.yaml'
    settings.write_text('lerning_rate: 1.0')
    assert main(['train', str(settings), '-o', str(tmp_path / 'out')]) == 2
    assert "did you mean 'learning_rate'" in capsys.readouterr().err


@pytest.mark.parametrize('name', RECIPES)
def test_every_recipe_has_defaults(name):
    config = RECIPES[name].config_type()()
    assert config.num_steps > 0
