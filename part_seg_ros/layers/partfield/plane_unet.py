# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The U-Net over the scattered planes.

The three planes stand on top of each other in one image (B, C, 3H, W): convolutions reach over the
borders between them and the statistics of group norms are shared. Weights were trained with that.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.partfield.config import NUM_PLANES

_NORM_EPS = 1e-6
_MAX_GROUPS = 32


def _norm(width: int) -> nn.GroupNorm:
    return nn.GroupNorm(min(_MAX_GROUPS, width), width, eps=_NORM_EPS)


class CrossPlaneMap(nn.Module):
    """Every pixel sees its own vector and the means of the two lines of space it lies on.

    Plane 0 (xy) has the axis of its rows in common with the columns of plane 1, and so on around;
    plane 2 is transposed for that. The 1×1 convolution over (own, mean, mean) is applied as three
    maps, of which two work on lines: a third of the work, the same numbers up to rounding.

    Source:
        RODIN (Wang et al. 2023), Sec. 3.2, 3D-aware convolution, as in PartField's release.
    """

    def __init__(self, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.width = width
        self.plane_convs = nn.ModuleList(nn.Conv2d(3 * width, width, 1) for _ in range(NUM_PLANES))

    def forward(self, image: Tensor) -> Tensor:
        """Map (B, C, 3H, W) with H = W to the same shape."""
        planes = list(image.unflatten(2, (NUM_PLANES, -1)).unbind(2))
        planes[2] = planes[2].transpose(2, 3)
        row_means = [plane.mean(3) for plane in planes]  # (B, C, H), one value for each row
        column_means = [plane.mean(2) for plane in planes]  # (B, C, W)
        mapped = []
        for i, conv in enumerate(self.plane_convs):
            own, along_columns, along_rows = conv.weight.split(self.width, 1)
            across = F.conv1d(row_means[(i + 1) % NUM_PLANES], along_columns.squeeze(-1))
            down = F.conv1d(column_means[(i + 2) % NUM_PLANES], along_rows.squeeze(-1))
            plane = F.conv2d(planes[i], own, conv.bias)
            mapped.append(plane + across[:, :, None, :] + down[:, :, :, None])
        mapped[2] = mapped[2].transpose(2, 3)
        return torch.cat(mapped, 2)


class ResidualBlock(nn.Module):
    """Convolution, cross-plane map, convolution, each behind norm and swish; 1×1 skip."""

    def __init__(self, in_width: int, out_width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.norm1 = _norm(in_width)
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.norm_mid = _norm(out_width)
        self.conv_3daware = CrossPlaneMap(out_width)
        self.norm2 = _norm(out_width)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        self.nin_shortcut = nn.Conv2d(in_width, out_width, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Map (B, Cin, 3H, W) to (B, Cout, 3H, W)."""
        inner = self.conv1(F.silu(self.norm1(image)))
        inner = self.conv_3daware(F.silu(self.norm_mid(inner)))
        inner = self.conv2(F.silu(self.norm2(inner)))
        return inner + self.nin_shortcut(image)


class DownStage(nn.Module):
    """A residual block."""

    def __init__(self, in_width: int, out_width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.block = ResidualBlock(in_width, out_width)

    def forward(self, image: Tensor) -> Tensor:
        """Map (B, Cin, 3H, W) to (B, Cout, 3H, W)."""
        return self.block(image)


class UpStage(nn.Module):
    """Doubling, the same stage on the way down beside it, a norm of its own, a residual block."""

    def __init__(self, below_width: int, beside_width: int) -> None:
        """Build with random weights."""
        super().__init__()
        width = below_width + beside_width
        self.norm1 = _norm(width)
        self.block = ResidualBlock(width, beside_width)

    def forward(self, below: Tensor, beside: Tensor) -> Tensor:
        """Map (B, Cb, 3H/2, W/2) and (B, Cs, 3H, W) to (B, Cs, 3H, W)."""
        doubled = F.interpolate(below, scale_factor=2, mode='nearest')
        return self.block(self.norm1(torch.cat([doubled, beside], 1)))


class PlaneUNet(nn.Module):
    """Residual blocks down and up; no convolution in front, no skip around it."""

    def __init__(self, plane_width: int, widths: tuple[int, ...]) -> None:
        """Build with random weights; `widths` from the finest stage to the coarsest."""
        super().__init__()
        in_widths = (plane_width, *widths[:-1])
        self.down_convs = nn.ModuleList(map(DownStage, in_widths, widths))
        self.up_convs = nn.ModuleList(map(UpStage, widths[:0:-1], widths[-2::-1]))
        self.norm_out = _norm(widths[0])
        self.conv_final = nn.Conv2d(widths[0], plane_width, 1)

    def forward(self, planes: Tensor) -> Tensor:
        """Return what the last map, `conv_final`, reads.

        That map is linear and so are all that read it: callers fold it into theirs, which saves
        most of their work.

        Args:
            planes: (B, 3, H, W, C).

        Returns:
            (B, 3, H, W, C0) with the channels of the finest stage.
        """
        # PyTorch's group norm on the CPU is three digits less exact on channels-last memory.
        image = planes.flatten(1, 2).permute(0, 3, 1, 2).contiguous()  # (B, C, 3H, W)
        finer: list[Tensor] = []
        for stage, down in enumerate(self.down_convs):
            image = down(F.avg_pool2d(image, 2) if stage else image)
            finer.append(image)
        finer.pop()
        for up in self.up_convs:
            image = up(image, finer.pop())
        image = F.silu(self.norm_out(image))
        return image.unflatten(2, (NUM_PLANES, -1)).permute(0, 2, 3, 4, 1)

    def expand(self, hidden: Tensor) -> Tensor:
        """Apply the last map: (B, 3, H, W, C0) to the U-Net's output (B, 3, H, W, C)."""
        return F.linear(hidden, self.conv_final.weight.flatten(1), self.conv_final.bias)
