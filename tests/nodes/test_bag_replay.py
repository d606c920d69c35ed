# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A bag played to the node over DDS: every message, the right answers, ages and drops."""

import json
from pathlib import Path

import numpy as np
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import String

from part_seg_ros.data.cloud_codec import decode_cloud

pytest.importorskip('rosbags', reason='bags need the Python package rosbags')

from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.writer import write_bag

MODULE = 'part_seg_ros.nodes.bag_replay'
RECIPE = BagRecipe(
    objects=('mug', 'bottle'), num_frames=6, rate_hz=4.0, seed=3, resolution=(80, 60)
)


@pytest.fixture(scope='module')
def bag(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp('bags') / 'bag'
    write_bag(path, RECIPE, storage='mcap')
    return path


@pytest.fixture(scope='module')
def recorded(bag):
    """Stamp, bytes and (N, 3) points of every cloud; (3,) clicks in the frame of each cloud."""
    from rosbags.highlevel import AnyReader
    from scipy.spatial.transform import Rotation

    def matrix(transform):
        turn, shift = transform.rotation, transform.translation
        T = np.eye(4)
        T[:3, :3] = Rotation.from_quat([turn.x, turn.y, turn.z, turn.w]).as_matrix()
        T[:3, 3] = [shift.x, shift.y, shift.z]
        return T

    clouds, poses, clicks, mount = {}, {}, [], None
    with AnyReader([bag]) as reader:
        for connection, _, data in reader.messages():
            message = reader.deserialize(data, connection.msgtype)
            if connection.topic == '/camera/points':
                clouds[stamp_ns(message.header)] = (bytes(message.data), decode_cloud(message))
            elif connection.topic == '/tf':
                stamped = message.transforms[0]
                poses[stamp_ns(stamped.header)] = matrix(stamped.transform)
            elif connection.topic == '/tf_static':
                mount = matrix(message.transforms[0].transform)
            elif connection.topic == '/clicked_point':
                clicks.append([message.point.x, message.point.y, message.point.z, 1.0])
    in_cloud = {
        stamp: (np.linalg.inv(pose @ mount) @ np.array(clicks).T).T[:, :3]
        for stamp, pose in poses.items()
    }
    return clouds, in_cloud


def stamp_ns(header):
    return header.stamp.sec * 10**9 + header.stamp.nanosec


def replay(running_process, *arguments):
    return running_process(
        MODULE, *arguments, '--ros-args', '-r', '/camera/points:=/points', '-r', '/clock:=/clock'
    )


def num_points_in_ball(points, clicked, radius):
    """Return how many points lie in the ball around the point that a click is moved to."""
    snapped = points[np.nanargmin(np.linalg.norm(points - clicked, axis=1))]
    return np.count_nonzero(np.linalg.norm(points - snapped, axis=1) < radius)


def test_every_message_is_played_and_the_parts_are_found(
    ros, start_node, ball, running_process, bag, recorded, tmp_path
):
    clouds, clicks = recorded
    start_node(ball, **{'segmenter.snap_radius': 0.0})
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    with (
        ros.listening(PointCloud2, 'points', 10) as heard,
        ros.listening(String, '/truth/parts', latched) as truths,
        ros.listening(Clock, '/clock', 1000) as times,
        replay(running_process, bag, '--report', tmp_path, '--clock') as process,
    ):
        ros.wait_until(lambda: process.poll() is not None, 'the end of the replay', timeout=60.0)
        ros.wait_until(lambda: len(heard) == RECIPE.num_frames, 'every cloud')
    assert process.returncode == 0, process.log.read_text()
    assert {stamp_ns(cloud.header): bytes(cloud.data) for cloud in heard} == {
        stamp: data for stamp, (data, _) in clouds.items()
    }
    assert len(truths) == 1 and 'mug_0' in truths[0].data
    seconds = [time.clock.sec + 1e-9 * time.clock.nanosec for time in times]
    assert seconds == sorted(seconds) and len(seconds) > 50
    assert seconds[-1] - seconds[0] == pytest.approx(5 / RECIPE.rate_hz + 0.112, abs=0.03)

    report = json.loads((tmp_path / 'replay.json').read_text())
    assert report['played']['/camera/points'] == report['frames'] == RECIPE.num_frames
    assert '/clicked_point' not in report['played']
    played_or_told = set(report['played']) | set(report['not_played'])
    assert played_or_told == {'/camera/points', '/truth/parts', '/tf', '/tf_static'}
    assert report['errors'] == 0
    assert report['frames_answered'] + report['frames_dropped'] == RECIPE.num_frames
    records = report['records']
    assert {record['click_idx'] for record in records} == set(range(len(clicks[min(clicks)])))
    assert {record['cloud_stamp_ns'] for record in records} <= set(clouds)
    assert max(record['cloud_stamp_ns'] for record in records) == max(clouds)
    of_last = [record for record in records if record['cloud_stamp_ns'] == max(clouds)]
    for record in of_last:
        points = clouds[max(clouds)][1].points
        clicked = clicks[max(clouds)][record['click_idx']]
        expected = num_points_in_ball(points, clicked, ball.radius)
        assert abs(record['num_points'] - expected) <= 1
    assert len({record['num_points'] for record in of_last}) > 1
    for record in records:
        assert record['age_ms'] >= 0.0 and record['round_trip_ms'] > 0.0
    assert '6 clouds played' in process.log.read_text()


def test_clouds_that_come_while_the_node_works_are_dropped(
    ros, start_node, ball, running_process, bag, recorded, tmp_path
):
    clouds, _ = recorded
    start_node(ball, **{'segmenter.snap_radius': 0.0})
    ball.gate.clear()
    with replay(running_process, bag, '--report', tmp_path) as process:
        ros.wait_until(ball.encoding.is_set, 'the first question', timeout=60.0)
        # The bag goes on for 1.25 s at most while the network is busy with the first question.
        ros.wait_until_idle(3.0)
        ball.gate.set()
        ros.wait_until(lambda: process.poll() is not None, 'the end of the replay', timeout=60.0)
    assert process.returncode == 0, process.log.read_text()
    report = json.loads((tmp_path / 'replay.json').read_text())
    stamps = {record['cloud_stamp_ns'] for record in report['records']}
    assert len(stamps) == report['frames_answered'] == 2
    assert max(stamps) == max(clouds)
    assert report['frames_dropped'] == report['frames_asked_for'] - 2 >= 3
    first = report['records'][0]
    assert first['cloud_stamp_ns'] == min(stamps) and first['age_ms'] > 2900.0
    assert report['age_ms']['max'] == max(record['age_ms'] for record in report['records'])


def test_a_bag_can_be_played_again(ros, start_node, ball, running_process, bag, tmp_path):
    """The node still has the last cloud of the first time, which is in the future of the bag."""
    start_node(ball, **{'segmenter.snap_radius': 0.0})
    for number in range(2):
        path = tmp_path / str(number)
        with replay(running_process, bag, '--report', path, '--rate', '2.0') as process:
            ros.wait_until(lambda p=process: p.poll() is not None, 'the end', timeout=60.0)
        assert process.returncode == 0, process.log.read_text()
        report = json.loads((path / 'replay.json').read_text())
        assert report['is_complete'] and report['errors'] == 0
        assert report['frames_answered'] >= 2
        stamps = [record['cloud_stamp_ns'] for record in report['records']]
        assert stamps == sorted(stamps)


def test_what_cannot_be_played_is_told_in_one_line(running_process, tmp_path):
    write_bag(tmp_path / 'silent', BagRecipe(num_frames=1, resolution=(32, 24), with_clicks=False))
    for arguments, words in [
        ((tmp_path / 'missing',), 'missing'),
        ((tmp_path / 'silent',), '/clicked_point must be a topic with clicks'),
        ((tmp_path / 'silent', '--rate', '0'), 'the rate must be a positive number, got 0.0'),
        (
            (tmp_path / 'silent', '--cloud-topic', '/scan'),
            'clouds are on /camera/points',
        ),
    ]:
        with running_process(MODULE, *arguments) as process:
            process.wait(60)
        log = process.log.read_text()
        assert process.returncode == 1, log
        assert words in log and 'Traceback' not in log
