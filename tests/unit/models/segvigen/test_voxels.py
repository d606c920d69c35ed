# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""O-Voxels of meshes and clouds, their files, and what is read from them."""

import json

import numpy as np
import pytest
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import face_normals
from part_seg_ros.models.segvigen.voxels.dual_vertices import (
    least_points,
    point_forms,
    unit_normals,
)
from part_seg_ros.models.segvigen.voxels.from_mesh import mesh_to_voxels
from part_seg_ros.models.segvigen.voxels.from_points import points_to_voxels
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels, morton_codes
from part_seg_ros.models.segvigen.voxels.overlaps import segment_voxels, triangle_voxels
from part_seg_ros.models.segvigen.voxels.paint import Material, MaterialPaint, VertexPaint
from part_seg_ros.models.segvigen.voxels.pivoted_qr import solve
from part_seg_ros.models.segvigen.voxels.read_out import ReadOut
from part_seg_ros.models.segvigen.voxels.textures import Texture, square, texel_sides
from part_seg_ros.models.segvigen.voxels.to_mesh import voxel_faces, voxel_vertices
from part_seg_ros.models.segvigen.voxels.vxz import read_vxz, write_vxz

GRID = 16


def box(low, high):
    """A closed box; vertices (8, 3) and faces (12, 3)."""
    ends = np.array([low, high], np.float32)
    corners = np.array([[ends[x][0], ends[y][1], ends[z][2]] for x, y, z in np.ndindex(2, 2, 2)])
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = [side[:3] for side in sides] + [[side[0], *side[2:]] for side in sides]
    return corners, np.array(faces)


def grey(faces):
    return VertexPaint(corners=faces, colors=None)


LOW, HIGH = np.array([-0.283, -0.271, -0.196]), np.array([0.311, 0.154, 0.227])


@pytest.fixture(scope='module')
def voxels():
    vertices, faces = box(LOW, HIGH)
    return mesh_to_voxels(vertices, faces, grey(faces), GRID)


def test_flags_of_a_box_are_the_edges_with_one_end_inside(voxels):
    ticks = np.arange(GRID + 1) / GRID - 0.5
    inside = [(ticks > low) & (ticks < high) for low, high in zip(LOW, HIGH, strict=True)]
    solid = inside[0][:, None, None] & inside[1][:, None] & inside[2]
    wanted, active = set(), set()
    for axis in range(3):
        crossed = np.diff(solid, axis=axis)
        for edge in np.argwhere(crossed):
            voxel = edge - 1
            voxel[axis] += 1
            wanted.add((*voxel, axis))
            for du, dw in np.ndindex(2, 2):
                around = voxel.copy()
                around[(axis + 1) % 3] += du
                around[(axis + 2) % 3] += dw
                active.add(tuple(around))
    assert set(map(tuple, voxels.coords)) == active
    rows, axes = np.nonzero(voxels.crossed)
    assert {(*voxels.coords[r], a) for r, a in zip(rows, axes, strict=True)} == wanted


def test_dual_vertices_lie_on_the_box_also_at_its_corners(voxels):
    places = (voxels.coords + voxels.dual_places) / GRID - 0.5
    gap = np.minimum(np.abs(places - LOW), np.abs(places - HIGH)).min(axis=1)
    assert gap.max() < 1e-3
    corner = np.floor((HIGH + 0.5) * GRID)
    (row,) = np.flatnonzero((voxels.coords == corner).all(axis=1))
    np.testing.assert_allclose(places[row], HIGH, atol=2e-3)
    bytes_of = voxels.attributes['dual_vertices']
    np.testing.assert_array_equal(bytes_of, (255 * voxels.dual_places).astype(np.uint8))


def test_triangles_overlap_the_voxels_that_no_axis_separates_from_them():
    rng = np.random.default_rng(0)
    corners = rng.uniform(0.05, 0.95, (20, 3, 3))
    corners[:10] = corners[:10, :1] + 0.1 * (corners[:10] - corners[:10, :1])
    normals, _ = face_normals(corners)
    triangle, voxel = triangle_voxels(corners, normals, 12)
    found = set(zip(triangle.tolist(), map(tuple, voxel.tolist()), strict=True))
    assert len(found) == len(triangle)
    cells = np.stack(np.meshgrid(*[np.arange(12)] * 3, indexing='ij'), axis=-1).reshape(-1, 3)
    half, centers = 0.5 / 12, (cells + 0.5) / 12
    for number, points in enumerate(corners):
        edges = np.roll(points, -1, axis=0) - points
        crossed = np.cross(edges[:, None], np.eye(3)).reshape(-1, 3)
        axes = np.concatenate([np.eye(3), normals[number : number + 1], crossed])
        reach = half * np.abs(axes).sum(axis=1)
        low, high = (points @ axes.T).min(axis=0), (points @ axes.T).max(axis=0)
        along = centers @ axes.T
        touches = ((along + reach >= low) & (along - reach <= high)).all(axis=1)
        assert {cell for n, cell in found if n == number} == set(map(tuple, cells[touches]))


def test_what_only_touches_a_triangle_is_decided_in_single_precision():
    """The diagonal of this square passes through corners of voxels."""
    square_of = np.float32([[0.1, 0.1, 0.2], [0.9, 0.17, 0.21], [0.9, 0.9, 0.5], [0.1, 0.8, 0.3]])
    corners = square_of[[[0, 1, 2], [0, 2, 3]]]
    found = []
    for dtype in (np.float32, np.float64):
        places = corners.astype(dtype)
        triangle, voxel = triangle_voxels(places, unit_normals(places), 32)
        found.append(set(zip(triangle.tolist(), map(tuple, voxel.tolist()), strict=True)))
    differing = found[0] ^ found[1]
    assert differing and all(abs(x - y) <= 1 for _, (x, y, _) in differing)
    for number, voxel in differing:
        margins = []
        for j in range(3):  # the projections along z, whose normal points up
            start, stop = corners[number, j], corners[number, (j + 1) % 3]
            across = np.float32([start[1] - stop[1], stop[0] - start[0]])
            reach = np.maximum(across, 0) / np.float32(32)
            offset = (reach[0] + reach[1]) - (across[0] * start[0] + across[1] * start[1])
            place = np.float32(voxel) / np.float32(32)
            margins.append(across[0] * place[0] + across[1] * place[1] + offset)
        assert (min(margins) >= 0) == ((number, voxel) in found[0])


def test_segments_pass_the_voxels_that_hold_their_points():
    rng = np.random.default_rng(1)
    starts, ends = rng.uniform(0.05, 0.95, (2, 15, 3))
    starts[0], ends[0] = [0.31, 0.31, 0.31], [0.31, 0.31, 0.77]
    lengths = np.linalg.norm(ends - starts, axis=1)
    directions = (ends - starts) / lengths[:, None]
    segment, voxel = segment_voxels(starts, directions, lengths, 12)
    found = set(zip(segment.tolist(), map(tuple, voxel.tolist()), strict=True))
    assert len(found) == len(segment)
    places = starts[:, None] + np.linspace(0, 1, 5001)[:, None] * (ends - starts)[:, None]
    dense = np.floor(places * 12).astype(int)
    wanted = {
        (i, tuple(cell)) for i, cells in enumerate(dense) for cell in np.unique(cells, axis=0)
    }
    assert wanted <= found and len(found - wanted) <= 2  # corners cut by less than a step


def test_voxels_are_in_morton_order(voxels):
    codes = morton_codes(voxels.coords)
    assert (np.diff(codes) > 0).all()
    assert morton_codes(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 0, 0]])).tolist() == [
        4,
        2,
        1,
        32,
    ]


def test_the_border_of_an_open_surface_is_held_in_place():
    vertices = np.array([[-0.3, -0.3, 0.02], [0.3, -0.3, 0.02], [0.0, 0.33, 0.02]], np.float32)
    faces = np.array([[0, 1, 2]])
    alone = mesh_to_voxels(vertices, faces, grey(faces), GRID)
    # With both sides there, no edge belongs to one face alone.
    both = np.array([[0, 1, 2], [2, 1, 0]])
    closed = mesh_to_voxels(vertices, both, grey(both), GRID)
    np.testing.assert_array_equal(alone.coords, closed.coords)
    moved = np.abs(alone.dual_places - closed.dual_places).max(axis=1) > 1e-2
    # Only voxels through which the border passes may move, and some do.
    center = (alone.coords + 0.5) / GRID - 0.5
    corners = vertices[:, :2]
    edges = np.roll(corners, -1, axis=0) - corners
    out = center[:, None, :2] - corners
    away = np.abs(edges[:, 0] * out[:, :, 1] - edges[:, 1] * out[:, :, 0])
    away = (away / np.linalg.norm(edges, axis=1)).min(axis=1)
    assert moved.any() and (away[moved] < 1 / GRID).all()
    assert (np.abs((alone.coords + alone.dual_places)[:, 2] / GRID - 0.52) < 1e-3).all()


def test_faces_without_area_count_for_nothing():
    vertices, faces = box(LOW, HIGH)
    flat = np.concatenate([faces, [[0, 0, 5], [1, 1, 1], [8, 9, 10]]])
    speck = np.array([[0, 0, 0], [1e-21, 0, 0], [0, 1e-21, 0]], np.float32)
    more = np.concatenate([vertices, speck])
    one, two = (mesh_to_voxels(more, f, grey(f), GRID) for f in (faces, flat))
    np.testing.assert_array_equal(one.coords, two.coords)
    np.testing.assert_array_equal(one.crossed, two.crossed)
    np.testing.assert_array_equal(one.attributes['base_color'], two.attributes['base_color'])


@pytest.mark.parametrize(
    ('vertices', 'faces'),
    [([[0, 0, 0.7], [0, 1, 0], [1, 0, 0]], [[0, 1, 2]]), (np.zeros((0, 3)), np.zeros((0, 3)))],
)
def test_meshes_outside_the_cube_or_without_faces_are_refused(vertices, faces):
    with pytest.raises(InputError):
        mesh_to_voxels(np.array(vertices), np.array(faces, int), grey(np.array(faces)), GRID)


def test_colours_of_vertices_and_materials():
    vertices, faces = box(LOW, HIGH)
    colors = (vertices - LOW) / (HIGH - LOW)
    painted = mesh_to_voxels(vertices, faces, VertexPaint(corners=faces, colors=colors), GRID)
    center = (painted.coords + 0.5) / GRID - 0.5
    wanted = 255 * np.clip((center - LOW) / (HIGH - LOW), 0, 1)
    side = np.minimum(np.abs(center - LOW), np.abs(center - HIGH))
    is_flat = (side < 0.9 / GRID).sum(axis=1) == 1  # voxels of one side only
    axis = side.argmin(axis=1)
    found = painted.attributes['base_color'].astype(float)
    difference = np.abs(found - wanted)
    difference[np.arange(len(axis)), axis] = 0  # across the side the colour is that of the side
    assert difference[is_flat].max() < 2
    assert (painted.attributes['metallic'] == 0).all()
    assert (painted.attributes['roughness'] == 255).all()
    materials = (
        Material(color=np.array([1, 0, 0, 0.5]), metallic=0.25, alpha_mode='BLEND'),
        Material(color=np.array([0, 0, 1, 0.25]), roughness=0.5, alpha_mode='MASK'),
    )
    paint = MaterialPaint(materials=materials, material_of=np.arange(12) % 6 // 3)
    voxels = mesh_to_voxels(vertices, faces, paint, GRID)
    values = np.concatenate([voxels.attributes[n] for n in ('base_color', 'metallic', 'alpha')], 1)
    pure = {tuple(row) for row in values.tolist()}
    assert {(255, 0, 0, 63, 127), (0, 0, 255, 255, 0)} <= pure
    with pytest.raises(InputError, match='alpha mode'):
        Material(alpha_mode='GLASS').values(np.zeros((1, 2)), np.zeros(1))


def test_textures_repeat_and_blur_with_distance():
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[:, ::2] = 200
    picture[0, 1] = 100
    texture = Texture(picture)
    # The centre of the texel in the first row and second column; v grows upwards.
    uv = np.array([[1.5 / 4, 1 - 0.5 / 4], [1.5 / 4 + 3, -0.5 / 4]])
    sharp = texture.sample(uv, np.zeros(2))
    np.testing.assert_allclose(sharp, [[100 / 255] * 3 + [1]] * 2)
    half = texture.sample(np.array([[0.5, 0.25]]), np.array([1 / 4]))[0, 0]
    np.testing.assert_allclose(half * 255, 100)  # between two texels
    mean = texture.sample(uv, np.array([1.0, 9.0]))[:, 0] * 255
    np.testing.assert_allclose(mean, 106)  # (125 + 100 + 100 + 100) // 4
    assert [len(level) for level in texture.levels] == [4, 2, 1]
    assert (square(513, 2), square(512, 100), square(5000, 1)) == (1024, 512, 2048)


def test_a_voxel_is_as_large_in_a_texture_as_on_the_surface():
    corners = np.array([[[0, 0, 0], [2, 0, 0], [0, 0, 2]]], float)
    uv = np.array([[[0, 0], [0.5, 0], [0, 0.5]]], float)  # the whole picture is 4 × 4
    np.testing.assert_allclose(texel_sides(corners, uv, 0.1), [0.1 / 4])
    assert texel_sides(corners, np.zeros((1, 3, 2)), 0.1) == [0]


def test_small_systems_are_solved():
    rng = np.random.default_rng(0)
    for size in (1, 2, 3):
        matrices = rng.normal(size=(50, size, size)).astype(np.float32)
        matrices += 3 * np.eye(size, dtype=np.float32)
        sides = rng.normal(size=(50, size)).astype(np.float32)
        wanted = np.linalg.solve(matrices.astype(float), sides[:, :, None])[:, :, 0]
        np.testing.assert_allclose(solve(matrices, sides), wanted, rtol=1e-3, atol=1e-4)


def test_least_points_outside_a_voxel_come_to_its_border():
    points = np.array([[0.3, 0.4, 0.45], [0.3, 0.4, 2.0], [-1.0, 0.4, 2.0], [-1, -1, 9]])
    voxels = np.zeros((4, 3), int)
    found = least_points(point_forms(points.astype(np.float32)), voxels, 2)
    np.testing.assert_allclose(found, np.clip(points, 0, 0.5), atol=1e-6)


def test_files_keep_every_attribute_and_any_order_of_voxels():
    rng = np.random.default_rng(0)
    flat = rng.choice(32**3, 500, replace=False)
    coords = np.stack(np.unravel_index(flat, (32,) * 3), axis=1).astype(np.int32)
    attributes = {
        'normal': rng.integers(0, 256, (500, 3), np.uint8),
        'intersected': rng.integers(0, 8, (500, 1), np.uint8),
    }
    voxels = OVoxels(coords=coords, attributes=attributes, grid=32)
    data = write_vxz(voxels, chunk_size=8, level=1)
    read = read_vxz(data)
    order = np.argsort(morton_codes(coords))
    np.testing.assert_array_equal(
        read.coords[np.argsort(morton_codes(read.coords))], coords[order]
    )
    assert read.grid == 32
    rows = {tuple(c): i for i, c in enumerate(coords)}
    back = [rows[tuple(c)] for c in read.coords]
    for name, values in attributes.items():
        np.testing.assert_array_equal(read.attributes[name], values[back])
    assert write_vxz(read, chunk_size=8, level=1) == data


@pytest.mark.parametrize(
    'damage',
    [
        lambda data: b'PK' + data[2:],
        lambda data: data[:-40],
        lambda data: data[:200],
        lambda data: data.replace(b'"filter": "none"', b'"filter": "grey"'),
    ],
)
def test_damaged_files_are_refused(voxels, damage):
    data = write_vxz(voxels, chunk_size=16)
    assert len(read_vxz(data)) == len(voxels)
    with pytest.raises(InputError):
        read_vxz(damage(data))
    header = json.loads(data[8 : int.from_bytes(data[4:8], 'big')])
    assert header['num_voxel'] == len(voxels)


def test_voxels_that_do_not_fit_together_are_refused():
    one = np.zeros((1, 3), np.int32)
    with pytest.raises(InputError, match='0 to 3'):
        OVoxels(coords=one + 4, attributes={}, grid=4)
    with pytest.raises(InputError, match='uint8'):
        OVoxels(coords=one, attributes={'intersected': np.zeros((2, 1), np.uint8)}, grid=4)
    with pytest.raises(InputError, match='dual_vertices'):
        _ = OVoxels(coords=one, attributes={}, grid=4).shape_values


def test_the_mesh_of_voxels_is_the_box_again(voxels):
    faces = voxel_faces(voxels.coords, voxels.crossed)
    vertices = voxel_vertices(voxels.coords, voxels.dual_places, GRID)
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 2).all()  # closed
    corners = vertices[faces].astype(float)
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    ).sum()
    x, y, z = HIGH - LOW
    np.testing.assert_allclose(area / 2, 2 * (x * y + y * z + z * x), rtol=2e-2)


def test_reading_interpolates_and_falls_back_to_the_nearest_voxel():
    coords = np.array([[3, 3, 3], [4, 3, 3], [8, 8, 8]])
    values = np.array([[0.0], [1.0], [5.0]])
    points = (np.array([[3.5, 3.5, 3.5], [4.25, 3.5, 3.5], [6.9, 6.9, 6.9]]) / GRID) - 0.5
    read = ReadOut(coords, GRID, points)
    np.testing.assert_allclose(read.at_points(values)[:, 0], [0, 0.75, 5], atol=1e-6)
    assert read.nearest.tolist() == [0, 1, 2]
    alone = ReadOut(coords, GRID, points, is_total=False)
    np.testing.assert_allclose(alone.at_points(values)[:, 0], [0, 0.75, 0], atol=1e-6)


def ball(num_points=3000, seed=0):
    normals = np.random.default_rng(seed).normal(size=(num_points, 3))
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def test_points_of_a_ball_become_its_surface():
    normals = ball()
    voxels = points_to_voxels(0.43 * normals, normals, np.abs(normals), 32)
    places = (voxels.coords + voxels.dual_places) / 32 - 0.5
    assert np.abs(np.linalg.norm(places, axis=1) - 0.43).max() < 0.15 / 32
    faces = voxel_faces(voxels.coords, voxels.crossed)
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 2).mean() > 0.99
    # The same edges as those of the true ball, up to few.
    ticks = np.linspace(-0.5, 0.5, 33)
    inside = np.linalg.norm(np.stack(np.meshgrid(ticks, ticks, ticks)), axis=0) < 0.43
    wanted = sum(np.diff(inside, axis=axis).sum() for axis in range(3))
    assert abs(voxels.crossed.sum() / wanted - 1) < 0.01
    color = voxels.attributes['base_color'] / 255
    assert np.abs(color - np.abs(places) / 0.43).max() < 0.15


def test_half_a_ball_stays_open():
    normals = ball()
    normals = normals[normals[:, 2] > 0]
    voxels = points_to_voxels(0.43 * normals, normals, None, 32)
    low = (voxels.coords[:, 2] + voxels.dual_places[:, 2]) / 32 - 0.5
    reach = np.median(cKDTree(normals).query(normals, 7)[0][:, -1]) * 0.43
    assert -reach < low.min() < 0
    assert (voxels.attributes['base_color'] == 127).all()


def test_points_outside_the_cube_are_refused():
    normals = ball(50)
    with pytest.raises(InputError, match='cube'):
        points_to_voxels(normals, normals, None, 32)
