# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The network: two maps of a view in, masks for prompts and for remembered views out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn import functional

from part_seg_ros.models.geosam2 import sam2_modules
from part_seg_ros.models.geosam2.config import GeoSam2Config
from part_seg_ros.models.geosam2.fusion import FeatureFusion
from part_seg_ros.models.geosam2.lora import add_lora

ABSENT_LOGIT = -1024.0
"""Logit of every pixel of a view where the object is judged absent."""

NO_POINT = -1
_MASK_LOGIT = 10.0
_MEMORY_SCALE, _MEMORY_BIAS = 20.0, -10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedLevels:
    """What the two encoders make of V views, level by level; strides 4, 8, 16.

    Attributes:
        normals: Three (V, C, H, W) of the normals.
        points: Three of the point maps; empty where the network has no encoder for them.
        fused: Three of both.
        position: (1, C, S / 16, S / 16) position code of the last level, the same for all views.
    """

    normals: list[Tensor]
    points: list[Tensor]
    fused: list[Tensor]
    position: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewFeatures:
    """What decoding needs of V views.

    Attributes:
        fine: (V, C / 8, S / 4, S / 4).
        middle: (V, C / 4, S / 8, S / 8).
        coarse: (V, C, S / 16, S / 16).
        position: (1, C, S / 16, S / 16) position code of `coarse`.
    """

    fine: Tensor
    middle: Tensor
    coarse: Tensor
    position: Tensor

    def __len__(self) -> int:
        """Return the number of views V."""
        return len(self.coarse)

    @property
    def num_bytes(self) -> int:
        """Memory held [bytes]."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))

    def view(self, idx: int, repeats: int = 1) -> ViewFeatures:
        """Return view `idx` alone, `repeats` times without a copy."""
        levels = (self.fine, self.middle, self.coarse)
        fine, middle, coarse = (x[idx : idx + 1].expand(repeats, -1, -1, -1) for x in levels)
        return ViewFeatures(fine=fine, middle=middle, coarse=coarse, position=self.position)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoded:
    """What the mask decoder says about B objects in a view, M candidates each.

    Attributes:
        mask_logits: (B, M, S / 4, S / 4), whether or not the object is there.
        iou_pred: (B, M) in [0, 1].
        tokens: (B, M, C) tokens of the candidates.
        presence: (B, 1) logit of the object being in the view.
    """

    mask_logits: Tensor
    iou_pred: Tensor
    tokens: Tensor
    presence: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewMasks:
    """The answer for B objects in a view.

    Attributes:
        mask_logits: (B, 1, S / 4, S / 4) of the best candidate; `ABSENT_LOGIT` where the object
            is absent.
        iou_pred: (B, M) of all candidates.
        presence: (B, 1) logit of the object being in the view.
        pointer: (B, C) what later views are told about the object.
    """

    mask_logits: Tensor
    iou_pred: Tensor
    presence: Tensor
    pointer: Tensor

    def at_size(self, size: int) -> Tensor:
        """Return the (B, 1, size, size) mask logits of a picture of that size."""
        return _resize(self.mask_logits, size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memories:
    """What a view reads of other views, in the order in which it reads it.

    Attributes:
        spatial: Each (B, memory width, S / 16, S / 16), as `remember` makes them.
        ages: Row of the table of temporal codes for each of them.
        pointers: Each (B, C), of `ViewMasks`.
        distances: How many steps ago each pointer was made, as a share of the longest way.
    """

    spatial: Sequence[Tensor]
    ages: Sequence[int]
    pointers: Sequence[Tensor]
    distances: Sequence[float]


class GeoSam2Net(nn.Module):
    """SAM 2.1 on normals, with a second encoder for point maps whose features are fused in.

    Maps are float32 (V, 3, S, S), S the image size: normals as pictures with mean and deviation of
    ImageNet taken off, points as world coordinates, see `network_maps`. Names and shapes of the
    tensors are those of the released file.

    Source:
        GeoSAM2 (arXiv 2508.14036), Sec. 3, and its release; SAM 2 (Ravi et al. 2024).
    """

    def __init__(self, config: GeoSam2Config) -> None:
        """Build the network with random weights."""
        super().__init__()
        self.config = config
        width, memory_width = config.width, config.memory_width
        with sam2_modules.TablesWithValues():
            self.image_encoder = sam2_modules.image_encoder(config)
            if config.has_points:
                self.pos_map_encoder = sam2_modules.image_encoder(config)
                self.feature_fusion = FeatureFusion(width, config.fusion)
            self.memory_attention = sam2_modules.memory_attention(config)
            self.memory_encoder = sam2_modules.memory_encoder(config)
            self.sam_prompt_encoder = sam2_modules.prompt_encoder(config)
            self.sam_mask_decoder = sam2_modules.mask_decoder(config)
        if config.lora_rank:
            add_lora(self.image_encoder.trunk, config.lora_rank)
            if config.has_points:
                add_lora(self.pos_map_encoder.trunk, config.lora_rank)
        self.mask_downsample = nn.Conv2d(1, 1, kernel_size=4, stride=4)
        self.obj_ptr_proj = sam2_modules.MLP(width, width, width, 3)
        self.obj_ptr_tpos_proj = nn.Linear(width, memory_width)
        self.maskmem_tpos_enc = _parameter(config.num_memories, 1, 1, memory_width)
        self.no_mem_embed = _parameter(1, 1, width)
        self.no_mem_pos_enc = _parameter(1, 1, width)
        self.no_obj_ptr = _parameter(1, width)
        self.no_obj_embed_spatial = _parameter(1, memory_width)

    def encode_levels(self, normals: Tensor, points: Tensor) -> EncodedLevels:
        """Run both encoders and fuse their levels.

        Args:
            normals: (V, 3, S, S) float32.
            points: (V, 3, S, S) float32.
        """
        encoded = self.image_encoder(normals)
        normal_levels, position = encoded['backbone_fpn'], encoded['vision_pos_enc'][-1][:1]
        point_levels, fused = [], normal_levels
        if self.config.has_points:
            point_levels = self.pos_map_encoder(points)['backbone_fpn']
            fused = self.feature_fusion(normal_levels, point_levels)
        return EncodedLevels(
            normals=normal_levels, points=point_levels, fused=fused, position=position
        )

    def project(self, levels: EncodedLevels) -> ViewFeatures:
        """Keep of encoded levels what decoding needs."""
        fine, middle, coarse = levels.fused
        return ViewFeatures(
            fine=self.sam_mask_decoder.conv_s0(fine),
            middle=self.sam_mask_decoder.conv_s1(middle),
            coarse=coarse,
            position=levels.position,
        )

    def encode(self, normals: Tensor, points: Tensor) -> ViewFeatures:
        """Encode V views, one after the other; arguments as of `encode_levels`."""
        return join_views(
            [
                self.project(self.encode_levels(normals[v : v + 1], points[v : v + 1]))
                for v in range(len(normals))
            ]
        )

    def decode_clicks(
        self, view: ViewFeatures, coords: Tensor, labels: Tensor, mask_logits: Tensor | None = None
    ) -> Decoded:
        """Answer clicks and boxes on a view that nothing is remembered for.

        Args:
            view: One view, repeated for each of B objects.
            coords: (B, Q, 2) float32 x, y [px of the S x S picture], the same number for all
                objects; the two corners of a box come first.
            labels: (B, Q) int32, 1 on the part, 0 off it, 2 and 3 top left and bottom right corner
                of a box.
            mask_logits: (B, 1, S / 4, S / 4) an answer to refine, or None.

        Returns:
            Three candidates for one click, else one.
        """
        return self._decode(
            view,
            self._without_memory(view),
            coords,
            labels,
            mask_logits,
            several=labels.shape[1] <= 1,
        )

    def propose(
        self, view: ViewFeatures, coords: Tensor, labels: Tensor, mask_logits: Tensor | None = None
    ) -> Decoded:
        """Return all four masks for clicks: the single answer, then the three candidates.

        Arguments as of `decode_clicks`. The single answer is not replaced where it is unstable.
        """
        sparse, dense = self.sam_prompt_encoder(
            points=(coords, labels), boxes=None, masks=mask_logits
        )
        masks, iou_pred, tokens, presence = self.sam_mask_decoder.predict_masks(
            image_embeddings=self._without_memory(view),
            image_pe=self.sam_prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            repeat_image=False,
            high_res_features=[view.fine, view.middle],
        )
        return Decoded(mask_logits=masks, iou_pred=iou_pred, tokens=tokens, presence=presence)

    def prompt_with_masks(self, view: ViewFeatures, masks: Tensor) -> ViewMasks:
        """Take masks as the answer; only their pointer is computed.

        Args:
            view: One view, repeated for each of B objects.
            masks: (B, 1, S, S) bool.
        """
        inputs = masks.float()
        drawn = _MASK_LOGIT * (2 * inputs - 1)
        size = self.config.image_size // 4
        mask_logits = functional.interpolate(
            drawn, size=(size, size), mode='bilinear', align_corners=False, antialias=True
        )
        pointed = self.choose(
            self._decode(
                view,
                view.coarse,
                *self._no_clicks(masks),
                self.mask_downsample(inputs),
                several=False,
            )
        )
        is_there = masks.flatten(1).any(dim=1, keepdim=True).float()
        return ViewMasks(
            mask_logits=mask_logits,
            iou_pred=torch.ones_like(is_there),
            presence=_MASK_LOGIT * (2 * is_there - 1),
            pointer=is_there * pointed.pointer + (1 - is_there) * self.no_obj_ptr,
        )

    def decode_remembered(self, view: ViewFeatures, memories: Memories) -> Decoded:
        """Find B remembered objects in a view: three candidates each."""
        features = self._with_memories(view, memories)
        return self._decode(view, features, *self._no_clicks(view.coarse), None, several=True)

    def track(self, view: ViewFeatures, memories: Memories) -> ViewMasks:
        """Choose among the candidates of `decode_remembered`."""
        return self.choose(self.decode_remembered(view, memories))

    def choose(self, decoded: Decoded, rank: int = 0) -> ViewMasks:
        """Take one candidate, or no mask where the object is absent.

        Args:
            decoded: The candidates.
            rank: 0 for that of the highest predicted IoU, 1 for the next.
        """
        rows = torch.arange(len(decoded.iou_pred), device=decoded.iou_pred.device)
        best = decoded.iou_pred.argsort(dim=1, descending=True, stable=True)[:, rank]
        is_there = decoded.presence > 0
        pointer = self.obj_ptr_proj(decoded.tokens[rows, best])
        weight = is_there.float()
        return ViewMasks(
            mask_logits=torch.where(
                is_there[..., None, None], decoded.mask_logits[rows, best][:, None], ABSENT_LOGIT
            ),
            iou_pred=decoded.iou_pred,
            presence=decoded.presence,
            pointer=weight * pointer + (1 - weight) * self.no_obj_ptr,
        )

    def remember(self, view: ViewFeatures, masks: ViewMasks, *, binarize: bool) -> Tensor:
        """Make a memory of a view and the masks of B objects in it.

        Args:
            view: The view, repeated for each of B objects.
            masks: Their masks in it.
            binarize: The masks answer a prompt, so they count as certain.

        Returns:
            (B, memory width, S / 16, S / 16) bfloat16, the precision in which it is kept.
        """
        logits = masks.at_size(self.config.image_size)
        probs = (logits > 0).float() if binarize else logits.sigmoid()
        encoded = self.memory_encoder(
            view.coarse, probs * _MEMORY_SCALE + _MEMORY_BIAS, skip_mask_sigmoid=True
        )
        is_absent = (masks.presence <= 0).float()[..., None, None]
        memory = encoded['vision_features']
        return (memory + is_absent * self.no_obj_embed_spatial[..., None, None]).bfloat16()

    def _decode(
        self,
        view: ViewFeatures,
        features: Tensor,
        coords: Tensor,
        labels: Tensor,
        mask_logits: Tensor | None,
        *,
        several: bool,
    ) -> Decoded:
        sparse, dense = self.sam_prompt_encoder(
            points=(coords, labels), boxes=None, masks=mask_logits
        )
        masks, iou_pred, tokens, presence = self.sam_mask_decoder(
            image_embeddings=features,
            image_pe=self.sam_prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=several,
            repeat_image=False,
            high_res_features=[view.fine, view.middle],
        )
        return Decoded(mask_logits=masks, iou_pred=iou_pred, tokens=tokens, presence=presence)

    def _no_clicks(self, like: Tensor) -> tuple[Tensor, Tensor]:
        """Return the coords and labels of one empty point for each row of `like`."""
        coords = torch.zeros(len(like), 1, 2, device=like.device)
        return coords, torch.full((len(like), 1), NO_POINT, dtype=torch.int32, device=like.device)

    def _without_memory(self, view: ViewFeatures) -> Tensor:
        return view.coarse + self.no_mem_embed[0, 0, :, None, None]

    def _with_memories(self, view: ViewFeatures, memories: Memories) -> Tensor:
        """Return (B, C, S / 16, S / 16) features of a view in the light of memories."""
        num_objects, size = len(view.coarse), self.config.feature_size
        spatial = [each.float().flatten(2).permute(2, 0, 1) for each in memories.spatial]
        place = self._memory_positions(memories.spatial[0])
        codes = [place + self.maskmem_tpos_enc[age] for age in memories.ages]
        pointers, pointer_codes = self._pointer_tokens(memories, num_objects)
        attended = self.memory_attention(
            curr=_as_rows(view.coarse),
            curr_pos=_as_rows(view.position.expand(num_objects, -1, -1, -1)),
            memory=torch.cat([*spatial, pointers]),
            memory_pos=torch.cat(
                [*(each.expand(-1, num_objects, -1) for each in codes), pointer_codes]
            ),
            num_obj_ptr_tokens=len(pointers),
        )
        return attended.permute(1, 2, 0).reshape(num_objects, -1, size, size)

    def _memory_positions(self, memory: Tensor) -> Tensor:
        """Return the (tokens, 1, memory width) position codes of a memory."""
        return _as_rows(self.memory_encoder.position_encoding(memory[:1].float()))

    def _pointer_tokens(self, memories: Memories, num_objects: int) -> tuple[Tensor, Tensor]:
        """Split each pointer into tokens as wide as memories, (T, B, width), with their codes."""
        width = self.config.memory_width
        if not memories.pointers:
            empty = self.no_obj_ptr.new_zeros(0, num_objects, width)
            return empty, empty
        stacked = torch.stack(list(memories.pointers))
        num_tokens = stacked.shape[-1] // width
        tokens = stacked.reshape(-1, num_objects, num_tokens, width).permute(0, 2, 1, 3)
        distances = torch.tensor(memories.distances, device=stacked.device)
        codes = self.obj_ptr_tpos_proj(
            sam2_modules.get_1d_sine_pe(distances, dim=self.config.width)
        )
        codes = codes[:, None].expand(-1, num_objects, -1).repeat_interleave(num_tokens, dim=0)
        return tokens.flatten(0, 1), codes


def join_views(encoded: Sequence[ViewFeatures]) -> ViewFeatures:
    """Return the features of several views, encoded one by one, as those of all."""
    return ViewFeatures(
        fine=torch.cat([each.fine for each in encoded]),
        middle=torch.cat([each.middle for each in encoded]),
        coarse=torch.cat([each.coarse for each in encoded]),
        position=encoded[0].position,
    )


def _as_rows(maps: Tensor) -> Tensor:
    """Return (B, C, H, W) maps as (H W, B, C)."""
    return maps.flatten(2).permute(2, 0, 1)


def _resize(mask_logits: Tensor, size: int) -> Tensor:
    return functional.interpolate(
        mask_logits, size=(size, size), mode='bilinear', align_corners=False
    )


def _parameter(*shape: int) -> nn.Parameter:
    return nn.Parameter(nn.init.trunc_normal_(torch.zeros(*shape), std=0.02))
