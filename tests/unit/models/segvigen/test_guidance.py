# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Guidance pictures drawn from parts, and parts read from pictures."""

import json

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.guidance import (
    draw_guide,
    parts_in_picture,
    read_camera,
    spread_colors,
    view_camera,
)
from part_seg_ros.models.segvigen.picture import VIEW, crop, read_picture
from part_seg_ros.models.segvigen.preparation import place
from part_seg_ros.structures import Mesh

pytest.importorskip('open3d', reason='open3d is not installed')


def staple(num: int = 4) -> Mesh:
    """Boxes one above the other along z, 12 faces each, with gaps."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 0.8)], float)
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = np.array([side[:3] for side in sides] + [[side[0], *side[2:]] for side in sides])
    return Mesh(
        vertices=np.concatenate([corners + [0, 0, k] for k in range(num)]),
        faces=np.concatenate([faces + 8 * k for k in range(num)]),
    )


PARTS = np.repeat(np.arange(4), 12)


def test_colours_are_far_from_each_other_and_from_white_and_black():
    colors = spread_colors(12).astype(float)
    all_colors = np.concatenate([colors, [[0, 0, 0], [255, 255, 255]]])
    gaps = np.linalg.norm(all_colors[:, None] - all_colors, axis=2) + 1e9 * np.eye(14)
    assert gaps.min() >= 100
    np.testing.assert_array_equal(spread_colors(5), spread_colors(12)[:5])
    with pytest.raises(InputError, match='parts apart, got 500'):
        spread_colors(500)


def test_parts_are_drawn_and_read_back_from_the_same_view():
    mesh = staple()
    placement = place(mesh.vertices, 'z')
    guide = draw_guide(mesh, placement, PARTS)
    assert guide.picture.shape == (VIEW.side, VIEW.side, 3)
    assert len(guide.palette) == 4
    found = parts_in_picture(mesh, placement, guide.picture, view_camera())
    is_shown = found >= 0
    assert 4 <= is_shown.sum() <= 24  # at most half of the faces look at the camera
    pairs = set(zip(PARTS[is_shown], found[is_shown], strict=True))
    assert len(pairs) == 4 == len({part for part, _ in pairs})
    # z is up in the picture: the box on top is drawn above the others.
    top = (guide.picture == guide.palette[3]).all(axis=2).nonzero()[0].mean()
    low = (guide.picture == guide.palette[0]).all(axis=2).nonzero()[0].mean()
    assert top < low - 50
    turned = draw_guide(mesh, place(mesh.vertices, 'y'), PARTS)
    assert (turned.picture != guide.picture).any()


def test_faces_without_a_part_take_that_of_their_neighbours_and_hidden_parts_have_no_colour():
    mesh = staple()
    placement = place(mesh.vertices, 'z')
    some = np.where(np.arange(48) % 3 == 0, PARTS, -1)
    whole, filled = (draw_guide(mesh, placement, ids) for ids in (PARTS, some))
    np.testing.assert_array_equal(whole.picture, filled.picture)
    seen = parts_in_picture(mesh, placement, whole.picture, view_camera()) >= 0
    hidden = np.where(seen, 0, np.arange(48))
    assert len(draw_guide(mesh, placement, hidden).palette) == 1
    for wrong, words in ((PARTS[:-1], 'of another mesh'), (np.full(48, -1), 'no face')):
        with pytest.raises(InputError, match=words):
            draw_guide(mesh, placement, wrong)


def write_camera(path, **changes):
    entry = {'camera_angle_x': VIEW.field_of_view, 'transform_matrix': VIEW.to_world} | changes
    path.write_text(json.dumps([entry]))
    return path


def test_a_picture_from_behind_tells_the_parts_that_are_seen_there(tmp_path):
    mesh = staple()
    placement = place(mesh.vertices, 'z')
    behind = np.diag([-1.0, -1, 1, 1]) @ np.array(VIEW.to_world)
    camera = read_camera(write_camera(tmp_path / 'c.json', transform_matrix=behind.tolist()), 128)
    assert camera.size == 128
    same = read_camera(write_camera(tmp_path / 'v.json'), VIEW.side)
    np.testing.assert_allclose(same.T_world_camera, view_camera().T_world_camera)
    assert same.focal_px == pytest.approx(view_camera().focal_px)
    guide = draw_guide(mesh, placement, PARTS)
    picture = np.full((128, 128, 3), 255, np.uint8)
    rows = np.mgrid[:128, :128][0]
    picture[rows < 64] = 200, 30, 30
    picture[rows >= 64] = 30, 30, 200
    found = parts_in_picture(mesh, placement, picture, camera)
    front = parts_in_picture(mesh, placement, guide.picture, view_camera())
    assert (found[PARTS == 3].max(), found[PARTS == 0].max()) in ((0, 1), (1, 0))
    assert ((found >= 0) & (front < 0)).any() and ((found < 0) & (front >= 0)).any()
    with pytest.raises(InputError, match='must be square, 128 x 128, got 100 x 128'):
        parts_in_picture(mesh, placement, picture[:, :100], camera)
    with pytest.raises(InputError, match='shows nothing of the mesh'):
        parts_in_picture(mesh, placement, picture * 0 + 255, camera)


@pytest.mark.parametrize(
    'content',
    [
        '[]',
        '{"camera_angle_x": 0.5}',
        'no JSON',
        '{"camera_angle_x": 0.5, "transform_matrix": [[1, 0], [0, 1]]}',
        json.dumps({'camera_angle_x': 4.0, 'transform_matrix': VIEW.to_world}),
        json.dumps({'camera_angle_x': 'wide', 'transform_matrix': VIEW.to_world}),
    ],
)
def test_bad_cameras_are_refused(tmp_path, content):
    (tmp_path / 'c.json').write_text(content)
    with pytest.raises(InputError, match='c.json'):
        read_camera(tmp_path / 'c.json', 64)


def test_pictures_are_read_with_and_without_alpha(tmp_path):
    image_type = pytest.importorskip('PIL.Image')
    drawn = np.random.default_rng(0).integers(0, 256, (5, 7, 4)).astype(np.uint8)
    image_type.fromarray(drawn).save(tmp_path / 'a.png')
    image_type.fromarray(drawn[:, :, :3]).save(tmp_path / 'b.png')
    np.testing.assert_array_equal(read_picture(tmp_path / 'a.png'), drawn)
    np.testing.assert_array_equal(read_picture(tmp_path / 'b.png'), drawn[:, :, :3])
    (tmp_path / 'c.png').write_text('no picture')
    with pytest.raises(InputError, match='not a readable picture'):
        read_picture(tmp_path / 'c.png')
    with pytest.raises(InputError, match='no such file'):
        read_picture(tmp_path / 'd.png')


def test_a_picture_of_another_size_is_the_same_to_the_network():
    """Crops of a map and of one twice as large hold the same, up to resampling."""
    guide = draw_guide(staple(), place(staple().vertices, 'z'), PARTS).picture
    double = guide.repeat(2, axis=0).repeat(2, axis=1)
    one, two = crop(guide), crop(double)
    assert abs(2 * len(one) - len(two)) <= 2
    side = len(one)
    assert (two[: 2 * side : 2, : 2 * side : 2][:side, :side] == one).all(axis=2).mean() > 0.95
