# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which cloud each question is about, when answers are late, early, or about another cloud."""

import numpy as np
import pytest
from part_seg_ros.msg import ErrorCode
from part_seg_ros.srv import SegmentPart
from rclpy.task import Future

from part_seg_ros.geometry.frame_tree import FrameTree
from part_seg_ros.nodes.clicked_parts import Click, ClickedParts


class Node:
    """Takes questions; the test answers them when it wants to."""

    def __init__(self):
        self.asked = []

    def segment_part(self, prompt, *, session_id):
        future = Future()
        point = prompt.points[0]
        self.asked.append(((point.x, point.y, point.z), session_id, future))
        return future

    def answer(self, stamp=0, *, code=ErrorCode.NONE, session_id='s'):
        reply = SegmentPart.Response(success=code == ErrorCode.NONE, error_code=code)
        reply.part.header.stamp.nanosec = stamp
        reply.session_id = session_id
        self.asked[-1][2].set_result(reply)


@pytest.fixture
def node():
    return Node()


@pytest.fixture
def parts(node):
    """Clouds of a camera that moves by 1 m along x every 100 ns."""
    tree = FrameTree()
    for stamp in range(0, 1001, 100):
        pose = np.eye(4)
        pose[0, 3] = stamp / 100
        tree.add('world', 'camera', stamp, pose)
    return ClickedParts(node.segment_part, tree)


def click(x):
    return Click(frame_id='world', stamp_ns=0, coord=np.array([x, 0.0, 0.0]))


def show(parts, stamp):
    parts.note_publication(stamp)
    parts.add_cloud(stamp, 'camera')


def about(parts):
    return [(answer.click_idx, answer.cloud_stamp_ns) for answer in parts.answers]


def test_parts_of_one_cloud_share_a_session_and_newer_clouds_wait(parts, node):
    show(parts, 100)
    parts.add_click(click(5.0))
    parts.add_click(click(7.0))
    show(parts, 200)
    show(parts, 300)
    assert [asked[:2] for asked in node.asked] == [((4.0, 0.0, 0.0), '')]
    node.answer(100)
    assert node.asked[-1][:2] == ((6.0, 0.0, 0.0), 's')
    node.answer(100)
    assert node.asked[-1][:2] == ((2.0, 0.0, 0.0), '')
    node.answer(300)
    node.answer(300)
    assert about(parts) == [(0, 100), (1, 100), (0, 300), (1, 300)]
    assert len(node.asked) == 4 and parts.is_done(300) and not parts.is_done(400)


def test_without_a_click_or_a_cloud_nothing_is_asked(parts, node):
    show(parts, 100)
    assert node.asked == [] and parts.is_done(100)
    other = ClickedParts(node.segment_part, FrameTree())
    other.add_click(click(1.0))
    assert node.asked == [] and not other.is_done(0)


def test_an_answer_about_a_newer_cloud_counts_for_that_one(parts, node):
    show(parts, 100)
    parts.note_publication(200)
    parts.add_click(click(5.0))
    node.answer(200)
    parts.add_cloud(200, 'camera')
    assert about(parts) == [(0, 200)]
    assert len(node.asked) == 1 and parts.is_done(200)


@pytest.mark.parametrize(
    'early', [{'code': ErrorCode.NO_CLOUD}, {'stamp': 900}], ids=['no cloud', 'a cloud of before']
)
def test_a_question_that_was_too_early_is_asked_about_the_next_cloud(parts, node, early):
    show(parts, 100)
    parts.add_click(click(5.0))
    node.answer(**early)
    assert about(parts) == [] and parts.num_too_early == 1
    show(parts, 200)
    node.answer(200)
    assert about(parts) == [(0, 200)] and parts.is_done(200)


def test_errors_are_answers_and_the_next_part_is_asked_for(parts, node):
    parts.add_click(click(5.0))
    parts.add_click(click(6.0))
    show(parts, 100)
    node.answer(code=ErrorCode.PROMPT_TOO_FAR, session_id='')
    node.asked[-1][2].set_exception(TimeoutError('no answer within 1 s'))
    codes = [answer.error_code for answer in parts.answers]
    assert codes == [ErrorCode.PROMPT_TOO_FAR, ErrorCode.TIMEOUT]
    assert parts.answers[1].message == 'no answer within 1 s'
    assert about(parts) == [(0, 100), (1, 100)] and parts.is_done(100)


def test_a_cloud_whose_place_is_unknown_is_an_error_without_a_question(parts, node):
    parts.add_click(click(5.0))
    show(parts, 5000)
    assert node.asked == [] and parts.answers[0].error_code == ErrorCode.TF_ERROR
    assert 'camera' in parts.answers[0].message and parts.is_done(5000)
