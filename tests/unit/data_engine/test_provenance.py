# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Records of the system that judged labels."""

from __future__ import annotations

import json

import pytest

from part_seg_ros.data_engine.provenance import segmenter_record
from part_seg_ros.models import build_model
from part_seg_ros.segmenter import Segmenter, SegmenterConfig


@pytest.mark.parametrize('name', ['compact-tiny', 'partsam-tiny', 'point_sam-tiny', 's2am3d-tiny'])
def test_every_setting_of_the_system_is_told(name: str) -> None:
    record = segmenter_record(Segmenter(build_model(name), SegmenterConfig(max_points=77)))
    assert json.loads(json.dumps(record)) == record
    assert (record['system'], record['segmenter']['max_points']) == (name, 77)
    assert (record['system_settings'] is None) == (name == 'compact-tiny')


def test_other_settings_are_another_recipe() -> None:
    records = [
        segmenter_record(Segmenter(build_model('point_sam-tiny', settings={'up_axis': axis})))
        for axis in ('z', '-y')
    ]
    assert records[0] != records[1]
