# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What GeoSAM2 does beside its network, beside its authors' own code."""

from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

pytest.importorskip('sam2', reason='the package sam2 is not installed')

from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.face_labels import drop_small_pieces, fill_from_nearest
from part_seg_ros.geometry.rendered_views import RenderedView
from part_seg_ros.models.geosam2 import objects
from part_seg_ros.models.geosam2.cameras import FIELD_OF_VIEW, twelve_cameras
from part_seg_ros.models.geosam2.mask_filters import ObjectRules, sure_of_thin_bits
from part_seg_ros.models.geosam2.passes import FollowedObject
from part_seg_ros.models.geosam2.post_processing import tidy
from part_seg_ros.models.geosam2.release_lifting import lift, link_points, points_on_faces
from part_seg_ros.structures import Mesh

NUM_VIEWS, SIZE = 12, 1024  # the authors' code fixes both


def filtered(picture: np.ndarray, window: np.ndarray, iterations: int, kind) -> np.ndarray:
    outside = 255 if kind is minimum_filter else 0
    for _ in range(iterations):
        picture = kind(picture, footprint=window, mode='constant', cval=outside)
    return picture


def most_frequent(labels: torch.Tensor) -> torch.Tensor:
    """Take the most frequent label of each row, zeros aside; of several the smallest."""
    values, counts = labels, (labels[:, :, None] == labels[:, None]).sum(dim=2)
    rank = torch.where(values == 0, -1e9, counts * 1e4 - values)
    return values.gather(1, rank.argmax(dim=1, keepdim=True))[:, 0]


STAND_INS = {
    'cv2': {
        'MORPH_RECT': 0,
        'getStructuringElement': lambda _, size: np.ones(size, bool),
        'erode': lambda p, window, iterations: filtered(p, window, iterations, minimum_filter),
        'dilate': lambda p, window, iterations: filtered(p, window, iterations, maximum_filter),
    },
    'matplotlib': {},
    'matplotlib.pyplot': {},
    'trimesh': {},
    'utils.mode_ext': {'mode_except_negative_one': most_frequent},
}


@pytest.fixture(scope='module')
def authors(checkout, import_original) -> ModuleType:
    """Their functions."""
    root = checkout('xxxylw+GeoSAM2')
    return import_original(root, ['utils.inference_utils'], STAND_INS)[0]


@pytest.fixture(scope='module')
def scene() -> SimpleNamespace:
    """Faces, some at the border of pictures, and depths that meet or miss points on them."""
    rng = np.random.default_rng(0)
    corners = rng.uniform(-0.62, 0.62, (4000, 1, 3)) + rng.normal(size=(4000, 3, 3)) * 0.01
    corners[:50] *= 9  # outside all pictures
    points = np.float32(points_on_faces(corners).reshape(-1, 3))
    cameras = twelve_cameras(np.ones(3), SIZE)
    depths = []
    for camera in cameras:
        places, distances = camera.project(points)
        places = np.nan_to_num(places)  # behind the camera
        columns, rows = np.rint(places * (SIZE - 1) / SIZE).astype(int).clip(0, SIZE - 1).T
        depth = np.full((SIZE, SIZE), 65504, np.float32)
        depth[rows, columns] = distances + rng.normal(size=len(points)) * 1e-3
        depths.append(depth)
    shapes = [rng.random(depth.shape) < 0.9 for depth in depths]
    masks = np.zeros((5, NUM_VIEWS, SIZE, SIZE), bool)
    for mask in masks.reshape(-1, SIZE, SIZE):
        left, top = rng.integers(0, 700, 2)
        mask[left : left + 500, top : top + 500] = True
    return SimpleNamespace(
        corners=corners, points=points, cameras=cameras, depths=depths, shapes=shapes, masks=masks
    )


def their_views(scene: SimpleNamespace) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]:
    """Return foregrounds, depths, poses and the field of view as they take them."""
    shapes, depths = (
        torch.from_numpy(np.stack(x))[..., None] for x in (scene.shapes, scene.depths)
    )
    poses = np.stack([camera.T_world_camera for camera in scene.cameras])
    return shapes, depths, torch.from_numpy(poses).float(), np.rad2deg(FIELD_OF_VIEW)


def test_points_on_faces(authors, scene):
    np.random.seed(3)  # noqa: NPY002 (theirs draws from the global generator)
    wanted = authors.sample_points_on_faces_parallel(scene.corners, num_points=5)
    np.testing.assert_allclose(points_on_faces(scene.corners), wanted, atol=1e-12)


def test_links_of_points_and_pixels(authors, scene):
    shapes, depths, poses, angle = their_views(scene)
    wanted = authors.cal_link(shapes, depths, poses, angle, torch.from_numpy(scene.points)).numpy()
    assert 0.2 < wanted[..., 2].mean() < 0.8 and (wanted[..., :2] == SIZE - 1).any(axis=1).all()
    for v, camera in enumerate(scene.cameras):
        pixels, is_visible = link_points(scene.points, camera, scene.depths[v], scene.shapes[v])
        np.testing.assert_array_equal(pixels, wanted[v, :, :2])
        np.testing.assert_array_equal(is_visible, wanted[v, :, 2])


@pytest.mark.parametrize('prompted', [set(), {1, 4}])
def test_who_owns_a_pixel_and_a_face(authors, scene, prompted):
    masks = {part_id: scene.masks[part_id - 1] for part_id in range(1, 6)}
    given = {v: {i: mask[v][None] for i, mask in masks.items()} for v in range(NUM_VIEWS)}
    pictures = authors.mask_aggregation(given, prior_keys=prompted)[:, 0]
    ours = [
        objects.ObjectMasks(part_id=i, view=0, masks=mask, iou_pred=0.5, is_prompted=i in prompted)
        for i, mask in masks.items()
    ]
    full = np.ones((SIZE, SIZE), bool)
    view = SimpleNamespace(element_idx=np.zeros((SIZE, SIZE), np.int32), is_shape=full)
    painted = np.stack(objects.paint(ours, [view] * NUM_VIEWS))
    painted[painted == objects.NO_PART] = 999
    np.testing.assert_array_equal(painted, pictures)

    faces = np.arange(scene.corners.size // 3).reshape(-1, 3)
    mesh = SimpleNamespace(vertices=scene.corners.reshape(-1, 3), faces=faces)
    mesh.visual = SimpleNamespace()
    shapes, depths, poses, angle = their_views(scene)
    wanted = authors.lift_2dmask_3d(
        shapes,
        depths,
        None,
        poses,
        angle,
        torch.from_numpy(scene.points),
        range(NUM_VIEWS),
        given,
        mesh,
        5,
        0,
        '',
        prior_keys=prompted,
        export_mesh=False,
    )
    found = lift(scene.corners, scene.cameras, scene.depths, scene.shapes, painted)
    np.testing.assert_array_equal(found, wanted)
    assert {0, 999, *masks} == set(found.tolist())


def test_point_maps(authors, scene):
    for camera, depth in zip(scene.cameras[:3], scene.depths, strict=False):
        view = RenderedView(
            camera=camera,
            depth=depth,
            element_idx=np.where(depth < 65500, 0, -1),
            normals=np.zeros((SIZE, SIZE, 3), np.uint8),
        )
        wanted = authors.gen_pcd(depth, camera.T_world_camera, FIELD_OF_VIEW)
        np.testing.assert_allclose(view.point_map(), wanted, atol=1e-6)


@pytest.mark.parametrize('is_automatic', [False, True])
def test_which_objects_are_kept(authors, is_automatic):
    rng = np.random.default_rng(1)
    size, num_kept = 64, []
    view = SimpleNamespace(camera=SimpleNamespace(size=size))

    def smooth(amplitude: float) -> np.ndarray:
        return gaussian_filter(rng.normal(size=(size, size)), 4).astype(np.float32) * amplitude

    for _ in range(30):
        start = int(rng.integers(NUM_VIEWS))
        base = [smooth(rng.uniform(5, 200)) + rng.uniform(-2, 2) for _ in range(3)]
        base += [each + smooth(rng.uniform(1, 6)) for each in base]
        slack = rng.uniform(0, 0.4) * base[0].std()
        base.append(base[0] - slack)  # what was there already is larger by as much
        logits = {
            1 + k: [each + smooth(9) - (v != start) * rng.uniform(0, 3) for v in range(NUM_VIEWS)]
            for k, each in enumerate(base)
        }
        there = {50: np.stack(logits[1]) > -slack, 51: np.stack(logits[6]) > -0.2}
        rules = ObjectRules(
            min_stability=0.7 * is_automatic, max_growth=2.0 if is_automatic else 1e4
        )
        found = [
            FollowedObject(view=start, logits=tuple(each), iou_pred=0.5)
            for each in logits.values()
        ]
        earlier = [
            objects.ObjectMasks(part_id=i, view=0, masks=each, iou_pred=0.5, is_prompted=True)
            for i, each in there.items()
        ]
        kept = objects.keep_objects(
            found, list(logits), [view] * NUM_VIEWS, rules, earlier, is_prompted=False
        )

        given = {
            v: {i: each[v][None].copy() for i, each in logits.items()} for v in range(NUM_VIEWS)
        }
        given = authors.shrink_mask(given)
        for i, each in logits.items():
            np.testing.assert_array_equal(given[0][i][0], sure_of_thin_bits(each[0]))
        scores = {v: {} for v in range(NUM_VIEWS)}
        given, _ = authors.filter_mask_stability(given, start, scores, rules.min_stability)
        given = authors.filter_mask_area(given, start, alpha=rules.max_growth)
        before = {v: {i: each[v][None] for i, each in there.items()} for v in range(NUM_VIEWS)}
        given, _ = authors.filter_iou(before, authors.trans2bool(given, start), start)
        assert [each.part_id for each in kept] == list(given[start])
        num_kept.append(len(kept))
    assert len(set(num_kept)) > 2


def test_tidying_of_faces(authors):
    """Where all neighbours agree; else the authors' counter takes any of them, see README.md."""
    rng = np.random.default_rng(2)
    side = 24
    vertices = np.stack([*np.indices((side + 1, side + 1)), rng.random((side + 1, side + 1))])
    vertices = vertices.reshape(3, -1).T
    corner = np.flatnonzero(np.pad(np.ones((side, side), bool), (0, 1)))
    up, left = np.array([0, 1, side + 1]), np.array([1, side + 2, side + 1])
    faces = np.concatenate([corner[:, None] + up, corner[:, None] + left])
    graph = build_face_graph(Mesh(vertices=vertices, faces=faces))
    labels = np.where(graph.centroids[:, 0] < side / 2, 3, 999)
    from_border = np.abs(graph.centroids[:, 0] - side / 2)
    labels[(rng.random(len(faces)) < 0.2) & (from_border > 3)] = 0
    labels[(rng.random(len(faces)) < 0.02) & (from_border > 3)] = 7
    mesh = SimpleNamespace(
        face_adjacency=graph.pairs,
        area_faces=graph.areas,
        triangles_center=graph.centroids,
        face_normals=np.zeros((len(faces), 3)),
    )
    ours = np.where(labels == 0, -1, labels)
    removed = drop_small_pieces(ours, graph.pairs, graph.areas, 0.02)
    nearest = fill_from_nearest(removed, graph.centroids, num_neighbors=3)
    for kind, found in (('adjacent', tidy(ours, graph)), ('knn', nearest)):
        given = torch.from_numpy(labels.copy())
        first, second, third = authors.complete_labels(given, mesh, 0.02, smooth_type=kind)
        np.testing.assert_array_equal(np.where(removed < 0, 0, removed), first)
        np.testing.assert_array_equal(found, second)
        np.testing.assert_array_equal(second, third)
    assert (first == 0).sum() > 100
