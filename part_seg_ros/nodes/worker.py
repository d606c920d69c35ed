# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The one thread that owns the network, and the queue in front of it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rclpy.task import Future

from part_seg_ros.errors import CanceledError
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.error_codes import RequestError


@dataclass(eq=False, slots=True, kw_only=True)
class Job:
    """One piece of work in the queue.

    Attributes:
        work: Called in the worker's thread with this job.
        then: Called in the worker's thread with the work's return value, after the future has
            been completed, so that nobody waits for it; or None.
        future: Completed with the work's return value or exception.
        created: Steady time of submission [s].
        time_limit: Seconds from submission after which the job is not worth finishing.
    """

    work: Callable[[Job], Any]
    then: Callable[[Any], None] | None
    future: Future
    created: float
    time_limit: float
    _canceled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the job to stop at the end of its present chunk."""
        self._canceled.set()

    def should_stop(self) -> bool:
        """Return whether to stop: cancelled, or over the time limit."""
        return self._canceled.is_set() or self._is_late()

    def check(self) -> None:
        """Go on, or stop the work here.

        Raises:
            CanceledError: the job was cancelled.
            RequestError: TIMEOUT, the job is over its time limit.
        """
        self.check_canceled()
        if self._is_late():
            raise RequestError(
                ErrorCode.TIMEOUT,
                f'not done within request_timeout = {self.time_limit:g} s;'
                ' raise it, or send fewer requests at once',
            )

    def check_canceled(self) -> None:
        """Go on, however late, unless nobody wants the work any more.

        Raises:
            CanceledError: the job was cancelled.
        """
        if self._canceled.is_set():
            raise CanceledError('cancelled by the client or by a state change of the node')

    def _is_late(self) -> bool:
        return time.monotonic() - self.created > self.time_limit


class Worker:
    """Runs jobs one after another: queued requests first, then the latest offer.

    Futures are completed in one place, which also wakes the executor: a future that another thread
    completes does not resume the callback that awaits it (ros2/rclpy#1467).

    Args:
        wake: Wakes the executor of the node; called after each completed future.
        on_error: Told an exception that no future can carry.
        queue_size: Most requests that may wait.
        time_limit: Seconds that a job may take, waiting included.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        on_error: Callable[[BaseException], None],
        *,
        queue_size: int,
        time_limit: float,
    ) -> None:
        self._wake = wake
        self._on_error = on_error
        self._queue_size = queue_size
        self._time_limit = time_limit
        self._condition = threading.Condition()
        self._queue: deque[Job] = deque()
        self._latest: Job | None = None
        self._running: Job | None = None
        self._stopping = False
        self.num_replaced = 0
        self._thread = threading.Thread(target=self._run, name='part_seg_worker', daemon=True)
        self._thread.start()

    @property
    def num_waiting(self) -> int:
        """Requests in the queue, the running one not counted."""
        return len(self._queue)

    def submit(self, work: Callable[[Job], Any], then: Callable[[Any], None] | None = None) -> Job:
        """Queue a request.

        Args:
            work: The request; see `Job`.
            then: What follows the answer; see `Job`.

        Returns:
            The job; await its `future`.

        Raises:
            RequestError: BUSY, the queue is full.
        """
        job = self._job(work, then)
        with self._condition:
            if len(self._queue) >= self._queue_size:
                raise RequestError(
                    ErrorCode.BUSY,
                    f'{len(self._queue)} requests are waiting already, which is the limit'
                    ' (parameter queue_size); try again when one has been answered',
                )
            self._queue.append(job)
            self._condition.notify()
        return job

    def offer_latest(
        self, work: Callable[[Job], Any], then: Callable[[Any], None] | None = None
    ) -> Job:
        """Offer work that only counts until newer work is offered; it waits for all requests."""
        job = self._job(work, then)
        with self._condition:
            replaced, self._latest = self._latest, job
            self.num_replaced += replaced is not None
            self._condition.notify()
        if replaced is not None:
            self._complete(replaced, error=CanceledError('a newer cloud took its place'))
        return job

    def cancel(self, job: Job) -> None:
        """Cancel one job: at once where it still waits, else at the end of its present chunk."""
        job.cancel()
        with self._condition:
            if job not in self._queue:
                return
            self._queue.remove(job)
        self._complete(job, error=CanceledError('cancelled by the client before it began'))

    def cancel_all(self) -> None:
        """Cancel everything that waits, and ask the running job to stop."""
        with self._condition:
            waiting = [*self._queue, *([self._latest] if self._latest else [])]
            self._queue.clear()
            self._latest = None
            if self._running is not None:
                self._running.cancel()
        for job in waiting:
            self._complete(job, error=CanceledError('cancelled by a state change of the node'))

    def stop(self, timeout: float = 30.0) -> bool:
        """Cancel everything and end the thread.

        Args:
            timeout: Seconds to wait for the running job.

        Returns:
            Whether the thread ended.
        """
        self.cancel_all()
        with self._condition:
            self._stopping = True
            self._condition.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _job(self, work: Callable[[Job], Any], then: Callable[[Any], None] | None) -> Job:
        return Job(
            work=work,
            then=then,
            future=Future(),
            created=time.monotonic(),
            time_limit=self._time_limit,
        )

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._execute(job)
            with self._condition:
                self._running = None

    def _execute(self, job: Job) -> None:
        try:
            job.check()
            result = job.work(job)
        except Exception as error:
            self._complete(job, error=error)
            return
        self._complete(job, result=result)
        try:
            if job.then is not None:
                job.then(result)
        except Exception as error:
            self._on_error(error)

    def _next(self) -> Job | None:
        with self._condition:
            while not (self._stopping or self._queue or self._latest):
                self._condition.wait()
            if self._stopping:
                return None
            if self._queue:
                self._running = self._queue.popleft()
            else:
                self._running, self._latest = self._latest, None
            return self._running

    def _complete(
        self, job: Job, *, result: Any = None, error: BaseException | None = None
    ) -> None:
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)
            job.future.exception()  # marks it as seen: not every job has a waiting callback
        self._wake()
