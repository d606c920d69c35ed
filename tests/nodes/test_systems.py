# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every system in its tiny size, loaded from files and asked over DDS.

What the node answers is compared with what the segmenter itself says, where rounding cannot
decide.
"""

import dataclasses
import importlib.util
import re
import shutil
import time

import numpy as np
import pytest
import rclpy
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from part_seg_ros.msg import ErrorCode
from part_seg_ros.srv import SegmentPart
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import GetParameters, SetParametersAtomically
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import Trigger

from part_seg_ros.data.depth_camera import camera_cloud
from part_seg_ros.data.procedural import FAMILIES
from part_seg_ros.models import build_model
from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.nodes.network import build_segmenter
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter
from part_seg_ros.structures import PointCloud

HAS_VIEWS = all(importlib.util.find_spec(name) for name in ('open3d', 'sam2'))
SYSTEMS = ['point_sam', 'partsam', 's2am3d', *(['geosam2'] if HAS_VIEWS else [])]
SEARCH = {'num_prompts': 12, 'min_score': 0.0, 'min_points': 1}
# What is wrong with a file, and with which of the system's files; each class once.
BAD_FILES = {
    'point_sam': [('truncated', 0), ('pickled code', 0), ('missing key', 0), ('folder', 0)],
    'partsam': [('another system', 0), ('unexpected key', 0), ('wrong type', 0), ('empty', 0)],
    's2am3d': [('wrong shape', 0), ('unreadable', 1), ('pickled code', 1), ('missing key', 1)],
    'geosam2': [('another system', 0), ('missing key', 0)],
}


@pytest.fixture(params=SYSTEMS)
def system(request):
    return request.param


@pytest.fixture
def weights(system, tmp_path, write_weights):
    (tmp_path / 'good').mkdir()
    return write_weights(f'{system}-tiny', tmp_path / 'good')


@pytest.fixture
def start(ros, system, weights, start_node):
    """Run a node with the system's weights from the files, and these parameters."""

    def start(**parameters):
        start_node(
            None,
            wait=False,
            build=build_segmenter,
            model=f'{system}-tiny',
            checkpoint=str(weights.checkpoint),
            device='cpu',
            **parameters,
        )
        ros.client.wait_until_active(120.0)

    return start


@pytest.fixture
def serve(start):
    """Run a node with thresholds that let random networks find something."""
    start(**{f'segment_all.{name}': value for name, value in SEARCH.items()})


@pytest.fixture
def cloud(scene):
    colors = np.random.default_rng(0).integers(0, 256, scene[0].shape) / np.float32(255)
    return PointCloud(points=scene[0], colors=colors, viewpoint=np.zeros(3))


@pytest.fixture
def message(cloud, make_cloud):
    return make_cloud(cloud.points, cloud.colors)


@pytest.fixture
def expected(system, weights, cloud):
    """The system from the same files, without a node: a segmenter and the encoded cloud."""
    segmenter = Segmenter(build_model(f'{system}-tiny', weights.checkpoint, 'cpu'))
    return segmenter, segmenter.encode(cloud)


def indices(part):
    return np.asarray(part.point_indices)


def assert_same_part(part, prediction):
    """Points whose logit is within rounding of zero may fall on either side."""
    logits = prediction.candidates.mask_logits[0]
    is_clear = np.abs(logits) > 1e-4
    assert is_clear.mean() > 0.99
    mask = np.isin(np.arange(len(logits)), indices(part))
    np.testing.assert_array_equal(mask[is_clear], (logits > 0)[is_clear])


def answered(ask, points):
    """Return the first click and its answer that has some of the points, not all."""
    for click in points:
        answer = ask(click)
        if 0.001 < answer.prediction.mask.mean() < 0.999:
            return click, answer
    raise AssertionError('with these weights no click has an answer to compare')


def test_a_click_and_what_corrects_it_are_answered(ros, serve, expected, cloud, message):
    segmenter, encoded = expected
    click, first = answered(segmenter.open(encoded).add, cloud.points[::32])
    reply = ros.wait(ros.client.segment_part(point_prompt(click), cloud=message))
    assert reply.success, reply.message
    assert_same_part(reply.part, first.prediction)

    request = {'session_id': reply.session_id, 'part_id': reply.part.id}
    if segmenter.system.capabilities.negative_points:
        covered = cloud.points[first.prediction.mask]
        off, second = answered(lambda click: first.add(click, 0), covered[::-9])
        prompt, mode = point_prompt(negative=off), SegmentPart.Request.ADD
    else:
        finer = dataclasses.replace(segmenter.open(encoded), granularity=0.4)
        click, second = answered(finer.add, cloud.points[::32])
        prompt, mode = point_prompt(click, granularity=0.4), SegmentPart.Request.REPLACE
        refused = ros.wait(
            ros.client.segment_part(
                point_prompt(negative=click), prompt_mode=SegmentPart.Request.ADD, **request
            )
        )
        assert refused.error_code == ErrorCode.BAD_PROMPT
        assert 'no background clicks' in refused.message
    reply = ros.wait(ros.client.segment_part(prompt, prompt_mode=mode, **request))
    assert reply.success, reply.message
    assert_same_part(reply.part, second.prediction)


def test_every_part_is_found(ros, serve, expected, message):
    segmenter, encoded = expected
    parts = segmenter.segment_all(encoded, SegmentAllSettings(**SEARCH))
    assert len(parts.parts) > 0
    assert_same_parts(ros.wait(ros.client.segment_all(cloud=message)), parts)


def assert_same_parts(result, parts):
    assert result.success, result.message
    assert len(result.parts) == len(parts.parts)
    for part in result.parts:
        of_points = parts.part_ids[indices(part)]
        same = np.bincount(of_points[of_points >= 0]).argmax()
        shared = np.count_nonzero(of_points == same)
        union = len(of_points) + np.count_nonzero(parts.part_ids == same) - shared
        assert shared / union > 0.99


@pytest.mark.parametrize('system', ['partsam', 's2am3d'], indirect=True)
def test_without_thresholds_every_part_is_found_in_the_systems_own_way(
    ros, start, expected, message
):
    start()
    segmenter, encoded = expected
    own = segmenter.segment_all(encoded)
    common = segmenter.segment_all(encoded, SegmentAllSettings())
    assert not np.array_equal(own.part_ids, common.part_ids)
    assert_same_parts(ros.wait(ros.client.segment_all(cloud=message)), own)


@pytest.mark.skipif(not HAS_VIEWS, reason='sam2 or open3d is not installed')
@pytest.mark.parametrize('system', ['geosam2'], indirect=True)
def test_a_click_on_what_one_camera_saw_is_followed_where_that_shows(
    ros, serve, weights, make_cloud
):
    rng = np.random.default_rng(4)
    view = camera_cloud(FAMILIES['mug'](rng), rng, resolution=(90, 70))
    cloud = PointCloud(points=view.points - view.viewpoint, viewpoint=np.zeros(3))
    segmenter = Segmenter(build_model('geosam2-tiny', weights.checkpoint, 'cpu'))
    encoded = segmenter.encode(cloud)
    shown = encoded.embedding.state.shape.view_numbers
    assert 0 in shown and 6 not in shown
    click, first = answered(segmenter.open(encoded).add, cloud.points[::32])
    reply = ros.wait(
        ros.client.segment_part(point_prompt(click), cloud=make_cloud(cloud.points, None))
    )
    assert reply.success, reply.message
    assert_same_part(reply.part, first.prediction)


@pytest.fixture
def load(ros):
    """Set parameters and reload; return the reply of the service."""

    def load(**values):
        assert set_parameters(ros, **values)
        return ros.call(Trigger, 'reload')

    return load


@pytest.fixture
def found(ros, serve, expected, cloud, message):
    """A click, and the node's answer to it in a session."""
    click, _ = answered(expected[0].open(expected[1]).add, cloud.points[::32])
    reply = ros.wait(ros.client.segment_part(point_prompt(click), cloud=message))
    assert reply.success, reply.message
    return click, reply


def assert_still_serves(ros, found):
    """Assert that session and embedding are still there and the same click has the same answer."""
    click, before = found
    again = ros.wait(ros.client.segment_part(point_prompt(click), session_id=before.session_id))
    assert again.success, again.message
    assert again.embedding_cached
    np.testing.assert_array_equal(indices(again.part), indices(before.part))


def test_a_wrong_file_is_told_and_the_network_before_goes_on(
    system, ros, found, weights, load, spoil, tmp_path
):
    for kind, which in BAD_FILES[system]:
        folder = tmp_path / kind
        shutil.copytree(tmp_path / 'good', folder)
        path, level = list(weights.files.items())[which]
        bad = spoil(folder / path.name, level, kind)
        checkpoint = folder if len(weights.files) > 1 else bad.path
        if kind == 'folder':
            (bad.path / path.name).mkdir()
        reply = load(checkpoint=str(checkpoint))
        assert not reply.success
        assert str(bad.path) in reply.message and re.search(bad.words, reply.message), kind
        assert bad.canary is None or not bad.canary.exists()
        assert parameters(ros) == (f'{system}-tiny', str(weights.checkpoint), 'cpu', '')
        assert_still_serves(ros, found)


def test_what_cannot_be_built_is_told_and_the_network_before_goes_on(
    system, ros, found, weights, load, tmp_path
):
    other_place = str(tmp_path / 'nowhere.safetensors')
    for values, words in (
        ({'model': system}, "fits the preset 'tiny', not the one asked for"),
        ({'model': 'unheard_of'}, "no system is called 'unheard_of'"),
        ({'checkpoint': other_place}, 'no weights at '),
        ({'model_settings': 'nonsense=1; grey=2'}, "has no setting 'nonsense'"),
        ({'device': 'abacus'}, "device must be auto, cpu, cuda or cuda:N, got 'abacus'"),
    ):
        reply = load(**values)
        assert not reply.success and words in reply.message
        assert f"{system}-tiny' goes on serving" in reply.message
        assert parameters(ros) == (f'{system}-tiny', str(weights.checkpoint), 'cpu', '')
    assert_still_serves(ros, found)


def test_another_network_takes_over_and_ends_the_sessions_of_the_last(
    system, ros, found, load, message, cloud, tmp_path, write_weights
):
    click, before = found
    other = 'partsam-tiny' if system == 'point_sam' else 'point_sam-tiny'
    checkpoint = write_weights(other, tmp_path).checkpoint
    reply = load(model=other, checkpoint=str(checkpoint))
    assert reply.success and reply.message == f'{other!r} serves now'
    ended = ros.wait(ros.client.segment_part(point_prompt(click), session_id=before.session_id))
    assert ended.error_code == ErrorCode.SESSION_EXPIRED
    assert f'the network was replaced by {other!r}' in ended.message
    segmenter = Segmenter(build_model(other, checkpoint, 'cpu'))
    click, answer = answered(segmenter.open(segmenter.encode(cloud)).add, cloud.points[::32])
    after = ros.wait(ros.client.segment_part(point_prompt(click), cloud=message))
    assert after.success and not after.embedding_cached
    assert_same_part(after.part, answer.prediction)


def test_a_wrong_file_fails_configure_and_the_right_one_serves_again(
    system, ros, found, weights, spoil, tmp_path, message
):
    path, level = next(iter(weights.files.items()))
    shutil.copytree(tmp_path / 'good', tmp_path / 'bad')
    bad = spoil(tmp_path / 'bad' / path.name, level, 'missing key')
    # The log keeps its latest lines for those who begin to listen late, but only for some seconds.
    kept = QoSProfile(depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    with ros.listening(Log, '/rosout', kept) as log:
        assert change_state(ros, 'deactivate') and change_state(ros, 'cleanup')
        ros.wait_until(lambda: any('cleanup: done' in entry.msg for entry in log), 'the log')
        assert set_parameters(ros, checkpoint=str(bad.path))
        assert not change_state(ros, 'configure')
        told = f'could not configure: {bad.path} '
        ros.wait_until(lambda: any(told in entry.msg for entry in log), 'the error is logged')
        assert any(re.search(bad.words, entry.msg) for entry in log)
        assert 'active' not in ros.call(GetState, 'get_state').current_state.label
        assert not ros.call(Trigger, 'reload').success
        assert set_parameters(ros, checkpoint=str(weights.checkpoint))
        assert change_state(ros, 'configure') and change_state(ros, 'activate')
    click, before = found
    after = ros.wait(ros.client.segment_part(point_prompt(click), cloud=message))
    np.testing.assert_array_equal(indices(after.part), indices(before.part))


@pytest.mark.parametrize('system', ['s2am3d'])
def test_the_limit_of_a_licence_is_in_the_log_once_a_load(ros, found, load):
    kept = QoSProfile(depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    with ros.listening(Log, '/rosout', kept) as log:
        begin = time.time()

        def lines(text):
            return [entry for entry in log if text in entry.msg and seconds(entry.stamp) >= begin]

        ros.wait_until(lambda: log, 'the log')
        begin = time.time()
        assert load().success
        ros.wait_until(lambda: lines("reload: 's2am3d-tiny' serves now"), 'the line of the load')
        (told,) = lines('non-commercial')
        assert told.level == 30  # a warning
        assert told.name == 'part_segmentation_node'


def seconds(stamp):
    return stamp.sec + 1e-9 * stamp.nanosec


def change_state(ros, label):
    request = ChangeState.Request(transition=Transition(label=label))
    return ros.call(ChangeState, 'change_state', request).success


def set_parameters(ros, **values):
    changes = [
        rclpy.Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
    ]
    request = SetParametersAtomically.Request(parameters=changes)
    return ros.call(
        SetParametersAtomically, 'set_parameters_atomically', request
    ).result.successful


def parameters(ros):
    """Return what the node says of its network."""
    names = ['model', 'checkpoint', 'device', 'model_settings']
    request = GetParameters.Request(names=names)
    values = ros.call(GetParameters, 'get_parameters', request).values
    return tuple(value.string_value for value in values)
