# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Answers checked against coordinates, with a stand-in network whose masks are balls."""

import numpy as np
import pytest
from geometry_msgs.msg import Point, PointStamped
from part_seg_ros.msg import ErrorCode, PartArray, PartPrompt
from part_seg_ros.srv import SegmentPart
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Header

from part_seg_ros.data.cloud_codec import decode_cloud
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.client import point_prompt

# Pose of the camera in the frame `base`: half a turn about z, one metre up.
CAMERA_IN_BASE = 'base camera 0 0 1 0 0 1 0'


def in_ball(points, center, radius=0.02):
    """(N,) bool: the mask that the stand-in network gives; invalid points are never in it."""
    with np.errstate(invalid='ignore'):
        return np.linalg.norm(points - center, axis=1) < radius


def labels_of(reply):
    return np.asarray(reply.labels.labels)


def test_masks_are_where_the_click_is_in_input_order(ros, start_node, ball, scene, make_cloud):
    start_node(ball)
    points = scene[0][:3192].copy()
    points[np.random.default_rng(0).random(len(points)) < 0.2] = np.nan
    center = points[np.flatnonzero(np.isfinite(points[:, 0]))[100]]
    reply = ros.wait(
        ros.client.segment_part(
            point_prompt([center]),
            cloud=make_cloud(points, height=42),
            return_labels=True,
            num_alternatives=9,
        )
    )
    assert reply.success, reply.message
    wanted = in_ball(points, center)
    assert 20 < wanted.sum() < 1000
    np.testing.assert_array_equal(labels_of(reply), wanted.astype(np.uint32))
    np.testing.assert_array_equal(reply.part.point_indices, np.flatnonzero(wanted))
    assert reply.part.score == pytest.approx(0.9)
    sizes = [alternative.num_points for alternative in reply.alternatives]
    assert sizes == [in_ball(points, center, radius).sum() for radius in (0.01, 0.04)]
    assert [alternative.score for alternative in reply.alternatives] == pytest.approx([0.8, 0.7])


def test_parts_found_from_many_prompts_lie_together(ros, start_node, ball, scene, make_cloud):
    start_node(ball)
    points, _ = scene
    result = ros.wait(ros.client.segment_all(cloud=make_cloud(points), nms_iou=0.1))
    assert result.success and len(result.parts) > 3
    labels = np.asarray(result.labels.labels)
    for part in result.parts:
        np.testing.assert_array_equal(np.flatnonzero(labels == part.id), part.point_indices)
        # No part is wider than the widest ball; labels shifted by a point would spread all over.
        extent = np.ptp(points[labels == part.id], axis=0)
        assert (extent <= 2 * 0.04 + 1e-6).all()


def test_clicks_are_added_taken_back_and_replaced(ros, start_node, ball, scene, make_cloud):
    start_node(ball)
    points, is_handle = scene
    positive, negative, other = points[is_handle][0], points[is_handle][1], points[~is_handle][0]
    first = ros.wait(
        ros.client.segment_part(
            point_prompt([positive]), cloud=make_cloud(points), return_labels=True
        )
    )
    part = {'session_id': first.session_id, 'part_id': first.part.id, 'return_labels': True}

    def ask(prompt, mode, **fields):
        return ros.wait(ros.client.segment_part(prompt, prompt_mode=mode, **(part | fields)))

    add, replace, undo = (
        SegmentPart.Request.ADD,
        SegmentPart.Request.REPLACE,
        SegmentPart.Request.UNDO,
    )
    second = ask(point_prompt(negative=[negative]), add)
    wanted = in_ball(points, positive) & ~in_ball(points, negative)
    np.testing.assert_array_equal(labels_of(second), wanted)
    assert second.embedding_cached and len(second.used_points) == 2
    third = ask(point_prompt([other]), add)
    both = (in_ball(points, positive) | in_ball(points, other)) & ~in_ball(points, negative)
    np.testing.assert_array_equal(labels_of(third), both)
    np.testing.assert_array_equal(labels_of(ask(None, undo)), wanted)
    undone = ask(None, undo)
    np.testing.assert_array_equal(labels_of(undone), in_ball(points, positive))
    assert len(undone.used_points) == 1 and undone.embedding_cached
    nothing = ask(None, undo)
    assert nothing.error_code == ErrorCode.BAD_PROMPT and 'no earlier answer' in nothing.message
    replaced = ask(point_prompt([other]), replace)
    np.testing.assert_array_equal(labels_of(replaced), in_ball(points, other))
    new = ask(point_prompt([positive]), replace, part_id=0)
    assert (new.part.id, list(new.labels.part_ids)) == (2, [1, 2])
    labels = np.where(in_ball(points, positive), 2, in_ball(points, other))
    np.testing.assert_array_equal(labels_of(new), labels)
    assert ball.num_encoded == 1


def test_a_found_part_is_refined_from_the_click_that_found_it(
    ros, start_node, ball, scene, make_cloud
):
    start_node(ball)
    points, _ = scene
    result = ros.wait(ros.client.segment_all(cloud=make_cloud(points), nms_iou=0.1))
    part = result.parts[0]
    far = points[np.argmax(np.linalg.norm(points - points[part.point_indices[0]], axis=1))]
    refined = ros.wait(
        ros.client.segment_part(
            point_prompt(negative=[far]),
            session_id=result.session_id,
            part_id=part.id,
            prompt_mode=SegmentPart.Request.ADD,
        )
    )
    assert refined.success, refined.message
    assert refined.part.id == part.id and refined.embedding_cached
    assert len(refined.used_points) == 2
    shared = set(refined.part.point_indices) & set(part.point_indices)
    assert len(shared) > 0.5 * min(refined.part.num_points, part.num_points)


def test_a_prompt_in_another_frame_is_transformed(ros, start_node, ball, scene, make_cloud):
    start_node(ball, static_transforms=CAMERA_IN_BASE)
    points, _ = scene
    center = points[50].astype(np.float64)
    in_base = [-center[0], -center[1], center[2] + 1.0]
    prompt = point_prompt([in_base], frame_id='base')
    reply = ros.wait(ros.client.segment_part(prompt, cloud=make_cloud(points), return_labels=True))
    assert reply.success, reply.message
    np.testing.assert_array_equal(labels_of(reply), in_ball(points, points[50]))
    assert reply.part.header.frame_id == 'camera'
    assert reply.snap_distances[0] < 1e-6
    wrong = point_prompt([center], frame_id='base')
    reply = ros.wait(ros.client.segment_part(wrong, cloud=make_cloud(points)))
    assert reply.error_code == ErrorCode.PROMPT_TOO_FAR


def test_outputs_in_a_target_frame(ros, start_node, ball, scene, make_cloud):
    start_node(ball, static_transforms=CAMERA_IN_BASE, target_frame='base')
    points, _ = scene
    cloud = make_cloud(points)
    prompt = point_prompt([points[50]], frame_id='camera')
    reply = ros.wait(ros.client.segment_part(prompt, cloud=cloud, return_cloud=True))
    assert reply.success, reply.message
    assert reply.part.header == Header(stamp=cloud.header.stamp, frame_id='base')
    wanted = points[in_ball(points, points[50])] * [-1, -1, 1] + [0, 0, 1]
    np.testing.assert_allclose(decode_cloud(reply.part.cloud).points, wanted, atol=1e-6)
    centroid = reply.part.centroid
    np.testing.assert_allclose(
        [centroid.x, centroid.y, centroid.z], wanted.mean(axis=0), atol=1e-6
    )
    box = box_corners(reply.part)
    offsets = (wanted - box['center']) @ box['axes']
    assert (np.abs(offsets) <= box['size'] / 2 + 1e-6).all()
    assert np.abs(offsets).max(axis=0) == pytest.approx(box['size'] / 2, abs=1e-6)
    unknown = ros.wait(
        ros.client.segment_part(prompt, cloud=make_cloud(points, frame_id='elsewhere'))
    )
    assert unknown.error_code == ErrorCode.TF_ERROR
    assert "'elsewhere'" in unknown.message and "'base'" in unknown.message


def box_corners(part):
    from part_seg_ros.geometry.transforms import matrix_from_quat_xyzw

    position, quat = part.box_pose.position, part.box_pose.orientation
    return {
        'center': np.array([position.x, position.y, position.z]),
        'axes': matrix_from_quat_xyzw([quat.x, quat.y, quat.z, quat.w]),
        'size': np.array([part.box_size.x, part.box_size.y, part.box_size.z]),
    }


@pytest.mark.parametrize('click_mode', ['new', 'add'])
def test_rviz_clicks_refine_the_part_of_the_last_click(
    click_mode, ros, start_node, ball, scene, make_cloud
):
    start_node(ball, click_mode=click_mode)
    points, is_handle = scene
    first, second, background = points[is_handle][0], points[~is_handle][0], points[is_handle][1]
    with (
        ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as scans,
        ros.publishing(PointStamped, 'clicked_point', qos.commands()) as positive,
        ros.publishing(PointStamped, 'clicked_point_negative', qos.commands()) as negative,
        ros.listening(PartArray, 'parts', qos.latched_results()) as parts,
    ):

        def click(publisher, position):
            x, y, z = map(float, position)
            header = Header(frame_id='camera')
            message = PointStamped(header=header, point=Point(x=x, y=y, z=z))
            parts.clear()
            ros.publish_until(publisher, message, lambda: parts, 'an answer to a click')
            return [np.asarray(part.point_indices) for part in parts[-1].parts]

        wait_for_cloud(ros, scans, make_cloud(points))
        found = click(positive, first)
        np.testing.assert_array_equal(found[0], np.flatnonzero(in_ball(points, first)))
        session_id = parts[-1].session_id
        found = click(negative, background)
        wanted = in_ball(points, first) & ~in_ball(points, background)
        np.testing.assert_array_equal(found[0], np.flatnonzero(wanted))
        assert parts[-1].session_id == session_id
        found = click(positive, second)
        if click_mode == 'add':
            wanted = (in_ball(points, first) | in_ball(points, second)) & ~in_ball(
                points, background
            )
        else:
            wanted = in_ball(points, second)
        np.testing.assert_array_equal(found[0], np.flatnonzero(wanted))
        assert (parts[-1].session_id == session_id) == (click_mode == 'add')


def wait_for_cloud(ros, publisher, message):
    """Publish a cloud until the node has it; an opened session tells."""

    def has_cloud():
        publisher.publish(message)
        return ros.wait(ros.client.open_session()).success

    ros.wait_until(has_cloud, 'the cloud reaches the node')


def test_colours_of_the_cloud_stay_with_its_points(ros, start_node, ball, scene, make_cloud):
    start_node(ball)
    points, _ = scene
    colors = np.random.default_rng(2).integers(0, 256, points.shape) / 255.0
    reply = ros.wait(
        ros.client.segment_part(
            PartPrompt(indices=[9]), cloud=make_cloud(points, colors), return_cloud=True
        )
    )
    mask = in_ball(points, points[9])
    part = decode_cloud(reply.part.cloud)
    np.testing.assert_array_equal(part.points, points[mask])
    np.testing.assert_allclose(part.colors, colors[mask], atol=1e-6)
