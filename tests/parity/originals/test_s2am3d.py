# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D beside its authors' own code: the same weights and inputs, at a reduced size."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.models.s2am3d.click_simulation import simulated_click
from part_seg_ros.models.s2am3d.config import S2am3dConfig
from part_seg_ros.models.s2am3d.model import S2am3dNet
from part_seg_ros.models.s2am3d.scoring import logit
from part_seg_ros.models.s2am3d.settings import S2am3dSettings
from part_seg_ros.models.s2am3d.system import S2am3dSystem
from part_seg_ros.structures import PointCloud, PointPrompt
from tests.parity.originals.partfield_trunk import their_transformer

# The authors' code fixes blocks 1 to 3, the grids, the leading 64 channels and the head's width.
TRUNK = TrunkConfig(
    point_blocks=((16, 32), (128, 16), (128, 16), (256, 8)),
    plane_size=32,
    unet_widths=(4, 8, 16),
    token_width=48,
    token_depth=2,
    num_heads=4,
    part_width=40,
)
CONFIG = S2am3dConfig(trunk=TRUNK, width=48, decoder_depth=3, num_heads=4, num_scale_frequencies=6)
# As in tests/parity/test_s2am3d.py: largest differences, and of root mean squares.
LOGITS, PROBS, STAGE = 1e-4, 2e-5, 1e-5
NUM_POINTS = 1500


class Options(dict):
    """Options that are read as items and as attributes."""

    __getattr__ = dict.__getitem__


def their_trunk(encoder_pc: ModuleType, triplane: ModuleType, sizes: TrunkConfig) -> nn.Module:
    unet = Options(enabled=True, rolled=True, use_3d_aware=True, use_initial_conv=False)
    unet |= {'depth': len(sizes.unet_widths), 'start_hidden_channels': sizes.unet_widths[0]}
    planes = {'z_triplane_channels': sizes.plane_width, 'z_triplane_resolution': sizes.plane_size}
    options = Options(point_encoder_type='pvcnn', use_point_scatter=True, unet_cfg=unet, **planes)
    built = nn.Module()
    built.pvcnn = encoder_pc.TriPlanePC2Encoder(options, 'cpu', shape_min=-1, shape_length=2)
    built.triplane_transformer = their_transformer(triplane.TriplaneTransformer, sizes)
    return built


def their_predictor(
    enhancer: ModuleType, decoder: ModuleType, head: ModuleType, sizes: S2am3dConfig
) -> nn.Module:
    width, num_heads, mlp_ratio = sizes.width, sizes.num_heads, sizes.mlp_ratio
    built = nn.Module()
    built.point_feature_enhancer = enhancer.PointFeatureEnhancer(
        feature_dim=sizes.trunk.part_width,
        feature_proj_dim=width,
        pos_num_feats=width // 3,
        transformer_num_layers=sizes.enhancer_depth,
        transformer_num_heads=num_heads,
        transformer_hidden_dim=width,
        transformer_mlp_ratio=mlp_ratio,
        scale_freq_bands=sizes.num_scale_frequencies,
    )
    built.decoder = decoder.Decoder(width, num_heads, sizes.decoder_depth, mlp_ratio)
    built.seg_head = head.SegHead(width)
    return built


@pytest.fixture(scope='module')
def s2am3d(checkout, import_original, partfield_stand_ins) -> SimpleNamespace:
    """The authors' modules: the demo, those of the trunk, and those behind it."""
    root = checkout('sumuru789+S2AM3D')
    trainer = {'partfield.config': {'default_argument_parser': None, 'setup': None}}
    trainer |= {'partfield.model_trainer_pvcnn_only_demo': {'Model': None}}
    viewer = {
        'viser': {},
        'sklearn.decomposition': {'PCA': None},
        'omegaconf': {'OmegaConf': None},
    }
    trunk_names = ['partfield.model.PVCNN.encoder_pc', 'partfield.model.triplane']
    names = ['PointFeatureEnhancer', 'CrossAttentionDecoder', 'seghead_mlp']
    names = ['interactive_demo', *trunk_names, *(f'models.{name}' for name in names)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, 'path', [*sys.path, str(root / 'decoder'), str(root / 'encoder')])
        demo, encoder_pc, triplane, *behind = import_original(
            root, names, partfield_stand_ins | trainer | viewer
        )
    return SimpleNamespace(demo=demo, trunk=(encoder_pc, triplane), behind=behind)


def beside(authors: SimpleNamespace, net: S2am3dNet) -> SimpleNamespace:
    """Join our network, their feature extractor and mask prediction with its weights, the demo."""
    sizes, demo = net.config, authors.demo
    trunk = their_trunk(*authors.trunk, sizes.trunk)
    predictor = their_predictor(*authors.behind, sizes)
    of_loss = ('sdf_decoder.', 'logit_scale')
    tensors = {n: t for n, t in net.encoder.state_dict().items() if not n.startswith(of_loss)}
    trunk.load_state_dict(tensors)
    predictor.load_state_dict(net.predictor.state_dict())

    extractor = object.__new__(demo.FeatureExtractor)  # made without the files that it reads
    extractor.device, extractor.encoder_model = 'cpu', trunk.eval()
    inference = object.__new__(demo.S2AM3DInference)
    inference.device, inference.enhancefeat_dim, inference.config = 'cpu', sizes.width, Options()
    inference.PointFeatureEnhancer = predictor.eval().point_feature_enhancer
    inference.decoder, inference.seg_head = predictor.decoder, predictor.seg_head
    return SimpleNamespace(net=net, demo=demo, extractor=extractor, inference=inference)


@pytest.fixture(scope='module', params=['by name', 'plain'])
def pair(request, s2am3d, fill, fill_plainly) -> SimpleNamespace:
    """Both with the same weights, of two kinds."""
    net = S2am3dNet(CONFIG).eval()
    for half in (net.encoder, net.predictor):
        fill.fill_module(half) if request.param == 'by name' else fill_plainly(half)
    return beside(s2am3d, net)


def cloud_of(kind: str) -> Tensor:
    """Return (N, 3), the longest side from -1 to 1 to the last bit."""
    rng = np.random.default_rng(3)
    if kind == 'lattice':  # many on borders of cells, in shared ones, and exactly at -1 and 1
        return torch.from_numpy(rng.integers(-32, 33, size=(NUM_POINTS, 3)) / 32).float()
    points = rng.normal(size=(NUM_POINTS, 3)) * (1.0, 0.6, 0.0 if kind == 'flat' else 0.3)
    low, high = points.min(0), points.max(0)
    return torch.from_numpy((points - (low + high) / 2) / ((high - low).max() / 2)).float()


@contextmanager
def watched(**modules: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Keep what modules take first (`NAME_in`) and what they give (`NAME`)."""
    seen: dict[str, Tensor] = {}

    def keeper(name):
        return lambda _, inputs, output: seen.update({f'{name}_in': inputs[0], name: output})

    hooks = [module.register_forward_hook(keeper(name)) for name, module in modules.items()]
    yield seen
    for hook in hooks:
        hook.remove()


def agree(found: Any, wanted: Any, name: str) -> None:
    found, wanted = np.float64(found), np.float64(wanted)
    assert found.shape == wanted.shape, name
    error = np.sqrt(np.square(found - wanted).mean() / np.square(wanted).mean())
    assert error < STAGE, f'{name}: {error:.3g} of the root mean square'


@pytest.mark.parametrize('kind', ['lattice', 'solid', 'flat'])
@torch.inference_mode()
def test_every_stage_of_the_encoder(pair, kind):
    """Two clouds at once, whose planes have their channels last in ours."""
    coords = torch.stack([cloud_of(kind), cloud_of('solid').flip(0)])
    beside = torch.rand(coords.shape, generator=torch.Generator().manual_seed(5))
    theirs, ours = pair.extractor.encoder_model, pair.net.encoder
    pvcnn, transformer = theirs.pvcnn, theirs.triplane_transformer
    modules = {'unet': pvcnn.unet_encoder, 'tokens': transformer.transformer}
    with watched(points=pvcnn.pc_encoder.encoder[0], **modules) as seen:
        planes = transformer(pvcnn(coords, beside))
    wanted = pair.demo.sample_triplane_feat(planes[:, :, TRUNK.sdf_width :], coords)

    points = ours.point_features(coords, beside)
    scattered = ours.scatter(points, coords)
    hidden = ours.unet_hidden(scattered)
    tokens_in = ours.tokens_in(hidden)
    tokens_out = ours.tokens_out(tokens_in)
    agree(points, seen['points'][0].transpose(1, 2), 'points')
    agree(scattered, seen['unet_in'].movedim(2, -1), 'scattered planes')
    agree(ours.unet_output(hidden), seen['unet'].movedim(2, -1), 'U-Net')
    agree(tokens_in, seen['tokens_in'], 'tokens')
    agree(tokens_out, seen['tokens'], 'tokens out')
    agree(ours.to_planes(hidden, tokens_out), planes.movedim(2, -1), 'planes')
    agree(ours(coords, beside), wanted, 'two clouds at once')
    agree(ours(coords[:1], beside[:1]), wanted[:1], 'one cloud')


@pytest.mark.parametrize('scale', [None, 0.0, 0.01, 0.05, 0.3, 1.0])
@torch.inference_mode()
def test_every_stage_behind_the_encoder(pair, close, scale):
    """Two clouds and clicks at once in ours; theirs would mix them, so one by one there."""
    rng = torch.Generator().manual_seed(8)
    coords = torch.stack([cloud_of('lattice'), cloud_of('solid')])
    features = torch.randn(2, NUM_POINTS, TRUNK.part_width, generator=rng)
    clicks = torch.randint(NUM_POINTS, (2,), generator=rng)
    predictor, theirs = pair.net.predictor, pair.inference
    shared = predictor.enhance(
        features, coords, None if scale is None else torch.full((2,), scale)
    )
    decoded = predictor.decoder(shared.enhanced, shared.enhanced[[0, 1], clicks])
    logits = predictor(shared, clicks)
    modules = {'decoded': theirs.decoder, 'logits': theirs.seg_head.mlp}
    for i, row in enumerate(clicks.tolist()):
        with watched(enhanced=theirs.PointFeatureEnhancer, **modules) as seen:
            _, _, probs = theirs.predict_mask(
                features[i], coords[i], None, row, continuous_scale=scale
            )
        agree(shared.enhanced[i], seen['enhanced'][0], 'enhanced')
        agree(decoded[i], seen['decoded'][0], 'decoded')
        close(logits[i], seen['logits'][0, :, 0].numpy(), LOGITS)
        close(logits[i].sigmoid(), probs, PROBS)


@pytest.mark.parametrize(
    ('feature', 'threshold'), [('ones', 0.7), ('coords', 0.5), ('colors', 0.7)]
)
def test_the_system_from_a_cloud_in_metres_to_masks(pair, close, feature, threshold):
    rng = np.random.default_rng(4)
    points = 0.3 * rng.normal(size=(NUM_POINTS, 3)) * (1.0, 0.6, 0.3) + (0.5, -2.0, 1.0)
    cloud = PointCloud(points=points, colors=rng.random(points.shape))
    points = cloud.points.astype(np.float64)  # they fit in the precision of the cloud
    beside = {'ones': np.ones_like(points), 'coords': None, 'colors': cloud.colors}[feature]
    features = pair.extractor.extract_features(points, beside)
    coords = torch.from_numpy(pair.demo.normalize_pc(points)).float()
    settings = S2am3dSettings(point_feature=feature, threshold=threshold)
    system = S2am3dSystem(pair.net, 'cpu', settings=settings)
    embedding = system.encode(cloud)
    agree(embedding.point_features, features, 'part features')
    for row, scale in ((3, None), (700, 0.05), (1400, 0.3)):
        mask, _, probs = pair.inference.predict_mask(
            torch.from_numpy(features), coords, None, row, threshold, scale
        )
        granularity = None if scale is None else -np.log2(scale) / 8
        beside_point = cloud.points[[row]] + 1e-5
        prompt = PointPrompt(
            prompt_coords=beside_point, prompt_labels=[1], granularity=granularity
        )
        answer = system.predict(embedding, prompt)
        close(1 / (1 + np.exp(-answer.mask_logits[0] - logit(threshold))), probs, PROBS)
        is_clear = np.abs(probs - threshold) > PROBS
        assert np.array_equal(answer.masks[0][is_clear], mask[is_clear])


def test_simulated_clicks(pair):
    """On a share of the cloud, and on all of it, where there is no other part."""
    selector = pair.demo.PromptSelector(is_training=False)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        points = np.float32(rng.normal(size=(400, 3)))
        is_part = points[:, 0] + 0.2 * points[:, 1] < rng.normal() if seed else np.ones(400, bool)
        labels = torch.from_numpy(np.where(is_part, 3, 5))
        _, wanted, *_ = selector.select_prompt(torch.from_numpy(points), labels)
        assert simulated_click(points, is_part) == wanted
