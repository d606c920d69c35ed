# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What stands for the packages that SegviGen's own code needs beside PyTorch, for its tests."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

# Channels of an image token.
COND = 12


def convolved(
    feats: Tensor, coords: Tensor, shape: Any, weight: Tensor, bias: Tensor, *_: Any
) -> tuple[Tensor, None]:
    """Convolve on a dense grid around the cells."""
    objects, *places = (coords.long() - coords.long().amin(0)).unbind(1)
    sides = [int(place.max()) + 1 for place in places]
    dense = feats.new_zeros(int(objects.max()) + 1, *sides, feats.shape[1])
    dense[objects, places[0], places[1], places[2]] = feats
    out = F.conv3d(dense.movedim(-1, 1), weight.permute(0, 4, 1, 2, 3), bias, padding=1)
    return out.movedim(1, -1)[objects, places[0], places[1], places[2]], None


def attended(q: Tensor, k: Tensor, v: Tensor, q_ends: Tensor, k_ends: Tensor, *_: Any) -> Tensor:
    """Attend, one sequence after the other."""
    q_counts, k_counts = q_ends.diff().tolist(), k_ends.diff().tolist()
    parts = zip(q.split(q_counts), k.split(k_counts), v.split(k_counts), strict=True)
    weighted = [
        (torch.einsum('qhd,khd->hqk', a, b) / a.shape[-1] ** 0.5).softmax(-1) @ c.transpose(0, 1)
        for a, b, c in parts
    ]
    return torch.cat([part.transpose(0, 1) for part in weighted])


def attended_to_itself(qkv: Tensor, ends: Tensor, *_: Any) -> Tensor:
    return attended(*qkv.unbind(1), ends, ends)


def image_rows(image: Tensor, **_: Any) -> Tensor:
    """Stand for the image encoder: (B, 3, 512, 512) to (B, 64, COND)."""
    return (
        F.avg_pool2d(image, 64)[:, [0, 1, 2] * 4].flatten(2).transpose(1, 2)
        * torch.arange(1.0, COND + 1).cos()
    )


class Chain(list):
    """What torchvision calls Compose."""

    def __call__(self, image: Tensor) -> Tensor:
        for step in self:
            image = step(image)
        return image


def normalizer(mean: list[float], std: list[float]) -> Any:
    row = (1, 3, 1, 1)
    return lambda image: (image - torch.tensor(mean).view(row)) / torch.tensor(std).view(row)


class Remover:
    """Stand for the network that removes backgrounds."""

    def __init__(self, cut_out: Callable[[Image.Image], Image.Image]) -> None:
        self.cut_out = cut_out

    def __call__(self, image: Image.Image) -> Image.Image:
        return self.cut_out(image)

    def cuda(self) -> None:
        pass


class ImageModel(nn.Module):
    """What is called of the image encoder of `transformers`; it has no layers."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.patch_embeddings = nn.Linear(1, 1)
        self.embeddings.forward = image_rows
        self.layer, self.rope_embeddings = (), lambda image: None

    @classmethod
    def from_pretrained(cls, name: str) -> 'ImageModel':
        return cls()


STAND_INS: dict[str, dict[str, Any]] = {
    'flex_gemm': {},
    'flex_gemm.ops': {},
    'flex_gemm.ops.spconv': {
        'sparse_submanifold_conv3d': convolved,
        'set_algorithm': lambda name: None,
        'set_hashmap_ratio': lambda ratio: None,
    },
    'flex_gemm.ops.grid_sample': {'grid_sample_3d': None},
    'flash_attn': {
        'flash_attn_varlen_qkvpacked_func': attended_to_itself,
        'flash_attn_varlen_func': attended,
    },
    'easydict': {'EasyDict': SimpleNamespace},
    'cumesh': {},
    'o_voxel': {},
    # In the place of a mesh, what it would be made of.
    'o_voxel.convert': {
        'flexible_dual_grid_to_mesh': lambda coords, *values, **_: (torch.cat(values, 1), coords)
    },
    'torchvision': {},
    'torchvision.transforms': {'Compose': Chain, 'Normalize': normalizer},
    'transformers': {'DINOv3ViTModel': ImageModel, 'AutoModelForImageSegmentation': None},
    'data_toolkit': {},
    'data_toolkit.bpy_render': {'render_from_transforms': lambda *paths: None},
}
