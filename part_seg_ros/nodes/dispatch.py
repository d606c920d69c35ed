# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The way of every request: refused at once, or queued, run, logged, answered."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

from rclpy.node import Node

from part_seg_ros.errors import CanceledError
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.error_codes import RequestError, error_code, is_unexpected
from part_seg_ros.nodes.requests import Outcome, RequestHandler
from part_seg_ros.nodes.worker import Job, Worker

Call = Callable[[RequestHandler, Job], Outcome | None]


class Dispatcher:
    """Hands requests to the worker while the node is active.

    Attributes:
        handler: Set from configure to cleanup.
        worker: Set from configure to cleanup.
        is_active: Whether requests are taken.

    Args:
        node: For its logger and its name.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._logger = node.get_logger()
        self.handler: RequestHandler | None = None
        self.worker: Worker | None = None
        self.is_active = False

    def submit(
        self,
        name: str,
        call: Call,
        then: Callable[[Outcome], None] | None = None,
        *,
        is_latest: bool = False,
    ) -> Job:
        """Queue `call`.

        Args:
            name: Of the request, for the log.
            call: Runs in the worker's thread.
            then: Follows the answer there, if the call returned an outcome.
            is_latest: Whether only the newest such request counts.

        Returns:
            The job; its future raises what the call raised.

        Raises:
            RequestError: NOT_ACTIVE or BUSY.
        """
        handler, worker = self.handler, self.worker
        if handler is None or worker is None or not self.is_active:
            name = self._node.get_fully_qualified_name()
            raise RequestError(
                ErrorCode.NOT_ACTIVE,
                f'{name} is not active; configure and activate it'
                f' (ros2 lifecycle set {name} activate) and ask again',
            )

        def work(job: Job) -> Outcome | None:
            start = time.perf_counter()
            outcome = call(handler, job)
            handler.network.statistics.model_error = ''
            if outcome is not None:
                self._log(name, outcome, 1e3 * (time.perf_counter() - start), quiet=is_latest)
            return outcome

        def follow(outcome: Outcome | None) -> None:
            if then is not None and outcome is not None:
                then(outcome)

        handler.network.statistics.num_requests += 1
        return (worker.offer_latest if is_latest else worker.submit)(work, follow)

    def report(self, name: str, error: BaseException, *, quiet: bool = False) -> None:
        """Log a failed request, with a traceback where the fault is ours or the network's."""
        code, handler = error_code(error), self.handler
        if handler is not None:
            handler.network.statistics.num_failed += 1
            if code in (ErrorCode.MODEL_ERROR, ErrorCode.OUT_OF_MEMORY):
                handler.network.statistics.model_error = str(error)
        text = f'{name}: error {code}: {error}'
        if is_unexpected(error):
            lines = traceback.format_exception(type(error), error, error.__traceback__)
            self._logger.error(text + '\n' + ''.join(lines))
        elif quiet or isinstance(error, CanceledError):
            self._logger.debug(text)
        else:
            self._logger.warning(text)

    def _log(self, name: str, outcome: Outcome, milliseconds: float, *, quiet: bool) -> None:
        text = (
            f'{name}: {len(outcome.session.source.cloud)} points, {outcome.num_clicks} clicks,'
            f' embedding {outcome.embedding}, {milliseconds:.0f} ms'
        )
        if quiet:
            self._logger.debug(text)
        else:
            self._logger.info(text)
