# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Threads, queue, cancel, lifecycle, parameters, around a network that waits when it is told."""

import threading

import numpy as np
import pytest
import rclpy
from action_msgs.msg import GoalStatus
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from part_seg_ros.action import SegmentAll
from part_seg_ros.msg import ErrorCode, PartLabels, PartPrompt
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import GetParameters, SetParametersAtomically
from rclpy.action import ActionClient
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import PointCloud2
from std_srvs.srv import SetBool, Trigger

from part_seg_ros.errors import CheckpointError
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.segmenter.segmenter import Segmenter

PROMPT = PartPrompt(indices=[0])


def change_state(ros, label):
    request = ChangeState.Request(transition=Transition(label=label))
    return ros.call(ChangeState, 'change_state', request).success


def state(ros):
    return ros.call(GetState, 'get_state').current_state.label


def set_parameters(ros, **values):
    parameters = [
        rclpy.Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
    ]
    request = SetParametersAtomically.Request(parameters=parameters)
    return ros.call(SetParametersAtomically, 'set_parameters_atomically', request).result


@pytest.fixture
def cloud(scene, make_cloud):
    return make_cloud(scene[0])


@pytest.fixture
def held(ball):
    """The stand-in network, holding back its next encode."""
    ball.gate.clear()
    return ball


def start_encoding(ros, system, cloud):
    """Send a request and return its future once the network is at work on it."""
    future = ros.client.segment_part(PROMPT, cloud=cloud)
    ros.wait_until(system.encoding.is_set, 'encoding begins')
    return future


def test_other_callbacks_are_answered_while_encoding(ros, start_node, held, cloud):
    start_node(held)
    future = start_encoding(ros, held, cloud)
    with ros.listening(DiagnosticArray, '/diagnostics', 10) as diagnostics:
        assert state(ros) == 'active'
        assert ros.call(GetParameters, 'get_parameters', GetParameters.Request(names=['model']))
        assert ros.call(SetBool, 'enable', SetBool.Request(data=False)).success
        assert ros.wait(ros.client.close_session()).success
        ros.wait_until(lambda: len(diagnostics) >= 2, 'diagnostics while encoding')
    assert not future.done()
    held.gate.set()
    assert ros.wait(future).success


def test_an_answer_comes_without_any_other_event(ros, start_node, ball, cloud):
    # A future completed in another thread must wake the executor. Else every answer would wait
    # for the next event, the timer behind the diagnostics, and there were as many of both.
    start_node(ball)
    with ros.listening(DiagnosticArray, '/diagnostics', 10) as ticks:
        for _ in range(12):
            assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success
    assert len(ticks) < 10


def test_region_keeps_the_rest_of_the_scene_from_the_network(ros, start_node, ball, cloud, scene):
    start_node(ball, region_radius=0.05)
    reply = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert reply.success
    center = scene[0][0]
    near = np.linalg.norm(scene[0] - center, axis=1) <= 0.05
    assert 0 < near.sum() < len(near)
    np.testing.assert_array_equal(ball.shapes[-1].points, scene[0][near])
    assert reply.labels.width * reply.labels.height in (0, len(near))
    again = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert again.embedding_cached
    set_parameters(ros, region_radius=0.0)
    whole = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert not whole.embedding_cached
    assert len(ball.shapes[-1].points) == len(near)


def test_a_full_queue_is_busy(ros, start_node, held, cloud):
    start_node(held, queue_size=1)
    running = start_encoding(ros, held, cloud)
    others = [ros.client.segment_part(PROMPT, cloud=cloud) for _ in range(3)]
    ros.wait_until(lambda: sum(future.done() for future in others) == 2, 'two refusals')
    refused = [future.result() for future in others if future.done()]
    assert [reply.error_code for reply in refused] == [ErrorCode.BUSY] * 2
    assert 'queue_size' in refused[0].message
    result = ros.wait(ros.client.segment_all(cloud=cloud))
    assert result.error_code == ErrorCode.BUSY
    held.gate.set()
    ros.wait_until(lambda: all(future.done() for future in others), 'the last answer')
    assert ros.wait(running).success
    assert sum(future.result().success for future in others) == 1


def test_a_request_over_its_time_is_given_up(ros, start_node, held, cloud):
    start_node(held, request_timeout=0.3)
    future = start_encoding(ros, held, cloud)
    ros.wait_until_idle(0.5)
    held.gate.set()
    reply = ros.wait(future)
    assert reply.error_code == ErrorCode.TIMEOUT
    assert 'request_timeout = 0.3 s' in reply.message
    assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success


class Goal:
    """A goal of ~/segment_all, with what rclpy's action client tells of it."""

    def __init__(self, ros, cloud):
        self.ros = ros
        self.stages = []
        self.client = ActionClient(ros.node, SegmentAll, 'part_segmentation_node/segment_all')
        assert self.client.wait_for_server(timeout_sec=20.0)
        sent = self.client.send_goal_async(SegmentAll.Goal(cloud=cloud), self.on_feedback)
        ros.wait_until(sent.done, 'the goal is accepted')
        self.handle = sent.result()
        self.answer = self.handle.get_result_async()

    def on_feedback(self, message):
        self.stages.append(message.feedback.stage)

    def cancel(self):
        canceled = self.handle.cancel_goal_async()
        self.ros.wait_until(canceled.done, 'the answer to the cancel')
        assert len(canceled.result().goals_canceling) == 1

    def result(self):
        self.ros.wait_until(self.answer.done, 'the result of the goal')
        self.client.destroy()
        return self.answer.result().status, self.answer.result().result


def test_a_goal_is_canceled_within_one_chunk(ros, start_node, ball, cloud):
    start_node(ball)
    assert ros.wait(ros.client.open_session(cloud=cloud, encode=True)).success
    ball.gate.clear()
    goal = Goal(ros, cloud)
    ros.wait_until(ball.decoding.is_set, 'decoding begins')
    goal.cancel()
    ball.gate.set()
    status, result = goal.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_CANCELED, ErrorCode.CANCELED)
    assert not result.success and 'cancelled' in result.message and not result.parts
    assert ball.num_batches == 1
    assert ros.wait(ros.client.segment_all(cloud=cloud)).success


def test_a_goal_that_waits_is_canceled_at_once(ros, start_node, held, cloud):
    start_node(held)
    running = start_encoding(ros, held, cloud)
    goal = Goal(ros, cloud)
    ros.wait_until(lambda: goal.stages == [SegmentAll.Feedback.QUEUED], 'the goal waits')
    goal.cancel()
    status, result = goal.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_CANCELED, ErrorCode.CANCELED)
    assert not running.done()
    held.gate.set()
    assert ros.wait(running).success
    assert held.num_batches == 0


def test_only_the_newest_cloud_is_segmented(ros, start_node, held, scene, make_cloud):
    start_node(held, auto_segment=True)
    points = scene[0]
    with (
        ros.listening(PartLabels, 'part_labels', qos.latched_results()) as labels,
        ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as scans,
        ros.listening(DiagnosticArray, '/diagnostics', 10) as diagnostics,
    ):

        def begins():
            scans.publish(make_cloud(points, stamp=(1, 0)))
            return held.encoding.is_set()

        ros.wait_until(begins, 'the first cloud is encoded')
        for second in range(2, 12):
            scans.publish(make_cloud(points * np.float32(1 + 0.01 * second), stamp=(second, 0)))
            ros.wait_until_idle(0.05)
        held.gate.set()
        ros.wait_until(lambda: labels and labels[-1].header.stamp.sec == 11, 'the newest cloud')

        def dropped():
            values = {item.key: item.value for item in diagnostics[-1].status[0].values}
            return int(values['dropped clouds'])

        ros.wait_until(lambda: diagnostics and dropped() >= 5, 'the dropped clouds are reported')
    assert len({message.header.stamp.sec for message in labels}) <= 4
    assert held.num_encoded <= 4


def test_the_lifecycle_goes_round(ros, start_node, ball, cloud):
    start_node(ball, wait=False, autostart=False)
    assert state(ros) == 'unconfigured'
    reply = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert reply.error_code == ErrorCode.NOT_ACTIVE and 'ros2 lifecycle set' in reply.message
    assert ros.wait(ros.client.segment_all(cloud=cloud)).error_code == ErrorCode.NOT_ACTIVE
    assert change_state(ros, 'configure')
    reply = ros.wait(ros.client.open_session(cloud=cloud))
    assert reply.error_code == ErrorCode.NOT_ACTIVE
    assert change_state(ros, 'activate')
    session_id = ros.wait(ros.client.open_session(cloud=cloud)).session_id
    assert change_state(ros, 'deactivate')
    assert ros.node.count_subscribers('points') == 0 or waits_for_no_subscriber(ros)
    assert change_state(ros, 'activate')
    kept = ros.wait(ros.client.segment_part(PROMPT, session_id=session_id))
    assert kept.success, kept.message
    assert change_state(ros, 'deactivate') and change_state(ros, 'cleanup')
    assert state(ros) == 'unconfigured'
    assert change_state(ros, 'configure') and change_state(ros, 'activate')
    dropped = ros.wait(ros.client.segment_part(PROMPT, session_id=session_id))
    assert dropped.error_code == ErrorCode.UNKNOWN_SESSION
    assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success
    assert change_state(ros, 'shutdown')
    assert state(ros) == 'finalized'
    reply = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert reply.error_code == ErrorCode.NOT_ACTIVE


def waits_for_no_subscriber(ros):
    ros.wait_until(lambda: ros.node.count_subscribers('points') == 0, 'nobody listens to points')
    return True


def test_deactivating_cancels_what_runs_and_waits(ros, start_node, held, cloud):
    start_node(held)
    running = start_encoding(ros, held, cloud)
    waiting = ros.client.segment_part(PROMPT, cloud=cloud)
    goal = Goal(ros, cloud)
    assert change_state(ros, 'deactivate')
    status, result = goal.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_ABORTED, ErrorCode.CANCELED)
    assert ros.wait(waiting).error_code == ErrorCode.CANCELED
    held.gate.set()
    assert ros.wait(running).error_code == ErrorCode.CANCELED
    assert change_state(ros, 'activate')
    assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success


@pytest.mark.parametrize(
    'error', [CheckpointError('weights.safetensors is missing'), RuntimeError('driver')]
)
def test_a_failed_configure_is_logged_and_may_be_repeated(error, ros, start_node, ball, cloud):
    failures = [error]

    def build(settings):
        if failures:
            raise failures.pop()
        return Segmenter(ball, settings.segmenter)

    with ros.listening(Log, '/rosout', 10) as log:
        start_node(ball, wait=False, build=build)
        text = str(error)
        ros.wait_until(lambda: any(text in entry.msg for entry in log), 'the error is logged')
    assert state(ros) == 'unconfigured'
    assert change_state(ros, 'configure') and change_state(ros, 'activate')
    assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success


@pytest.mark.parametrize(
    ('error', 'code', 'text'),
    [
        (RuntimeError('a shape is wrong'), ErrorCode.MODEL_ERROR, 'a shape is wrong'),
        (MemoryError(), ErrorCode.OUT_OF_MEMORY, 'segmenter.max_points'),
        (RuntimeError('CUDA out of memory.'), ErrorCode.OUT_OF_MEMORY, 'CUDA out of memory'),
    ],
)
def test_a_failing_network_is_told_and_survived(error, code, text, ros, start_node, ball, cloud):
    start_node(ball)
    ball.error = error
    with ros.listening(DiagnosticArray, '/diagnostics', 10) as diagnostics:
        reply = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
        assert (reply.success, reply.error_code) == (False, code)
        assert text in reply.message
        ros.wait_until(
            lambda: diagnostics and diagnostics[-1].status[0].level == DiagnosticStatus.ERROR,
            'diagnostics tell the error',
        )
        ball.error = None
        assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success
        ros.wait_until(
            lambda: diagnostics[-1].status[0].level == DiagnosticStatus.OK, 'all is well again'
        )


def test_bad_parameters_are_refused_with_a_reason(ros, start_node, ball):
    start_node(ball)
    refused = set_parameters(ros, tf_timeout=0.5, click_mode='double')
    assert not refused.successful
    assert "click_mode must be one of ['add', 'new'], got 'double'" in refused.reason
    for name, value in (('stale_after', -1.0), ('max_cloud_points', 3), ('tf_timeout', 99.0)):
        assert not set_parameters(ros, **{name: value}).successful
    assert not set_parameters(ros, tf_timeout=1).successful  # an integer is not a double
    assert not set_parameters(ros, autostart=False).successful  # read-only
    late = set_parameters(ros, model='point_sam', queue_size=3, **{'segmenter.seed': 1})
    assert not late.successful
    assert 'queue_size, segmenter.seed acts on configure only; clean up the node' in late.reason
    names = GetParameters.Request(names=['tf_timeout', 'click_mode', 'model'])
    values = ros.call(GetParameters, 'get_parameters', names).values
    assert (values[0].double_value, values[1].string_value) == (0.2, 'new')
    assert values[2].string_value == 'compact'


def test_a_network_is_loaded_beside_other_callbacks_and_given_up_on_deactivate(
    ros, start_node, ball, cloud
):
    gate, loading = threading.Event(), threading.Event()
    other = type(ball)(radius=0.01)
    systems = [ball]

    def build(settings):
        if systems:
            return Segmenter(systems.pop(), settings.segmenter)
        loading.set()
        assert gate.wait(30)
        return Segmenter(other, settings.segmenter)

    start_node(None, build=build)
    before = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    client = ros.node.create_client(Trigger, 'part_segmentation_node/reload')
    assert client.wait_for_service(timeout_sec=20.0)
    future = client.call_async(Trigger.Request())
    ros.wait_until(loading.is_set, 'the load begins')
    assert state(ros) == 'active'
    waiting = ros.client.segment_part(PROMPT, cloud=cloud)
    wait_for_queue(ros, 1)
    assert change_state(ros, 'deactivate')
    assert ros.wait(waiting).error_code == ErrorCode.CANCELED
    gate.set()
    ros.wait_until(future.done, 'the answer of the load')
    assert not future.result().success and 'cancelled' in future.result().message
    assert change_state(ros, 'activate')
    again = ros.wait(ros.client.segment_part(PROMPT, session_id=before.session_id))
    assert again.embedding_cached and again.part.num_points == before.part.num_points
    assert ros.call(Trigger, 'reload').success
    after = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert other.num_encoded == 1 and 0 < after.part.num_points < before.part.num_points
    ros.node.destroy_client(client)


def wait_for_queue(ros, num_waiting):
    """Wait until the node reports so many waiting requests."""

    def is_reached():
        values = {item.key: item.value for item in diagnostics[-1].status[0].values}
        return values['waiting requests'] == str(num_waiting)

    with ros.listening(DiagnosticArray, '/diagnostics', 10) as diagnostics:
        ros.wait_until(lambda: diagnostics and is_reached(), f'{num_waiting} requests wait')


def test_a_changed_parameter_acts_on_the_next_request(ros, start_node, ball, cloud):
    start_node(ball)
    assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success
    assert set_parameters(ros, max_cloud_points=100).successful
    reply = ros.wait(ros.client.segment_part(PROMPT, cloud=cloud))
    assert reply.error_code == ErrorCode.TOO_MANY_POINTS


@pytest.mark.parametrize(
    'parameters', [{'click_mode': 'double'}, {'static_transforms': 'one two'}]
)
def test_parameters_that_cannot_be_used_fail_configure(parameters, ros, start_node, ball):
    start_node(ball, wait=False, autostart=False, **parameters)
    assert not change_state(ros, 'configure')
    assert state(ros) == 'unconfigured'
    assert set_parameters(ros, click_mode='new', static_transforms='').successful
    assert change_state(ros, 'configure')


def test_reset_forgets_sessions_and_the_newest_cloud(ros, start_node, ball, cloud):
    start_node(ball)
    with ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as scans:

        def opened():
            scans.publish(cloud)
            return ros.wait(ros.client.open_session()).session_id

        ros.wait_until(opened, 'the cloud reaches the node')
        session_id = ros.wait(ros.client.open_session()).session_id
        # Clouds that are under way arrive before the answer to another request does.
        ros.wait_until_idle(0.2)
        assert ros.call(Trigger, 'reset').success
        reply = ros.wait(ros.client.segment_part(PROMPT, session_id=session_id))
        assert reply.error_code == ErrorCode.UNKNOWN_SESSION
        assert ros.wait(ros.client.open_session()).error_code == ErrorCode.NO_CLOUD


def test_time_that_jumps_back_forgets_the_newest_cloud(ros, start_node, ball, cloud):
    start_node(ball, use_sim_time=True)
    with (
        ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as scans,
        ros.publishing(Clock, '/clock', 10) as clock,
    ):

        def set_time(seconds):
            message = Clock()
            message.clock.sec = seconds
            clock.publish(message)

        def has_cloud():
            set_time(100)
            scans.publish(cloud)
            return ros.wait(ros.client.open_session()).success

        ros.wait_until(has_cloud, 'the cloud reaches the node')
        ros.wait_until_idle(0.2)

        def is_forgotten():
            set_time(50)
            reply = ros.wait(ros.client.open_session())
            return reply.error_code == ErrorCode.NO_CLOUD

        ros.wait_until(is_forgotten, 'the cloud is forgotten')


def test_clouds_are_subscribed_to_only_where_they_are_used(ros, start_node, ball):
    start_node(ball, keep_latest_cloud=False)

    def subscribers():
        return ros.node.count_subscribers('points')

    ros.wait_until_idle(1.5)
    assert subscribers() == 0
    assert ros.call(SetBool, 'enable', SetBool.Request(data=True)).success
    with ros.listening(PartLabels, 'part_labels', qos.latched_results()):
        ros.wait_until(lambda: subscribers() == 1, 'the node subscribes')
    ros.wait_until(lambda: subscribers() == 0, 'the node unsubscribes')


def test_a_subscriber_that_asks_for_too_much_is_named(ros, start_node, ball):
    start_node(ball)
    with (
        ros.listening(Log, '/rosout', 10) as log,
        ros.listening(PointCloud2, 'labeled_points', qos.latched_results()),
    ):

        def is_told():
            return any(
                "'labeled_points' asks for an incompatible QoS (durability)" in entry.msg
                for entry in log
            )

        ros.wait_until(is_told, 'the QoS warning')


def test_a_qos_override_is_taken(ros, start_node, ball, cloud):
    start_node(ball, **{'qos_overrides./points.subscription.reliability': 'reliable'})
    ros.wait_until(lambda: ros.node.count_subscribers('points'), 'the node subscribes')
    infos = ros.node.get_subscriptions_info_by_topic('/points')
    assert infos[0].qos_profile.reliability == qos.ReliabilityPolicy.RELIABLE


def test_work_on_a_session_closed_meanwhile_is_discarded(ros, start_node, held, cloud):
    start_node(held)
    session_id = ros.wait(ros.client.open_session(cloud=cloud)).session_id
    future = ros.client.segment_part(PROMPT, session_id=session_id)
    ros.wait_until(held.encoding.is_set, 'encoding begins')
    assert ros.wait(ros.client.close_session(session_id)).success
    held.gate.set()
    assert ros.wait(future).error_code == ErrorCode.UNKNOWN_SESSION


def test_the_log_has_one_line_per_request(ros, start_node, ball, cloud, scene):
    start_node(ball)
    with ros.listening(Log, '/rosout', 10) as log:
        ros.wait_until_idle(0.5)
        prompt = point_prompt([scene[0][3]], [scene[0][4]])
        assert ros.wait(ros.client.segment_part(prompt, cloud=cloud))
        assert ros.wait(ros.client.segment_part(PROMPT, cloud=cloud)).success

        def lines():
            return [entry.msg for entry in log if entry.msg.startswith('segment_part: ')]

        ros.wait_until(lambda: len(lines()) == 2, 'two log lines')
    assert '3200 points, 1 clicks, embedding cached' in lines()[1]
