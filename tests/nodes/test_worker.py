# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The worker runs requests in order, keeps only the newest offer, and always completes futures."""

import threading
import time

import pytest
from part_seg_ros.msg import ErrorCode

from part_seg_ros.errors import CanceledError
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.worker import Worker


class Harness:
    def __init__(self, **options):
        self.woken = threading.Semaphore(0)
        self.errors = []
        self.gate = threading.Event()
        self.entered = threading.Event()
        options = {'queue_size': 3, 'time_limit': 30.0} | options
        self.worker = Worker(self.woken.release, self.errors.append, **options)

    def block(self):
        """Occupy the worker until `gate` is set."""

        def work(job):
            self.entered.set()
            assert self.gate.wait(20)
            return 'blocked'

        job = self.worker.submit(work)
        assert self.entered.wait(20)
        return job

    def wait_for(self, *jobs):
        deadline = time.monotonic() + 20
        while not all(job.future.done() for job in jobs):
            assert self.woken.acquire(timeout=max(0.0, deadline - time.monotonic()))


@pytest.fixture
def make_worker():
    made = []

    def make(**options):
        made.append(Harness(**options))
        return made[-1]

    yield make
    for harness in made:
        harness.gate.set()
        assert harness.worker.stop(20)


def test_requests_run_in_order_in_one_thread(make_worker):
    harness, seen = make_worker(queue_size=10), []
    first = harness.block()
    jobs = [
        harness.worker.submit(lambda job, i=i: seen.append((i, threading.get_ident())) or i)
        for i in range(5)
    ]
    harness.gate.set()
    harness.wait_for(first, *jobs)
    assert [i for i, _ in seen] == [0, 1, 2, 3, 4]
    assert len({thread for _, thread in seen}) == 1
    assert [job.future.result() for job in jobs] == [0, 1, 2, 3, 4]


def test_each_completion_wakes_the_executor(make_worker):
    harness = make_worker()
    job = harness.worker.submit(lambda job: None)
    assert harness.woken.acquire(timeout=20)
    assert job.future.done()


def test_a_full_queue_is_busy_and_says_so(make_worker):
    harness = make_worker(queue_size=2)
    harness.block()
    jobs = [harness.worker.submit(lambda job: None) for _ in range(2)]
    with pytest.raises(RequestError, match='2 requests are waiting.*queue_size') as caught:
        harness.worker.submit(lambda job: None)
    assert caught.value.code == ErrorCode.BUSY
    harness.gate.set()
    harness.wait_for(*jobs)
    assert harness.worker.submit(lambda job: 1) is not None


def test_only_the_newest_offer_runs_and_requests_go_first(make_worker):
    harness, seen = make_worker(), []
    harness.block()
    offers = [harness.worker.offer_latest(lambda job, i=i: seen.append(i)) for i in range(4)]
    request = harness.worker.submit(lambda job: seen.append('request'))
    harness.gate.set()
    harness.wait_for(request, *offers)
    assert seen == ['request', 3]
    assert harness.worker.num_replaced == 3
    assert all(isinstance(offer.future.exception(), CanceledError) for offer in offers[:3])


def test_an_exception_reaches_the_one_who_waits_and_the_worker_lives(make_worker):
    harness = make_worker()

    def fail(job):
        raise ValueError('no')

    job = harness.worker.submit(fail)
    harness.wait_for(job)
    with pytest.raises(ValueError, match='no'):
        job.future.result()
    after = harness.worker.submit(lambda job: 'alive')
    harness.wait_for(after)
    assert after.future.result() == 'alive'


def test_what_follows_runs_after_the_answer_and_its_fault_is_told(make_worker):
    harness, order = make_worker(), []

    def follow(result):
        order.append((result, job.future.done()))
        raise ValueError('publishing')

    harness.block()
    job = harness.worker.submit(lambda job: 'answer', follow)
    harness.gate.set()
    last = harness.worker.submit(lambda job: None)
    harness.wait_for(job, last)
    assert order == [('answer', True)]
    assert [str(error) for error in harness.errors] == ['publishing']


def test_a_waiting_job_is_canceled_at_once(make_worker):
    harness, ran = make_worker(), []
    harness.block()
    job = harness.worker.submit(ran.append)
    harness.worker.cancel(job)
    assert isinstance(job.future.exception(), CanceledError)
    harness.gate.set()
    harness.wait_for(harness.worker.submit(lambda job: None))
    assert ran == []


def test_a_running_job_is_told_to_stop(make_worker):
    harness = make_worker()
    stopped = threading.Event()

    def work(job):
        harness.entered.set()
        while not job.should_stop():
            assert not stopped.wait(0.001)
        job.check()

    job = harness.worker.submit(work)
    assert harness.entered.wait(20)
    harness.worker.cancel(job)
    harness.wait_for(job)
    assert isinstance(job.future.exception(), CanceledError)


def test_a_state_change_cancels_everything(make_worker):
    harness = make_worker()
    running = harness.block()
    jobs = [
        harness.worker.submit(lambda job: None),
        harness.worker.offer_latest(lambda job: None),
    ]
    harness.worker.cancel_all()
    harness.wait_for(*jobs)
    assert all(isinstance(job.future.exception(), CanceledError) for job in jobs)
    assert running.should_stop()


def test_late_work_is_a_time_out(make_worker):
    harness = make_worker(time_limit=0.05)
    harness.block()
    job = harness.worker.submit(lambda job: pytest.fail('began too late'))
    deadline = time.monotonic() + 20
    while not job.should_stop():
        assert time.monotonic() < deadline
    harness.gate.set()
    harness.wait_for(job)
    assert job.future.exception().code == ErrorCode.TIMEOUT
    assert 'request_timeout = 0.05' in str(job.future.exception())
