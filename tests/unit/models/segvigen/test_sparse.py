# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sparse layers against dense ones."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.models.segvigen.sparse import attention, convolution
from part_seg_ros.models.segvigen.sparse.attention import attend
from part_seg_ros.models.segvigen.sparse.convolution import SubmanifoldConv, has_spconv
from part_seg_ros.models.segvigen.sparse.resampling import (
    Pooling,
    Subdivision,
    pyramid,
    subdivide_to,
)
from part_seg_ros.models.segvigen.sparse.sites import OFFSETS, Sites

SIZE = 8


def some_sites(num_cells: int = 150, seed: int = 0) -> Sites:
    """Cells of two objects, in no order."""
    rng = np.random.default_rng(seed)
    flat = rng.choice(2 * SIZE**3, num_cells, replace=False)
    coords = np.stack(np.unravel_index(flat, (2, SIZE, SIZE, SIZE)), axis=1)
    return Sites(torch.from_numpy(coords))


def dense(features: torch.Tensor, sites: Sites, size: int = SIZE) -> torch.Tensor:
    """(B, C, X, Y, Z) with zeros where there is no cell."""
    volume = features.new_zeros(2, size, size, size, features.shape[1])
    volume[tuple(sites.coords.T)] = features
    return volume.permute(0, 4, 1, 2, 3)


def at_sites(volume: torch.Tensor, sites: Sites) -> torch.Tensor:
    return volume.permute(0, 2, 3, 4, 1)[tuple(sites.coords.T)]


def test_neighbours_are_those_that_touch_within_an_object():
    sites = some_sites()
    where = {tuple(row): i for i, row in enumerate(sites.coords.tolist())}
    assert len(sites.neighbor_pairs) == 13
    for offset, (here, there) in zip(OFFSETS, sites.neighbor_pairs, strict=False):
        wanted = {
            (i, where[moved])
            for (b, *place), i in where.items()
            if (moved := (b, *(p + o for p, o in zip(place, offset, strict=True)))) in where
        }
        assert wanted and set(zip(here.tolist(), there.tolist(), strict=True)) == wanted


def test_a_cell_that_is_there_twice_is_refused():
    with pytest.raises(InputError, match='twice'):
        _ = Sites(torch.zeros(2, 4)).neighbor_pairs


@pytest.mark.parametrize('chunk_values', [1 << 24, 64])
def test_convolution_equals_a_dense_one(monkeypatch, chunk_values):
    monkeypatch.setattr(convolution, 'CHUNK_VALUES', chunk_values)
    torch.manual_seed(0)
    sites, conv = some_sites(), SubmanifoldConv(5, 7)
    conv.backend = 'plain'
    features = torch.randn(len(sites), 5, requires_grad=True)
    found = conv(features, sites)
    weight = conv.weight.permute(0, 4, 1, 2, 3)
    wanted = at_sites(F.conv3d(dense(features, sites), weight, conv.bias, padding=1), sites)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)
    gradients = [
        torch.autograd.grad(out.square().sum(), [features, conv.weight, conv.bias])
        for out in (found, wanted)
    ]
    for mine, other in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, other, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize('device', ['cpu', pytest.param('cuda', marks=pytest.mark.gpu)])
def test_convolution_by_spconv_equals_the_plain_one(device):
    pytest.importorskip('spconv', reason='spconv is not installed')
    conv, sites, features = some_convolution(device)
    with torch.no_grad():
        found = [by(conv, features, sites, backend) for backend in ('spconv', 'plain')]
    torch.testing.assert_close(*found, atol=1e-4, rtol=1e-4)


@pytest.mark.gpu
def test_gradients_by_spconv_equal_the_plain_ones():
    """On a GPU: its build for CPUs has no backward pass."""
    pytest.importorskip('spconv', reason='spconv is not installed')
    conv, sites, features = some_convolution('cuda')
    wanted = [features.requires_grad_(), conv.weight, conv.bias]
    found = [
        torch.autograd.grad(by(conv, features, sites, backend).square().sum(), wanted)
        for backend in ('spconv', 'plain')
    ]
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, atol=1e-4, rtol=1e-4)


def test_with_gradients_a_cpu_convolves_plainly(monkeypatch):
    """Whether spconv is installed or not; without them it is asked for where it is."""
    conv, sites, features = some_convolution('cpu')
    monkeypatch.setattr(convolution, 'has_spconv', lambda: True)
    monkeypatch.setattr(convolution, 'convolve_by_spconv', lambda *args: 'spconv')
    assert isinstance(conv(features, sites), torch.Tensor)
    with torch.no_grad():
        assert conv(features, sites) == 'spconv'
        assert isinstance(conv.half()(features.half(), sites), torch.Tensor)


def some_convolution(device):
    torch.manual_seed(0)
    conv = SubmanifoldConv(6, 9).to(device)
    sites = Sites(some_sites().coords.to(device))
    return conv, sites, torch.randn(len(sites), 6, device=device)


def by(conv, features, sites, backend):
    conv.backend = backend
    return conv(features, sites)


def test_spconv_is_an_error_where_it_is_missing():
    if has_spconv():
        pytest.skip('spconv is installed')
    conv = SubmanifoldConv(2, 2)
    conv.backend = 'spconv'
    with pytest.raises(BackendMissingError, match='pip install spconv'):
        conv(torch.zeros(1, 2), Sites(torch.zeros(1, 4)))


def test_no_cells_give_no_features():
    empty = Sites(torch.zeros(0, 4))
    assert SubmanifoldConv(3, 4)(torch.zeros(0, 3), empty).shape == (0, 4)


def test_children_become_channels_slot_by_slot_with_x_fastest():
    sites = some_sites()
    features = torch.arange(1.0, 2 * len(sites) + 1).view(-1, 2)
    pooling = Pooling(sites)
    coarse = pooling.coarse.coords.tolist()
    assert coarse == sorted(coarse)
    moved = pooling.to_channels(features).view(-1, 8, 2)
    full = dense(features, sites)
    for row, (b, x, y, z) in zip(moved, coarse, strict=True):
        for slot in range(8):
            child = 2 * x + slot % 2, 2 * y + slot // 2 % 2, 2 * z + slot // 4
            assert row[slot].tolist() == full[(b, slice(None), *child)].tolist()
    assert (pooling.occupancy == moved.ne(0).any(2)).all()


def test_the_pyramid_ends_where_all_cells_of_an_object_are_one():
    steps = pyramid(some_sites(), 3)
    tops = [tuple(step.coarse.coords.amax(0)[1:].tolist()) for step in steps]
    assert tops == [(3, 3, 3), (1, 1, 1), (0, 0, 0)]


def test_subdividing_by_the_true_occupancy_gives_all_cells_back_by_parent_and_slot():
    sites = some_sites()
    steps = subdivide_to(sites, 3)
    level = pyramid(sites, 3)[-1].coarse
    for step in steps:
        assert (step.coarse.coords == level.coords).all()
        features = torch.randn(len(level), 24)
        expected = [
            features[p, 3 * s : 3 * s + 3] for p, s in zip(step.parent, step.slot, strict=True)
        ]
        assert (step.from_channels(features) == torch.stack(expected)).all()
        order = step.parent * 8 + step.slot
        assert (order[1:] > order[:-1]).all()
        level = step.fine
    assert sorted(level.coords.tolist()) == sorted(sites.coords.tolist())
    assert level.coords.tolist() != sorted(level.coords.tolist())


def test_pooling_and_subdividing_are_inverse():
    sites = some_sites()
    pooling, features = Pooling(sites), torch.randn(150, 3)
    divided = Subdivision(pooling.coarse, pooling.occupancy)
    back = divided.from_channels(pooling.to_channels(features))
    assert (dense(back, divided.fine) == dense(features, sites)).all()


def test_sequences_do_not_see_each_other():
    torch.manual_seed(0)
    q, k, v = torch.randn(7, 2, 4), torch.randn(9, 2, 4), torch.randn(9, 2, 4)
    found = attend(q, k, v, [3, 4], [5, 4])
    scores = torch.einsum('qhd,khd->hqk', q, k) / 2
    scores[:, :3, 5:] = scores[:, 3:, :5] = -torch.inf
    wanted = torch.einsum('hqk,khd->qhd', scores.softmax(-1), v)
    torch.testing.assert_close(found, wanted)


def test_attention_in_pieces_is_that_in_one(monkeypatch):
    torch.manual_seed(0)
    q, k, v = (torch.randn(rows, 2, 8) for rows in (23, 31, 31))
    whole = attend(q, k, v, [20, 3], [30, 1])
    calls = []
    one_piece = F.scaled_dot_product_attention

    def counted(query, key, value):
        calls.append(query.shape[2] * query.shape[1] * key.shape[2])
        return one_piece(query, key, value)

    monkeypatch.setattr(attention, '_CHUNK_SCORES', 200)
    monkeypatch.setattr(attention.F, 'scaled_dot_product_attention', counted)
    pieces = attend(q, k, v, [20, 3], [30, 1])
    torch.testing.assert_close(pieces, whole)
    assert len(calls) == 7 + 1 and max(calls) <= 200
