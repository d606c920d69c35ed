# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Each kind of bad input is answered with its code and what was wanted; the node lives on."""

import math

import numpy as np
import pytest
from geometry_msgs.msg import Point
from lifecycle_msgs.srv import GetState
from part_seg_ros.msg import ErrorCode, PartPrompt
from part_seg_ros.srv import CloseSession, OpenSession, SegmentPart

from part_seg_ros.nodes.client import point_prompt


@pytest.fixture(scope='module', autouse=True)
def node_process(running_node):
    with running_node(max_cloud_points=5000, max_sessions=2) as process:
        yield process


@pytest.fixture(autouse=True)
def node_lives_on(ros, node_process):
    yield
    assert node_process.poll() is None, f'the node died:\n{node_process.log.read_text()}'
    assert ros.call(GetState, 'get_state').current_state.label == 'active'


def without_fields(cloud, *names):
    cloud.fields = [field for field in cloud.fields if field.name not in names]
    return cloud


def changed(message, **changes):
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def random_points(count=100):
    return np.random.default_rng(5).normal(0.0, 0.1, (count, 3)).astype(np.float32)


def halves(*values):
    return [Point(x=value, y=value, z=value) for value in values]


BAD_CLOUDS = {
    'no cloud at all': (
        lambda make: make(np.empty((0, 3)), frame_id='') and None,
        ErrorCode.NO_CLOUD,
        ['no cloud', 'points'],
    ),
    'empty cloud': (
        lambda make: make(np.empty((0, 3))),
        ErrorCode.EMPTY_CLOUD,
        ['must have points', 'width 0'],
    ),
    'no finite point': (
        lambda make: make(np.full((100, 3), np.nan)),
        ErrorCode.EMPTY_CLOUD,
        ['finite x, y and z', 'none among 100'],
    ),
    'too few finite points': (
        lambda make: make(random_points(9)),
        ErrorCode.EMPTY_CLOUD,
        ['16', '9'],
    ),
    'missing z': (
        lambda make: without_fields(make(random_points()), 'z'),
        ErrorCode.BAD_FIELDS,
        ['needs numeric fields x, y and z', 'missing z', 'got x, y'],
    ),
    'missing all fields': (
        lambda make: without_fields(make(random_points()), 'x', 'y', 'z'),
        ErrorCode.BAD_FIELDS,
        ['missing x, y, z', 'got none'],
    ),
    'truncated data': (
        lambda make: changed(make(random_points()), width=101),
        ErrorCode.BAD_FIELDS,
        ['must hold 1212 bytes, got 1200', 'truncated'],
    ),
    'too many points': (
        lambda make: make(random_points(5001)),
        ErrorCode.TOO_MANY_POINTS,
        ['may have 5000 points', 'max_cloud_points', 'got 5001'],
    ),
}

BAD_PROMPTS = {
    'no click': (
        lambda: PartPrompt(),
        ErrorCode.BAD_PROMPT,
        ['needs points or indices, or a part_name'],
    ),
    'an unknown name': (
        lambda: PartPrompt(part_name='hxqzw'),
        ErrorCode.BAD_PROMPT,
        ["'hxqzw' is no known part", 'compact-tiny knows antenna', ' handle,', ' wing'],
    ),
    'near what': (
        lambda: PartPrompt(points=halves(0.0), labels=[2]),
        ErrorCode.BAD_PROMPT,
        ['goes with a part_name', "got part_name ''"],
    ),
    'near two places': (
        lambda: PartPrompt(points=halves(0.0, 0.1), labels=[2, 2], part_name='handle'),
        ErrorCode.BAD_PROMPT,
        ['one position alone', '[2, 2]'],
    ),
    'too few labels': (
        lambda: PartPrompt(points=halves(0.0, 0.1), labels=[1]),
        ErrorCode.BAD_PROMPT,
        ['one entry per click', '2 points', 'got 1'],
    ),
    'a label that does not exist': (
        lambda: PartPrompt(points=halves(0.0), labels=[3]),
        ErrorCode.BAD_PROMPT,
        ['must be 1 (foreground), 0 (background) or 2 (near', '[3]'],
    ),
    'background only': (
        lambda: point_prompt(negative=[[0.0, 0.0, 0.0]]),
        ErrorCode.BAD_PROMPT,
        ['at least one foreground click', 'prompt_mode ADD'],
    ),
    'not finite': (
        lambda: PartPrompt(points=[Point(x=math.nan)]),
        ErrorCode.BAD_PROMPT,
        ['must be finite', 'nan'],
    ),
    'index out of range': (
        lambda: PartPrompt(indices=[3, 100]),
        ErrorCode.BAD_PROMPT,
        ['0 … 99', '[100]'],
    ),
    'negative index': (
        lambda: PartPrompt(indices=[-1]),
        ErrorCode.BAD_PROMPT,
        ['0 … 99', '[-1]'],
    ),
    'too far': (
        lambda: point_prompt([[3.0, 4.0, 0.0]]),
        ErrorCode.PROMPT_TOO_FAR,
        ['(3, 4, 0)', 'within 0.05 m', 'nearest point'],
    ),
    'too fine': (
        lambda: PartPrompt(indices=[0], granularity=1.5),
        ErrorCode.BAD_GRANULARITY,
        ['between 0 (coarse) and 1 (fine)', '1.5'],
    ),
    'granularity that is no number': (
        lambda: PartPrompt(indices=[0], granularity=math.nan),
        ErrorCode.BAD_GRANULARITY,
        ['between 0 (coarse) and 1 (fine)', 'nan'],
    ),
    'unknown frame': (
        lambda: point_prompt([[0.0, 0.0, 0.0]], frame_id='moon'),
        ErrorCode.TF_ERROR,
        ["'moon'", "'camera'"],
    ),
}


def check_failure(reply, code, texts):
    assert not reply.success
    assert reply.error_code == code, reply.message
    for text in texts:
        assert text in reply.message


@pytest.mark.parametrize('name', BAD_CLOUDS)
def test_a_bad_cloud_in_the_service(name, ros, make_cloud):
    make, code, texts = BAD_CLOUDS[name]
    cloud = make(make_cloud)
    fields = {} if cloud is None else {'cloud': cloud}
    reply = ros.wait(ros.client.segment_part(PartPrompt(indices=[0]), **fields))
    check_failure(reply, code, texts)
    assert reply.session_id == '' and reply.part.id == 0 and not reply.used_points


@pytest.mark.parametrize('name', ['empty cloud', 'no finite point', 'missing z', 'truncated data'])
def test_a_bad_cloud_in_the_action_and_in_a_new_session(name, ros, make_cloud):
    make, code, texts = BAD_CLOUDS[name]
    result = ros.wait(ros.client.segment_all(cloud=make(make_cloud)))
    check_failure(result, code, texts)
    reply = ros.wait(ros.client.open_session(cloud=make(make_cloud)))
    check_failure(reply, code, texts)
    assert reply.session_id == ''


@pytest.mark.parametrize('name', BAD_PROMPTS)
def test_a_bad_prompt(name, ros, make_cloud):
    make, code, texts = BAD_PROMPTS[name]
    cloud = make_cloud(random_points())
    check_failure(ros.wait(ros.client.segment_part(make(), cloud=cloud)), code, texts)


def test_a_prompt_at_an_invalid_point(ros, make_cloud):
    points = random_points()
    points[7] = np.inf
    reply = ros.wait(ros.client.segment_part(PartPrompt(indices=[7]), cloud=make_cloud(points)))
    check_failure(reply, ErrorCode.BAD_PROMPT, ['finite x, y and z', '[7]'])


def test_a_name_alone_is_not_added_to_clicks(ros, make_cloud):
    prompt = PartPrompt(part_name='handle')
    reply = ros.wait(
        ros.client.segment_part(
            prompt, cloud=make_cloud(random_points()), prompt_mode=SegmentPart.Request.ADD
        )
    )
    check_failure(reply, ErrorCode.BAD_PROMPT, ["'handle' alone", 'REPLACE'])


def test_every_part_of_an_unknown_name(ros, make_cloud):
    result = ros.wait(ros.client.segment_all(cloud=make_cloud(random_points()), part_name='hxqzw'))
    check_failure(result, ErrorCode.BAD_PROMPT, ["'hxqzw' is no known part"])


@pytest.mark.parametrize('mode', [SegmentPart.Request.UNDO, 9])
def test_a_mode_that_does_not_fit(mode, ros, make_cloud):
    reply = ros.wait(
        ros.client.segment_part(
            PartPrompt(indices=[0]), cloud=make_cloud(random_points()), prompt_mode=mode
        )
    )
    wanted = {SegmentPart.Request.UNDO: 'needs session_id and part_id', 9: 'UNDO (2), got 9'}
    check_failure(reply, ErrorCode.BAD_PROMPT, [wanted[mode]])


def test_sessions_that_are_not_there(ros, make_cloud):
    prompt = PartPrompt(indices=[0])
    unknown = ros.wait(ros.client.segment_part(prompt, session_id='nobody'))
    check_failure(unknown, ErrorCode.UNKNOWN_SESSION, ["'nobody'", 'leave session_id empty'])
    result = ros.wait(ros.client.segment_all(session_id='nobody'))
    check_failure(result, ErrorCode.UNKNOWN_SESSION, ["'nobody'"])
    reply = ros.wait(ros.client.close_session('nobody'))
    check_failure(reply, ErrorCode.UNKNOWN_SESSION, ["'nobody'"])
    opened = ros.wait(ros.client.open_session(cloud=make_cloud(random_points())))
    assert opened.success and (opened.num_points, opened.num_valid) == (100, 100)
    assert ros.wait(ros.client.close_session(opened.session_id)).success
    closed = ros.wait(ros.client.segment_part(prompt, session_id=opened.session_id))
    check_failure(closed, ErrorCode.UNKNOWN_SESSION, [opened.session_id])


def test_an_expired_session(ros, make_cloud):
    cloud = make_cloud(random_points())
    opened = ros.wait(ros.client.open_session(cloud=cloud, ttl=0.05))
    prompt, answers = PartPrompt(points=halves(math.nan)), []

    def is_expired():
        # Each request starts the idle time anew, so leave the session alone for longer than that.
        ros.wait_until_idle(0.2)
        answers.append(ros.wait(ros.client.segment_part(prompt, session_id=opened.session_id)))
        return answers[-1].error_code == ErrorCode.SESSION_EXPIRED

    ros.wait_until(is_expired, 'the session expires')
    check_failure(
        answers[-1],
        ErrorCode.SESSION_EXPIRED,
        [opened.session_id, 'idle for more than 0.05 s', 'open a new one'],
    )


def test_a_session_that_made_room(ros, make_cloud):
    cloud = make_cloud(random_points())
    ids = [ros.wait(ros.client.open_session(cloud=cloud)).session_id for _ in range(3)]
    reply = ros.wait(ros.client.segment_part(PartPrompt(indices=[0]), session_id=ids[0]))
    check_failure(reply, ErrorCode.SESSION_EXPIRED, ['made room', 'max_sessions 2'])
    assert ros.wait(ros.client.close_session()).message == 'closed 2 sessions'


def test_a_cloud_that_is_not_the_one_of_the_session(ros, make_cloud):
    points = random_points()
    session_id = ros.wait(ros.client.open_session(cloud=make_cloud(points))).session_id
    moved = points.copy()
    moved[-1] += 0.001
    prompt = PartPrompt(indices=[0])
    for cloud in (make_cloud(moved), make_cloud(points, frame_id='other')):
        reply = ros.wait(ros.client.segment_part(prompt, session_id=session_id, cloud=cloud))
        check_failure(reply, ErrorCode.CLOUD_MISMATCH, [session_id, 'leave one of the two empty'])


def test_a_part_that_is_not_there(ros, make_cloud):
    session_id = ros.wait(ros.client.open_session(cloud=make_cloud(random_points()))).session_id
    reply = ros.wait(
        ros.client.segment_part(PartPrompt(indices=[0]), session_id=session_id, part_id=5)
    )
    check_failure(reply, ErrorCode.UNKNOWN_PART, ['no part 5', 'it has none'])


def test_many_bad_requests_at_once_are_all_answered(ros, make_cloud):
    request = SegmentPart.Request(session_id='nobody')
    client = ros.node.create_client(SegmentPart, 'part_segmentation_node/segment_part')
    assert client.wait_for_service(timeout_sec=20.0)
    futures = [client.call_async(request) for _ in range(10)]
    ros.wait_until(lambda: all(future.done() for future in futures), 'ten answers')
    codes = {future.result().error_code for future in futures}
    ros.node.destroy_client(client)
    assert codes <= {ErrorCode.UNKNOWN_SESSION, ErrorCode.BUSY}
    assert ErrorCode.UNKNOWN_SESSION in codes


def test_the_interfaces_have_the_declared_types(ros):
    assert ros.call(OpenSession, 'open_session').error_code == ErrorCode.NO_CLOUD
    assert ros.call(CloseSession, 'close_session').success
