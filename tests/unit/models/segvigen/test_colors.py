# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From colours to parts."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.colors import (
    PaletteSettings,
    find_palette,
    nearest_color,
    to_bytes,
    white_share,
)
from part_seg_ros.models.segvigen.face_labels import FaceSettings, face_samples, label_faces
from part_seg_ros.structures import Mesh


def test_whiteness_is_the_mean_and_not_clamped():
    colors = np.array([[1, 1, 1], [0, 0, 0], [1.2, 1.2, 0.6], [-0.3, 0, 0]])
    np.testing.assert_allclose(white_share(colors), [1, 0, 1, -0.1], atol=1e-6)
    assert to_bytes(colors).tolist() == [[255] * 3, [0] * 3, [255, 255, 153], [0] * 3]


def test_the_nearest_colour_wins_however_far_it_is():
    palette = np.array([[255, 0, 0], [0, 0, 255], [255, 0, 0]])
    colors = np.array([[120, 100, 100], [90, 250, 100], [130, 0, 125]])
    assert nearest_color(colors, palette).tolist() == [0, 1, 0]
    with pytest.raises(InputError):
        nearest_color(colors, palette[:0])


def test_a_noisy_palette_is_found():
    rng = np.random.default_rng(0)
    true = np.array([[220, 40, 40], [40, 200, 60], [60, 60, 230]])
    member = rng.choice(3, 20_000, p=[0.5, 0.3, 0.2])
    colors = np.clip(true[member] + rng.normal(0, 6, (20_000, 3)), 0, 255).astype(np.uint8)
    palette, labels = find_palette(colors, PaletteSettings())
    assert palette.shape == (3, 3)
    number = nearest_color(palette, true)
    assert np.abs(palette.astype(int) - true[number]).max() < 12
    assert (number[labels] == member).mean() > 0.999
    # Without merging, the rounded colours stay apart.
    assert len(find_palette(colors, PaletteSettings(merge_distance=0.0))[0]) > 10


def test_rare_colours_take_the_nearest_frequent_one_and_one_colour_always_stays():
    colors = np.array([[200, 0, 0]] * 90 + [[0, 0, 200]] * 60 + [[0, 90, 200]] * 3, np.uint8)
    palette, labels = find_palette(colors, PaletteSettings(), min_count=10)
    assert len(palette) == 2 and labels.tolist() == [0] * 90 + [1] * 63
    palette, labels = find_palette(colors, PaletteSettings(), min_count=1000)
    assert len(palette) == 1 and not labels.any()
    with pytest.raises(InputError):
        find_palette(colors[:0], PaletteSettings())


def strip(num_cells: int) -> Mesh:
    """A flat strip of quads along x, two faces each."""
    x = np.arange(num_cells + 1.0)
    vertices = np.concatenate([np.stack([x, 0 * x + y, 0 * x], axis=1) for y in (0, 1)])
    low = np.arange(num_cells)
    high = low + num_cells + 1
    faces = np.stack([[low, low + 1, high + 1], [low, high + 1, high]], axis=2)
    return Mesh(vertices=vertices, faces=faces.transpose(1, 2, 0).reshape(-1, 3))


def test_samples_lie_on_their_faces():
    mesh = strip(3)
    samples = face_samples(mesh)
    assert samples.shape == (6, 4, 3)
    corners = mesh.vertices[mesh.faces]
    np.testing.assert_allclose(samples[:, 0], corners.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(samples[:, 1], corners[:, 0] * 0.8 + corners[:, 1:].sum(1) * 0.1)


def test_most_votes_win_and_the_lowest_of_equal_ones():
    votes = np.array([[2, 2, 0, 1], [3, 1, 3, 1], [0, 5, 5, 5]])
    mesh = Mesh(vertices=np.eye(3), faces=np.array([[0, 1, 2]] * 3))
    found = label_faces(mesh, votes, FaceSettings(min_faces=0))
    assert found.tolist() == [2, 1, 5]


def test_small_pieces_take_the_label_around_them():
    mesh = strip(40)
    labels = np.where(np.arange(80) < 50, 0, 1)
    labels[20:23] = 1
    found = label_faces(mesh, labels[:, None].repeat(4, 1), FaceSettings(min_faces=10))
    assert found.tolist() == [0] * 50 + [1] * 30


def test_small_pieces_ask_large_ones_before_other_small_ones():
    mesh = strip(40)
    labels = np.repeat([0, 1, 2, 3], [30, 4, 6, 40])
    found = label_faces(mesh, labels[:, None].repeat(4, 1), FaceSettings(min_faces=10))
    assert found.tolist() == [0] * 34 + [3] * 46


def test_small_pieces_that_touch_nothing_take_the_nearest_label():
    mesh = strip(40)
    vertices = np.concatenate([mesh.vertices, mesh.vertices[:3] + [36.0, 3.0, 0.0]])
    both = Mesh(vertices=vertices, faces=np.concatenate([mesh.faces, [[82, 83, 84]]]))
    labels = np.append(np.where(np.arange(80) < 50, 0, 1), 2)
    found = label_faces(both, labels[:, None].repeat(4, 1), FaceSettings(min_faces=10))
    assert found.tolist() == [0] * 50 + [1] * 30 + [1]
    # Nothing large at all: labels stay.
    found = label_faces(both, labels[:, None].repeat(4, 1), FaceSettings(min_faces=1000))
    np.testing.assert_array_equal(found, labels)
