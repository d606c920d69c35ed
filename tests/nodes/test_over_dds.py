# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The node in a process of its own, as a user starts it, asked over DDS.

The network has random weights here, so these tests check the way of the data, not the masks.
"""

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PointStamped
from part_seg_ros.action import SegmentAll
from part_seg_ros.msg import ErrorCode, PartArray, PartLabels, PartPrompt
from sensor_msgs.msg import PointCloud2
from std_srvs.srv import SetBool, Trigger
from visualization_msgs.msg import Marker, MarkerArray

from part_seg_ros.data.cloud_codec import decode_cloud
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.client import point_prompt


@pytest.fixture(scope='module', autouse=True)
def node_process(running_node):
    with running_node(**{'segment_all.min_score': 0.0, 'segment_all.num_prompts': 64}) as process:
        yield process


@pytest.fixture
def topic_cloud(ros, make_cloud, scene, node_process):
    """Publish the scene until the node has it."""
    message = make_cloud(scene[0], stamp=(42, 43))
    ros.call(Trigger, 'reset')
    with ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as publisher:

        def has_cloud():
            publisher.publish(message)
            reply = ros.wait(ros.client.segment_part(point_prompt(scene[0][:1])))
            return reply.error_code != ErrorCode.NO_CLOUD

        ros.wait_until(has_cloud, 'the cloud reaches the node')
        yield message


def handle_prompt(scene):
    points, is_handle = scene
    return point_prompt(points[is_handle][:1])


def check_part(part, points):
    """Check that indices, centroid, box and cloud all speak about the same points."""
    point_idx = np.asarray(part.point_indices)
    assert part.num_points == len(point_idx) > 0
    assert (np.diff(point_idx) > 0).all() and 0 <= point_idx[0] and point_idx[-1] < len(points)
    wanted = points[point_idx]
    centroid = [part.centroid.x, part.centroid.y, part.centroid.z]
    np.testing.assert_allclose(centroid, wanted.mean(axis=0), atol=1e-5)
    axes = np.array([[axis.x, axis.y, axis.z] for axis in part.principal_axes])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(axes) > 0
    np.testing.assert_allclose(
        ((wanted - wanted.mean(axis=0)) @ axes.T).std(axis=0), part.principal_stddev, rtol=0.02
    )
    if part.cloud.width:
        cloud = decode_cloud(part.cloud)
        np.testing.assert_array_equal(cloud.points, wanted)
        assert [f.offset for f in part.cloud.fields] == [0, 4, 8, 12]
        assert part.cloud.height == 1 and part.cloud.is_dense


def test_service_with_the_cloud_in_the_request(ros, scene, make_cloud):
    points, _ = scene
    cloud = make_cloud(points)
    reply = ros.wait(
        ros.client.segment_part(
            handle_prompt(scene),
            cloud=cloud,
            return_labels=True,
            return_cloud=True,
            num_alternatives=2,
        )
    )
    assert reply.success, reply.message
    assert reply.error_code == ErrorCode.NONE and reply.session_id
    assert reply.part.header == cloud.header == reply.labels.header
    check_part(reply.part, points)
    assert reply.part.cloud.width == reply.part.num_points
    labels = np.asarray(reply.labels.labels)
    assert (reply.labels.height, reply.labels.width) == (1, len(points))
    np.testing.assert_array_equal(
        np.flatnonzero(labels == reply.part.id), reply.part.point_indices
    )
    assert list(reply.labels.part_ids) == [reply.part.id] == [1]
    assert len(reply.alternatives) == 2
    assert [a.score for a in reply.alternatives] == sorted(
        [a.score for a in reply.alternatives], reverse=True
    )
    used = reply.used_points[0]
    clicked = handle_prompt(scene).points[0]
    np.testing.assert_allclose([used.x, used.y, used.z], [clicked.x, clicked.y, clicked.z])
    assert list(reply.snap_distances) == [pytest.approx(0.0, abs=1e-7)]


def test_a_second_request_on_the_same_content_is_cached(ros, scene, make_cloud):
    points = scene[0] + np.float32(0.5)  # content that no other test sends
    clicks = point_prompt(points[:1])
    first = ros.wait(ros.client.segment_part(clicks, cloud=make_cloud(points)))
    second = ros.wait(ros.client.segment_part(clicks, cloud=make_cloud(points, stamp=(99, 0))))
    other = ros.wait(ros.client.segment_part(clicks, cloud=make_cloud(points * np.float32(1.01))))
    assert [reply.success for reply in (first, second, other)] == [True] * 3
    assert [r.embedding_cached for r in (first, second, other)] == [False, True, False]
    assert first.encode_time.nanosec > 0
    assert (second.encode_time.sec, second.encode_time.nanosec) == (0, 0)
    assert second.decode_time.nanosec > 0
    assert list(second.part.point_indices) == list(first.part.point_indices)
    assert second.part.header.stamp.sec == 99
    assert second.session_id != first.session_id


def test_service_with_the_cloud_of_the_topic(ros, scene, topic_cloud):
    reply = ros.wait(ros.client.segment_part(handle_prompt(scene)))
    assert reply.success, reply.message
    assert reply.part.header == topic_cloud.header
    check_part(reply.part, scene[0])


def test_a_prompt_by_index_is_the_point_itself(ros, scene, make_cloud):
    points, _ = scene
    prompt = PartPrompt(indices=[17], part_name='thing')
    reply = ros.wait(ros.client.segment_part(prompt, cloud=make_cloud(points)))
    assert reply.success, reply.message
    used = reply.used_points[0]
    np.testing.assert_array_equal(np.float32([used.x, used.y, used.z]), points[17])
    assert reply.part.name == 'thing'


def test_an_organised_cloud_with_holes_keeps_size_order_and_header(ros, scene, make_cloud):
    points = scene[0][:3192].copy()
    is_hole = np.random.default_rng(0).random(len(points)) < 0.2
    points[is_hole] = np.nan
    cloud = make_cloud(points, height=42)
    prompt = point_prompt(points[~is_hole][:1])
    with ros.listening(PointCloud2, 'labeled_points', qos.results()) as received:
        ros.wait_until(
            lambda: ros.node.count_publishers('labeled_points'), 'discovery of labeled_points'
        )
        reply = ros.wait(ros.client.segment_part(prompt, cloud=cloud, return_labels=True))
        assert reply.success, reply.message

        def publish_again():
            ros.wait(ros.client.segment_part(prompt, cloud=cloud))
            return received

        ros.wait_until(publish_again, 'labeled_points')
    assert (reply.labels.height, reply.labels.width) == (42, 76)
    assert not np.isin(np.flatnonzero(is_hole), reply.part.point_indices).any()
    output = received[-1]
    assert output.header == cloud.header
    assert (output.height, output.width, output.is_dense) == (42, 76, False)
    np.testing.assert_array_equal(decode_cloud(output).points, points)
    sent = np.frombuffer(output.data, '<u4').reshape(-1, 5)[:, 4]
    np.testing.assert_array_equal(sent, reply.labels.labels)
    assert [field.name for field in output.fields] == ['x', 'y', 'z', 'rgb', 'label']


def test_an_rviz_click_publishes_labels_parts_and_markers(ros, scene, topic_cloud):
    points, _ = scene
    latched = qos.latched_results()
    with (
        ros.listening(PartLabels, 'part_labels', latched) as labels,
        ros.listening(PartArray, 'parts', latched) as parts,
        ros.listening(PointCloud2, 'part_points', latched) as clouds,
        ros.listening(MarkerArray, 'markers', latched) as markers,
        ros.publishing(PointStamped, 'clicked_point', qos.commands()) as positive,
    ):
        received = (labels, parts, clouds, markers)
        ros.wait_until(lambda: all(received), 'the latched outputs of the request before')
        for messages in received:
            messages.clear()
        click = PointStamped(header=topic_cloud.header, point=handle_prompt(scene).points[0])
        ros.publish_until(positive, click, lambda: all(received), 'all outputs of a click')
        part = parts[-1].parts[0]
        check_part(part, points)
        assert parts[-1].header == labels[-1].header == topic_cloud.header
        assert parts[-1].session_id == labels[-1].session_id
        np.testing.assert_array_equal(
            np.flatnonzero(np.asarray(labels[-1].labels) == part.id), part.point_indices
        )
        np.testing.assert_array_equal(
            decode_cloud(clouds[-1]).points, points[np.asarray(part.point_indices)]
        )
        kinds = [(marker.action, marker.type) for marker in markers[-1].markers]
        assert kinds[0][0] == Marker.DELETEALL
        assert [kind for _, kind in kinds[1:]] == [
            Marker.CUBE,
            Marker.LINE_LIST,
            Marker.TEXT_VIEW_FACING,
        ]


def test_a_prompt_of_a_planner_is_answered(ros, scene, topic_cloud):
    with (
        ros.listening(PartArray, 'parts', qos.latched_results()) as parts,
        ros.publishing(PartPrompt, 'prompts', qos.commands()) as prompts,
    ):
        prompt = handle_prompt(scene)
        prompt.header.frame_id, prompt.part_name = 'camera', 'planned'

        def is_answered():
            return any(part.name == 'planned' for array in parts for part in array.parts)

        ros.publish_until(prompts, prompt, is_answered, 'an answer to the prompt')
    check_part(parts[-1].parts[0], scene[0])


def test_every_part_with_feedback(ros, scene, make_cloud):
    points, _ = scene
    feedback = []
    result = ros.wait(
        ros.client.segment_all(feedback.append, cloud=make_cloud(points), return_clouds=True)
    )
    assert result.success, result.message
    labels = np.asarray(result.labels.labels)
    assert len(labels) == len(points) and result.parts
    assert set(labels) - {0} == {part.id for part in result.parts}
    for part in result.parts:
        np.testing.assert_array_equal(np.flatnonzero(labels == part.id), part.point_indices)
        check_part(part, points)
    scores = [part.score for part in result.parts]
    assert scores == sorted(scores, reverse=True)
    stages = [message.stage for message in feedback]
    assert stages == sorted(stages)
    assert {SegmentAll.Feedback.PROMPTING, SegmentAll.Feedback.MERGING} <= set(stages)
    progress = [message.progress for message in feedback]
    assert progress == sorted(progress) and progress[-1] == 1.0


def test_fields_of_the_goal_count(ros, scene, make_cloud):
    cloud = make_cloud(scene[0])
    one = ros.wait(ros.client.segment_all(cloud=cloud, max_parts=1))
    assert one.success and len(one.parts) == 1
    none = ros.wait(ros.client.segment_all(cloud=cloud, min_points=10**6))
    assert none.success and not none.parts and set(none.labels.labels) == {0}
    wrong = ros.wait(ros.client.segment_all(cloud=cloud, nms_iou=1.5))
    assert wrong.error_code == ErrorCode.BAD_PROMPT and 'nms_iou' in wrong.message


def test_automatic_segmentation_of_the_topic(ros, scene, topic_cloud):
    with (
        ros.listening(PartLabels, 'part_labels', qos.latched_results()) as labels,
        ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as scans,
    ):
        assert ros.call(SetBool, 'enable', SetBool.Request(data=True)).success

        def is_answered():
            scans.publish(topic_cloud)
            return any(message.session_id == '' and message.labels for message in labels)

        try:
            ros.wait_until(is_answered, 'labels of the topic cloud')
        finally:
            assert ros.call(SetBool, 'enable', SetBool.Request(data=False)).success
    assert labels[-1].header == topic_cloud.header
    assert len(labels[-1].labels) == len(scene[0])


def test_diagnostics_come_every_second(ros):
    with ros.listening(DiagnosticArray, '/diagnostics', 10) as received:
        ros.wait_until(lambda: len(received) >= 3, 'three diagnostics')
    values = {item.key: item.value for item in received[-1].status[0].values}
    assert values['state'] == 'active' and values['model'] == 'compact-tiny'
    assert float(values['encode [ms]']) > 0 and int(values['requests']) > 0
    assert 'part_segmentation_node' in received[-1].status[0].name
