# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen beside its authors' own code: the same weights and inputs, at a reduced size."""

import importlib
import json
import sys
from dataclasses import asdict
from types import MethodType, ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.models.segvigen.checkpoint import load_released
from part_seg_ros.models.segvigen.clicks import pack_clicks
from part_seg_ros.models.segvigen.config import (
    DecoderConfig,
    EncoderConfig,
    FlowConfig,
    SegvigenConfig,
)
from part_seg_ros.models.segvigen.flow_model import SegvigenFlow
from part_seg_ros.models.segvigen.latent_scale import SHAPE_SCALE, TEXTURE_SCALE
from part_seg_ros.models.segvigen.picture import crop, network_picture
from part_seg_ros.models.segvigen.sampler import SamplerSettings, sample
from part_seg_ros.models.segvigen.sparse.resampling import pyramid, subdivide_to
from part_seg_ros.models.segvigen.sparse.sites import Sites
from part_seg_ros.models.segvigen.voxel_decoder import VoxelDecoder
from part_seg_ros.models.segvigen.voxel_encoder import VoxelEncoder
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels
from tests.parity.originals.segvigen_stand_ins import COND, STAND_INS, Remover, image_rows

# As in tests/parity/test_segvigen.py: largest absolute differences.
FLOW, SAMPLED, LATENT, DECODED = 2e-5, 5e-5, 5e-5, 3e-4
WIDTHS, COUNTS = (8, 16, 32, 64, 128), (0, 1, 1, 2, 1)
# The authors' code fixes the width of clicks.
FLOW_CONFIG = FlowConfig(
    width=1536, cond_channels=COND, num_blocks=1, mlp_ratio=0.3334, dtype='float32'
)
CONFIG = SegvigenConfig(
    encoder=EncoderConfig(widths=WIDTHS, num_blocks=COUNTS, dtype='float32'),
    decoder=DecoderConfig(widths=WIDTHS[::-1], num_blocks=COUNTS[::-1], dtype='float32'),
    flow=FLOW_CONFIG,
)
SHAPE_DECODER = DecoderConfig(
    widths=WIDTHS[::-1],
    num_blocks=COUNTS[::-1],
    dtype='float32',
    out_channels=7,
    predicts_cells=True,
)
BLOCKS = {'block_type': ['SparseConvNeXtBlock3d'] * 5, 'block_args': [{}] * 5}
DOWN = BLOCKS | {'down_block_type': ['SparseResBlockS2C3d'] * 4, 'latent_channels': 32}
UP = BLOCKS | {'up_block_type': ['SparseResBlockC2S3d'] * 4, 'latent_channels': 32}
DOWN |= {'model_channels': WIDTHS, 'num_blocks': COUNTS}
UP |= {'model_channels': WIDTHS[::-1], 'num_blocks': COUNTS[::-1]}
AUTOENCODERS = {
    'shape_encoder': ('FlexiDualGridVaeEncoder', DOWN),
    'tex_encoder': ('SparseUnetVaeEncoder', DOWN | {'in_channels': 6}),
    'shape_decoder': ('FlexiDualGridVaeDecoder', UP | {'resolution': 512}),
    'tex_decoder': ('SparseUnetVaeDecoder', UP | {'out_channels': 6, 'pred_subdiv': False}),
}


NAMES = ('inference_full', 'inference_interactive', 'trellis2.pipelines.samplers')


@pytest.fixture(scope='module')
def theirs(checkout) -> Any:
    """Their scripts and modules; these import each other while they run, too."""
    root = checkout('Nelipot-Lee+SegviGen')
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        for name, content in STAND_INS.items():
            module = ModuleType(name)
            module.__dict__.update(content)
            patch.setitem(sys.modules, name, module)
            parent, _, child = name.rpartition('.')
            if parent:
                setattr(sys.modules[parent], child, module)
        patch.setattr(torch.Tensor, 'cuda', lambda tensor: tensor)
        patch.setattr(nn.Module, 'cuda', lambda module: module)
        full, interactive, samplers = (importlib.import_module(name) for name in NAMES)
        yield SimpleNamespace(
            full=full, interactive=interactive, samplers=samplers, sp=full.sp, models=full.models
        )
    for name in set(sys.modules) - before:
        if name.split('.')[0] in ('trellis2', *NAMES):
            del sys.modules[name]


def fill_plainly(module: nn.Module) -> None:
    """Fill with weights that follow no rule of names."""
    rng = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for value in module.state_dict().values():
            gain = 0.4 if value.ndim < 2 else value[0].numel() ** -0.5
            value.copy_((value.ndim == 1) * 0.5 + gain * torch.randn(value.shape, generator=rng))


@pytest.fixture(scope='module', params=['by name', 'plain'])
def weights(request, fill) -> Any:
    """Fill a network in one of two ways."""

    def give(net: nn.Module) -> nn.Module:
        fill.fill_module(net) if request.param == 'by name' else fill_plainly(net)
        return net.eval()

    return give


@pytest.fixture(scope='module')
def autoencoders(theirs, weights) -> Any:
    """Ours and theirs of each name."""
    ours = {
        'shape_encoder': VoxelEncoder(CONFIG.encoder),
        'tex_encoder': VoxelEncoder(CONFIG.encoder),
        'shape_decoder': VoxelDecoder(SHAPE_DECODER),
        'tex_decoder': VoxelDecoder(CONFIG.decoder),
    }
    pairs = {}
    for name, net in ours.items():
        kind, arguments = AUTOENCODERS[name]
        their = getattr(theirs.models, kind)(**arguments).eval()
        their.load_state_dict(weights(net).state_dict())
        pairs[name] = SimpleNamespace(ours=net, theirs=their)
    return SimpleNamespace(**pairs)


def voxels_of(kind: str) -> np.ndarray:
    """Return (M, 4) rows of object, x, y, z, shuffled within the objects."""
    rng = np.random.default_rng(6)
    sides = {'single': (1, 1, 1), 'flat': (40, 1, 33), 'full': (20, 17, 19)}
    if kind == 'two':
        first, second = voxels_of('scattered'), voxels_of('shell')
        return np.concatenate([first, second + (1, -60, 30, -40)])
    if kind in sides:
        places = np.argwhere(np.ones(sides[kind]))
    elif kind == 'scattered':
        places = np.unique(rng.integers(0, 40, size=(500, 3)), axis=0)
    else:
        grid = np.argwhere(np.ones((42, 42, 42)))
        places = grid[np.abs(np.linalg.norm(grid - 20.3, axis=1) - 19) < 0.8]
    rows = np.zeros((len(places), 4), np.int64)
    rows[:, 1:] = rng.permutation(places) + (100, 7, 460)
    return rows


def agree(found: Tensor, wanted: Tensor, atol: float) -> None:
    assert found.shape == wanted.shape
    error = (found - wanted).abs().max().item()
    assert error <= atol, f'largest difference {error:.3g}, allowed {atol:.3g}'


@pytest.mark.parametrize('kind', ['single', 'flat', 'full', 'scattered', 'shell', 'two'])
@torch.inference_mode()
def test_autoencoders(theirs, autoencoders, kind):
    rows, sp = torch.from_numpy(voxels_of(kind)), theirs.sp
    rng = torch.Generator().manual_seed(2)
    duals = torch.rand(len(rows), 3, generator=rng)
    crossed = torch.randint(2, (len(rows), 3), generator=rng).float()
    colors = 2 * torch.rand(len(rows), 6, generator=rng) - 1
    sites = Sites(rows)
    steps = pyramid(sites, 4)
    nets = autoencoders

    wanted = nets.shape_encoder.theirs(
        sp.SparseTensor(duals, rows.int()), sp.SparseTensor(crossed, rows.int())
    )
    shape = nets.shape_encoder.ours(torch.cat([duals, crossed], 1) - 0.5, sites, steps)
    assert torch.equal(steps[-1].coarse.coords, wanted.coords)
    agree(shape.mean, wanted.feats, LATENT)
    z, mean, log_variance = nets.tex_encoder.theirs(
        sp.SparseTensor(colors, rows.int()), return_raw=True
    )
    texture = nets.tex_encoder.ours(colors, sites, steps)
    agree(texture.mean, mean, LATENT)
    agree(texture.log_variance, log_variance, LATENT)

    # z remembers which voxels it came from.
    painted = nets.tex_decoder.theirs(z)
    true_steps = subdivide_to(sites, 4)
    fine = true_steps[-1].fine.coords
    order = {tuple(row): i for i, row in enumerate(fine.tolist())}
    assert len(order) == len(fine) == len(rows)
    to_theirs = [order[tuple(row)] for row in painted.coords.tolist()]
    agree(nets.tex_decoder.ours(mean, true_steps)[to_theirs], painted.feats, DECODED)

    kept = slice(0, 12)  # of the first object
    few = SimpleNamespace(cells=wanted.coords[kept], shape=wanted.feats[kept], color=mean[kept])
    (mesh,), subs = nets.shape_decoder.theirs(
        sp.SparseTensor(few.shape, few.cells.int()), return_subs=True
    )
    chosen = nets.shape_decoder.ours.decode_shape(few.shape, Sites(few.cells))
    assert torch.equal(chosen.steps[-1].fine.coords[:, 1:], mesh.faces.long())
    for logits, sub in zip(chosen.logits, subs, strict=True):
        agree(logits, sub.feats, DECODED)
    made = torch.cat([chosen.dual_vertices, chosen.intersected], 1)
    agree(torch.cat([made, chosen.split_weights[:, None]], 1), mesh.vertices, DECODED)
    colored = nets.tex_decoder.theirs(sp.SparseTensor(few.color, few.cells.int()), guide_subs=subs)
    agree(nets.tex_decoder.ours(few.color, chosen.steps), colored.feats, DECODED)


SMALL_FLOW = FlowConfig(
    width=96, cond_channels=COND, num_blocks=3, num_heads=3, has_points=False, dtype='float32'
)


def their_flow(theirs: Any, script: ModuleType, net: SegvigenFlow) -> nn.Module:
    """Build the flow network of one of their scripts with our weights."""
    built = script.Gen3DSeg(theirs.models.SLatFlowModel(**flow_arguments(net.config)))
    if script is theirs.interactive:
        built.flow_model.forward = MethodType(script.flow_forward, built.flow_model)
    built.load_state_dict(net.state_dict())
    return built.eval()


def flow_arguments(config: FlowConfig) -> dict[str, Any]:
    return {
        'resolution': 32,
        'in_channels': 64,
        'out_channels': 32,
        'model_channels': config.width,
        'cond_channels': COND,
        'num_blocks': config.num_blocks,
        'num_heads': config.num_heads,
        'mlp_ratio': config.mlp_ratio,
        'pe_mode': 'rope',
        'share_mod': True,
        'qk_rms_norm': True,
        'qk_rms_norm_cross': True,
    }


def cells_of(counts: tuple[int, ...]) -> Tensor:
    """Return (N, 4) latent cells of objects, sorted."""
    rng = np.random.default_rng(5)
    cells = [np.sort(rng.choice(32**3, count, replace=False)) for count in counts]
    places = np.stack(np.unravel_index(np.concatenate(cells), (32, 32, 32)), 1)
    return torch.from_numpy(np.c_[np.repeat(np.arange(len(counts)), counts), places])


@pytest.mark.parametrize('counts', [(1,), (300,), (7, 120)])
@torch.inference_mode()
def test_the_flow_without_clicks(theirs, weights, counts):
    ours = weights(SegvigenFlow(SMALL_FLOW))
    net = their_flow(theirs, theirs.full, ours)
    rng = torch.Generator().manual_seed(7)
    cells = cells_of(counts)
    noisy, texture, shape = torch.randn(3, len(cells), 32, generator=rng)
    picture = torch.randn(len(counts), 9, COND, generator=rng)
    times = torch.rand(len(counts), generator=rng)
    sparse = [theirs.sp.SparseTensor(part, cells.int()) for part in (noisy, texture, shape)]
    wanted = net(*sparse, 1000 * times, picture, list(counts)).feats
    context = ours.context(Sites(cells), shape, texture)
    agree(ours(noisy, times, context, ours.remember(list(picture))), wanted, FLOW)


@pytest.mark.parametrize(
    'chosen',
    [
        {},
        {'guidance': 0.0},
        {'guidance': 3.0},
        {'guidance': 2.5, 'guidance_from': 0.25, 'guidance_to': 1.0, 'rescale_t': 5.0},
        # The time 0.3 lies just below the border.
        {'guidance': 6.0, 'guidance_from': 0.3, 'num_steps': 10, 'rescale_t': 1.0},
        {'guidance': 4.0, 'guidance_rescale': 0.7},
    ],
)
@torch.inference_mode()
def test_sampling(theirs, weights, chosen):
    """Their sampler lacks what it rescales by; the one of TRELLIS.2 beside it has that."""
    settings = SamplerSettings(**chosen)
    ours = weights(SegvigenFlow(SMALL_FLOW))
    net = their_flow(theirs, theirs.full, ours)
    rng = torch.Generator().manual_seed(9)
    cells = cells_of((90,))
    noise, texture, shape = torch.randn(3, len(cells), 32, generator=rng)
    picture = torch.randn(1, 9, COND, generator=rng)
    kinds = (theirs.full.Sampler, theirs.samplers.FlowEulerSampler)
    sampler = type('Both', kinds, {})(settings.sigma_min)
    wanted = sampler.sample(
        net,
        *(theirs.sp.SparseTensor(part, cells.int()) for part in (noise, texture, shape)),
        [len(cells)],
        {'cond': picture, 'neg_cond': torch.zeros_like(picture)},
        {
            'steps': settings.num_steps,
            'rescale_t': settings.rescale_t,
            'guidance_strength': settings.guidance,
            'guidance_interval': (settings.guidance_from, settings.guidance_to),
            'guidance_rescale': settings.guidance_rescale,
        },
    )
    context = ours.context(Sites(cells), shape, texture)

    def along(tokens):
        memory = ours.remember([tokens])
        return lambda latent, time: ours(latent, torch.tensor([time]), context, memory)

    found = sample(noise, along(picture[0]), along(torch.zeros(1, COND)), settings)
    agree(found, wanted.feats, SAMPLED)


@pytest.fixture(scope='module')
def files(autoencoders, weights, tmp_path_factory) -> Any:
    """The folder that their scripts run in, with weights as the releases have them."""
    folder = tmp_path_factory.mktemp('segvigen')
    base = folder / 'microsoft/TRELLIS.2-4B'
    (base / 'ckpts').mkdir(parents=True)
    made = {}
    for name, (kind, arguments) in AUTOENCODERS.items():
        part = name.replace('encoder', 'enc').replace('decoder', 'dec')
        made[name] = base / f'ckpts/{part}_next_dc_f16c32_fp16.safetensors'
        save_file(getattr(autoencoders, name).ours.state_dict(), made[name])
        text = json.dumps({'name': kind, 'args': arguments})
        made[name].with_suffix('.json').write_text(text)
    path = base / 'ckpts/slat_flow_imgshape2tex_dit_1_3B_512_bf16.safetensors'
    text = json.dumps({'name': 'SLatFlowModel', 'args': flow_arguments(FLOW_CONFIG)})
    path.with_suffix('.json').write_text(text)
    interactive = weights(SegvigenFlow(FLOW_CONFIG))
    save_file(interactive.flow_model.state_dict(), path)
    full = {n: t for n, t in interactive.state_dict().items() if n.startswith('flow_model.')}
    for mode, tensors in (('interactive', interactive.state_dict()), ('full', full)):
        made[f'flows.{mode}'] = folder / f'{mode}_seg.ckpt'
        state = {f'gen3dseg.{name}': tensor for name, tensor in tensors.items()}
        torch.save({'state_dict': state}, made[f'flows.{mode}'])
    scales = {'shape_slat': SHAPE_SCALE, 'tex_slat': TEXTURE_SCALE}
    settings = {'steps': 3, 'rescale_t': 3.0, 'guidance_strength': 2.0, 'guidance_rescale': 0.0}
    settings['guidance_interval'] = [0.6, 0.9]
    arguments = {f'{name}_normalization': asdict(scale) for name, scale in scales.items()}
    arguments['tex_slat_sampler'] = {'params': settings}
    (base / 'pipeline.json').write_text(json.dumps({'args': arguments}))
    return SimpleNamespace(folder=folder, made=made)


def picture_of(kind: str) -> np.ndarray:
    """Return a picture with alpha, 0 to 255 at the rim of the object."""
    rng = np.random.default_rng(3)
    height, width = {'odd': (93, 141), 'large': (700, 1301)}[kind]
    rows, columns = np.mgrid[:height, :width]
    radius = np.hypot((rows - 0.55 * height) / height, (columns - 0.4 * width) / width)
    alpha = np.clip((0.31 - radius) * 3000, 0, 255)
    return np.dstack([rng.integers(256, size=(height, width, 3)), alpha]).astype(np.uint8)


@pytest.mark.parametrize(
    ('mode', 'num_clicks', 'picture'),
    [
        ('full', 0, 'odd'),
        ('interactive', 4, 'large'),
        ('interactive', 40, 'odd'),
    ],
)
@torch.inference_mode()
def test_scripts(theirs, autoencoders, files, monkeypatch, mode, num_clicks, picture):
    """From voxels, a picture and clicks to colours, through the files of the weights."""
    rng = np.random.default_rng(8)
    rows = voxels_of('shell')[:, 1:]
    channels = {'dual_vertices': 3, 'base_color': 3, 'metallic': 1, 'roughness': 1, 'alpha': 1}
    stored = {
        name: rng.integers(256, size=(len(rows), count), dtype=np.uint8)
        for name, count in channels.items()
    }
    stored['intersected'] = rng.integers(8, size=(len(rows), 1), dtype=np.uint8)
    shown = Image.fromarray(picture_of(picture))
    clicks = np.repeat(rows[rng.permutation(len(rows))[:num_clicks]], 2, axis=0).tolist()
    noise, decoded = None, []

    def drawn(like: Tensor) -> Tensor:
        nonlocal noise
        noise = torch.randn(like.shape, generator=torch.Generator().manual_seed(1))
        return noise

    def cut_out(image: Image.Image) -> Image.Image:
        image.putalpha(shown.getchannel('A').resize(image.size, Image.Resampling.LANCZOS))
        return image

    script = getattr(theirs, mode)
    tables = {name: torch.from_numpy(value) for name, value in stored.items()}
    read = SimpleNamespace(read=lambda path: (torch.from_numpy(rows).int(), tables))
    monkeypatch.setattr(script.o_voxel, 'io', read, raising=False)
    monkeypatch.setattr(script, 'process_glb_to_vxz', lambda *paths: None)
    monkeypatch.setattr(script, 'BiRefNet', lambda model_name: Remover(cut_out))
    monkeypatch.setattr(script, 'slat_to_glb', lambda *made: decoded.append(made) or Mock())
    monkeypatch.setattr(torch, 'randn_like', drawn)
    monkeypatch.chdir(files.folder)
    shown.save('picture.png')
    item = dict.fromkeys(('glb', 'input_vxz', 'transforms', 'export_glb'), '')
    item |= {'img': 'picture.png', '2d_map': True}
    script.inference(files.made[f'flows.{mode}'], item, *([clicks] if num_clicks else []))
    ((_, wanted),) = decoded

    net = load_released(CONFIG, {n: p for n, p in files.made.items() if n != 'shape_decoder'})
    voxels = OVoxels(coords=rows.astype(np.int32), attributes=stored, grid=512)
    encoded = net.encode(voxels)
    image = torch.from_numpy(network_picture(crop(np.asarray(shown)), 512))
    tokens = F.layer_norm(image_rows(image[None])[0], (COND,))
    memory = net.flow(mode).remember([tokens])
    packed = None
    if num_clicks:
        packed = tuple(torch.from_numpy(part)[None] for part in pack_clicks(np.array(clicks), 512))
    settings = SamplerSettings(num_steps=3, guidance=2.0)
    latent = net.sample(mode, encoded, memory, noise, settings, clicks=packed)
    chosen = autoencoders.shape_decoder.ours.decode_shape(
        SHAPE_SCALE.restore(encoded.shape), encoded.cells
    )
    found = 0.5 * net.tex_decoder(latent, chosen.steps) + 0.5
    assert torch.equal(chosen.steps[-1].fine.coords, wanted.coords)
    agree(found, wanted.feats, DECODED)
