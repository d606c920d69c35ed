# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The unchanged parts of SAM 2.1, built from the `sam2` package with the values of its release.

Only the folder `modeling` of the package is imported; it needs no torchvision.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from part_seg_ros.errors import BackendMissingError
from part_seg_ros.models.geosam2.config import GeoSam2Config

try:
    from sam2.modeling.backbones.hieradet import Hiera
    from sam2.modeling.backbones.image_encoder import FpnNeck, ImageEncoder
    from sam2.modeling.memory_attention import MemoryAttention, MemoryAttentionLayer
    from sam2.modeling.memory_encoder import CXBlock, Fuser, MaskDownSampler, MemoryEncoder
    from sam2.modeling.position_encoding import PositionEmbeddingSine
    from sam2.modeling.sam.mask_decoder import MaskDecoder
    from sam2.modeling.sam.prompt_encoder import PromptEncoder
    from sam2.modeling.sam.transformer import RoPEAttention, TwoWayTransformer
    from sam2.modeling.sam2_utils import MLP, get_1d_sine_pe
except ImportError as error:
    raise BackendMissingError(
        f'geosam2 is built on the package sam2 ({error}); install it with: SAM2_BUILD_CUDA=0 pip'
        ' install --no-deps --no-build-isolation sam2==1.1.0, and: pip install hydra-core iopath'
        ' tqdm pillow'
    ) from error

__all__ = [
    'MLP',
    'TablesWithValues',
    'get_1d_sine_pe',
    'image_encoder',
    'mask_decoder',
    'memory_attention',
    'memory_encoder',
    'prompt_encoder',
]

_MASK_CHANNELS = 16
_DROPOUT = 0.1
_LAYER_SCALE = 1e-6
_STABILITY = {
    'dynamic_multimask_via_stability': True,
    'dynamic_multimask_stability_delta': 0.05,
    'dynamic_multimask_stability_thresh': 0.98,
}


class TablesWithValues(TorchFunctionMode):
    """Lets tables of numbers be computed on the CPU while parameters are made on another device.

    The package makes tables that are no part of the state dict while it builds its modules. On the
    meta device they would stay without values.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call `func`, on the CPU where it makes a table."""
        kwargs = dict(kwargs or {})
        if func in (torch.arange, torch.linspace):
            kwargs.setdefault('device', 'cpu')
        return func(*args, **kwargs)


def image_encoder(config: GeoSam2Config) -> nn.Module:
    """Build trunk and neck; three levels come out, of strides 4, 8 and 16."""
    trunk = Hiera(
        embed_dim=config.trunk.width,
        num_heads=config.trunk.num_heads,
        stages=config.trunk.stages,
        global_att_blocks=config.trunk.global_blocks,
        window_spec=config.trunk.windows,
        window_pos_embed_bkg_spatial_size=(config.trunk.table_size, config.trunk.table_size),
    )
    neck = FpnNeck(
        position_encoding=_positions(config.width),
        d_model=config.width,
        backbone_channel_list=trunk.channel_list,
        fpn_top_down_levels=[2, 3],
        fpn_interp_model='nearest',
    )
    return ImageEncoder(trunk=trunk, neck=neck, scalp=1)


def memory_attention(config: GeoSam2Config) -> nn.Module:
    """Build the attention of a view to the memories of others."""
    size = (config.feature_size, config.feature_size)
    shared = {'feat_sizes': size, 'num_heads': 1, 'downsample_rate': 1, 'dropout': _DROPOUT}
    layer = MemoryAttentionLayer(
        activation='relu',
        dim_feedforward=config.memory_inner,
        dropout=_DROPOUT,
        d_model=config.width,
        pos_enc_at_attn=False,
        pos_enc_at_cross_attn_keys=True,
        pos_enc_at_cross_attn_queries=False,
        self_attention=RoPEAttention(embedding_dim=config.width, **shared),
        cross_attention=RoPEAttention(
            embedding_dim=config.width,
            kv_in_dim=config.memory_width,
            rope_k_repeat=True,
            **shared,
        ),
    )
    return MemoryAttention(
        d_model=config.width,
        pos_enc_at_input=True,
        layer=layer,
        num_layers=config.num_memory_layers,
    )


def memory_encoder(config: GeoSam2Config) -> nn.Module:
    """Build what makes a memory of a view and its mask."""
    block = CXBlock(
        dim=config.width, kernel_size=7, padding=3, layer_scale_init_value=_LAYER_SCALE
    )
    return MemoryEncoder(
        in_dim=config.width,
        out_dim=config.memory_width,
        mask_downsampler=MaskDownSampler(
            embed_dim=config.width, kernel_size=3, stride=2, padding=1
        ),
        fuser=Fuser(block, num_layers=2),
        position_encoding=_positions(config.memory_width),
    )


def prompt_encoder(config: GeoSam2Config) -> nn.Module:
    """Build the encoder of clicks, boxes and masks."""
    return PromptEncoder(
        embed_dim=config.width,
        image_embedding_size=(config.feature_size, config.feature_size),
        input_image_size=(config.image_size, config.image_size),
        mask_in_chans=_MASK_CHANNELS,
    )


def mask_decoder(config: GeoSam2Config) -> nn.Module:
    """Build the mask decoder with its heads for IoU and presence."""
    return MaskDecoder(
        transformer_dim=config.width,
        transformer=TwoWayTransformer(
            depth=2,
            embedding_dim=config.width,
            mlp_dim=config.decoder_inner,
            num_heads=config.num_decoder_heads,
        ),
        num_multimask_outputs=3,
        iou_head_depth=3,
        iou_head_hidden_dim=config.width,
        use_high_res_features=True,
        iou_prediction_use_sigmoid=True,
        pred_obj_scores=True,
        pred_obj_scores_mlp=True,
        use_multimask_token_for_obj_ptr=True,
        **_STABILITY,
    )


def _positions(num_features: int) -> nn.Module:
    # The cache of the package is warmed up on a GPU if there is one; one size at a time is enough.
    return PositionEmbeddingSine(num_pos_feats=num_features, warmup_cache=False)
