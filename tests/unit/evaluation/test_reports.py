# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reports hold what was measured, in every format."""

import csv
import dataclasses
import json

import pytest

from part_seg_ros.evaluation import clicks_report, names_report, parts_report
from part_seg_ros.evaluation.clicks import ClicksConfig, ClickTrace, PartClicks
from part_seg_ros.evaluation.names import NameAsk, NamedClick, NamesConfig, ObjectNames
from part_seg_ros.evaluation.parts import PartFound, PartsConfig
from part_seg_ros.evaluation.times_report import write_times


@pytest.fixture
def clicks_results(true_part):
    made = [
        (true_part('x', 0.004, kind='chair', part_name='leg'), (0.2, 0.5), (0.4, 0.5)),
        (true_part('y', 0.3, kind='mug'), (1.0, 1.0), (0.9, 1.0)),
    ]
    return [
        PartClicks(
            part=part,
            trace=ClickTrace(
                iou=ious,
                iou_pred=pred,
                best_candidate_iou=1.0,
                clicks=((7, 1), (3, 0)),
                click_ms=(20.0, 30.0 + k),
            ),
            encode_ms=100.0 * (k + 1),
        )
        for k, (part, ious, pred) in enumerate(made)
    ]


def test_clicks_report_holds_every_part_and_every_group(tmp_path, clicks_results):
    clicks_report.write_report(tmp_path, 'ball', ClicksConfig(clicks=(1, 2)), clicks_results)
    record = json.loads((tmp_path / 'clicks.json').read_text())
    assert record['summary']['IoU@2'] == pytest.approx(75.0)
    assert record['groups']['kind']['chair'] == pytest.approx(
        {
            'objects': 1,
            'parts': 1,
            'IoU@1': 20.0,
            'IoU@2': 50.0,
            'best candidate@1': 100.0,
            'ECE': 10.0,
        }
    )
    assert list(record['groups']['size']) == ['below 1 %', 'above 20 %']
    assert record['groups']['group'] == {}
    assert record['calibration']['1']['ECE'] == pytest.approx(0.15)
    assert record['calibration']['all']['bins']['count'] == [0, 0, 0, 0, 1, 1, 0, 0, 0, 2]
    assert record['parts'][0]['iou_pred'] == [0.4, 0.5]
    assert record['parts'][0]['clicks'] == [[7, 1], [3, 0]]
    assert record['averages']['per kind'] == pytest.approx({'IoU@1': 60.0, 'IoU@2': 75.0})
    rows = list(csv.DictReader((tmp_path / 'clicks.csv').open()))
    assert [(row['object_name'], row['part_name']) for row in rows] == [('x', 'leg'), ('y', '')]
    assert [float(rows[0][name]) for name in ('iou_2', 'iou_pred_1')] == [0.5, 0.4]
    text = (tmp_path / 'clicks.md').read_text()
    assert '10000 points from all sides; exact normals; seed 0.' in text
    assert '| mean | 2 | 2 | 60.0 | 75.0 | 100.0 | 7.5 |' in text
    assert '| chair | 1 | 1 | 20.0 | 50.0 |' in text
    assert '| all | 7.5 | 2.5 |' in text
    assert '| per part | 60.0 | 75.0 |' in text
    assert 'Clicks as in Point-SAM: the middle of the part' in text
    assert 'By group' not in text
    for name in ('clicks.png', 'calibration.png'):
        assert (tmp_path / name).stat().st_size > 1000


def test_no_figure_of_a_report_depends_on_the_clock(tmp_path, clicks_results):
    slower = [
        dataclasses.replace(
            result,
            encode_ms=9 * result.encode_ms,
            trace=dataclasses.replace(result.trace, click_ms=(50.0, 60.0)),
        )
        for result in clicks_results
    ]
    assert slower == clicks_results
    for name, results in (('a', clicks_results), ('b', slower)):
        clicks_report.write_report(tmp_path / name, 'ball', ClicksConfig(clicks=(2,)), results)
    for file in ('clicks.json', 'clicks.csv', 'clicks.md', 'clicks.png', 'calibration.png'):
        assert (tmp_path / 'a' / file).read_bytes() == (tmp_path / 'b' / file).read_bytes()
    assert (tmp_path / 'a' / 'clicks_times.csv').read_text() != (
        tmp_path / 'b' / 'clicks_times.csv'
    ).read_text()


def test_times_of_clicks_by_hand(tmp_path, clicks_results):
    clicks_report.write_report(tmp_path, 'ball', ClicksConfig(clicks=(2,)), clicks_results)
    record = json.loads((tmp_path / 'clicks_times.json').read_text())
    assert record['objects'] == {
        'x': {'encode': 100.0, 'first click': 20.0, 'later click': 30.0},
        'y': {'encode': 200.0, 'first click': 20.0, 'later click': 31.0},
    }
    # Of 100 and 200: half-way 150, nine tenths of the way 190.
    assert record['ms']['encode'] == pytest.approx(
        {'objects': 2, 'least': 100.0, 'median': 150.0, '90th percentile': 190.0}
    )
    assert '| later click | 2 | 30.0 | 30.5 | 30.9 |' in (tmp_path / 'clicks_times.md').read_text()
    assert (tmp_path / 'clicks_times.png').stat().st_size > 1000


def test_steps_without_a_time_are_left_out(tmp_path):
    nan = float('nan')
    write_times(tmp_path, 'clicks', 'ball', {'x': {'encode': nan, 'click': nan}})
    assert list(tmp_path.iterdir()) == []
    write_times(tmp_path, 'clicks', 'ball', {'x': {'encode': nan, 'click': 2.0}})
    record = json.loads((tmp_path / 'clicks_times.json').read_text())
    assert list(record['ms']) == ['click']
    assert record['objects'] == {'x': {'encode': None, 'click': 2.0}}


def test_parts_report_holds_every_part(tmp_path, true_part):
    results = [
        PartFound(part=true_part('x', 0.04, group='tools'), iou=0.25, num_found=3),
        PartFound(part=true_part('y', 0.5, group='tools'), iou=0.75, num_found=1),
    ]
    parts_report.write_report(tmp_path, 'ball', PartsConfig(), results)
    record = json.loads((tmp_path / 'parts.json').read_text())
    assert record['summary']['mIoU per object'] == pytest.approx(50.0)
    assert record['averages']['by size']['by point'] == pytest.approx(50.0)
    assert record['groups']['size']['1 to 5 %']['mIoU per part'] == pytest.approx(25.0)
    assert [part['iou'] for part in record['parts']] == [0.25, 0.75]
    rows = list(csv.DictReader((tmp_path / 'parts.csv').open()))
    assert [row['num_found'] for row in rows] == ['3', '1']
    assert 'encode_ms' not in rows[0]
    text = (tmp_path / 'parts.md').read_text()
    assert '| tools | 2 | 2 | 50.0 | 50.0 | 100.0 | 50.0 | 2.0 |' in text
    assert '| per kind | – |' in text and '| per part | 50.0 |' in text
    assert (tmp_path / 'parts.png').stat().st_size > 1000


def test_names_report_holds_every_ask_click_and_mistake(tmp_path, true_part):
    asks = [
        NameAsk(
            name=name,
            num_true=num_true,
            num_found=1,
            num_right=int(iou > 0.5),
            iou=iou,
            union_iou=iou,
            is_right=iou > 0.5,
            any_iou=iou,
            probability=0.5,
            iou_pred=0.5,
        )
        for name, num_true, iou in (('lid', 1, 0.75), ('leg', 0, 0.0))
    ]
    click = NamedClick(
        part=true_part('x', 0.25, kind='box', part_name='the lid'),
        name='lid',
        likeliest=('top', 'lid', 'leg'),
        probability=0.5,
        iou=0.25,
    )
    results = [
        ObjectNames(object_name='x', kind='box', group='', asks=tuple(asks), clicks=(click,))
    ]
    names_report.write_report(tmp_path, 'ball', NamesConfig(), results)
    record = json.loads((tmp_path / 'names.json').read_text())
    assert record['summary']['IoU by name'] == pytest.approx(75.0)
    assert record['summary']['click top-1, good masks'] is None
    assert record['groups']['kind']['box']['asks'] == 1
    assert record['names']['lid']['click top-3'] == pytest.approx(100.0)
    assert record['confusions'] == [{'true': 'lid', 'said': 'top', 'times': 1}]
    rows = list(csv.DictReader((tmp_path / 'names.csv').open()))
    assert [(row['object_name'], row['name'], row['iou']) for row in rows] == [
        ('x', 'lid', '0.75'),
        ('x', 'leg', '0.0'),
    ]
    (row,) = csv.DictReader((tmp_path / 'names_of_clicks.csv').open())
    assert (row['part_name'], row['name'], row['likeliest']) == ('the lid', 'lid', 'top lid leg')
    text = (tmp_path / 'names.md').read_text()
    assert '| mean | 1 | 1 | 1 | 1 | 75.0 | 75.0 | 75.0 | 100.0 | 50.0 | 100.0 |' in text
    assert '| lid → top | 1 |' in text
    assert 'with an IoU of at least 0.25' in text
    assert (tmp_path / 'names.png').stat().st_size > 1000
