# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""GeoSAM2 beside its authors' own code: the same weights and inputs, at a reduced size."""

import dataclasses
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

pytest.importorskip('sam2', reason='the package sam2 is not installed')

from omegaconf import OmegaConf

from part_seg_ros.models.geosam2.config import GeoSam2Config, TrunkConfig
from part_seg_ros.models.geosam2.model import GeoSam2Net, ViewFeatures, ViewMasks
from part_seg_ros.models.geosam2.propagation import plan_round, propagate, stack_objects

# The authors' code fixes the width of 256, the mask decoder and the number of views.
CONFIG = GeoSam2Config(
    image_size=128,
    trunk=TrunkConfig(
        width=16,
        num_heads=1,
        stages=(1, 2, 3, 1),
        global_blocks=(4,),
        windows=(8, 4, 6, 3),
        table_size=7,
    ),
    num_memory_layers=2,
    memory_inner=256,
)
SIZE = CONFIG.image_size
# As in tests/parity/test_geosam2.py: largest differences, and of memories the mean.
ENCODER, LOGITS, SCORES, MEMORY, MEMORY_MEAN = 1e-3, 5e-3, 1e-3, 0.13, 2e-3
MODULES = (
    'modeling.sam.lora',
    'modeling.backbones.hieradet',
    'modeling.backbones.image_encoder',
    'modeling.position_encoding',
    'modeling.memory_attention',
    'modeling.sam.transformer',
    'modeling.memory_encoder',
    'modeling.feature_fusion',
    'modeling.sam2_base_geosam2',
    'sam2_video_predictor_geosam2',
)


def without(package: str, call: Callable[[], Any]) -> Any:
    """Call while no module of a package is loaded."""
    hidden = {n: m for n, m in sys.modules.items() if n == package or n.startswith(package + '.')}
    for name in hidden:
        del sys.modules[name]
    try:
        return call()
    finally:
        sys.modules.update(hidden)


def made(node: Any, modules: dict[str, ModuleType]) -> Any:
    """Build what a configuration of Hydra tells."""
    if not isinstance(node, dict):
        return node
    made_of = {key: made(value, modules) for key, value in node.items()}
    if '_target_' not in made_of:
        return made_of
    module, _, name = made_of.pop('_target_').rpartition('.')
    return getattr(modules[module], name)(**made_of)


def their_net(modules: dict[str, ModuleType], config: str, sizes: GeoSam2Config) -> nn.Module:
    """Build what follows prompts through views, with the extras of the release."""
    node = OmegaConf.to_container(OmegaConf.create(config))['model']
    trunk = {
        'embed_dim': sizes.trunk.width,
        'num_heads': sizes.trunk.num_heads,
        'stages': sizes.trunk.stages,
        'global_att_blocks': sizes.trunk.global_blocks,
        'window_spec': sizes.trunk.windows,
        'window_pos_embed_bkg_spatial_size': (sizes.trunk.table_size,) * 2,
    }
    for encoder in (node['image_encoder'], node['pos_map_encoder']):
        encoder['trunk'] |= trunk
        encoder['neck']['backbone_channel_list'] = [sizes.trunk.width * n for n in (8, 4, 2, 1)]
    node['memory_attention']['num_layers'] = sizes.num_memory_layers
    node['memory_attention']['layer']['dim_feedforward'] = sizes.memory_inner
    node |= {
        '_target_': 'sam2.sam2_video_predictor_geosam2.SAM2VideoPredictor',
        'image_size': sizes.image_size,
        'binarize_mask_from_pts_for_mem_enc': True,
        'sam_mask_decoder_extra_args': {
            'dynamic_multimask_via_stability': True,
            'dynamic_multimask_stability_delta': 0.05,
            'dynamic_multimask_stability_thresh': 0.98,
        },
    }
    net = made(node, modules).eval()

    def in_one_type(_: nn.Module, args: tuple, kwargs: dict[str, Any]) -> tuple:
        return args, kwargs | {'memory': kwargs['memory'].float()}

    # Without pointers memories would stay bfloat16, which stops on a CPU.
    net.memory_attention.register_forward_pre_hook(in_one_type, with_kwargs=True)
    return net


def fill_plainly(net: nn.Module) -> None:
    """Fill with weights that follow no rule of names."""
    rng = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for value in net.state_dict().values():
            noise = torch.randn(value.shape, generator=rng)
            value.copy_(0.5 + 0.3 * noise if value.ndim < 2 else noise / value[0].numel() ** 0.5)
        net.obj_ptr_tpos_proj.weight.mul_(30)  # else how old a pointer is changes next to nothing


@pytest.fixture(scope='module')
def authors(checkout, import_original) -> SimpleNamespace:
    """Their modules, and the text of their configuration."""
    root = checkout('xxxylw+GeoSAM2')
    names = ['sam2.' + name for name in MODULES]
    loaded = without('sam2', lambda: import_original(root, names, {'cv2': {}}))
    return SimpleNamespace(
        modules=dict(zip(names, loaded, strict=True)),
        config=(root / 'sam2/configs/geosam2.yaml').read_text(),
    )


@pytest.fixture(scope='module')
def pair(authors, fill) -> Callable[..., SimpleNamespace]:
    """Make our network and theirs with the same weights, by name or plain."""

    def make(
        weights: str, presence: float | None, sizes: GeoSam2Config = CONFIG
    ) -> SimpleNamespace:
        net = GeoSam2Net(sizes).eval()
        fill.fill_module(net) if weights == 'by name' else fill_plainly(net)
        if presence is not None:
            with torch.no_grad():
                net.sam_mask_decoder.pred_obj_score_head.layers[2].bias.fill_(presence)
        theirs = their_net(authors.modules, authors.config, sizes)
        theirs.load_state_dict(net.state_dict())
        return SimpleNamespace(net=net, theirs=theirs)

    return make


def maps_of(num_views: int, size: int = SIZE) -> tuple[Tensor, Tensor]:
    """Return normals and point maps, each (V, 3, S, S), of bent surfaces."""
    rng = torch.Generator().manual_seed(num_views)
    coarse = torch.randn(2 * num_views, 3, 6, 6, generator=rng)
    smooth = torch.nn.functional.interpolate(coarse, size=(size, size), mode='bicubic')
    normals, points = smooth.chunk(2)
    return normals, points.tanh()


def agree(found: Tensor, wanted: Tensor, most: float) -> None:
    assert found.shape == wanted.shape
    assert (found.float() - wanted.float()).abs().max() <= most


@pytest.mark.parametrize('weights', ['by name', 'plain'])
@pytest.mark.parametrize('size', [SIZE, 160])
@torch.inference_mode()
def test_both_encoders_and_their_fusion(pair, weights, size):
    """At 160 pixels windows do not fit."""
    both = pair(weights, None, dataclasses.replace(CONFIG, image_size=size))
    normals, points = maps_of(2, size)
    wanted = both.theirs.forward_image(torch.zeros_like(normals), points, normals)
    found = both.net.encode(normals, points)
    for level, each in zip(
        (found.fine, found.middle, found.coarse), wanted['backbone_fpn'], strict=True
    ):
        agree(level, each, ENCODER)
    agree(found.position, wanted['vision_pos_enc'][-1][:1], 1e-6)


DRAWN = torch.zeros(SIZE, SIZE, dtype=torch.bool)
DRAWN[30:70, 20:100] = True
# The calls for each object: clicks are x, y and label, corners of a box come first.
PROMPTS = {
    'clicks': [[[(40.3, 60.7, 1)]], [[(90, 20, 0)]], [[(40, 60, 1), (70.5, 20, 0), (9, 99, 1)]]],
    'boxes and masks': [[[(10, 20, 2), (90, 110, 3)]], [DRAWN]],
    'refined': [
        [[(40, 60, 1)], [(40, 60, 1), (80, 70, 0)]],
        [[(10, 20, 2), (90, 110, 3), (50, 60, 0)], [(64, 64, 1)]],
        [DRAWN, [(100, 30, 1)]],
        [DRAWN & False],
    ],
}


def their_answer(net: nn.Module, state: dict[str, Any], view: int, row: int, call: Any) -> None:
    if isinstance(call, Tensor):
        net.add_new_mask(state, view, row, call)
        return
    clicks = np.array(call, np.float32)
    is_corner = clicks[:, 2] > 1
    net.add_new_points_or_box(
        state,
        view,
        row,
        points=clicks[~is_corner, :2],
        labels=np.int32(clicks[~is_corner, 2]),
        box=clicks[is_corner, :2] if is_corner.any() else None,
    )


def our_answer(net: GeoSam2Net, view: ViewFeatures, calls: list[Any]) -> ViewMasks:
    answer = None
    for call in calls:
        if isinstance(call, Tensor):
            answer = net.prompt_with_masks(view, call[None, None])
            continue
        clicks = torch.tensor([call], dtype=torch.float32)
        previous = None if answer is None else answer.mask_logits.clamp(-32, 32)
        labels = clicks[..., 2].int()
        answer = net.choose(net.decode_clicks(view, clicks[..., :2], labels, previous))
    return answer


@pytest.mark.parametrize(
    ('weights', 'presence', 'num_views', 'start', 'prompts'),
    [
        ('by name', 2.0, 12, 7, 'refined'),
        ('by name', None, 5, 0, 'refined'),  # judged absent
        ('plain', 2.0, 12, 11, 'boxes and masks'),
        ('plain', 2.0, 12, 0, 'clicks'),
        ('by name', 2.0, 1, 0, 'clicks'),
        ('by name', 2.0, 3, 0, 'boxes and masks'),  # memories repeat
    ],
)
@torch.inference_mode()
def test_prompts_followed_through_the_views(
    pair, authors, weights, presence, num_views, start, prompts
):
    both, maps, objects = pair(weights, presence), maps_of(num_views), PROMPTS[prompts]
    predictor = authors.modules['sam2.sam2_video_predictor_geosam2']
    predictor.load_video_frame_geosam2 = lambda **_: (maps[0], maps[1], maps[0], SIZE, SIZE)
    state = both.theirs.init_state('')
    for row, calls in enumerate(objects):
        for call in calls:
            their_answer(both.theirs, state, start, row, call)
    wanted = list(both.theirs.propagate_in_video_v2(state, start_frame_idx=start))

    features = both.net.encode(*maps)
    answers = [our_answer(both.net, features.view(start), calls) for calls in objects]
    plan = plan_round(num_views, start)
    found = list(propagate(both.net, features, stack_objects(answers), plan))

    assert [step.view_idx for step, _ in found] == [view for view, _, _ in wanted]
    for k, ((step, masks), (_, _, logits)) in enumerate(zip(found, wanted, strict=True)):
        agree(masks.at_size(SIZE), logits, LOGITS)
        view = features.view(step.view_idx, len(objects))
        memory = both.net.remember(view, masks, binarize=k == 0)
        for row in range(len(objects)):
            kind = 'cond_frame_outputs' if k == 0 else 'non_cond_frame_outputs'
            kept = state['output_dict_per_obj'][row][kind][step.slot]
            agree(masks.pointer[row], kept['obj_ptr'][0], SCORES)
            agree(masks.presence[row], kept['object_score_logits'][0], SCORES)
            ious = kept['ious'][0]
            agree(masks.iou_pred[row, : len(ious)], ious, SCORES)
            agree(memory[row], kept['maskmem_features'][0], MEMORY)
            error = memory[row].float() - kept['maskmem_features'][0].float()
            assert error.abs().mean() <= MEMORY_MEAN
