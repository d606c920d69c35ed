# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Figures by their plain values."""

import base64
import io

import numpy as np
import pytest

from part_seg_ros.data.part_messages import part_colors
from part_seg_ros.models.system import ViewPicture
from part_seg_ros.structures import BoxPrompt, PointCloud, PointPrompt, ViewClickPrompt
from part_seg_ros.viewer.figures import cloud_figure, shading, view_figure


def picture_of(figure) -> np.ndarray:
    image = pytest.importorskip('PIL.Image')
    data = figure['data'][0]['source'].removeprefix('data:image/png;base64,')
    return np.array(image.open(io.BytesIO(base64.b64decode(data))))


def view(size: int = 8) -> ViewPicture:
    point_idx = np.full((size, size), -1, np.int32)
    point_idx[2:4, 2:4], point_idx[4:6, 4:6] = 0, 1
    picture = np.full((size, size, 3), (30, 60, 90), np.uint8)
    return ViewPicture(view_idx=5, picture=picture, point_idx=point_idx)


def test_points_of_parts_have_their_color_and_others_their_own():
    cloud = PointCloud(points=np.eye(3), colors=np.eye(3))
    figure = cloud_figure(cloud, np.array([1.0, 0.5, 1.0]), np.array([-1, 0, 3]), None)
    wanted = [
        '#ff0000',
        *(
            '#{:02x}{:02x}{:02x}'.format(*np.rint(255 * bright * color).astype(int))
            for bright, color in zip((0.5, 1.0), part_colors(np.array([0, 3])), strict=True)
        ),
    ]
    assert figure['data'][0]['marker']['color'] == wanted
    assert (figure['data'][0]['x'], figure['data'][1]['x']) == ([1, 0, 0], [])


def test_clicks_are_marked_by_what_they_say():
    cloud = PointCloud(points=np.eye(3))
    prompt = PointPrompt(prompt_coords=np.eye(3)[[2, 0]], prompt_labels=np.array([1, 0]))
    marks = cloud_figure(cloud, np.ones(3), np.full(3, -1), prompt)['data'][1]
    assert marks['z'] == [1.0, 0.0] and marks['marker']['color'] == ['#0a0', '#d00']


def test_what_faces_the_lamp_is_brightest():
    lamp = np.array([0.5, -0.6, 0.62])
    across = np.cross(lamp, [0.0, 0.0, 1.0])
    normals = (
        np.stack([lamp, -lamp, across]) / np.linalg.norm([lamp, lamp, across], axis=1)[:, None]
    )
    bright = shading(PointCloud(points=np.eye(3), normals=normals))
    np.testing.assert_allclose(bright, [1.0, 1.0, 0.35], atol=5e-3)


def test_a_view_without_parts_is_its_picture():
    figure = view_figure(view(), np.array([-1, -1]), None, side=8, draws_boxes=False)
    assert np.array_equal(picture_of(figure), view().picture)
    assert figure['layout']['shapes'] == [] and 'view 5' in str(figure['layout']['title'])


def test_parts_stand_out_of_a_grey_view():
    shown = picture_of(view_figure(view(), np.array([-1, 2]), None, side=8, draws_boxes=False))
    wanted = 0.25 * 60 + 0.75 * 255 * part_colors(np.array([2]))[0]
    np.testing.assert_allclose(shown[5, 5], wanted, atol=1)
    assert (shown[3, 3] == 60).all() and (shown[0, 0] == 60).all()


def test_a_smaller_picture_keeps_the_pixels_of_the_view():
    image = view_figure(view(), np.array([-1, -1]), None, side=4, draws_boxes=True)['data'][0]
    assert (image['dx'], image['x0']) == (2, 1.0)  # centre of the first two columns
    assert picture_of({'data': [image]}).shape == (4, 4, 3)


@pytest.mark.parametrize(('draws_boxes', 'mode'), [(True, 'drawrect'), (False, False)])
def test_the_mouse_draws_boxes_or_clicks(draws_boxes, mode):
    figure = view_figure(view(), np.array([-1, -1]), None, side=8, draws_boxes=draws_boxes)
    assert figure['layout']['dragmode'] == mode


def test_prompts_are_marked_on_their_own_view():
    box = BoxPrompt(view_idx=5, box_px=np.array([1, 2, 3, 4]))
    clicks = ViewClickPrompt(
        view_idx=5, coords_px=np.array([[3, 4], [5, 6]]), prompt_labels=np.array([1, 0])
    )
    elsewhere = BoxPrompt(view_idx=4, box_px=np.array([1, 2, 3, 4]))
    shapes = [
        view_figure(view(), np.array([-1, -1]), prompt, side=8, draws_boxes=False)['layout'][
            'shapes'
        ]
        for prompt in (box, clicks, elsewhere)
    ]
    assert [shapes[0][0][key] for key in ('x0', 'y0', 'x1', 'y1')] == [1, 2, 3, 4]
    middles = [(s['x0'] + s['x1'], s['y0'] + s['y1'], s['line']['color']) for s in shapes[1]]
    assert middles == [(6, 8, '#0a0'), (10, 12, '#d00')] and shapes[2] == []
