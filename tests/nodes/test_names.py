# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts by name over DDS: found, chosen among candidates, named by the network, not there.

The bundled network answers. What the node says is compared with what the segmenter says, and the
thresholds decide what counts as found, so that nothing here depends on how good its weights are.
"""

import numpy as np
import pytest
from lifecycle_msgs.srv import GetState
from part_seg_ros.msg import ErrorCode, PartArray, PartPrompt
from part_seg_ros.srv import SegmentPart
from sensor_msgs.msg import PointCloud2

from part_seg_ros.models import build_model
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.client import name_prompt, point_prompt
from part_seg_ros.segmenter import FindNamedSettings, Segmenter
from part_seg_ros.structures import NamePrompt, PointCloud, PointPrompt

SEARCH = {'num_prompts': 12, 'min_probability': 0.0, 'min_score': 0.0, 'min_points': 1}


@pytest.fixture(scope='module')
def system():
    return build_model('compact', device='cpu')


@pytest.fixture
def find_anything(start_node, system):
    """Run a node that takes whatever is likeliest for a part of the wanted name."""
    parameters = {f'find_named.{name}': value for name, value in SEARCH.items()}
    return start_node(system, **parameters, **{'segmenter.min_name_probability': 0.0})


@pytest.fixture
def expected(system, scene):
    """What the segmenter itself finds in the scene for a name."""
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=scene[0], viewpoint=np.zeros(3)))

    def find(name, near=None):
        prompt = NamePrompt(name=name, near=near)
        return segmenter.find_named(encoded, prompt, FindNamedSettings(**SEARCH)).parts

    return find


def indices(part):
    return np.asarray(part.point_indices)


def test_a_name_alone_finds_parts(ros, find_anything, expected, scene, make_cloud):
    parts = expected('handle')
    assert len(parts) > 1
    reply = ros.wait(
        ros.client.segment_part(
            name_prompt('handle'),
            cloud=make_cloud(scene[0]),
            num_alternatives=99,
            return_labels=True,
        )
    )
    assert reply.success, reply.message
    answers = [reply.part, *reply.alternatives]
    assert len(answers) == len(parts)
    for answer, part in zip(answers, parts, strict=True):
        np.testing.assert_array_equal(indices(answer), np.flatnonzero(part.mask))
        assert answer.name == 'handle'
        assert answer.name_probability == pytest.approx(part.name_probability, rel=1e-4)
    np.testing.assert_array_equal(
        np.flatnonzero(np.asarray(reply.labels.labels)), indices(reply.part)
    )
    assert list(reply.labels.part_names) == ['handle']
    assert len(reply.used_points) == len(reply.snap_distances) > 0
    assert reply.decode_time.sec + reply.decode_time.nanosec > 0


def test_free_wording_is_told_and_kept_as_the_name(ros, find_anything, scene, make_cloud):
    cloud = make_cloud(scene[0])
    reply = ros.wait(ros.client.segment_part(name_prompt(' The handles'), cloud=cloud))
    assert reply.success and reply.part.name == 'The handles'
    assert "'The handles': handle" in reply.message


def test_near_takes_the_nearest_wherever_it_is(ros, find_anything, expected, scene, make_cloud):
    points, first = scene[0], set()
    for near in ([0.0, 0.3, 0.0], [0.3, 0.0, 0.05], [0.0, 0.0, 0.4]):
        parts = expected('handle', near=np.float32(near))
        distances = [
            np.linalg.norm(points[part.mask] - np.float32(near), axis=1).min() for part in parts
        ]
        assert distances == sorted(distances)
        prompt = name_prompt('handle', near, frame_id='camera')
        reply = ros.wait(ros.client.segment_part(prompt, cloud=make_cloud(points)))
        assert reply.success, reply.message
        np.testing.assert_array_equal(indices(reply.part), np.flatnonzero(parts[0].mask))
        first.add(tuple(reply.part.point_indices))
    assert len(first) > 1
    unknown = name_prompt('handle', [0.0, 0.0, 0.0], frame_id='moon')
    reply = ros.wait(ros.client.segment_part(unknown, cloud=make_cloud(points)))
    assert reply.error_code == ErrorCode.TF_ERROR


def test_a_found_part_is_refined_by_clicks_and_taken_back(ros, find_anything, scene, make_cloud):
    points, is_handle = scene
    found = ros.wait(ros.client.segment_part(name_prompt('lid'), cloud=make_cloud(points)))
    part = {'session_id': found.session_id, 'part_id': found.part.id}
    off = point_prompt(negative=points[~is_handle][:1])
    refined = ros.wait(ros.client.segment_part(off, prompt_mode=SegmentPart.Request.ADD, **part))
    assert refined.success, refined.message
    assert refined.embedding_cached and refined.part.id == found.part.id
    assert len(refined.used_points) == len(found.used_points) + 1
    assert refined.part.name == 'lid'
    undone = ros.wait(ros.client.segment_part(None, prompt_mode=SegmentPart.Request.UNDO, **part))
    np.testing.assert_array_equal(indices(undone.part), indices(found.part))
    assert undone.part.name == 'lid'
    assert undone.part.name_probability == pytest.approx(found.part.name_probability)


def test_clicks_refine_a_part_that_was_found_in_the_whole_of_a_scene(
    ros, start_node, system, scene, make_cloud
):
    parameters = {f'find_named.{name}': value for name, value in SEARCH.items()}
    start_node(system, **parameters, region_radius=0.05)
    points = scene[0]
    found = ros.wait(ros.client.segment_part(name_prompt('lid'), cloud=make_cloud(points)))
    assert found.success, found.message
    used = found.used_points[0]
    near = points[np.linalg.norm(points - [used.x, used.y, used.z], axis=1).argsort()[5]]
    part = {'session_id': found.session_id, 'part_id': found.part.id}
    more = ros.wait(
        ros.client.segment_part(point_prompt([near]), prompt_mode=SegmentPart.Request.ADD, **part)
    )
    assert more.success, more.message
    assert not more.embedding_cached  # the region around the click is another cloud


def test_a_name_chooses_among_the_masks_of_a_click(ros, find_anything, system, scene, make_cloud):
    points, cloud = scene[0], make_cloud(scene[0])
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=points, viewpoint=np.zeros(3)))
    click = PointPrompt(prompt_coords=points[:1], prompt_labels=[1])
    for name in ('handle', 'wheel', 'lid', 'seat'):
        answer = segmenter.predict(encoded, click, name=name)
        prompt = PartPrompt(indices=[0], part_name=name)
        reply = ros.wait(ros.client.segment_part(prompt, cloud=cloud, num_alternatives=9))
        masks = [mask for mask in answer.candidates.masks if mask.any()]
        for part, mask in zip([reply.part, *reply.alternatives], masks, strict=True):
            np.testing.assert_array_equal(indices(part), np.flatnonzero(mask))
        assert (reply.part.name, reply.message) == (name, '')
        assert reply.part.name_probability == pytest.approx(answer.name_probability, rel=1e-4)


def test_any_other_word_just_names_the_clicked_part(ros, find_anything, scene, make_cloud):
    cloud = make_cloud(scene[0])
    plain = ros.wait(ros.client.segment_part(PartPrompt(indices=[0]), cloud=cloud))
    named = ros.wait(
        ros.client.segment_part(PartPrompt(indices=[0], part_name='hxqzw'), cloud=cloud)
    )
    assert named.success and (named.part.name, named.part.name_probability) == ('hxqzw', 0.0)
    assert 'knows no part name' in named.message and plain.message == ''
    np.testing.assert_array_equal(indices(named.part), indices(plain.part))


def test_the_network_names_what_was_not_asked_for_by_name(
    ros, find_anything, system, scene, make_cloud
):
    reply = ros.wait(ros.client.segment_part(PartPrompt(indices=[0]), cloud=make_cloud(scene[0])))
    assert reply.part.name in system.part_names and reply.part.name_probability > 0
    result = ros.wait(ros.client.segment_all(cloud=make_cloud(scene[0]), min_score=0.0))
    assert result.parts
    assert {part.name for part in result.parts} <= set(system.part_names)
    assert list(result.labels.part_names) == [
        part.name for part in sorted(result.parts, key=lambda part: part.id)
    ]


def test_names_that_are_not_likely_enough_are_made_from_the_id(
    ros, start_node, system, scene, make_cloud
):
    start_node(system, **{'segmenter.min_name_probability': 1.0})
    reply = ros.wait(ros.client.segment_part(PartPrompt(indices=[0]), cloud=make_cloud(scene[0])))
    assert (reply.part.name, reply.part.name_probability) == ('part_1', 0.0)


def test_every_part_of_one_name_by_action(ros, find_anything, expected, scene, make_cloud):
    parts, feedback = expected('handle'), []
    result = ros.wait(
        ros.client.segment_all(feedback.append, cloud=make_cloud(scene[0]), part_name='handle')
    )
    assert result.success, result.message
    labels = np.asarray(result.labels.labels)
    covered = np.zeros(len(labels), bool)
    for number, part in enumerate(parts, start=1):
        np.testing.assert_array_equal(labels == number, part.mask & ~covered)
        covered |= part.mask
    assert {part.name for part in result.parts} == {'handle'}
    for part in result.parts:
        np.testing.assert_array_equal(np.flatnonzero(labels == part.id), indices(part))
    assert feedback[-1].progress == 1.0
    one = ros.wait(
        ros.client.segment_all(cloud=make_cloud(scene[0]), part_name='handle', max_parts=1)
    )
    assert len(one.parts) == 1


def test_where_there_is_none_the_session_stays_and_the_node_lives(
    ros, start_node, system, scene, make_cloud
):
    start_node(system, **{'find_named.min_probability': 1.0, 'find_named.num_prompts': 12})
    points = scene[0]
    opened = ros.wait(ros.client.open_session(cloud=make_cloud(points), encode=True))
    clicked = ros.wait(
        ros.client.segment_part(PartPrompt(indices=[3]), session_id=opened.session_id)
    )
    reply = ros.wait(ros.client.segment_part(name_prompt('handle'), session_id=opened.session_id))
    assert not reply.success and reply.error_code == ErrorCode.PART_NOT_FOUND
    assert 'no handle found; the best candidate has' in reply.message
    assert 'wanted are 100% (min_probability)' in reply.message
    assert reply.session_id == opened.session_id and reply.part.id == 0
    result = ros.wait(ros.client.segment_all(session_id=opened.session_id, part_name='handle'))
    assert not result.success and result.error_code == ErrorCode.PART_NOT_FOUND
    again = ros.wait(
        ros.client.segment_part(
            point_prompt(negative=points[:1]),
            session_id=opened.session_id,
            part_id=clicked.part.id,
            prompt_mode=SegmentPart.Request.ADD,
            return_labels=True,
        )
    )
    assert again.success and list(again.labels.part_ids) == [clicked.part.id]
    assert ros.call(GetState, 'get_state').current_state.label == 'active'


def test_the_threshold_may_change_while_the_node_runs(ros, start_node, system, scene, make_cloud):
    import rclpy

    parameters = {f'find_named.{name}': value for name, value in SEARCH.items()}
    node = start_node(system, **(parameters | {'find_named.min_probability': 1.0}))
    cloud = make_cloud(scene[0])
    before = ros.wait(ros.client.segment_part(name_prompt('handle'), cloud=cloud))
    assert before.error_code == ErrorCode.PART_NOT_FOUND
    (changed,) = node.set_parameters([rclpy.Parameter('find_named.min_probability', value=0.0)])
    assert changed.successful
    after = ros.wait(ros.client.segment_part(name_prompt('handle'), cloud=cloud))
    assert after.success, after.message


def test_a_network_without_names_says_so(ros, start_node, ball, scene, make_cloud):
    start_node(ball)
    cloud = make_cloud(scene[0])
    reply = ros.wait(ros.client.segment_part(name_prompt('handle'), cloud=cloud))
    assert reply.error_code == ErrorCode.BAD_PROMPT
    assert 'ball takes no part name' in reply.message
    clicked = ros.wait(
        ros.client.segment_part(PartPrompt(indices=[0], part_name='handle'), cloud=cloud)
    )
    assert clicked.success and (clicked.part.name, clicked.message) == ('handle', '')


def test_a_name_on_the_topic_of_prompts(ros, find_anything, scene, make_cloud):
    with (
        ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as scans,
        ros.publishing(PartPrompt, 'prompts', qos.commands()) as prompts,
        ros.listening(PartArray, 'parts', qos.latched_results()) as parts,
    ):

        def has_cloud():
            scans.publish(make_cloud(scene[0]))
            return ros.wait(ros.client.open_session()).success

        ros.wait_until(has_cloud, 'the cloud reaches the node')
        ros.publish_until(prompts, name_prompt('lid'), lambda: parts, 'the part by name')
    assert [part.name for part in parts[-1].parts] == ['lid']
