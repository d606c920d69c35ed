# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every system in its tiny size, loaded from a file and asked over DDS.

What the node answers is compared with what the segmenter itself says.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rclpy
import torch
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from part_seg_ros.srv import SegmentPart
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import SetParametersAtomically
from rclpy.qos import DurabilityPolicy, QoSProfile
from safetensors.torch import load_file, save_file

from part_seg_ros.models import build_model
from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.nodes.network import build_segmenter
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter
from part_seg_ros.structures import PointCloud

SEARCH = {'num_prompts': 12, 'min_score': 0.0, 'min_points': 1}


def save_net(model: str, folder: Path) -> Path:
    """Write weights of a system that keeps them in one network, `net`, into one file."""
    torch.manual_seed(11)
    tensors = build_model(model, device='cpu').net.state_dict()
    path = folder / 'model.safetensors'
    save_file({n: value + 0.1 * torch.randn_like(value) for n, value in tensors.items()}, path)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A system to be served: its tiny preset, and what writes weights for it into a folder."""

    model: str
    write: Callable[[str, Path], Path] = save_net


SYSTEMS = [Served(model='point_sam-tiny'), Served(model='partsam-tiny')]


@pytest.fixture(params=SYSTEMS, ids=lambda served: served.model)
def served(request):
    return request.param


@pytest.fixture
def weights(served, tmp_path):
    return served.write(served.model, tmp_path)


@pytest.fixture
def serve(ros, served, weights, start_node):
    """Run a node with the system's weights from the file."""
    parameters = {f'segment_all.{name}': value for name, value in SEARCH.items()}
    start_node(
        None,
        wait=False,
        build=build_segmenter,
        model=served.model,
        checkpoint=str(weights),
        device='cpu',
        **parameters,
    )
    ros.client.wait_until_active(120.0)


@pytest.fixture
def cloud(scene):
    colors = np.random.default_rng(0).integers(0, 256, scene[0].shape) / np.float32(255)
    return PointCloud(points=scene[0], colors=colors, viewpoint=np.zeros(3))


@pytest.fixture
def expected(served, weights, cloud):
    """The system from the same file, without a node: a segmenter and the encoded cloud."""
    segmenter = Segmenter(build_model(served.model, weights, 'cpu'))
    return segmenter, segmenter.encode(cloud)


def indices(part):
    return np.asarray(part.point_indices)


def answered(opened, cloud):
    """Return a click and a correction that get points; many get none with random weights."""
    for row in range(0, len(cloud), 32):
        first = opened.add(cloud.points[row])
        if not 0 < first.prediction.mask.mean() < 1:
            continue
        for outside in cloud.points[np.flatnonzero(first.prediction.mask)[:-9:-1]]:
            second = first.add(outside, 0)
            if second.prediction.mask.any():
                return row, first, outside, second
    raise AssertionError('no click of this network has an answer that can be corrected')


def test_a_click_and_its_correction_are_answered(ros, serve, expected, cloud, make_cloud):
    segmenter, encoded = expected
    row, first_session, outside, session = answered(segmenter.open(encoded), cloud)
    message = make_cloud(cloud.points, cloud.colors)
    first = ros.wait(ros.client.segment_part(point_prompt(cloud.points[row]), cloud=message))
    assert first.success, first.message
    mask = first_session.prediction.mask
    np.testing.assert_array_equal(indices(first.part), np.flatnonzero(mask))

    second = ros.wait(
        ros.client.segment_part(
            point_prompt(negative=outside),
            session_id=first.session_id,
            part_id=first.part.id,
            prompt_mode=SegmentPart.Request.ADD,
        )
    )
    assert second.success, second.message
    np.testing.assert_array_equal(indices(second.part), np.flatnonzero(session.prediction.mask))


def test_every_part_is_found(ros, serve, expected, cloud, make_cloud):
    segmenter, encoded = expected
    parts = segmenter.segment_all(encoded, SegmentAllSettings(**SEARCH))
    assert len(parts.parts) > 0
    result = ros.wait(ros.client.segment_all(cloud=make_cloud(cloud.points, cloud.colors)))
    assert result.success, result.message
    found = {tuple(indices(part)) for part in result.parts}
    wanted = {tuple(np.flatnonzero(parts.part_ids == i)) for i in range(len(parts.parts))}
    assert found == wanted


class Code:
    """Would run something if it were unpickled."""

    def __reduce__(self):
        return print, ('unpickled',)


def spoil(path: Path, kind: str) -> tuple[Path, str]:
    """Write a file that must not be loaded; return it and a word of the error."""
    bad = path.with_name(f'{kind}.safetensors')
    if kind == 'truncated':
        bad.write_bytes(path.read_bytes()[:-1000])
        return bad, 'fetch it again'
    if kind == 'another_system':
        save_file(build_model('compact-tiny', device='cpu').net.state_dict(), bad)
        return bad, 'another system'
    if kind == 'pickled':
        bad = bad.with_suffix('.pt')
        torch.save({'state_dict': Code()}, bad, pickle_module=pickle)
        return bad, 'could run code'
    tensors = load_file(path)
    first = next(iter(tensors))
    del tensors[first]
    save_file(tensors, bad)
    return bad, f'1 missing: {first}'


@pytest.mark.parametrize('kind', ['truncated', 'another_system', 'pickled', 'missing_key'])
def test_a_wrong_file_is_told_and_the_one_before_serves_again(
    kind, ros, serve, weights, cloud, make_cloud
):
    bad, word = spoil(weights, kind)
    message = make_cloud(cloud.points, cloud.colors)
    before = ros.wait(ros.client.segment_part(point_prompt(cloud.points[:1]), cloud=message))
    assert change_state(ros, 'deactivate') and change_state(ros, 'cleanup')
    set_checkpoint(ros, bad)
    # The log keeps for those who begin to listen late: they may not be found in time.
    kept = QoSProfile(depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    with ros.listening(Log, '/rosout', kept) as log:
        assert not change_state(ros, 'configure')
        ros.wait_until(lambda: any(word in entry.msg for entry in log), 'the error is logged')
        assert any(str(bad) in entry.msg for entry in log)
    set_checkpoint(ros, weights)
    assert change_state(ros, 'configure') and change_state(ros, 'activate')
    after = ros.wait(ros.client.segment_part(point_prompt(cloud.points[:1]), cloud=message))
    np.testing.assert_array_equal(indices(after.part), indices(before.part))


def change_state(ros, label):
    request = ChangeState.Request(transition=Transition(label=label))
    return ros.call(ChangeState, 'change_state', request).success


def set_checkpoint(ros, path):
    parameter = rclpy.Parameter('checkpoint', value=str(path)).to_parameter_msg()
    request = SetParametersAtomically.Request(parameters=[parameter])
    assert ros.call(
        SetParametersAtomically, 'set_parameters_atomically', request
    ).result.successful
