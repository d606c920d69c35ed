# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a promptable model of images is to the engine of views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageMasks:
    """Masks proposed for one prompt on an image.

    Attributes:
        mask_logits: (O, H, W) float32; a pixel is in the mask where its logit is > 0.
        iou_pred: (O,) float32, the model's own estimate of each mask's IoU.
        feedback: What the model wants back to refine each mask, (O, ...) float32.
    """

    mask_logits: np.ndarray
    iou_pred: np.ndarray
    feedback: np.ndarray


class ImageSegmenter(Protocol):
    """A promptable model of images, such as SAM 2.

    Attributes:
        name: Of the model, for records.
        weights_sha256: Of its weights file, '' where there is none.
    """

    name: str
    weights_sha256: str

    def set_image(self, rgb: np.ndarray) -> None:
        """Look at an image, (H, W, 3) uint8, until another is set."""
        ...

    def predict(
        self, points_px: np.ndarray, labels: np.ndarray, previous: np.ndarray | None = None
    ) -> ImageMasks:
        """Answer a prompt on the image that was set.

        Args:
            points_px: (Q, 2) column and row of each click [px]; pixel centres are whole numbers.
            labels: (Q,) 1 on what is wanted, 0 off it.
            previous: `feedback` of the mask to refine, without its first axis; None for none.

        Returns:
            Several masks for one click without feedback, which may mean several things; else one.
        """
        ...
