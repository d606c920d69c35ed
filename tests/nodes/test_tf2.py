# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Prompts and outputs in other frames through a real tf2 tree; skipped without tf2_ros."""

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from part_seg_ros.msg import ErrorCode

from part_seg_ros.nodes.client import point_prompt

tf2_ros = pytest.importorskip('tf2_ros', reason='tf2_ros is not installed')

# base -> camera: turned by 90 degrees about z and moved; p_base = R p_camera + t
R_BASE_CAMERA = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
T_BASE_CAMERA = np.array([1.0, 2, 3])


@pytest.fixture
def tree(ros):
    message = TransformStamped()
    message.header.frame_id, message.child_frame_id = 'base', 'camera'
    moved, turned = message.transform.translation, message.transform.rotation
    moved.x, moved.y, moved.z = T_BASE_CAMERA
    turned.z = turned.w = 0.5**0.5
    broadcaster = tf2_ros.StaticTransformBroadcaster(ros.node)
    broadcaster.sendTransform(message)
    return broadcaster


def test_click_in_another_frame_lands_on_the_same_point(
    ros, start_node, ball, tree, scene, make_cloud
):
    start_node(ball, tf_timeout=5.0)
    clicked = scene[0][0]
    prompt = point_prompt([R_BASE_CAMERA @ clicked + T_BASE_CAMERA], frame_id='base')
    reply = ros.wait(ros.client.segment_part(prompt, cloud=make_cloud(scene[0])))
    assert reply.success, reply.message
    used = reply.used_points[0]
    np.testing.assert_allclose([used.x, used.y, used.z], clicked, atol=1e-5)
    assert reply.snap_distances[0] < 1e-4


def test_outputs_move_to_the_target_frame(ros, start_node, ball, tree, scene, make_cloud):
    start_node(ball, tf_timeout=5.0, target_frame='base')
    prompt = point_prompt([scene[0][0]], frame_id='camera')
    reply = ros.wait(ros.client.segment_part(prompt, cloud=make_cloud(scene[0])))
    assert reply.success, reply.message
    assert reply.part.header.frame_id == 'base'
    members = scene[0][np.array(reply.part.point_indices)]
    expected = R_BASE_CAMERA @ members.mean(axis=0) + T_BASE_CAMERA
    found = reply.part.centroid
    np.testing.assert_allclose([found.x, found.y, found.z], expected, atol=1e-4)


def test_frame_that_nobody_publishes_is_a_tf_error(ros, start_node, ball, tree, scene, make_cloud):
    start_node(ball, tf_timeout=0.2)
    prompt = point_prompt([[0.0, 0, 1]], frame_id='attic')
    reply = ros.wait(ros.client.segment_part(prompt, cloud=make_cloud(scene[0])))
    assert reply.error_code == ErrorCode.TF_ERROR
    assert "'attic'" in reply.message
    assert "'camera'" in reply.message
