# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Our figures stand beside those of the same kind of mean, and are written with them."""

import json
import math

from part_seg_ros.evaluation.clicks import ClicksConfig, ClickTrace, PartClicks
from part_seg_ros.evaluation.clicks_report import compare
from part_seg_ros.evaluation.comparisons import beside_published, write_comparisons
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.parts import PartFound, PartsConfig
from part_seg_ros.evaluation.published_parts import compare_parts

CLICKS = (1, 3)


def clicked(true_part):
    made = [('x', (0.2, 0.4)), ('x', (0.4, 0.6)), ('y', (0.9, 0.9))]
    return [
        PartClicks(
            part=true_part(name),
            trace=ClickTrace(
                iou=(first, first, later), iou_pred=(first,) * 3, best_candidate_iou=first
            ),
        )
        for name, (first, later) in made
    ]


def test_clicks_stand_beside_the_mean_of_the_paper(true_part):
    config = ClicksConfig(clicks=CLICKS)
    (one,) = compare('ball', 'partnet_mobility', config, clicked(true_part))
    # Point-SAM averages over parts: (0.2 + 0.4 + 0.9) / 3 and (0.4 + 0.6 + 0.9) / 3.
    ours = one.rows['ball, per part']
    assert (round(ours['IoU@1'], 6), round(ours['IoU@3'], 6)) == (50.0, round(190 / 3, 6))
    assert math.isnan(ours['IoU@10'])
    assert next(iter(one.rows)) == 'ball, per part' and 'ball, per object' not in one.rows
    assert one.rows['AGILE3D']['IoU@1'] == 26.4
    assert one.title == 'Point-SAM, Table 3'
    assert one.remark.startswith('Mean per part; scissors') and 'Zhou et al.' in one.remark


def test_both_usual_means_stand_where_the_paper_tells_none(true_part):
    told = ClicksConfig(clicks=CLICKS, true_granularity=True)
    (one,) = compare('ball', 'partnet_e', told, clicked(true_part))
    assert list(one.rows)[:2] == [
        'ball, granularity told, per object',
        'ball, granularity told, per part',
    ]
    assert one.remark.startswith('Kind of mean not told')
    marked = ClicksConfig(clicks=CLICKS, protocol='segvigen')
    (other,) = compare('ball', 'partobjaverse_tiny', marked, clicked(true_part))
    assert other.rows['SegviGen'] == {'IoU@1': 42.49}
    assert compare('ball', 'held_out', told, clicked(true_part)) == []


def test_parts_stand_there_with_every_way_of_counting(true_part, tmp_path):
    results = [
        PartFound(part=true_part(name, kind='mug'), iou=iou, any_scale_iou=0.9, num_found=1)
        for name, iou in (('x', 0.2), ('x', 0.4), ('y', 0.9))
    ]
    dataset = Dataset(name='partobjaverse_tiny', objects=())
    found = compare_parts('ball', tmp_path, dataset, PartsConfig(scan=True), results)
    rows = {one.title: one.rows for one in found}
    first = rows['PartSAM, Table 2']
    assert {name: round(row['mIoU'], 6) for name, row in first.items() if 'ball' in name} == {
        'ball, scan, by point, per object': 60.0,
        'ball, scan, by point, per part': 50.0,
        'ball, scan, by point, any scale, per object': 90.0,
        'ball, scan, by point, any scale, per part': 90.0,
    }
    assert first['PartSAM'] == {'mIoU': 69.5}
    per_kind = rows['GeoSAM2, table of main results']
    assert round(per_kind['ball, scan, by point, per kind']['mIoU'], 6) == 60.0


def test_kinds_of_objects_are_columns_where_the_paper_has_them(true_part, tmp_path):
    made = [('x', 'bag', 0.2), ('x', 'bag', 0.6), ('y', 'bag', 1.0), ('z', 'car', 0.5)]
    results = [
        PartFound(part=true_part(name, kind=kind), iou=iou, num_found=1)
        for name, kind, iou in made
    ]
    dataset = Dataset(name='3dcompat', objects=())
    (one,) = compare_parts('ball', tmp_path, dataset, PartsConfig(), results)
    ours = one.rows['ball, by point, per object']
    # Bags: (0.4 + 1.0) / 2; cars: 0.5.
    assert (round(ours['bag'], 6), round(ours['car'], 6)) == (70.0, 50.0)
    assert math.isnan(ours['toilet']) and 'mIoU' not in ours
    assert one.rows['PartSAM']['bag'] == 55.3


def test_comparisons_are_written_with_the_report(tmp_path):
    write_comparisons(tmp_path / 'none', 'proposals', [])
    assert not (tmp_path / 'none').exists()
    ours = {'ball': {'per part': {'AR@25': 10.0}, 'per object': {'mIoU': 1.0}}}
    found = beside_published('proposals', 'replica', ours)
    assert list(found[0].rows) == ['ball, per part', 'OpenMask3D', 'Point-SAM']
    write_comparisons(tmp_path / 'some', 'proposals', found)
    (record,) = json.loads((tmp_path / 'some' / 'proposals_published.json').read_text())[
        'comparisons'
    ]
    assert record['rows']['ball, per part'] == {'AR@25': 10.0, 'AR@50': None}
    text = (tmp_path / 'some' / 'proposals_published.md').read_text()
    assert '## Point-SAM, Table 4a' in text and '| ball, per part | 10.0 | – |' in text
    assert '| OpenMask3D | 40.2 | 31.5 |' in text and 'at most 250 proposals' in text
