# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen's way in and out against the object that its authors ship as an example."""

import hashlib
import json

import numpy as np
import pytest

from part_seg_ros.geometry.cube_fit import fit_cube
from part_seg_ros.models.segvigen.clicks import pack_clicks
from part_seg_ros.models.segvigen.colors import nearest_color, to_bytes, white_share
from part_seg_ros.models.segvigen.face_labels import FaceSettings, face_samples, label_faces
from part_seg_ros.models.segvigen.guidance import (
    draw_guide,
    parts_in_picture,
    read_camera,
    view_camera,
)
from part_seg_ros.models.segvigen.picture import read_picture
from part_seg_ros.models.segvigen.preparation import place
from part_seg_ros.models.segvigen.voxels.from_mesh import mesh_to_voxels
from part_seg_ros.models.segvigen.voxels.painted_mesh import read_painted_mesh
from part_seg_ros.models.segvigen.voxels.read_out import ReadOut
from part_seg_ros.models.segvigen.voxels.vxz import read_vxz, write_vxz

GRID = 512
SHA256 = {
    'coords': '161242cf098ae4355360d9c763857f19da90cd1f021a4fa49e47fefdc85652d2',
    'intersected': 'd39b81352bae0a9415ce297d9ddb377b2a550705fe8fa41c5757e85575fe4f33',
    'base_color': '7f5cea463e8f48978894dc21e5ff0ec97298606b2637bc9db7bc47d6c7a0ca4e',
    'dual_vertices': 'c958ab6386faaac38bb4b8819badc53cc45371cf8803720a1a44d0b09e477e61',
}
# Parts stand in the files from the last to the first.
NUM_PARTS = 10
CLICKED = (0, 1, 8)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]


@pytest.fixture(scope='module')
def samples(shared_path):
    return shared_path / 'data' / 'segvigen_samples'


@pytest.fixture(scope='module')
def recorded(samples):
    return read_vxz((samples / 'interactive_seg' / '1' / 'output.vxz').read_bytes())


def converted(path):
    mesh = read_painted_mesh(path)
    fit = fit_cube(mesh.vertices, 0.99999 / 2)
    return mesh, fit, mesh_to_voxels(fit.apply(mesh.vertices), mesh.faces, mesh.paint, GRID)


@pytest.fixture(scope='module')
def full(samples):
    return converted(samples / 'full_seg' / 'output.glb')


def agreement(voxels, recorded):
    """Return how many dual vertices agree to 1 and to 2 of 255; all else must be equal."""
    np.testing.assert_array_equal(voxels.coords, recorded.coords)
    np.testing.assert_array_equal(voxels.crossed, recorded.crossed)
    found, wanted = (v.attributes['dual_vertices'].astype(int) for v in (voxels, recorded))
    difference = np.abs(found - wanted).max(axis=1)
    return (difference <= 1).mean(), (difference <= 2).mean()


def test_the_file_is_read_and_written_to_the_byte(samples, recorded):
    raw = {'coords': recorded.coords.astype('<i2')} | dict(recorded.attributes)
    for name, digest in SHA256.items():
        assert hashlib.sha256(raw[name].tobytes()).hexdigest() == digest, name
    data = (samples / 'interactive_seg' / '1' / 'output.vxz').read_bytes()
    assert write_vxz(recorded) == data


def test_the_textured_mesh_becomes_the_recorded_voxels(samples, recorded):
    _, _, voxels = converted(samples / 'example.glb')
    to_one, to_two = agreement(voxels, recorded)
    assert to_one >= 0.99 and to_two >= 0.995
    colors = voxels.attributes['base_color']
    assert colors.std(axis=0).min() > 10  # the textures were found
    assert (voxels.attributes['metallic'] == 0).all()


def test_the_recoloured_mesh_becomes_the_recorded_voxels_and_colours(samples, recorded):
    _, _, voxels = converted(samples / 'interactive_seg' / '1' / 'output.glb')
    agreement(voxels, recorded)
    for name in ('base_color', 'metallic', 'roughness', 'alpha'):
        np.testing.assert_array_equal(voxels.attributes[name], recorded.attributes[name])


def test_latent_cells(samples, recorded):
    cells = np.unique(recorded.coords // 16, axis=0)
    np.testing.assert_array_equal(cells, np.load(samples / 'latents.npz')['coords'])


def test_white_and_black_voxels_are_the_recorded_labels(samples, recorded, full):
    mesh, fit, voxels = full
    palette = np.array(json.loads((samples / 'full_seg' / 'colors.json').read_text()))[:, :3]
    colors = voxels.attributes['base_color']
    part = nearest_color(colors, palette)
    is_pure = (colors == palette[part]).all(axis=1)
    shares = white_share(recorded.attributes['base_color'] / np.float32(255))
    is_white, is_black = shares == 1, shares == 0
    assert (is_white.sum(), is_black.sum(), (~is_white & ~is_black).sum()) == (
        18516,
        1282064,
        357,
    )
    np.testing.assert_array_equal(is_white, is_pure & (part == 1))
    labels = shares > 0.5
    assert labels[is_white].all() and not labels[is_black].any()
    # And on the faces: those of part 1 are white, all others black.
    places = fit.apply(face_samples(mesh).reshape(-1, 3))
    white = white_share(
        ReadOut(recorded.coords, GRID, places).at_points(recorded.attributes['base_color'] / 255)
    )
    votes = (white > 0.5).astype(int).reshape(-1, 4)
    found = label_faces(mesh, votes, FaceSettings(min_faces=0))
    np.testing.assert_array_equal(found, mesh.piece_of == NUM_PARTS - 1 - 1)


def test_colours_of_all_parts_become_their_faces(samples, full):
    mesh, fit, voxels = full
    palette = np.array(json.loads((samples / 'full_seg' / 'colors.json').read_text()))[:, :3]
    places = fit.apply(face_samples(mesh).reshape(-1, 3))
    read_out = ReadOut(voxels.coords, GRID, places)
    found = to_bytes(read_out.at_points(voxels.attributes['base_color'] / 255))
    votes = nearest_color(found, palette).reshape(-1, 4)
    labels = label_faces(mesh, votes, FaceSettings(min_faces=0))
    # Faces smaller than a voxel share it with those of other parts.
    assert (labels == NUM_PARTS - 1 - mesh.piece_of).mean() > 0.99


@pytest.mark.parametrize('part', CLICKED)
def test_recorded_clicks_lie_in_cells_of_their_part_alone(samples, full, part):
    _, _, voxels = full
    palette = np.array(json.loads((samples / 'full_seg' / 'colors.json').read_text()))[:, :3]
    is_part = (voxels.attributes['base_color'] == palette[part]).all(axis=1)
    keys = voxels.coords // 16 @ np.array([1024, 32, 1])
    total, inside = np.bincount(keys, minlength=32768), np.bincount(keys, is_part, 32768)
    folder = samples / 'interactive_seg' / str(part)
    points, labels = np.load(folder / 'points.npy'), np.load(folder / 'labels.npy')
    clicked = points[labels == 1][:, 1:] @ np.array([1024, 32, 1])
    assert len(clicked) == 55
    assert (total[clicked] > 0).all() and (inside[clicked] == total[clicked]).all()


def test_the_click_of_the_authors_is_on_their_part(samples, full):
    """`388 448 392`, a voxel of the chimney, in the voxels of the object itself."""
    mesh, fit, voxels = full
    click = np.array([388, 448, 392])
    palette = np.array(json.loads((samples / 'full_seg' / 'colors.json').read_text()))[:, :3]
    (row,) = np.flatnonzero((voxels.coords == click).all(axis=1))
    np.testing.assert_array_equal(voxels.attributes['base_color'][row], palette[1])
    coords, labels = pack_clicks(click[None], GRID)
    np.testing.assert_array_equal(coords[0], [24, 28, 24])
    assert labels.tolist() == [1] + 9 * [0]
    # And from metres: a point in the middle of that voxel, in the frame of the file.
    point = ((click + 0.5) / GRID - 0.5) / fit.scale + fit.center
    placement = place(mesh.vertices, 'y')
    np.testing.assert_array_equal(placement.voxels(point[None], GRID)[0], click)


def test_the_view_is_that_of_the_recorded_pictures(samples, full):
    pytest.importorskip('open3d', reason='open3d is not installed')
    mesh = full[0]
    placement = place(mesh.vertices, 'y')
    parts = NUM_PARTS - 1 - mesh.piece_of
    drawn = (draw_guide(mesh, placement, parts).picture < 255).any(axis=2)
    shown = read_picture(samples / 'img.png')[:, :, 3] > 127
    assert (drawn & shown).sum() / (drawn | shown).sum() > 0.985
    camera = read_camera(samples / 'transforms.json', 512)
    np.testing.assert_allclose(camera.T_world_camera, view_camera().T_world_camera, atol=1e-12)
    assert camera.focal_px == pytest.approx(view_camera().focal_px)


def test_the_recorded_guide_colours_the_faces_that_it_shows(samples, full):
    pytest.importorskip('open3d', reason='open3d is not installed')
    mesh = full[0]
    placement = place(mesh.vertices, 'y')
    picture = read_picture(samples / 'full_seg_w_2d_map' / '2d_map.png')[:, :, :3]
    found = parts_in_picture(mesh, placement, picture, view_camera())
    parts = NUM_PARTS - 1 - mesh.piece_of
    parts = np.where(parts == 3, 0, parts)  # the guide has nearly the same green for both
    is_shown = found >= 0
    assert is_shown.sum() > 800
    # Each colour is one part; its faces are those of the part but for borders.
    pairs = np.zeros((found.max() + 1, NUM_PARTS), int)
    np.add.at(pairs, (found[is_shown], parts[is_shown]), 1)
    assert pairs.max(axis=1).sum() / pairs.sum() > 0.97
