# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Whose weights a file holds."""

import pytest

from part_seg_ros.models import build_model
from part_seg_ros.models.weights_origin import origin


@pytest.mark.parametrize(
    ('model', 'whose'),
    [
        ('compact-tiny', 'compact'),
        ('point_sam-tiny', 'Point-SAM'),
        ('partsam-tiny', 'PartSAM'),
        ('s2am3d-tiny', 'S2AM3D (both halves)'),
    ],
)
def test_each_system_is_known_by_its_names(model, whose):
    assert origin(build_model(model, device='cpu').net.state_dict()) == whose


def test_the_halves_of_s2am3d_are_known_and_others_are_not():
    net = build_model('s2am3d-tiny', device='cpu').net
    assert origin(net.encoder.state_dict()) == 'PartField or S2AM3D (encoder)'
    assert origin(net.predictor.state_dict()) == 'S2AM3D (decoder)'
    assert origin(['point_feature_enhancer_state_dict.output_layer.bias']) == 'S2AM3D (decoder)'
    assert origin(['layers.0.weight']) == ''
