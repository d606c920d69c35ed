# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Prompts come from topics and files, and are due at the cloud that is newest then."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.prompts import Prompt, prompts_from_topic, read_prompts

CLICK = 'geometry_msgs/msg/PointStamped'
PROMPT = 'part_seg_ros/msg/PartPrompt'


def prompt_message(types, header, points=(), labels=(), indices=(), name='', granularity=-1.0):
    point = types.types['geometry_msgs/msg/Point']
    return types.types[PROMPT](
        header=header,
        points=[point(*map(float, xyz)) for xyz in points],
        labels=np.array(labels, np.int8),
        indices=np.array(indices, np.int32),
        part_name=name,
        granularity=granularity,
    )


def test_clicks_of_rviz_are_read(tiny_bag, tiny):
    with tiny_bag() as bag:
        first, second = prompts_from_topic(bag, tiny.clicks)
    assert first.stamp_ns == tiny.stamp_of(0) and second.stamp_ns == tiny.stamp_of(1)
    assert second.frame_id == 'world' and second.labels.tolist() == [1]
    np.testing.assert_allclose(second.coords, tiny.centres[1:])


def test_prompts_of_planners_are_read(tiny_bag, tiny):
    def clicks(types):
        header = tiny.header(types, tiny.stamp_of(2), '/world')
        return prompt_message(
            types, header, [[1, 2, 3], [4, 5, 6]], [1, 0, 1], [7], name=' lid ', granularity=0.5
        )

    def search(types):
        header = tiny.header(types, 0, '')
        return prompt_message(types, header, [[1, 2, 3]], [2], name='handle')

    extra = [
        ('/prompts', PROMPT, tiny.stamp_of(2), clicks),
        ('/prompts', PROMPT, tiny.stamp_of(3), search),
    ]
    with tiny_bag(extra=extra) as bag:
        first, second = prompts_from_topic(bag, '/prompts')
    assert (first.frame_id, first.name, first.granularity) == ('world', 'lid', 0.5)
    assert first.coords.tolist() == [[1, 2, 3], [4, 5, 6]] and first.point_idx.tolist() == [7]
    assert first.labels.tolist() == [1, 0, 1] and first.near is None
    assert second.stamp_ns == tiny.stamp_of(3)  # without a stamp: when it came
    assert second.near.tolist() == [1, 2, 3] and not len(second.labels)
    assert second.granularity is None


def test_another_topic_is_refused_with_what_there_is(tiny_bag, tiny):
    with tiny_bag() as bag:
        for topic in ('/nothing', tiny.clouds):
            with pytest.raises(InputError, match=r'/clicked_point \(geometry_msgs.*, 2\)'):
                prompts_from_topic(bag, topic)


def test_a_topic_without_a_usable_click_is_refused_with_the_reason(tiny_bag, tiny):
    with tiny_bag(clicks=[(0, (np.nan, 0, 0))]) as bag:
        with pytest.raises(InputError, match='no prompt can be read .* must be finite'):
            prompts_from_topic(bag, tiny.clicks)


ENTRIES = [
    {'frame': 3, 'points': [[0.1, 0, 0], [0, 0, 1]], 'labels': [1, 0], 'frame_id': 'world'},
    {'time': 0.25, 'points': [[0, 0, 0]], 'name': 'lid', 'granularity': 0.4},
    {'frame': 0, 'name': 'handle'},
]


@pytest.mark.parametrize('suffix', ['.json', '.yaml'])
def test_prompts_of_a_file_are_read(tmp_path, suffix):
    path = tmp_path / f'prompts{suffix}'
    if suffix == '.json':
        path.write_text(json.dumps(ENTRIES))
    else:
        path.write_text(
            '- {frame: 3, points: [[0.1, 0, 0], [0, 0, 1]], labels: [1, 0], frame_id: world}\n'
            '- time: 0.25\n  points:\n  - [0, 0, 0]\n  name: lid\n  granularity: 0.4\n'
            '- {frame: 0, name: handle}\n'
        )
    first, second, third = read_prompts(path)
    assert (first.frame_idx, first.seconds, first.frame_id) == (3, None, 'world')
    assert first.coords.tolist() == [[0.1, 0, 0], [0, 0, 1]] and first.labels.tolist() == [1, 0]
    assert (second.frame_idx, second.seconds, second.name) == (None, 0.25, 'lid')
    assert second.granularity == 0.4 and second.labels.tolist() == [1]
    assert third.name == 'handle' and len(third.coords) == 0


@pytest.mark.parametrize(
    ('entry', 'words'),
    [
        ({'points': [[0, 0, 0]]}, 'either frame .* or time'),
        ({'frame': 0, 'time': 1, 'points': [[0, 0, 0]]}, 'either frame .* or time'),
        ({'frame': 0}, 'points or a name'),
        ({'frame': 0, 'points': [[0, 0]]}, r'\[\[x, y, z\]'),
        ({'frame': 0, 'points': [[0, 0, 0]], 'labels': [0]}, 'label 1'),
        ({'frame': 0, 'points': [[0, 0, 0]], 'labels': [1, 1]}, 'one for each of 1'),
        ({'frame': 0, 'point': [[0, 0, 0]]}, 'has no point; known are .*points'),
        ({'frame': 'first', 'name': 'lid'}, 'invalid literal'),
        ('lid', 'must be a mapping, got str'),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, entry, words):
    path = tmp_path / 'prompts.json'
    path.write_text(json.dumps([ENTRIES[0], entry]))
    with pytest.raises(InputError, match=f'prompts.json, entry 1: .*{words}'):
        read_prompts(path)


@pytest.mark.parametrize(
    ('text', 'words'), [('{', 'no YAML or JSON'), ('a: 1', 'a list'), ('[]', 'a list')]
)
def test_a_wrong_file_is_told(tmp_path, text, words):
    path = tmp_path / 'prompts.yaml'
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_prompts(path)


@pytest.mark.parametrize(
    ('when', 'is_due'),
    [
        ({'stamp_ns': 1500}, True),
        ({'stamp_ns': 2000}, False),
        ({'stamp_ns': 5}, True),
        ({'frame_idx': 3}, True),
        ({'frame_idx': 4}, False),
        ({'seconds': 0.9e-6}, True),
        ({'seconds': 1.0e-6}, False),
    ],
)
def test_a_prompt_is_due_at_the_newest_cloud(when, is_due):
    prompt = Prompt(coords=np.zeros((1, 3)), labels=np.ones(1), **when)
    times = {'first_stamp_ns': 1000, 'next_stamp_ns': 2000, 'next_idx': 4}
    assert prompt.is_due(**times) is is_due


def test_after_the_last_cloud_all_later_times_are_due_but_no_later_cloud():
    times = {'first_stamp_ns': 1000, 'next_stamp_ns': None, 'next_idx': 4}
    late = Prompt(coords=np.zeros((1, 3)), labels=np.ones(1), stamp_ns=10**9)
    beyond = Prompt(coords=np.zeros((1, 3)), labels=np.ones(1), frame_idx=4)
    assert late.is_due(**times) and not beyond.is_due(**times)


def test_the_example_of_the_documentation_is_read(tmp_path):
    document = Path(__file__).resolve().parents[4] / 'docs' / 'evaluation.md'
    (example,) = re.findall(r'```yaml\n(- \{frame.*?)```', document.read_text(), re.S)
    path = tmp_path / 'prompts.yaml'
    path.write_text(example)
    first, second = read_prompts(path)
    assert (first.frame_idx, first.name, second.seconds) == (0, 'handle', 1.5)
    assert second.labels.tolist() == [1, 0]
