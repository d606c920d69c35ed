# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The demo's three processes: node, publisher of a scan, client that writes the answers."""

import json

import numpy as np
import pytest

from part_seg_ros.nodes.client import PartSegClient, point_prompt


def test_the_demo_writes_its_answers(ros, start_node, ball, running_process, scene, tmp_path):
    points, is_handle = scene
    colors = np.full(points.shape, 0.5, np.float32)
    np.savez(tmp_path / 'scan.npz', points=points, colors=colors, frame_id='camera')
    positive, negative = points[is_handle][:2]
    clicks = {'positive': positive.tolist(), 'negative': negative.tolist()}
    (tmp_path / 'clicks.json').write_text(json.dumps(clicks))
    start_node(ball, **{'segment_all.num_prompts': 32, 'segment_all.max_parts': 3})
    module, arguments = 'part_seg_ros.nodes.scan_publisher', (tmp_path / 'scan.npz', '--rate', 20)
    with (
        running_process(module, *arguments),
        running_process(
            'part_seg_ros.nodes.demo_client', tmp_path / 'clicks.json', tmp_path / 'answers'
        ) as client,
    ):
        client.wait(100)
    assert client.returncode == 0, client.log.read_text()

    def load(name):
        return np.load(tmp_path / 'answers' / f'{name}.npz')

    near_positive, near_negative = (
        np.linalg.norm(points - center, axis=1) < ball.radius for center in (positive, negative)
    )
    one, two = load('one_click'), load('two_clicks')
    np.testing.assert_array_equal(one['mask'], near_positive)
    np.testing.assert_array_equal(one['labels'], near_positive.astype(np.uint32))
    np.testing.assert_array_equal(two['mask'], near_positive & ~near_negative)
    part_ids = load('all_parts')['part_ids']
    assert (part_ids.shape, part_ids.dtype, part_ids.min()) == ((len(points),), np.int32, -1)
    timings = json.loads((tmp_path / 'answers' / 'timings.json').read_text())
    assert [timings[name]['embedding_cached'] for name in ('one_click', 'two_clicks')] == [
        False,
        True,
    ]
    assert timings['one_click']['encode_ms'] > 0 and timings['two_clicks']['decode_ms'] > 0
    assert timings['all_parts']['num_parts'] == part_ids.max() + 1 == 3
    assert ball.num_encoded == 1


def test_a_scan_that_cannot_be_read_is_told(running_process, tmp_path):
    with running_process(
        'part_seg_ros.nodes.scan_publisher', tmp_path / 'missing.npz'
    ) as publisher:
        publisher.wait(60)
    assert publisher.returncode == 1
    assert 'missing.npz' in publisher.log.read_text()


def test_a_client_gives_up_in_time(ros):
    client = PartSegClient(ros.node, 'nobody', timeout=0.2)
    try:
        with pytest.raises(
            TimeoutError, match=r'no answer from .*nobody/segment_part within 0.2 s'
        ):
            client.wait(client.segment_part(point_prompt([[0.0, 0.0, 0.0]])))
        with pytest.raises(TimeoutError, match='nobody was not active'):
            client.wait_until_active(0.3)
    finally:
        client.destroy()


def test_prompts_list_foreground_first():
    prompt = point_prompt([[1, 2, 3]], [[4, 5, 6], [7, 8, 9]], frame_id='camera', granularity=0.5)
    assert [(p.x, p.y, p.z) for p in prompt.points] == [(1, 2, 3), (4, 5, 6), (7, 8, 9)]
    assert list(prompt.labels) == [1, 0, 0]
    assert (prompt.header.frame_id, prompt.granularity) == ('camera', 0.5)
