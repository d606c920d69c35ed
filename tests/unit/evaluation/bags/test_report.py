# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The report says what was measured, and that a bag was cut off."""

import csv
import json

import pytest

from part_seg_ros.evaluation.bags.prompts import prompts_from_topic
from part_seg_ros.evaluation.bags.protocol import BagConfig, evaluate_bag
from part_seg_ros.evaluation.bags.reader import open_bag
from part_seg_ros.evaluation.bags.report import remarks, write_report
from part_seg_ros.evaluation.bags.truth import FieldTruth
from part_seg_ros.segmenter.following import FollowSettings

CONFIG = BagConfig(follow=FollowSettings(radius=0.005))
NUM_FRAMES = 60
SUFFIX = {'sqlite3': '.db3', 'mcap': '.mcap'}


def evaluate(path, segmenter, tiny):
    with open_bag(path) as bag:
        return evaluate_bag(
            bag,
            segmenter,
            CONFIG,
            truth=FieldTruth(),
            prompts=prompts_from_topic(bag, tiny.clicks),
        )


@pytest.fixture(params=['sqlite3', 'mcap'])
def cut_bag(request, write_bag):
    """A bag of 60 clouds whose file was cut in the middle, and what lies before the clouds."""
    from part_seg_ros.evaluation.bags.message_types import known_types

    # Ballast makes chunks of a megabyte, so that MCAP has several.
    def ballast(types):
        return types.types['std_msgs/msg/String'](data='x' * 100_000)

    known_types()
    extra = [
        ('/ballast', 'std_msgs/msg/String', 1000 * 10**9 + 10**8 * idx + 5000, ballast)
        for idx in range(NUM_FRAMES)
    ]
    path, _ = write_bag(storage=request.param, num_frames=NUM_FRAMES, extra=extra)
    file = path / f'{path.name}{SUFFIX[request.param]}'
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    return path


def test_a_cut_bag_gives_the_results_up_to_the_cut_and_says_so(
    cut_bag, write_bag, ball_segmenter, tiny, tmp_path
):
    results = evaluate(cut_bag, ball_segmenter(0.5), tiny)
    whole, _ = write_bag(name='whole', num_frames=NUM_FRAMES)
    expected = evaluate(whole, ball_segmenter(0.5), tiny)
    count = len(results.frames)
    assert 10 < count < NUM_FRAMES
    assert [frame.stamp_ns for frame in results.frames] == [
        frame.stamp_ns for frame in expected.frames[:count]
    ]
    # The last pose may be lost with the cut; all before it are as in the whole bag.
    before = [part for part in results.parts if part.frame_idx < count - 1]
    assert before == [part for part in expected.parts if part.frame_idx < count - 1]
    write_report(tmp_path / 'report', cut_bag, 'ball', CONFIG, results)
    record = json.loads((tmp_path / 'report' / 'bag.json').read_text())
    assert record['truncated'] is True and 'ends early' in record['damage']
    assert any('cut off or damaged' in remark for remark in remarks(results))
    assert 'cut off or damaged' in (tmp_path / 'report' / 'bag.md').read_text()


def test_a_report_holds_every_frame_and_part(write_bag, ball_segmenter, tiny, tmp_path):
    path, _ = write_bag(clicks=[(0, (0, 0, 0)), (1, (0.4, 0, 0)), (1, (0, 9, 0))])
    segmenter = ball_segmenter(0.5)
    segmenter.config = type(segmenter.config)(snap_radius=0.05)
    results = evaluate(path, segmenter, tiny)
    folder = tmp_path / 'report'
    write_report(folder, path, 'ball', CONFIG, results)
    record = json.loads((folder / 'bag.json').read_text())
    assert record['truncated'] is False and record['target_frame'] == 'world'
    assert record['summary']['IoU'] == 100.0 and record['summary']['parts'] == 2
    assert record['by_part']['2 (true part 1)']['frames'] == 3
    assert len(record['refused_prompts']) == 1 and record['frames'][0]['stability'] is None
    frames = list(csv.DictReader((folder / 'frames.csv').open()))
    parts = list(csv.DictReader((folder / 'parts.csv').open()))
    assert [row['frame_idx'] for row in frames] == ['0', '1', '2', '3']
    assert [(row['frame_idx'], row['part_id'], row['iou']) for row in parts][:3] == [
        ('0', '1', '1.0'),
        ('1', '1', '1.0'),
        ('1', '2', '1.0'),
    ]
    for name in ('iou.png', 'latency.png'):
        assert (folder / name).read_bytes().startswith(b'\x89PNG')
    assert 'a prompt on cloud 1 was refused' in (folder / 'bag.md').read_text()
