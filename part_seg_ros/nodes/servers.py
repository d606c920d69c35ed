# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The services and the action of the node; there in every state, answering in the active one.

Long calls are coroutines that await the worker, so the executor stays free for other callbacks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rclpy.action import ActionServer, CancelResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from part_seg_ros.action import SegmentAll
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.dispatch import Call, Dispatcher
from part_seg_ros.nodes.error_codes import error_code, fill_failure
from part_seg_ros.nodes.messages import duration
from part_seg_ros.nodes.requests import Outcome
from part_seg_ros.nodes.worker import Job
from part_seg_ros.srv import CloseSession, OpenSession, SegmentPart

Publish = Callable[[Outcome], None]


class RequestServers:
    """`~/open_session`, `~/close_session`, `~/segment_part`, `~/segment_all`.

    Args:
        node: Owner of the servers.
        dispatcher: Takes the requests.
        publish: Publishes an outcome; called in the worker's thread.
    """

    def __init__(self, node: Node, dispatcher: Dispatcher, publish: Publish) -> None:
        self._dispatcher = dispatcher
        self._publish = publish
        self._goal_jobs: dict[bytes, Job] = {}
        # A coroutine holds its group until it returns, so each request needs a free one.
        group = ReentrantCallbackGroup()
        node.create_service(
            OpenSession, '~/open_session', self._open_session, callback_group=group
        )
        node.create_service(CloseSession, '~/close_session', self._close_session)
        node.create_service(
            SegmentPart, '~/segment_part', self._segment_part, callback_group=group
        )
        self._action_server = ActionServer(
            node,
            SegmentAll,
            '~/segment_all',
            self._segment_all,
            cancel_callback=self._cancel_goal,
            callback_group=group,
        )

    def destroy(self) -> None:
        """Destroy the action server; the node destroys its services itself."""
        self._action_server.destroy()

    async def _open_session(
        self, request: OpenSession.Request, response: OpenSession.Response
    ) -> OpenSession.Response:
        return await self._answer(
            'open_session',
            response,
            lambda handler, job: handler.open_session(job, request, response),
            None,
        )

    async def _segment_part(
        self, request: SegmentPart.Request, response: SegmentPart.Response
    ) -> SegmentPart.Response:
        return await self._answer(
            'segment_part',
            response,
            lambda handler, job: handler.segment_part(job, request, response),
            self._publish,
        )

    def _close_session(
        self, request: CloseSession.Request, response: CloseSession.Response
    ) -> CloseSession.Response:
        """Answer at once: the store may be used from any thread."""
        handler = self._dispatcher.handler
        try:
            if handler is None or not request.session_id:
                count = 0 if handler is None else handler.store.close_all()
                response.message = f'closed {count} sessions'
            else:
                handler.store.close(request.session_id)
                response.message = f'closed session {request.session_id!r}'
            response.success = True
        except Exception as error:
            self._dispatcher.report('close_session', error)
            fill_failure(response, error)
        return response

    async def _answer(self, name: str, response: Any, call: Call, then: Publish | None) -> Any:
        try:
            await self._dispatcher.submit(name, call, then).future
        except Exception as error:
            self._dispatcher.report(name, error)
            fill_failure(response, error)
        return response

    async def _segment_all(self, goal_handle: Any) -> SegmentAll.Result:
        goal_id = bytes(goal_handle.goal_id.uuid)
        result = SegmentAll.Result()
        report = FeedbackReporter(goal_handle)
        try:
            report('QUEUED', 0.0, 0)
            job = self._dispatcher.submit(
                'segment_all',
                lambda handler, job: handler.segment_all(job, goal_handle.request, result, report),
                self._publish,
            )
            self._goal_jobs[goal_id] = job
            if goal_handle.is_cancel_requested:
                job.cancel()
            await job.future
            goal_handle.succeed()
        except Exception as error:
            self._dispatcher.report('segment_all', error)
            fill_failure(result, error)
            is_canceled = error_code(error) == ErrorCode.CANCELED
            if is_canceled and goal_handle.is_cancel_requested:
                goal_handle.canceled()
            else:
                goal_handle.abort()
        finally:
            self._goal_jobs.pop(goal_id, None)
        result.total_time = duration(report.elapsed_ms)
        return result

    def _cancel_goal(self, goal_handle: Any) -> CancelResponse:
        job, worker = self._goal_jobs.get(bytes(goal_handle.goal_id.uuid)), self._dispatcher.worker
        if job is not None and worker is not None:
            worker.cancel(job)
        return CancelResponse.ACCEPT


class FeedbackReporter:
    """Publishes the feedback of one goal; its progress never decreases."""

    def __init__(self, goal_handle: Any) -> None:
        self._goal_handle = goal_handle
        self._start = time.monotonic()
        self._progress = 0.0

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the goal was accepted."""
        return 1e3 * (time.monotonic() - self._start)

    def __call__(self, stage: str, progress: float, parts_found: int) -> None:
        """Tell `stage` (a constant of the feedback), `progress` in [0, 1], parts found so far."""
        self._progress = min(max(self._progress, float(progress)), 1.0)
        feedback = SegmentAll.Feedback(
            stage=getattr(SegmentAll.Feedback, stage),
            progress=self._progress,
            parts_found=int(parts_found),
            elapsed=duration(self.elapsed_ms),
        )
        self._goal_handle.publish_feedback(feedback)
