# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The memory plan against what torch allocates, and what is refused by it."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from part_seg_ros.errors import DoesNotFitError
from part_seg_ros.layers import row_chunks
from part_seg_ros.models import free_memory as free_memory_module
from part_seg_ros.models.free_memory import free_bytes, free_host_bytes
from part_seg_ros.models.segvigen import system as system_module
from part_seg_ros.models.segvigen.config import MODES, OFFICIAL, TINY
from part_seg_ros.models.segvigen.memory_check import (
    FreeMemory,
    check_object,
    check_weights,
    free_memory,
)
from part_seg_ros.models.segvigen.memory_plan import (
    TYPICAL_ROWS,
    PlanOptions,
    count_rows,
    plan_memory,
    scaled_rows,
)
from part_seg_ros.models.segvigen.model import SegvigenNet
from part_seg_ros.models.segvigen.sampler import SamplerSettings
from part_seg_ros.models.segvigen.sparse import convolution
from part_seg_ros.models.segvigen.system import random_system
from part_seg_ros.models.segvigen.voxels.o_voxels import ATTRIBUTES, OVoxels
from part_seg_ros.structures import PointCloud

GIB = 1 << 30
# Wider than tiny, so that features outweigh tables.
WIDE = dataclasses.replace(
    TINY,
    encoder=dataclasses.replace(TINY.encoder, widths=(16, 32, 64, 128, 256)),
    decoder=dataclasses.replace(TINY.decoder, widths=(256, 128, 64, 32, 16)),
    flow=dataclasses.replace(TINY.flow, width=192, num_heads=3),
)
HALF = dataclasses.replace(
    WIDE,
    encoder=dataclasses.replace(WIDE.encoder, dtype='float16'),
    decoder=dataclasses.replace(WIDE.decoder, dtype='float16'),
    flow=dataclasses.replace(WIDE.flow, dtype='bfloat16'),
)


def shell(radius: float) -> OVoxels:
    """Voxels near a sphere, with random values."""
    coords = np.indices((64, 64, 64)).reshape(3, -1).T
    away = np.abs(np.linalg.norm(coords + 0.5 - 32, axis=1) - radius)
    coords = coords[away < 0.8].astype(np.int32)
    rng = np.random.default_rng(0)
    values = {
        name: rng.integers(0, 8, (len(coords), channels)).astype(np.uint8)
        for name, channels in ATTRIBUTES.items()
    }
    return OVoxels(coords=coords, attributes=values, grid=64)


def allocated(work):
    """Return what `work` returns, and the most that torch had allocated during it."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        result = work()
    events = profiler.profiler.kineto_results.events()
    changes = sorted((e.start_ns(), e.nbytes()) for e in events if e.name() == '[memory]')
    return result, int(np.cumsum([change for _, change in changes]).max())


@pytest.mark.parametrize(
    ('config', 'radius', 'as_gpu'),
    [(TINY, 28, False), (WIDE, 16, False), (WIDE, 12, True), (HALF, 16, True)],
    ids=['tiny', 'wide', 'wide as on a GPU', 'half as on a GPU'],
)
def test_estimates_are_a_little_above_what_torch_allocates(config, radius, as_gpu, monkeypatch):
    if as_gpu:  # which maps all rows at once
        monkeypatch.setattr(row_chunks, 'row_chunks', lambda *tables, chunk=0: [tables])
    monkeypatch.setattr(convolution, 'has_spconv', lambda: False)  # whose tables torch holds, too
    torch.manual_seed(0)
    net = SegvigenNet(config, ['interactive']).eval()
    voxels = shell(radius)
    options = PlanOptions(
        device='cuda' if as_gpu else 'cpu', modes=('interactive',), is_widened=config is not HALF
    )
    plan = plan_memory(config, count_rows(voxels.coords), options)
    found = {}
    with torch.inference_mode():
        encoded, found['encode'] = allocated(lambda: net.encode(voxels))
        image = torch.zeros(3, 64, 64)
        tokens, found['image'] = allocated(lambda: net.image_tokens(image))
        clicks = torch.zeros(1, 10, 3, dtype=torch.long), torch.ones(1, 10, dtype=torch.long)
        flow = net.flow('interactive')

        def paint():
            memory = flow.remember([tokens])
            noise = torch.randn(encoded.texture.shape)
            settings = SamplerSettings(num_steps=2)
            return net.sample('interactive', encoded, memory, noise, settings, clicks=clicks)

        latent, found['flow'] = allocated(paint)
        _, found['decode'] = allocated(lambda: net.decode_colors(latent, encoded))
    for stage in plan.stages:
        share = stage.peak_bytes / found[stage.name]
        assert 1.0 <= share < 1.7, (stage.name, share)
        if stage.name != 'encode':
            assert 0.95 < stage.held_bytes / encoded.num_bytes < 1.3


def test_weights_are_counted_and_rows_too():
    plan = plan_memory(OFFICIAL, TYPICAL_ROWS, PlanOptions(device='cuda', is_widened=False))
    numbers = {network.name: network.num_parameters for network in plan.networks}
    assert numbers['flows.interactive'] - numbers['flows.full'] == 1536
    assert round(numbers['flows.full'] / 1e6, 1) == 1292.3
    assert round(numbers['shape_encoder'] / 1e6, 1) == 354.4
    assert round(numbers['tex_decoder'] / 1e6, 1) == 474.2
    wide = plan_memory(OFFICIAL, TYPICAL_ROWS, PlanOptions())
    for network in wide.networks:
        assert network.working_bytes == 4 * network.num_parameters
        assert network.resting_bytes <= network.working_bytes
    coords = shell(20).coords
    assert count_rows(coords) == tuple(
        len(np.unique(coords // 2**level, axis=0)) for level in range(5)
    )
    assert scaled_rows(TYPICAL_ROWS[0]) == TYPICAL_ROWS
    assert scaled_rows(1) == (1, 1, 1, 1, 1)


def test_low_memory_needs_one_network_at_a_time():
    options = PlanOptions(device='cuda', is_widened=False)
    plan, low = (
        plan_memory(OFFICIAL, TYPICAL_ROWS, dataclasses.replace(options, low_memory=is_low))
        for is_low in (False, True)
    )
    weights = {network.name: network.resting_bytes for network in plan.networks}
    assert plan.working_bytes == sum(weights.values()) and plan.resting_bytes == 0
    assert low.resting_bytes == sum(weights.values()) and low.working_bytes == 0
    flow = next(stage for stage in low.stages if stage.name == 'flow')
    lent = low.stage_bytes(flow) - flow.held_bytes - flow.peak_bytes
    assert lent == weights['flows.interactive']
    assert low.device_bytes < plan.device_bytes - 8 * GIB
    assert low.host_bytes > plan.host_bytes + 8 * GIB
    cpu = plan_memory(OFFICIAL, TYPICAL_ROWS, PlanOptions(low_memory=True))
    assert cpu.device_bytes == 0
    assert cpu.host_bytes > sum(weights.values()) + 2 * weights['flows.interactive']
    # Without a picture there is one token to remember and no encoder.
    plain = dataclasses.replace(options, has_image_encoder=False)
    assert plan_memory(OFFICIAL, TYPICAL_ROWS, plain).work_bytes < plan.work_bytes - GIB


def test_weights_that_do_not_fit_are_refused_and_what_fits_is_named():
    options = PlanOptions(device='cuda', is_widened=False)
    check_weights(OFFICIAL, options, FreeMemory(host=None, device=None))
    check_weights(OFFICIAL, options, FreeMemory(host=12 * GIB, device=14 * GIB))
    with pytest.raises(DoesNotFitError, match='memory of cuda, of which 4.00 GiB') as caught:
        check_weights(OFFICIAL, options, FreeMemory(host=16 * GIB, device=4 * GIB))
    assert 'what would fit: low_memory=true; or' in str(caught.value)
    with pytest.raises(DoesNotFitError) as caught:
        check_weights(OFFICIAL, options, FreeMemory(host=8 * GIB, device=8 * GIB))
    assert 'what would fit: the file of one mode, such as interactive' in str(caught.value)
    with pytest.raises(DoesNotFitError, match='none of the settings makes it fit'):
        check_weights(OFFICIAL, options, FreeMemory(host=8 * GIB, device=GIB))
    plenty = FreeMemory(host=2 * GIB, device=80 * GIB)
    check_weights(OFFICIAL, options, plenty)
    with pytest.raises(DoesNotFitError, match='memory of the host, of which 2.00 GiB'):
        check_weights(OFFICIAL, options, plenty, largest_file=7 * GIB)
    with pytest.raises(DoesNotFitError, match='precision=released'):
        check_weights(OFFICIAL, PlanOptions(), FreeMemory(host=9 * GIB, device=9 * GIB))


def test_objects_that_do_not_fit_are_refused_and_what_fits_is_named():
    options = PlanOptions(device='cuda', is_widened=False)
    plan = plan_memory(OFFICIAL, TYPICAL_ROWS, options)
    need = plan.work_bytes - plan.working_bytes
    for free in (need, None):
        check_object(OFFICIAL, plan, FreeMemory(host=None, device=free))
    with pytest.raises(DoesNotFitError) as caught:
        check_object(OFFICIAL, plan, FreeMemory(host=None, device=need // 2))
    words = str(caught.value)
    assert '1300937 voxels need' in words and 'low_memory=true' in words
    most = int(words.split('an object of up to ')[1].split()[0])
    assert 0.4 * plan.rows[0] < most < 0.6 * plan.rows[0]
    rows = [count * most // plan.rows[0] for count in plan.rows]
    smaller = plan_memory(OFFICIAL, rows, options)
    check_object(OFFICIAL, smaller, FreeMemory(host=None, device=need // 2))
    low = plan_memory(OFFICIAL, TYPICAL_ROWS, dataclasses.replace(options, low_memory=True))
    with pytest.raises(DoesNotFitError, match='none of the settings'):
        check_object(OFFICIAL, low, FreeMemory(host=None, device=0))


def test_the_system_asks_before_it_works(monkeypatch):
    points = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    system = random_system(TINY, 'cpu')
    began = []
    monkeypatch.setattr(SegvigenNet, 'encode', lambda self, voxels: began.append(voxels))
    nothing = FreeMemory(host=1 << 20, device=1 << 20)
    monkeypatch.setattr(system_module, 'free_memory', lambda device: nothing)
    with pytest.raises(DoesNotFitError, match='voxels need'):
        system.encode(PointCloud(points=points))
    assert not began
    with pytest.raises(DoesNotFitError, match='the weights of shape_encoder, tex_encoder'):
        random_system(OFFICIAL, 'cpu')


def test_free_memory_is_that_of_the_machine_and_of_its_container(tmp_path):
    (tmp_path / 'meminfo').write_text('MemTotal: 9000 kB\nMemAvailable:    2048 kB\n')
    none = tmp_path / 'none'
    assert free_host_bytes(tmp_path / 'meminfo', none) == 2 << 20
    assert free_host_bytes(none, none) is None
    (tmp_path / 'memory.max').write_text('max\n')
    (tmp_path / 'memory.current').write_text('1048576\n')
    assert free_host_bytes(tmp_path / 'meminfo', tmp_path) == 2 << 20
    (tmp_path / 'memory.max').write_text('2000000\n')
    assert free_host_bytes(tmp_path / 'meminfo', tmp_path) == 2_000_000 - 1_048_576
    assert free_bytes('cpu') == pytest.approx(free_host_bytes(), rel=0.2)
    assert free_memory('cpu').device > 0
    assert free_memory_module._MEMINFO.name == 'meminfo'


def test_modes_are_those_that_weights_are_there_for():
    system = random_system(TINY, 'cpu', modes=('full',))
    assert system._plan_options().modes == ('full',)
    assert random_system(TINY, 'cpu')._plan_options().modes == MODES
