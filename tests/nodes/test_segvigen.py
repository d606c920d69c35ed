# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen tiny over DDS: clicks, every part and every part guided, on a cloud and on a mesh.

A guidance picture is a setting of the system (`model_settings`, then ~/reload): it lies in a file
that is read anew for each goal.
"""

import numpy as np
import pytest
import trimesh
from geometry_msgs.msg import Point
from part_seg_ros.msg import ErrorCode, PartLabels
from part_seg_ros.srv import SegmentPart
from rcl_interfaces.srv import SetParametersAtomically
from rclpy import Parameter
from shape_msgs.msg import Mesh, MeshTriangle
from std_msgs.msg import Header
from std_srvs.srv import Trigger

from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.face_labels import carry_to_faces
from part_seg_ros.models import build_model
from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.nodes.network import build_segmenter
from part_seg_ros.segmenter import Segmenter
from part_seg_ros.structures import Mesh as MeshOfCore
from part_seg_ros.structures import PointCloud

image_type = pytest.importorskip('PIL.Image')

STEPS = 'num_steps=2'
# A box of 0.1 x 0.2 x 0.3 m.
CORNERS = np.array([[x, y, z] for x in (0, 0.1) for y in (0, 0.2) for z in (0, 0.3)])
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
FACES = [t for a, b, c, d in QUADS for t in ((a, b, c), (a, c, d))]


@pytest.fixture
def checkpoint(tmp_path, write_weights):
    return str(write_weights('segvigen-tiny', tmp_path).checkpoint)


@pytest.fixture
def serve(ros, checkpoint, start_node):
    start_node(
        None,
        wait=False,
        build=build_segmenter,
        model='segvigen-tiny',
        checkpoint=checkpoint,
        device='cpu',
        model_settings=STEPS,
        **{'mesh.num_samples': 2000},
    )
    ros.client.wait_until_active(120.0)


@pytest.fixture
def cloud():
    """An egg with its normals told by the place of the camera."""
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(1500, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals[normals[:, 0] < 0]
    colors = rng.integers(0, 256, normals.shape) / np.float32(255)
    points = (normals * [0.1, 0.08, 0.06] + [0.6, 0, 0]).astype(np.float32)
    return PointCloud(points=points, colors=colors, viewpoint=np.zeros(3))


@pytest.fixture
def guide(tmp_path):
    drawn = np.full((60, 60, 3), 255, np.uint8)
    drawn[5:30, 10:50] = 200, 30, 30
    drawn[30:55, 10:50] = 30, 30, 200
    image_type.fromarray(drawn).save(tmp_path / 'map.png')
    return tmp_path / 'map.png'


def segmenter(checkpoint, **settings):
    settings = {'num_steps': 2, **settings}
    return Segmenter(build_model('segvigen-tiny', checkpoint, 'cpu', settings))


def set_guide(ros, words):
    parameter = Parameter('model_settings', value=words).to_parameter_msg()
    request = SetParametersAtomically.Request(parameters=[parameter])
    service = 'set_parameters_atomically'
    assert ros.call(SetParametersAtomically, service, request).result.successful
    return ros.call(Trigger, 'reload')


def labels_of(result):
    assert result.success, result.message
    return np.asarray(result.labels.labels)


def same_parts(found, wanted):
    """Ids may differ; points whose colour is at a border may, too."""
    pairs = np.stack([found, wanted], axis=1)
    _, rows, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    best = [counts[rows.reshape(-1)[wanted == part]].max() for part in np.unique(wanted)]
    return sum(best) / len(wanted) > 0.98


def test_clicks_and_every_part_of_a_cloud(ros, serve, checkpoint, cloud, make_cloud):
    message = make_cloud(cloud.points, cloud.colors)
    expected = segmenter(checkpoint)
    encoded = expected.encode(cloud)
    session = expected.open(encoded).add(cloud.points[3])
    reply = ros.wait(ros.client.segment_part(point_prompt(cloud.points[3]), cloud=message))
    assert reply.success, reply.message
    logits = session.prediction.candidates.mask_logits[0]
    mask = np.isin(np.arange(len(logits)), np.asarray(reply.part.point_indices))
    is_clear = np.abs(logits) > 1e-3
    assert is_clear.mean() > 0.95
    np.testing.assert_array_equal(mask[is_clear], (logits > 0)[is_clear])

    ids = {'session_id': reply.session_id, 'part_id': reply.part.id}
    add = SegmentPart.Request.ADD
    more = ros.wait(
        ros.client.segment_part(point_prompt(cloud.points[40]), prompt_mode=add, **ids)
    )
    assert more.success and len(more.used_points) == 2, more.message
    refused = ros.wait(
        ros.client.segment_part(point_prompt(negative=cloud.points[5]), prompt_mode=add, **ids)
    )
    assert refused.error_code == ErrorCode.BAD_PROMPT
    assert 'no background clicks' in refused.message
    many = ros.wait(ros.client.segment_part(point_prompt(cloud.points[:11]), cloud=message))
    assert many.error_code == ErrorCode.BAD_PROMPT
    assert 'up to 10 clicks, got 11' in many.message

    parts = labels_of(ros.wait(ros.client.segment_all(session_id=reply.session_id)))
    assert same_parts(parts, expected.segment_all(encoded).part_ids)


def test_a_picture_guides_every_part_of_a_cloud(
    ros, serve, checkpoint, cloud, make_cloud, guide, tmp_path
):
    message = make_cloud(cloud.points, cloud.colors)
    free = labels_of(ros.wait(ros.client.segment_all(cloud=message)))
    told = set_guide(ros, f'{STEPS}; guide={guide}')
    assert told.success, told.message
    guided = labels_of(ros.wait(ros.client.segment_all(cloud=message)))
    assert len(np.unique(guided)) <= 2 < len(np.unique(free))
    expected = segmenter(checkpoint, guide=str(guide))
    assert same_parts(guided, expected.segment_all(expected.encode(cloud)).part_ids)

    guide.write_text('no picture')
    failed = ros.wait(ros.client.segment_all(cloud=message))
    assert not failed.success and 'not a readable picture' in failed.message


def test_clicks_and_every_part_of_a_mesh(ros, serve, guide):
    mesh = Mesh(
        vertices=[Point(x=x, y=y, z=z) for x, y, z in CORNERS],
        triangles=[MeshTriangle(vertex_indices=face) for face in FACES],
    )
    for words in (STEPS, f'{STEPS}; guide={guide}'):
        assert set_guide(ros, words).success
        header = Header(frame_id='gripper')
        opened = ros.wait(ros.client.open_session(mesh=mesh, mesh_header=header))
        assert opened.success, opened.message
        click = point_prompt([[0.05, 0.1, 0.3]])
        reply = ros.wait(
            ros.client.segment_part(click, session_id=opened.session_id, return_labels=True)
        )
        assert reply.success, reply.message
        assert reply.labels.domain == PartLabels.FACES and len(reply.labels.labels) == len(FACES)
        every = ros.wait(ros.client.segment_all(session_id=opened.session_id))
        assert every.success and every.parts, every.message
        assert len(every.labels.labels) == len(FACES)
    assert len(np.unique(labels_of(every))) <= 2


def test_the_network_looks_at_the_mesh_itself(ros, serve, checkpoint):
    """Faces are answered as by the core on the mesh, not as on points drawn from it."""
    assert set_guide(ros, f'{STEPS}; mesh_points=2000').success
    egg = trimesh.creation.icosphere(subdivisions=2, radius=0.1).apply_scale([1, 2, 1.5])
    message = Mesh(
        vertices=[Point(x=x, y=y, z=z) for x, y, z in egg.vertices],
        triangles=[MeshTriangle(vertex_indices=face) for face in egg.faces.tolist()],
    )
    header = Header(frame_id='bin')
    opened = ros.wait(ros.client.open_session(mesh=message, mesh_header=header, encode=True))
    assert opened.success and opened.num_points == 2000, opened.message
    expected = segmenter(checkpoint, mesh_points=2000)
    mesh = MeshOfCore(vertices=egg.vertices.astype(np.float32), faces=egg.faces)
    encoded = expected.encode_mesh(mesh)
    graph, face_idx = build_face_graph(mesh), encoded.face_idx

    def assert_same_faces(reply, session):
        mask = session.prediction.mask.astype(np.int64)
        assert 0 < mask.sum() < len(mask)
        wanted = carry_to_faces(mask, face_idx, graph) == 1
        found = np.asarray(reply.labels.labels) == reply.part.id
        assert 0 < wanted.sum() < len(wanted) and (found == wanted).mean() > 0.99

    clicks = egg.triangles_center[[3, 200]].astype(np.float32)
    session = expected.open(encoded).add(clicks[0])
    ask = {'session_id': opened.session_id, 'return_labels': True}
    reply = ros.wait(ros.client.segment_part(point_prompt(clicks[0]), **ask))
    assert reply.success and reply.embedding_cached, reply.message
    assert_same_faces(reply, session)

    ask['part_id'] = reply.part.id
    add, undo = SegmentPart.Request.ADD, SegmentPart.Request.UNDO
    more = ros.wait(ros.client.segment_part(point_prompt(clicks[1]), prompt_mode=add, **ask))
    assert more.success, more.message
    assert_same_faces(more, session.add(clicks[1]))
    back = ros.wait(ros.client.segment_part(prompt_mode=undo, **ask))
    assert back.success, back.message
    np.testing.assert_array_equal(back.labels.labels, reply.labels.labels)

    every = labels_of(ros.wait(ros.client.segment_all(session_id=opened.session_id)))
    wanted = carry_to_faces(expected.segment_all(encoded).part_ids.astype(int), face_idx, graph)
    assert len(np.unique(wanted)) > 1 and same_parts(every, wanted)
