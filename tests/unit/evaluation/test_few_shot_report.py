# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the few-shot evaluation, by hand."""

import csv
import json

import pytest

from part_seg_ros.evaluation.few_shot import FewShotConfig, LabeledShape
from part_seg_ros.evaluation.few_shot_report import compare, means_of_kinds, write_report


@pytest.fixture
def results():
    made = [('a', 'mug', 0, 0.2), ('b', 'mug', 0, 0.4), ('c', '', 0, 0.9), ('a', 'mug', 1, 0.6)]
    return [
        LabeledShape(object_name=name, kind=kind, draw=draw, iou=iou)
        for name, kind, draw, iou in made
    ]


def test_kinds_are_averaged_over_draws(results):
    rows = means_of_kinds(results)
    assert rows['mug'] == pytest.approx({'shapes': 2, 'mIoU': 45.0, 'deviation over draws': 15.0})
    assert rows['unknown'] == pytest.approx(
        {'shapes': 1, 'mIoU': 90.0, 'deviation over draws': 0.0}
    )


def test_every_file_tells_the_same(tmp_path, results):
    write_report(tmp_path, 'system', FewShotConfig(shots=2, draws=2), results)
    record = json.loads((tmp_path / 'few_shot.json').read_text())
    assert record['kinds']['mug']['mIoU'] == pytest.approx(45.0)
    assert record['shapes'][1] == {'object_name': 'b', 'kind': 'mug', 'draw': 0, 'iou': 0.4}
    rows = list(csv.DictReader((tmp_path / 'few_shot.csv').open()))
    assert [float(row['iou']) for row in rows] == [0.2, 0.4, 0.9, 0.6]
    text = (tmp_path / 'few_shot.md').read_text()
    assert '2 labelled shapes of each kind, drawn 2 times; mlp of features: system.' in text
    assert '| mug | 2 | 45.0 | 15.0 |' in text


def test_published_figures_are_those_of_as_many_shots(results):
    (published,) = compare('system', 'shapenet_part', FewShotConfig(shots=2), results)
    ours = published.rows['system, mlp, per kind']
    # Draw 0: kinds 0.3 and 0.9; draw 1: 0.6.
    assert ours['2-shot'] == pytest.approx(60.0) and ours['1-shot'] != ours['1-shot']
    assert published.rows['Point-SAM'] == {'1-shot': 73.9, '2-shot': 76.1}
    (floor,) = compare('system', 'shapenet_part', FewShotConfig(features='place'), results)
    assert floor.rows['place, mlp, per kind']['1-shot'] == pytest.approx(60.0)
    assert compare('system', 'held_out', FewShotConfig(), results) == []
