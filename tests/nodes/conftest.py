# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What node tests share: an own ROS domain, a client, the node in a process of its own."""

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='node tests need ROS 2; run `make test`')
pytest.importorskip('part_seg_ros.srv', reason='node tests need the built interfaces')

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.nodes.client import PartSegClient, cloud_message
from part_seg_ros.structures import MaskCandidates

ROOT = Path(__file__).resolve().parents[2]
SERVER = 'part_segmentation_node'


def pytest_collection_modifyitems(items):
    for item in items:
        if 'tests/nodes' in item.path.as_posix():
            item.add_marker(pytest.mark.ros)


@pytest.fixture(scope='session', autouse=True)
def ros_domain():
    """Claim a domain for this process: whoever holds its port has it; nothing leaves the host."""
    with contextlib.ExitStack() as stack:
        for domain in range(20, 100):
            claim = stack.enter_context(socket.socket())
            try:
                claim.bind(('127.0.0.1', 46000 + domain))
            except OSError:
                continue
            os.environ['ROS_DOMAIN_ID'] = str(domain)
            os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
            yield domain
            return
        pytest.fail('no free ROS domain: 80 test processes run already')


@pytest.fixture(scope='session')
def ros(ros_domain):
    rclpy.init(args=[])
    node = Node('test_client')
    client = PartSegClient(node, SERVER, timeout=30.0)
    yield Ros(node, client)
    client.destroy()
    node.destroy_node()
    rclpy.try_shutdown()


class Ros:
    """The test's end of the graph."""

    def __init__(self, node, client):
        self.node = node
        self.client = client

    def wait(self, future):
        return self.client.wait(future)

    def wait_until(self, condition, what, timeout=20.0):
        """Spin until `condition()` is true; the test fails at the deadline."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f'not within {timeout} s: {what}')
            rclpy.spin_once(self.node, timeout_sec=0.05)

    def wait_until_idle(self, seconds):
        """Spin for `seconds`: for the passing of time itself, where that is what is tested."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            rclpy.spin_once(self.node, timeout_sec=0.02)

    def publish_until(self, publisher, message, condition, what, again=5.0):
        """Publish once, and again only where discovery on the other side came too late."""
        deadline = time.monotonic() + 20.0
        while not condition():
            assert time.monotonic() < deadline, f'not within 20 s: {what}'
            publisher.publish(message)
            round_end = time.monotonic() + again
            while not condition() and time.monotonic() < round_end:
                rclpy.spin_once(self.node, timeout_sec=0.05)

    def call(self, kind, name, request=None):
        """Call a service of the node under test."""
        client = self.node.create_client(kind, f'{SERVER}/{name}')
        try:
            assert client.wait_for_service(timeout_sec=20.0), f'no service {name}'
            future = client.call_async(request or kind.Request())
            self.wait_until(future.done, f'answer of {name}')
            return future.result()
        finally:
            self.node.destroy_client(client)

    @contextlib.contextmanager
    def listening(self, kind, topic, profile):
        """Yield the list of messages that arrive on `topic`."""
        received = []
        subscription = self.node.create_subscription(kind, topic, received.append, profile)
        try:
            yield received
        finally:
            self.node.destroy_subscription(subscription)

    @contextlib.contextmanager
    def publishing(self, kind, topic, profile):
        """Yield a publisher that the node under test is subscribed to."""
        publisher = self.node.create_publisher(kind, topic, profile)
        try:
            self.wait_until(publisher.get_subscription_count, f'a subscriber of {topic}')
            yield publisher
        finally:
            self.node.destroy_publisher(publisher)


@pytest.fixture(scope='session')
def running_process(ros_domain, tmp_path_factory):
    """Start a module as a user does, and end it as a user does."""

    @contextlib.contextmanager
    def run(module, *arguments):
        log = tmp_path_factory.mktemp('logs') / 'output.txt'
        with log.open('w') as output:
            process = subprocess.Popen(
                [sys.executable, '-m', module, *map(str, arguments)],
                cwd=ROOT,
                env=os.environ | {'OMP_NUM_THREADS': '1', 'PYTHONUNBUFFERED': '1'},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        process.log = log
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                pytest.fail(f'{module} does not stop:\n{log.read_text()}')

    return run


@pytest.fixture(scope='session')
def running_node(ros, running_process):
    """Run the node with the network for tests until the end of the block, and check its end."""

    @contextlib.contextmanager
    def run(**parameters):
        words = [f'{name}:={value}' for name, value in parameters.items()]
        arguments = [word for pair in words for word in ('-p', pair)]
        module = 'part_seg_ros.nodes.part_segmentation_node'
        with running_process(
            module, '--ros-args', '-p', 'model:=compact-tiny', *arguments
        ) as process:
            ros.client.wait_until_active(120.0)
            yield process
            assert process.poll() is None, f'the node died:\n{process.log.read_text()}'
        assert process.returncode == 0, process.log.read_text()
        assert 'Traceback' not in process.log.read_text()

    return run


@pytest.fixture(scope='session')
def scene():
    """A mug: (N, 3) float32 points, a body and a handle, and which points are the handle."""
    rng = np.random.default_rng(3)
    angle, height = rng.uniform(0, 2 * np.pi, 2500), rng.uniform(0, 0.1, 2500)
    body = np.stack([0.04 * np.cos(angle), 0.04 * np.sin(angle), height], axis=1)
    along, around = rng.uniform(-np.pi / 2, np.pi / 2, 700), rng.uniform(0, 2 * np.pi, 700)
    radius = 0.03 + 0.005 * np.cos(around)
    handle = np.stack(
        [0.04 + radius * np.cos(along), 0.005 * np.sin(around), 0.05 + radius * np.sin(along)], 1
    )
    points = np.concatenate([body, handle]).astype(np.float32)
    order = rng.permutation(len(points))
    is_handle = np.arange(len(points)) >= len(body)
    return points[order], is_handle[order]


@pytest.fixture(scope='session')
def make_cloud():
    """Make a PointCloud2 of (N, 3) points in frame `camera`."""

    def make(points, colors=None, *, frame_id='camera', stamp=(7, 8), height=1):
        message = cloud_message(np.asarray(points, np.float32), colors, height=height)
        message.header.frame_id = frame_id
        message.header.stamp.sec, message.header.stamp.nanosec = stamp
        return message

    return make


class BallSystem:
    """A stand-in network whose answer can be told from coordinates alone.

    The mask is the ball of `radius` around the foreground clicks without the ball around the
    background clicks; the second candidate is half, the third twice as wide. `gate` holds back
    every encode and every batch until it is set.
    """

    name = 'ball'
    weights_sha256 = ''
    part_names = ()
    device = 'cpu'
    capabilities = Capabilities(granularity=True)

    def __init__(self, radius=0.02):
        self.radius = radius
        self.gate = threading.Event()
        self.gate.set()
        self.num_encoded = 0
        self.shapes = []
        self.num_batches = 0
        self.encoding = threading.Event()
        self.decoding = threading.Event()
        self.error = None

    def encode(self, shape):
        self.shapes.append(shape)
        self.encoding.set()
        assert self.gate.wait(30)
        if self.error is not None:
            raise self.error
        self.num_encoded += 1
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=1000)

    def predict(self, embedding, prompt, previous=None):
        distances = np.linalg.norm(embedding.points[None] - prompt.prompt_coords[:, None], axis=-1)
        is_positive = prompt.prompt_labels == 1
        near = distances[is_positive].min(axis=0)
        far = distances[~is_positive].min(axis=0, initial=np.inf)
        logits = [
            500.0 * np.where(far < self.radius, -1.0, factor * self.radius - near)
            for factor in (1.0, 0.5, 2.0)
        ]
        return MaskCandidates(
            mask_logits=np.array(logits, np.float32), iou_pred=np.array([0.9, 0.8, 0.7], 'f4')
        )

    def predict_batch(self, embedding, prompts):
        self.decoding.set()
        assert self.gate.wait(30)
        self.num_batches += 1
        return [self.predict(embedding, prompt) for prompt in prompts]


@pytest.fixture
def ball():
    system = BallSystem()
    yield system
    system.gate.set()


@pytest.fixture
def start_node(ros):
    """Run a node in a thread of this process, with its own executor, around a given system."""
    from part_seg_ros.nodes.part_segmentation_node import PartSegmentationNode, spin
    from part_seg_ros.segmenter.segmenter import Segmenter

    running = []

    def start(system, *, wait=True, build=None, **parameters):
        overrides = [rclpy.Parameter(name, value=value) for name, value in parameters.items()]
        node = PartSegmentationNode(
            build=build or (lambda settings: Segmenter(system, settings.segmenter)),
            parameter_overrides=overrides,
        )
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        stop = threading.Event()
        thread = threading.Thread(target=spin, args=(node, executor, stop.is_set))
        thread.start()
        running.append((node, executor, thread, stop))
        if wait:
            ros.client.wait_until_active(20.0)
        return node

    yield start
    while running:
        node, executor, thread, stop = running.pop()
        stop.set()
        executor.wake()
        thread.join(20)
        assert not thread.is_alive(), 'the executor of the node is stuck'
        node.destroy_node()
        executor.shutdown()
        # A node ends with its last reference, and takes the log of its name along: that must not
        # happen when the next node of that name writes there.
        del node, executor
        gc.collect()
