# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cloud encoder: local features of every point, patch tokens, transformer.

Shape legend: B clouds, R rows (points with features), A anchors, K neighbours, G patches,
P patch members, C token channels, L local channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.models.compact.config import CompactConfig

NUM_PAIR_FEATURES = 11


def gather_rows(values: Tensor, idx: Tensor) -> Tensor:
    """Pick rows per cloud: values (B, N, C), idx (B, ...) int64 -> (B, ..., C)."""
    batch, channels = values.shape[0], values.shape[-1]
    flat = idx.reshape(batch, -1, 1).expand(-1, -1, channels)
    return torch.gather(values, 1, flat).reshape(*idx.shape, channels)


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distances (B, X, Y) between (B, X, 3) and (B, Y, 3), exact for near points too."""
    return torch.cdist(a, b, compute_mode='donot_use_mm_for_euclid_dist')


def pair_features(
    points: Tensor, normals: Tensor, neighbor_points: Tensor, neighbor_normals: Tensor
) -> Tensor:
    """Describe each neighbour of a point in units of the neighbourhood's size.

    Args:
        points: (B, R, 3) float32.
        normals: (B, R, 3) float32 unit vectors.
        neighbor_points: (B, R, K, 3).
        neighbor_normals: (B, R, K, 3).

    Returns:
        (B, R, K, 11): offset (3), distance, neighbour normal (3), cosine of the normals,
        convexity (offset dot normal difference), height above and below the tangent planes.
    """
    offset = neighbor_points - points.unsqueeze(2)
    distance = offset.norm(dim=-1, keepdim=True)
    size = distance.mean(dim=2, keepdim=True).clamp_min(1e-6)
    offset = offset / size
    own = normals.unsqueeze(2)
    cosine = (own * neighbor_normals).sum(-1, keepdim=True)
    own_height = (offset * own).sum(-1, keepdim=True)
    their_height = (offset * neighbor_normals).sum(-1, keepdim=True)
    convexity = their_height - own_height
    return torch.cat(
        [offset, distance / size, neighbor_normals, cosine, convexity, own_height, their_height],
        -1,
    )


class LocalFeatures(nn.Module):
    """Per-point features from two neighbourhoods: the nearest points and the nearest anchors."""

    def __init__(self, config: CompactConfig) -> None:
        """Build for the sizes of `config`."""
        super().__init__()
        width = config.local_width
        half = width // 2
        self.scales = nn.ModuleList(
            nn.Sequential(nn.Linear(NUM_PAIR_FEATURES, half), nn.ReLU(), nn.Linear(half, half))
            for _ in range(2)
        )
        self.merge = nn.Sequential(
            nn.Linear(2 * half + 3 + 2, width), nn.ReLU(), nn.Linear(width, width)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, normals: Tensor, near: Tensor, wide: Tensor, log_sizes: Tensor) -> Tensor:
        """Return (B, R, L) features.

        Args:
            normals: (B, R, 3).
            near: (B, R, K, 11) pair features to the nearest points.
            wide: (B, R, K, 11) pair features to the nearest anchors.
            log_sizes: (B, R, 2) log of the two neighbourhood sizes.
        """
        pooled = [
            scale(pairs).amax(2) for scale, pairs in zip(self.scales, (near, wide), strict=True)
        ]
        return self.norm(self.merge(torch.cat([*pooled, normals, log_sizes], -1)))


class PositionCode(nn.Module):
    """Random Fourier features of a position, then one linear map.

    Source:
        Tancik et al. 2020, as in Segment Anything; the frequencies are a stored buffer.
    """

    frequencies: Tensor

    def __init__(self, num_frequencies: int, width: int) -> None:
        """Draw (3, num_frequencies) frequencies; map to `width` channels."""
        super().__init__()
        self.register_buffer('frequencies', 2.0 * torch.randn(3, num_frequencies))
        self.linear = nn.Linear(2 * num_frequencies + 3, width)

    def forward(self, points: Tensor) -> Tensor:
        """Map (..., 3) positions in the unit ball to (..., width)."""
        angle = points @ self.frequencies * torch.pi
        return self.linear(torch.cat([angle.sin(), angle.cos(), points], -1))


class EncoderBlock(nn.Module):
    """Pre-norm transformer block whose attention is biased by the distance between tokens."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Build attention of `num_heads` heads and a four times wider MLP."""
        super().__init__()
        self.num_heads = num_heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, tokens: Tensor, bias: Tensor) -> Tensor:
        """Update (B, G, C) tokens; `bias` (B, heads, G, G) is added to the attention logits."""
        batch, length, width = tokens.shape
        qkv = self.qkv(self.norm1(tokens)).reshape(batch, length, 3, self.num_heads, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        tokens = tokens + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return tokens + self.mlp(self.norm2(tokens))


def distance_bias(centers: Tensor, num_heads: int) -> Tensor:
    """Make some heads look near and leave others free, from the distance between patches.

    Args:
        centers: (B, G, 3) in the unit ball.
        num_heads: Heads; the first third is free, the slopes of the others double from 1.

    Returns:
        (B, heads, G, G) minus slope times distance, to be added to the attention logits.

    Source:
        ALiBi (Press et al. 2022), with the distance in space in place of that in a text.
    """
    num_free = num_heads // 3
    slopes = torch.cat(
        [torch.zeros(num_free), 2.0 ** torch.arange(num_heads - num_free, dtype=torch.float32)]
    ).to(centers.device)
    return -slopes[:, None, None] * distances(centers, centers).unsqueeze(1)


class PartEmbedding(nn.Module):
    """Unit vectors of points, alike within a part and different across parts."""

    def __init__(self, config: CompactConfig) -> None:
        """Build for the sizes of `config`."""
        super().__init__()
        inner = 2 * config.embedding_width
        self.from_local = nn.Linear(config.local_width, inner)
        self.from_tokens = nn.Linear(config.width, inner)
        self.out = nn.Sequential(nn.ReLU(), nn.Linear(inner, config.embedding_width))

    def forward(self, local: Tensor, tokens: Tensor, interpolation: Tensor) -> Tensor:
        """Return (B, R, D).

        Args:
            local: (B, R, L) local features.
            tokens: (B, G, C) patch tokens.
            interpolation: (B, R, G) weights of the three nearest patches.
        """
        smooth = interpolation @ self.from_tokens(tokens)
        return F.normalize(self.out(self.from_local(local) + smooth), dim=-1)


class CloudEncoder(nn.Module):
    """Patches around farthest-point centres, a PointNet per patch, a small transformer."""

    def __init__(self, config: CompactConfig) -> None:
        """Build for the sizes of `config`."""
        super().__init__()
        width, local = config.width, config.local_width
        self.local = LocalFeatures(config)
        self.member = nn.Sequential(nn.Linear(local + 7, 128), nn.ReLU(), nn.Linear(128, 128))
        self.patch = nn.Linear(128 + local, width)
        self.position = PositionCode(config.num_frequencies, width)
        self.num_heads = config.num_heads
        self.blocks = nn.ModuleList(
            EncoderBlock(width, config.num_heads) for _ in range(config.encoder_depth)
        )
        self.norm = nn.LayerNorm(width)

    def local_features(
        self, points: Tensor, normals: Tensor, rows: Tensor, near_idx: Tensor, wide_idx: Tensor
    ) -> Tensor:
        """Return (B, R, L) features of the points `rows`.

        Args:
            points: (B, N, 3) in the unit ball.
            normals: (B, N, 3).
            rows: (B, R) int64.
            near_idx: (B, R, K) int64 into the cloud.
            wide_idx: (B, R, K) int64 into the cloud.
        """
        row_points, row_normals = gather_rows(points, rows), gather_rows(normals, rows)
        pairs, sizes = [], []
        for idx in (near_idx, wide_idx):
            neighbor_points = gather_rows(points, idx)
            pairs.append(
                pair_features(row_points, row_normals, neighbor_points, gather_rows(normals, idx))
            )
            distance = (neighbor_points - row_points.unsqueeze(2)).norm(dim=-1)
            sizes.append(distance.mean(-1).clamp_min(1e-4).log())
        return self.local(row_normals, pairs[0], pairs[1], torch.stack(sizes, -1))

    def forward(
        self, anchors: Tensor, anchor_normals: Tensor, anchor_local: Tensor, patch_idx: Tensor
    ) -> Tensor:
        """Return (B, G, C) patch tokens.

        Args:
            anchors: (B, A, 3) in the unit ball; the first G are the patch centres.
            anchor_normals: (B, A, 3).
            anchor_local: (B, A, L) local features of the anchors.
            patch_idx: (B, G, P) int64 members of each patch, into the anchors.
        """
        num_patches = patch_idx.shape[1]
        centers = anchors[:, :num_patches]
        offset = gather_rows(anchors, patch_idx) - centers.unsqueeze(2)
        size = offset.norm(dim=-1, keepdim=True).amax(2, keepdim=True).clamp_min(1e-6)
        members = torch.cat(
            [
                offset / size,
                size.log().expand(-1, -1, offset.shape[2], -1),
                gather_rows(anchor_normals, patch_idx),
                gather_rows(anchor_local, patch_idx),
            ],
            -1,
        )
        pooled = self.member(members).amax(2)
        tokens = self.patch(torch.cat([pooled, anchor_local[:, :num_patches]], -1))
        tokens = tokens + self.position(centers)
        bias = distance_bias(centers, self.num_heads)
        for block in self.blocks:
            tokens = block(tokens, bias)
        return self.norm(tokens)
