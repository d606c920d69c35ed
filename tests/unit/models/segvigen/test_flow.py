# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The flow network and its sampler: what must hold whatever the weights are."""

import dataclasses

import numpy as np
import pytest
import torch

from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.models.segvigen.clicks import pack_clicks
from part_seg_ros.models.segvigen.config import TINY
from part_seg_ros.models.segvigen.flow_model import SegvigenFlow
from part_seg_ros.models.segvigen.latent_scale import SHAPE_SCALE, TEXTURE_SCALE
from part_seg_ros.models.segvigen.rotary import turn, turns
from part_seg_ros.models.segvigen.sampler import SamplerSettings, sample
from part_seg_ros.models.segvigen.sparse.sites import Sites

CONFIG = dataclasses.replace(TINY.flow, latent_channels=6)


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.inference_mode():
        yield


def build(seed=0, **changes):
    torch.manual_seed(seed)
    return SegvigenFlow(dataclasses.replace(CONFIG, **changes)).eval()


def inputs(lengths, seed=0):
    torch.manual_seed(seed)
    rows = [
        torch.cat([torch.full((n, 1), b), torch.randint(0, 8, (n, 3))], 1)
        for b, n in enumerate(lengths)
    ]
    total = sum(lengths)
    latents = [torch.randn(total, 6) for _ in range(3)]
    return Sites(torch.cat(rows)), *latents


def clicks(*cells):
    coords, labels = pack_clicks(16 * np.array(cells), 512)
    return torch.from_numpy(coords)[None], torch.from_numpy(labels)[None]


@pytest.mark.parametrize('has_points', [True, False])
def test_objects_of_a_batch_do_not_see_each_other(has_points):
    net = build(has_points=has_points)
    sites, shape, texture, noisy = inputs([5, 8, 3])
    pictures = [torch.randn(n, 16) for n in (4, 1, 6)]
    time = torch.tensor([0.9, 0.4, 0.1])
    points = None, None
    if has_points:
        each = [clicks([1, 2, 3]), clicks([0, 0, 0], [7, 7, 7]), clicks([4, 4, 4])]
        points = tuple(torch.cat(parts) for parts in zip(*each, strict=True))
    together = net(
        noisy, time, net.context(sites, shape, texture, *points), net.remember(pictures)
    )
    for number in range(3):
        rows = sites.coords[:, 0] == number
        coords = sites.coords[rows]
        coords[:, 0] = 0
        own = tuple(p if p is None else p[number : number + 1] for p in points)
        alone = net(
            noisy[rows],
            time[number : number + 1],
            net.context(Sites(coords), shape[rows], texture[rows], *own),
            net.remember(pictures[number : number + 1]),
        )
        torch.testing.assert_close(together[rows], alone, atol=1e-5, rtol=1e-4)


def test_everything_that_is_given_counts():
    net = build()
    sites, shape, texture, noisy = inputs([6])
    picture, time = torch.randn(3, 16), torch.tensor([0.5])

    def velocity(shape=shape, texture=texture, picture=picture, time=time, at=((1, 2, 3),)):
        context = net.context(sites, shape, texture, *clicks(*at))
        return net(noisy, time, context, net.remember([picture]))

    base = velocity()
    for change in (
        {'shape': shape.flip(0)},
        {'texture': texture.flip(0)},
        {'picture': 2 * picture},
        {'time': time / 2},
        {'at': ((3, 2, 1),)},
        {'at': ((1, 2, 3), (4, 5, 6))},
    ):
        assert (velocity(**change) - base).abs().max() > 1e-5, change
    torch.testing.assert_close(velocity(at=((1, 2, 3), (1, 2, 3))), base)


def test_points_and_tasks_are_for_networks_that_know_them():
    sites, shape, texture, noisy = inputs([4])
    plain, pointed = build(has_points=False), build()
    with pytest.raises(InputError, match='no points'):
        plain.context(sites, shape, texture, *clicks([0, 0, 0]))
    with pytest.raises(InputError, match='takes points'):
        pointed.context(sites, shape, texture)
    with pytest.raises(InputError, match='10'):
        pointed.context(sites, shape, texture, torch.zeros(1, 4, 3), torch.zeros(1, 4))
    memory, context = plain.remember([torch.zeros(1, 16)]), plain.context(sites, shape, texture)
    with pytest.raises(InputError, match='task'):
        plain(noisy, torch.ones(1), context, memory, task='full')


def test_one_network_for_all_tasks_tells_them_apart():
    net = build(num_tasks=3)
    assert any(name.startswith('task_embedder.') for name in net.state_dict())
    assert not any(name.startswith('task_embedder.') for name in build().state_dict())
    sites, shape, texture, noisy = inputs([4])
    none = torch.zeros(1, 10, 3, dtype=torch.long), torch.zeros(1, 10, dtype=torch.long)
    context = net.context(sites, shape, texture, *none)
    memory = net.remember([torch.zeros(1, 16)])
    found = [
        net(noisy, torch.ones(1), context, memory, task=task)
        for task in ('interactive', 'full', 'guided')
    ]
    assert (found[0] - found[1]).abs().max() > 1e-5
    assert (found[1] - found[2]).abs().max() > 1e-5


def test_turned_products_depend_on_the_distance_of_places_alone():
    torch.manual_seed(0)
    q, k = torch.randn(2, 1, 32)
    places = torch.tensor([[1, 5, 2], [4, 0, 3]])

    def product(shift):
        by = turns(places + shift, 32)
        return (turn(q[None], by[:1]) * turn(k[None], by[1:])).sum()

    torch.testing.assert_close(product(0), product(7), atol=1e-4, rtol=1e-4)
    assert (product(0) - (q * k).sum()).abs() > 1e-3
    last = torch.zeros(1, 1, 32)
    last[..., 30:] = 1  # what is left over after three times five pairs
    torch.testing.assert_close(turn(last, turns(places[:1], 32)), last)


def test_sampling_follows_a_straight_flow_exactly():
    target, noise = torch.randn(4, 3), torch.randn(4, 3)
    for steps in (1, 5):
        settings = SamplerSettings(num_steps=steps)
        found = sample(noise, lambda latent, time: noise - target, None, settings)
        torch.testing.assert_close(found, target, atol=1e-5, rtol=0)
    assert settings.times[0] == 1 and settings.times[-1] == 0
    assert all(a > b for a, b in zip(settings.times, settings.times[1:], strict=False))


@pytest.mark.parametrize('rescale_t', [1.0, 3.0, 5.0])
def test_times_are_those_of_the_release_to_the_last_bit(rescale_t):
    """It rescales an even spacing; in ten even steps one would be on the border 0.3, or below."""
    for num_steps in range(1, 60):
        even = np.linspace(1, 0, num_steps + 1)
        wanted = rescale_t * even / (1 + (rescale_t - 1) * even)
        assert SamplerSettings(num_steps=num_steps, rescale_t=rescale_t).times == wanted.tolist()
    assert SamplerSettings(num_steps=10, rescale_t=1.0).times[7] < 0.3


def test_guidance_mixes_inside_its_interval_only():
    asked = []

    def plain(latent, time):
        asked.append(('plain', time))
        return torch.ones(1)

    def null(latent, time):
        asked.append(('null', time))
        return torch.full((1,), 2.0)

    settings = SamplerSettings(num_steps=4, guidance=3.0, rescale_t=1.0, guidance_from=0.5)
    found = sample(torch.zeros(1), plain, null, settings)
    # Times 1, 0.75, 0.5, 0.25: guided in the middle two, velocity 3 - 4 = -1 there.
    torch.testing.assert_close(found, torch.tensor([-0.25 * (1 - 1 - 1 + 1)]))
    assert [time for kind, time in asked if kind == 'null'] == [0.75, 0.5]
    ignoring = dataclasses.replace(settings, guidance=0.0, guidance_from=0.0, guidance_to=1.0)
    torch.testing.assert_close(sample(torch.zeros(1), plain, null, ignoring), torch.tensor([-2.0]))


def test_rescaled_guidance_has_the_spread_of_none():
    torch.manual_seed(0)
    noise, one, other = torch.randn(3, 50, 4)
    settings = SamplerSettings(
        num_steps=1, guidance=5.0, guidance_to=1.0, guidance_rescale=1.0, sigma_min=0.0
    )
    found = sample(noise, lambda x, t: one, lambda x, t: other, settings)
    plain = noise - one
    torch.testing.assert_close(found.std(), plain.std(), rtol=1e-4, atol=0)
    bare = dataclasses.replace(settings, guidance_rescale=0.0)
    guided = sample(noise, lambda x, t: one, lambda x, t: other, bare)
    assert guided.std() > 1.5 * plain.std()
    torch.testing.assert_close(found * guided.std() / found.std(), guided, rtol=1e-3, atol=1e-4)


def test_settings_out_of_range_are_refused():
    for wrong in ({'num_steps': 0}, {'guidance_from': 0.95}, {'guidance': -1.0}):
        with pytest.raises(ConfigError):
            SamplerSettings(**wrong)


def test_clicks_become_sorted_cells():
    coords, labels = pack_clicks(np.array([[511, 0, 0], [17, 16, 40], [16, 31, 47]]), 512)
    assert coords.tolist()[:3] == [[1, 1, 2], [31, 0, 0], [0, 0, 0]]
    assert labels.tolist() == [1, 1] + [0] * 8
    many = pack_clicks(np.stack([np.arange(20)[::-1] * 16] * 3, axis=1), 512)
    assert many[0][:, 0].tolist() == list(range(10)) and many[1].all()
    for wrong in ([[0, 0, 512]], [[-1, 0, 0]], np.zeros((0, 3))):
        with pytest.raises(InputError):
            pack_clicks(np.array(wrong), 512)


@pytest.mark.parametrize('scale', [SHAPE_SCALE, TEXTURE_SCALE])
def test_latents_are_normalised_and_back(scale):
    latent = torch.randn(5, 32)
    torch.testing.assert_close(scale.restore(scale.normalize(latent)), latent)
    mean = torch.tensor(scale.mean)
    torch.testing.assert_close(scale.normalize(mean[None]), torch.zeros(1, 32))
    assert len(scale.std) == 32 and min(scale.std) > 1
