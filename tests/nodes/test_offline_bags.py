# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A prompt in a bag is answered offline as the node answers it, field by field."""

import numpy as np
import pytest
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import PointCloud2

pytest.importorskip('rosbags', reason='bags need the Python package rosbags')

from part_seg_ros.msg import Part, PartLabels

from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.writer import write_bag
from part_seg_ros.evaluation.bags.annotated import AnnotatedBag
from part_seg_ros.evaluation.bags.prompts import prompts_from_topic
from part_seg_ros.evaluation.bags.protocol import BagConfig, evaluate_bag
from part_seg_ros.evaluation.bags.reader import open_bag
from part_seg_ros.evaluation.bags.transforms import read_transforms
from part_seg_ros.evaluation.bags.truth import FieldTruth
from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.segmenter import Segmenter

RECIPE = BagRecipe(objects=('mug',), num_frames=1, seed=3, resolution=(80, 60))


@pytest.fixture
def bag(tmp_path):
    write_bag(tmp_path / 'bag', RECIPE)
    with open_bag(tmp_path / 'bag') as opened:
        yield opened


def fields_of(message):
    """All fields of a message of any library, as plain values."""
    if hasattr(message, 'get_fields_and_field_types'):
        names = list(message.get_fields_and_field_types())
    else:
        # Without the constants.
        names = [
            name for name in getattr(message, '__dataclass_fields__', ()) if name[0].islower()
        ]
    if names:
        return {name: fields_of(getattr(message, name)) for name in names}
    if isinstance(message, str | bool | int | float):
        return message
    return [fields_of(entry) for entry in np.asarray(message).tolist()]


def test_the_offline_answer_is_what_the_node_publishes(ros, start_node, ball, bag, tmp_path):
    prompts = prompts_from_topic(bag, '/clicked_point')
    with AnnotatedBag(tmp_path / 'out', bag, '/camera/points') as out:
        evaluate_bag(
            bag,
            Segmenter(ball),
            BagConfig(),
            truth=FieldTruth(),
            prompts=prompts,
            keep=[out.keep],
            with_others=True,
        )
    with open_bag(tmp_path / 'out') as annotated:
        labels, parts = (
            annotated.read(next(annotated.messages([topic])))
            for topic in ('/part_labels', '/parts')
        )
    start_node(ball)
    stored = next(bag.messages(['/camera/points']))
    cloud = deserialize_message(stored.data, PointCloud2)
    stamp_ns = cloud.header.stamp.sec * 10**9 + cloud.header.stamp.nanosec
    T_cloud_world = read_transforms(bag).lookup(cloud.header.frame_id, 'world', stamp_ns)
    session = {'cloud': cloud}
    assert len(prompts) > 1
    for prompt in prompts:
        clicks = transform_points(T_cloud_world, prompt.coords)
        reply = ros.wait(
            ros.client.segment_part(point_prompt(clicks), return_labels=True, **session)
        )
        assert reply.success, reply.message
        session = {'session_id': reply.session_id}
        (offline,) = (part for part in parts.parts if part.id == reply.part.id)
        expected = fields_of(reply.part)
        assert set(expected) == set(Part.get_fields_and_field_types())
        assert fields_of(offline) == expected
    expected = fields_of(reply.labels) | {'session_id': ''}
    assert set(expected) == set(PartLabels.get_fields_and_field_types())
    assert fields_of(labels) == expected
