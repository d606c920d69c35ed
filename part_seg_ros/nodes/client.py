# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A thin client of the part segmentation node: every call returns a future at once.

In a callback, await the future. In a script, `wait` spins until it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import rclpy
from geometry_msgs.msg import Point
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.action import ActionClient
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from part_seg_ros.action import SegmentAll
from part_seg_ros.data.cloud_codec import encode_cloud, pack_rgb, points_columns
from part_seg_ros.msg import PartPrompt
from part_seg_ros.srv import CloseSession, OpenSession, SegmentPart


class PartSegClient:
    """Calls one part segmentation node.

    Args:
        node: Owner of the client's services; the caller spins it.
        server: Name of the part segmentation node.
        timeout: Seconds after which a call fails with TimeoutError.
    """

    def __init__(
        self, node: Node, server: str = 'part_segmentation_node', *, timeout: float = 60.0
    ) -> None:
        self._node = node
        self._server = server
        self._timeout = timeout
        self._clock = Clock(clock_type=ClockType.STEADY_TIME)
        self._segment_part = node.create_client(SegmentPart, f'{server}/segment_part')
        self._open_session = node.create_client(OpenSession, f'{server}/open_session')
        self._close_session = node.create_client(CloseSession, f'{server}/close_session')
        self._get_state = node.create_client(GetState, f'{server}/get_state')
        self._segment_all = ActionClient(node, SegmentAll, f'{server}/segment_all')

    def destroy(self) -> None:
        """Destroy the clients."""
        for client in (
            self._segment_part,
            self._open_session,
            self._close_session,
            self._get_state,
        ):
            self._node.destroy_client(client)
        self._segment_all.destroy()

    def segment_part(self, prompt: PartPrompt | None = None, **fields: Any) -> Future:
        """Ask for one part.

        Args:
            prompt: The clicks; see `point_prompt`.
            **fields: Of SegmentPart.Request, such as `session_id`, `part_id`, `prompt_mode`.

        Returns:
            A future of SegmentPart.Response.
        """
        request = SegmentPart.Request(prompt=prompt or PartPrompt(), **fields)
        return self._call(self._segment_part, request)

    def open_session(self, **fields: Any) -> Future:
        """Open a session; a future of OpenSession.Response."""
        return self._call(self._open_session, OpenSession.Request(**fields))

    def close_session(self, session_id: str = '') -> Future:
        """Close one session, or all; a future of CloseSession.Response."""
        return self._call(self._close_session, CloseSession.Request(session_id=session_id))

    def segment_all(
        self, on_feedback: Callable[[SegmentAll.Feedback], None] | None = None, **fields: Any
    ) -> Future:
        """Ask for every part; the goal is cancelled where its time runs out.

        Args:
            on_feedback: Told each feedback.
            **fields: Of SegmentAll.Goal.

        Returns:
            A future of SegmentAll.Result.
        """

        def forward(message: Any) -> None:
            if on_feedback is not None:
                on_feedback(message.feedback)

        def on_goal(sent: Future) -> None:
            goal_handle = sent.result()
            if not goal_handle.accepted:
                answer.set_exception(RuntimeError(f'{self._server} rejected the goal'))
            elif answer.done():
                goal_handle.cancel_goal_async()
            else:
                answer.add_done_callback(lambda _: _cancel_if_open(goal_handle))
                goal_handle.get_result_async().add_done_callback(
                    lambda done: _finish(answer, done.result().result)
                )

        answer = self._limited(f'{self._server}/segment_all')
        goal = SegmentAll.Goal(**fields)
        self._segment_all.send_goal_async(goal, forward).add_done_callback(on_goal)
        return answer

    def wait(self, future: Future) -> Any:
        """Spin the node until `future` is done and return its result; never in a callback.

        Raises:
            TimeoutError: no answer in time.
        """
        rclpy.spin_until_future_complete(self._node, future)
        return future.result()

    def wait_until_active(self, timeout: float) -> None:
        """Spin the node until the server is active; never in a callback.

        Raises:
            TimeoutError: it is not active within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._get_state.wait_for_service(timeout_sec=0.2):
                future = self._get_state.call_async(GetState.Request())
                rclpy.spin_until_future_complete(self._node, future, timeout_sec=1.0)
                answer = future.result() if future.done() else None
                if answer is not None and answer.current_state.id == State.PRIMARY_STATE_ACTIVE:
                    return
            rclpy.spin_once(self._node, timeout_sec=0.05)
        raise TimeoutError(f'{self._server} was not active within {timeout:g} s')

    def _call(self, client: Any, request: Any) -> Future:
        answer = self._limited(client.srv_name)
        pending = client.call_async(request)
        pending.add_done_callback(lambda done: _finish(answer, done.result()))
        answer.add_done_callback(
            lambda _: None if pending.done() else client.remove_pending_request(pending)
        )
        return answer

    def _limited(self, name: str) -> Future:
        """Return a future that fails by itself when the time is up."""
        answer = Future()

        def expire() -> None:
            if not answer.done():
                text = f'no answer from {name} within {self._timeout:g} s'
                answer.set_exception(TimeoutError(text))

        timer = self._node.create_timer(self._timeout, expire, clock=self._clock)
        answer.add_done_callback(lambda _: self._node.destroy_timer(timer))
        return answer


def point_prompt(
    positive: Any = (), negative: Any = (), *, frame_id: str = '', granularity: float = -1.0
) -> PartPrompt:
    """Build a prompt from (Q, 3) foreground and background coordinates [m] in `frame_id`."""
    groups = ((positive, PartPrompt.FOREGROUND), (negative, PartPrompt.BACKGROUND))
    prompt = PartPrompt(header=Header(frame_id=frame_id), granularity=granularity)
    for coords, label in groups:
        for x, y, z in np.reshape(np.asarray(coords, dtype=np.float64), (-1, 3)).tolist():
            prompt.points.append(Point(x=x, y=y, z=z))
            prompt.labels.append(label)
    return prompt


def name_prompt(
    name: str, near: Any = None, *, frame_id: str = '', granularity: float = -1.0
) -> PartPrompt:
    """Build a prompt from a part's name, and perhaps (3,) near which [m] in `frame_id` it is."""
    prompt = PartPrompt(header=Header(frame_id=frame_id), part_name=name, granularity=granularity)
    if near is not None:
        x, y, z = map(float, near)
        prompt.points, prompt.labels = [Point(x=x, y=y, z=z)], [PartPrompt.NEAR]
    return prompt


def cloud_message(
    points: np.ndarray,
    colors: np.ndarray | None = None,
    *,
    header: Header | None = None,
    height: int = 1,
) -> PointCloud2:
    """Build a PointCloud2 of (N, 3) points [m] and optional (N, 3) colours in [0, 1]."""
    columns = points_columns(points)
    if colors is not None:
        columns |= {'rgb': pack_rgb(colors)}
    message = PointCloud2(header=header or Header())
    is_dense = bool(np.isfinite(points).all())
    return encode_cloud(message, PointField, columns, height=height, is_dense=is_dense)


def _finish(answer: Future, result: Any) -> None:
    if not answer.done():
        answer.set_result(result)


def _cancel_if_open(goal_handle: Any) -> None:
    # A goal that has ended refuses this without harm.
    goal_handle.cancel_goal_async()
