# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate bag` on a generated bag, from the command to the files."""

import json

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='bags need the package rosbags')

from part_seg_ros.cli.main import main
from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.writer import write_bag
from part_seg_ros.evaluation.bags.reader import open_bag
from part_seg_ros.segmenter.part_ids import to_library_ids


@pytest.fixture(scope='module')
def bag(tmp_path_factory):
    path = tmp_path_factory.mktemp('bags') / 'table'
    recipe = BagRecipe(objects=('mug', 'bottle'), num_frames=4, seed=3, resolution=(96, 72))
    write_bag(path, recipe, storage='mcap')
    return path


def evaluate(bag, *options):
    return main(['evaluate', 'bag', str(bag), '--device', 'cpu', *map(str, options)])


def test_from_a_bag_to_a_report_and_a_bag_with_the_same_labels(bag, tmp_path, capsys):
    report, out = tmp_path / 'report', tmp_path / 'out'
    options = ('--report', report, '--annotated', out, '--storage', 'sqlite3')
    assert evaluate(bag, '--prompt-topic', '/clicked_point', *options) == 0
    printed = capsys.readouterr()
    assert '| table | 4 |' in printed.out and 'cut off' not in printed.err
    record = json.loads((report / 'bag.json').read_text())
    assert record['truncated'] is False and record['summary']['frames'] == 4
    assert record['summary']['IoU at prompt'] > 30
    labels = np.load(report / 'labels.npz')
    with open_bag(out) as annotated:
        read = [annotated.read(m) for m in annotated.messages(['/part_labels'])]
    assert len(read) == len(labels.files) == 4
    for message, name in zip(read, sorted(labels.files), strict=True):
        np.testing.assert_array_equal(to_library_ids(message.labels), labels[name])
    assert (message.height, message.width) == (72, 96)


def test_prompts_of_a_file_open_parts(bag, tmp_path, capsys):
    with open_bag(bag) as opened:
        click = opened.read(next(opened.messages(['/clicked_point']))).point
    path = tmp_path / 'prompts.json'
    entry = {'frame': 1, 'frame_id': 'world', 'points': [[click.x, click.y, click.z]]}
    path.write_text(json.dumps([{**entry, 'name': 'my part'}]))
    report = tmp_path / 'report'
    assert evaluate(bag, '--prompts', path, '--every', 2, '--report', report) == 0
    parts = json.loads((report / 'bag.json').read_text())['parts']
    assert [(part['frame_idx'], part['state'] == 'opened') for part in parts] == [
        (0, True),
        (2, False),
    ]
    assert parts[0]['name'] == 'my part'


def test_a_bag_cut_in_the_middle_is_evaluated_up_to_there(bag, tmp_path, capsys):
    whole = (bag / 'table.mcap').read_bytes()
    (tmp_path / 'cut').mkdir()
    # Without the index at the end, and without metadata.yaml.
    (tmp_path / 'cut' / 'cut.mcap').write_bytes(whole[:-500])
    report = tmp_path / 'report'
    assert evaluate(tmp_path / 'cut', '--every', 4, '--report', report) == 0
    assert 'metadata.yaml is missing' in capsys.readouterr().err
    assert json.loads((report / 'bag.json').read_text())['truncated'] is True


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        (('--topic', '/points'), 'clouds are on /camera/points'),
        (('--prompt-topic', '/clicks'), '/clicked_point (geometry_msgs/msg/PointStamped'),
        (('--target-frame', 'map'), 'camera_link, world'),
        (('--truth-field', 'part'), "no field 'part'"),
        (('--prompts', 'nowhere.yaml'), 'nowhere.yaml cannot be read'),
    ],
)
def test_what_is_not_there_is_an_error_that_names_what_is(bag, capsys, options, words):
    assert evaluate(bag, '--every', 4, *options) != 0
    assert words in capsys.readouterr().err


def test_none_and_nothing_are_what_a_launch_file_passes_for_what_was_not_asked(bag, capsys):
    assert evaluate(bag, '--every', 4, '--prompt-topic', 'none', '--annotated', '') == 0
    printed = capsys.readouterr().out
    assert 'IoU at prompt' not in printed and 'lost' not in printed
    assert '| table | 1 |' in printed
