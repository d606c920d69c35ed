# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures as the image encoder wants them."""

import numpy as np
import pytest
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.config import TINY
from part_seg_ros.models.segvigen.image_encoder import ImageEncoder
from part_seg_ros.models.segvigen.picture import VIEW, crop, foreground, network_picture


def drawn(height=80, width=120):
    picture = np.full((height, width, 3), 255, np.uint8)
    picture[20:41, 50:81] = 10, 200, 60
    return picture


def test_alpha_is_the_foreground_and_else_all_that_is_not_white():
    picture = drawn()
    assert (foreground(picture) > 0).sum() == 21 * 31
    alpha = np.zeros((80, 120, 1), np.uint8)
    alpha[:5] = 90
    assert (foreground(np.concatenate([picture, alpha], axis=2)) == alpha[..., 0]).all()
    opaque = np.concatenate([picture, alpha * 0 + 255], axis=2)
    assert (foreground(opaque) == foreground(picture)).all()


def test_pictures_are_cut_to_a_square_around_the_object_on_black():
    cut = crop(drawn())
    assert cut.shape == (30, 30, 3)  # twice half of the longer extent
    is_drawn = (cut == [10, 200, 60]).all(axis=2)
    assert is_drawn.any(axis=0).all()
    rows = np.flatnonzero(is_drawn.any(axis=1))
    assert (rows.min(), rows.max()) == (5, 25) and (cut[~is_drawn] == 0).all()


def test_what_is_half_seen_is_half_white_and_then_dimmed():
    picture = np.concatenate([drawn(), np.zeros((80, 120, 1), np.uint8)], axis=2)
    picture[20:41, 50:81, 3] = 255
    picture[30, 65, 3] = 102
    dimmed = np.array([10, 200, 60]) * 0.4 + 255 * 0.6
    at = crop(picture)[30 - 15, 65 - 50]
    np.testing.assert_allclose(at, 0.4 * dimmed, atol=1)
    # Shrunk pictures and their alpha are shrunk apart.
    large = picture.repeat(20, axis=0).repeat(20, axis=1)
    cut = crop(large)
    at = cut[len(cut) // 2 - 2 : len(cut) // 2 + 3, len(cut) // 2 - 2 : len(cut) // 2 + 3]
    np.testing.assert_allclose(at.reshape(-1, 3).mean(0), 0.4 * dimmed, atol=3)


def test_an_object_at_the_border_and_a_large_picture():
    picture = drawn()[20:, 50:]
    cut = crop(picture)
    assert cut.shape == (30, 30, 3) and (cut[0] == 0).all()
    large = drawn().repeat(20, axis=0).repeat(20, axis=1)
    assert crop(large).shape[0] in range(250, 270)  # 2400 wide, shrunk to 1024
    with pytest.raises(InputError, match='no object'):
        crop(np.full((9, 9, 3), 255, np.uint8))


def test_the_network_gets_normalised_pixels():
    flat = np.full((40, 40, 3), [124, 116, 104], np.uint8)
    image = network_picture(flat, 64)
    assert image.shape == (3, 64, 64) and image.dtype == np.float32
    assert np.abs(image).max() < 0.02  # that is the mean of its training


def test_the_view_is_a_camera_that_looks_at_the_origin():
    pose = np.array(VIEW.to_world)
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(pose[:3, 3], 2 * pose[:3, 2], atol=1e-6)


def test_tokens_know_where_their_patch_lies():
    torch.manual_seed(0)
    net = ImageEncoder(TINY.image).eval()
    picture = torch.randn(1, 3, 32, 48)
    with torch.inference_mode():
        tokens = net(picture)
        moved = net(picture.roll(16, dims=3))
    assert tokens.shape == (1, 2 + 6, 16)
    torch.testing.assert_close(tokens.mean(-1), torch.zeros(1, 8), atol=1e-5, rtol=0)
    assert (tokens[:, 0] - moved[:, 0]).abs().max() > 1e-4
    with pytest.raises(InputError, match='multiples of 16'):
        net(torch.zeros(1, 3, 30, 32))
