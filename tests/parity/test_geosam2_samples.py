# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Views against GeoSAM2's published renders, and lifting of true masks."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
import trimesh
from PIL import Image

from part_seg_ros.geometry.rendered_views import mesh_surface, render
from part_seg_ros.geometry.view_votes import link_faces
from part_seg_ros.models.geosam2.cameras import find_world, twelve_cameras
from part_seg_ros.models.geosam2.release_lifting import NO_PART, lift

SIZE = 1024
# Colours of the parts in the masks by the node of the scene, in the order of the faces.
COLORS = {
    'sample_02': {
        'defaultMaterial.030': '6325BD',
        'defaultMaterial.029': '705A2A',
        'defaultMaterial.025': '7D8F97',
        'defaultMaterial.028': '8AC404',
        'defaultMaterial.024': '2F5109',
        'defaultMaterial.027': '3C8676',
        'defaultMaterial.023': '49BBE3',
    },
    'sample_03': {
        'top1_metal_0': '2F5109',
        'ring_metal_0': '3C8676',
        'pSphere1_base_0': '49BBE3',
    },
}
FOREIGN_MASKS = {'sample_02': {8}, 'sample_03': set()}  # pictures that belong to another camera
OBJECTS = (
    '0c3ca2b32545416f8f1e6f0e87def1a6',
    '245af7dde0cd4add9f7e11db3bbbccba',
    '2830f5fdb88942d5a3285a7433b4efea',
    '2ef369ebae66464f9d2479057a6bf6d2',
    '3b204e1c8fa34183821cf925128f545c',
    '77d56cc994f94d8280c38009688e7413',
    'a95c590e89444458b53a15190c7560c3',
    'f634e3aae845402ca63e015086c9dbb4',
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec('open3d') is None, reason='open3d is not installed'
    ),
]


@dataclass(frozen=True)
class Sample:
    path: object
    meta: Mapping[str, object]
    faces: np.ndarray
    corners: np.ndarray
    part_of_face: np.ndarray
    surface: object
    views: list


def from_all_sides(vertices, faces):
    """The surface of a mesh with y up, and its twelve views."""
    world = find_world(vertices, up_axis='y')
    surface = mesh_surface(world.apply(vertices), faces)
    return surface, render(surface, twelve_cameras(world.box_size, SIZE))


@pytest.fixture(scope='module', params=COLORS)
def sample(request, shared_path):
    path = shared_path / 'data' / 'geosam2_samples' / request.param
    if not path.is_dir():
        pytest.skip(f'{path} does not exist')
    scene = trimesh.load(path / 'mesh.glb')
    mesh = trimesh.load(path / 'mesh.glb', force='mesh')
    sizes = [len(scene.geometry[node].faces) for node in COLORS[request.param]]
    surface, views = from_all_sides(mesh.vertices, mesh.faces)
    return Sample(
        path=path,
        meta=json.loads((path / 'meta.json').read_text()),
        faces=mesh.faces,
        corners=surface.vertices[surface.faces],
        part_of_face=np.repeat(np.arange(len(sizes)), sizes),
        surface=surface,
        views=views,
    )


def iou(first, second):
    return (first & second).sum() / (first | second).sum()


def mean_iou(found, wanted, counted):
    """Mean over the true parts of the best IoU with any found one, in faces that count."""
    scores = []
    for part in np.unique(wanted[counted]):
        is_part = counted & (wanted == part)
        candidates = np.unique(found[is_part])
        scores.append(max(iou(is_part, counted & (found == label)) for label in candidates))
    return np.mean(scores)


def test_cameras_are_those_of_the_file(sample):
    poses = np.array([view.camera.T_world_camera for view in sample.views])
    assert np.abs(poses - sample.meta['transforms']).max() < 4.4e-7
    focal = SIZE / 2 / np.tan(sample.meta['camera_angle_x'] / 2)
    assert sample.views[0].camera.focal_px == pytest.approx(focal, rel=1e-6)


@pytest.mark.parametrize('view_idx', [0, 3, 6])
def test_silhouettes_normals_and_depths_are_those_published(sample, read_exr, view_idx):
    view = sample.views[view_idx]
    picture = np.asarray(Image.open(sample.path / f'normal_{view_idx:04d}.webp')).astype(int)
    is_shape = picture[..., 3] > 0
    assert iou(view.is_shape, is_shape) > 0.99998 - 5e-6
    assert (view.is_shape != is_shape).sum() <= 4
    both = view.is_shape & is_shape
    differences = np.abs(picture[both][:, :3] - view.normals[both])
    assert (differences <= 1).mean() > 0.993
    angles = picture[both][:, :3] / 127.5 - 1, view.normals[both] / 127.5 - 1
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in angles]
    assert np.rad2deg(np.median(np.arccos((unit[0] * unit[1]).sum(axis=1).clip(-1, 1)))) < 0.5
    depth = read_exr(sample.path / f'depth_{view_idx:04d}.exr')
    both &= depth < 65500
    gap = view.depth[both] - depth[both]
    assert 4e-4 < np.median(gap) < 8e-4 and np.quantile(gap, 0.99) < 2e-3
    # The files hold half floats, cut off.
    halves = view.depth[both].astype(np.float16)
    is_over = halves.astype(np.float32) > view.depth[both]
    halves = np.where(is_over, np.nextafter(halves, np.float16(0)), halves)
    assert (halves == depth[both].astype(np.float16)).mean() > 0.9975


def part_pictures(sample):
    """(S, S) part of every pixel, -1 for none, for each view; None for those of another camera."""
    name = sample.path.name
    pictures = []
    for view_idx in range(12):
        if view_idx in FOREIGN_MASKS[name]:
            pictures.append(None)
            continue
        colors = np.asarray(Image.open(sample.path / f'mask_{view_idx:04d}.png'))
        labels = np.full((SIZE, SIZE), -1)
        for part, color in enumerate(COLORS[name].values()):
            labels[(colors == list(bytes.fromhex(color))).all(axis=2)] = part
        pictures.append(labels)
    return pictures


def test_lifted_reference_masks_look_like_themselves(sample):
    pictures = part_pictures(sample)
    links = link_faces(sample.surface, sample.views, sample.corners.mean(axis=1))
    labels = links.labels_from(pictures)
    scores = [
        iou(picture == part, view.is_shape & (labels[view.element_idx] == part))
        for view, picture in zip(sample.views, pictures, strict=True)
        if picture is not None
        for part in np.unique(picture[picture >= 0])
    ]
    assert len(scores) > 30
    assert np.mean(scores) > 0.999 and min(scores) > 0.99
    # The masks show the nodes of the scene.
    has_pixel = np.zeros(len(sample.faces), bool)
    for view, picture in zip(sample.views, pictures, strict=True):
        if picture is not None:
            has_pixel[view.element_idx[view.is_shape]] = True
    assert (labels == sample.part_of_face)[has_pixel].mean() > 0.999


def test_lifting_as_the_release_does_it_labels_fewer_faces_and_fewer_of_them_rightly(sample):
    pictures = part_pictures(sample)
    used = [v for v, picture in enumerate(pictures) if picture is not None]
    found = lift(
        sample.corners,
        [sample.views[v].camera for v in used],
        [sample.views[v].depth for v in used],
        [sample.views[v].is_shape for v in used],
        [np.where(pictures[v] < 0, NO_PART, pictures[v] + 1) for v in used],
    )
    wanted = {'sample_02': (0.792, 0.990), 'sample_03': (0.908, 0.995)}[sample.path.name]
    is_labeled = found > 0
    assert is_labeled.mean() == pytest.approx(wanted[0], abs=0.01)
    assert (found == sample.part_of_face + 1)[is_labeled].mean() == pytest.approx(
        wanted[1], abs=0.01
    )


@pytest.mark.parametrize('name', OBJECTS)
def test_true_masks_of_all_views_give_the_true_parts_of_what_is_seen(shared_path, name):
    path = shared_path / 'data' / 'parts16_dev' / f'{name}.npz'
    if not path.is_file():
        pytest.skip(f'{path} does not exist')
    with np.load(path) as data:
        vertices, faces, labels = data['vertices'], data['faces'], data['labels'].astype(np.int64)
    surface, views = from_all_sides(vertices, faces)
    pictures = [np.where(view.is_shape, labels[view.element_idx], -1) for view in views]
    links = link_faces(surface, views, surface.vertices[surface.faces].mean(axis=1))
    found = links.labels_from(pictures)
    assert (found[~links.is_seen] == -1).all()
    score = mean_iou(found, labels, links.is_seen)
    assert score >= 0.97, f'{score:.4f}'
