# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The whole network: encoder, and what answers prompts on its features."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.linear import Linear, linear, linear_plus, packed
from part_seg_ros.models.s2am3d.config import POINTS_AT_ONCE, S2am3dConfig
from part_seg_ros.models.s2am3d.decoder import PromptDecoder, SharedRows
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder
from part_seg_ros.models.s2am3d.enhancer import FeatureEnhancer


class SegmentationHead(nn.Module):
    """Two maps from the features of a point to its logit."""

    def __init__(self, config: S2am3dConfig) -> None:
        """Build with random weights; the state-dict names leave a place for dropout."""
        super().__init__()
        self.mlp = nn.Sequential(
            Linear(config.width, config.head_width),
            nn.ReLU(),
            nn.Identity(),
            Linear(config.head_width, 1),
        )

    def forward(self, points: Tensor) -> Tensor:
        """Map (B, N, C) to (B, N) logits of belonging to the part."""
        return self.mlp(points).squeeze(-1)


class MaskPredictor(nn.Module):
    """Enhancer, decoder and head; the state-dict names of the release, three modules joined.

    Enhance a cloud once for every scale (`enhance`), then answer any number of clicks.
    """

    def __init__(self, config: S2am3dConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.point_feature_enhancer = FeatureEnhancer(config)
        self.decoder = PromptDecoder(config)
        self.seg_head = SegmentationHead(config)

    def enhance(self, features: Tensor, coords: Tensor, scale: Tensor | None) -> SharedRows:
        """Do all that does not depend on the click; arguments as for `FeatureEnhancer`."""
        return self.decoder.share(self.point_feature_enhancer(features, coords, scale))

    def forward(self, shared: SharedRows, click_idx: Tensor) -> Tensor:
        """Return (B, N) logits: a point is in the part with probability sigmoid(logit).

        The last map of the decoder and the first of the head are applied as one, since nothing
        else reads what lies between them.

        Args:
            shared: From `enhance`.
            click_idx: (B,) int64 row of the clicked point in each cloud.
        """
        pieces, message = self.decoder.before_last(
            shared, clicked_rows(shared.enhanced, click_idx)
        )
        last, head = self.decoder.decoder_blocks[-1], self.seg_head.mlp
        inner = last.inner_step()
        own = packed(head[0].weight, POINTS_AT_ONCE)
        down = packed(head[0].weight @ last.mlp[3].weight, POINTS_AT_ONCE)
        bias = head[0](last.mlp[3].bias)

        def logits(rows: Tensor) -> Tensor:
            rows = rows + message
            hidden = linear_plus(inner(rows), down, bias, linear(rows, own))
            return head[3](hidden.relu())

        return torch.cat([logits(rows) for rows in pieces], dim=1).squeeze(-1)


def clicked_rows(enhanced: Tensor, click_idx: Tensor) -> Tensor:
    """Return the (B, C) row of each (B, N, C) cloud that its click points at."""
    return enhanced[torch.arange(len(enhanced), device=enhanced.device), click_idx]


class S2am3dNet(nn.Module):
    """Both halves, which the release keeps in two files.

    Attributes:
        encoder: Points to part features, once for a cloud.
        predictor: Part features, scale and click to a mask.
    """

    def __init__(
        self,
        config: S2am3dConfig,
        *,
        encoder: S2am3dEncoder | None = None,
        predictor: MaskPredictor | None = None,
    ) -> None:
        """Put the halves together; those that are not given get random weights."""
        super().__init__()
        self.config = config
        self.encoder = encoder or S2am3dEncoder(config.trunk)
        self.predictor = predictor or MaskPredictor(config)
