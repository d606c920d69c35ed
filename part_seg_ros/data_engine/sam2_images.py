# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SAM 2 as the model of images, through the package `sam2`; torchvision is not needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.data_engine.image_segmenter import ImageMasks
from part_seg_ros.errors import BackendMissingError, ConfigError
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.weights_file import load_strictly, read_tensors

SIZES = {
    'tiny': 'sam2.1_hiera_t',
    'small': 'sam2.1_hiera_s',
    'base_plus': 'sam2.1_hiera_b+',
    'large': 'sam2.1_hiera_l',
}

# Of the ImageNet images that the encoder was trained on.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
_MAX_FEEDBACK = 32.0


class Sam2Images:
    """SAM 2 behind the protocol of `ImageSegmenter`.

    Source:
        What `SAM2ImagePredictor` of the package does, which cannot be imported without
        torchvision. Clicks are at the middles of pixels at every size of picture; there they are
        half a pixel of the network off for pictures of other sizes than its own.
    """

    def __init__(self, model: nn.Module, *, name: str = 'sam2', weights_sha256: str = '') -> None:
        """Wrap a model.

        Args:
            model: `sam2.modeling.sam2_base.SAM2Base` with its weights, on its device.
            name: For records.
            weights_sha256: Of its file.
        """
        self.model: Any = model.eval()
        self.name = name
        self.weights_sha256 = weights_sha256
        self._levels: list[Tensor] = []
        self._size = (0, 0)

    @torch.inference_mode()
    def set_image(self, rgb: np.ndarray) -> None:
        """Encode an image; see `ImageSegmenter.set_image`."""
        image = torch.from_numpy(rgb).to(self.model.device).permute(2, 0, 1)[None] / 255.0
        wanted = (self.model.image_size, self.model.image_size)
        if image.shape[2:] != wanted:
            image = nn.functional.interpolate(image, wanted, mode='bilinear', antialias=True)
        mean, std = (torch.tensor(v, device=image.device)[:, None, None] for v in (_MEAN, _STD))
        backbone = self.model.forward_image((image - mean) / std)
        _, levels, _, sizes = self.model._prepare_backbone_features(backbone)
        if self.model.directly_add_no_mem_embed:
            levels[-1] = levels[-1] + self.model.no_mem_embed
        self._levels = [
            level.permute(1, 2, 0).unflatten(2, size)
            for level, size in zip(levels, sizes, strict=True)
        ]
        self._size = rgb.shape[:2]

    @torch.inference_mode()
    def predict(
        self, points_px: np.ndarray, labels: np.ndarray, previous: np.ndarray | None = None
    ) -> ImageMasks:
        """Answer a prompt; see `ImageSegmenter.predict`. Feedback is (h, w) logits."""
        model = self.model
        shape = np.array(self._size[::-1])
        # The prompt encoder itself adds the half pixel that leads to the middle.
        coords = (points_px + 0.5) * (model.image_size / shape) - 0.5
        sparse, dense = model.sam_prompt_encoder(
            points=(self._tensor(coords), self._tensor(labels).int()),
            boxes=None,
            masks=None if previous is None else self._tensor(previous)[None],
        )
        low_res, iou_pred, _, _ = model.sam_mask_decoder(
            image_embeddings=self._levels[-1],
            image_pe=model.sam_prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=previous is None and len(labels) == 1,
            repeat_image=False,
            high_res_features=self._levels[:-1],
        )
        logits = nn.functional.interpolate(low_res, self._size, mode='bilinear')
        return ImageMasks(
            mask_logits=logits[0].float().cpu().numpy(),
            iou_pred=iou_pred[0].float().cpu().numpy(),
            feedback=low_res[0].clamp(-_MAX_FEEDBACK, _MAX_FEEDBACK).float().cpu().numpy(),
        )

    def _tensor(self, array: np.ndarray) -> Tensor:
        """Return a float32 array on the device of the model, as a batch of one."""
        return torch.from_numpy(np.asarray(array, dtype=np.float32))[None].to(self.model.device)


def build_sam2(size: str, checkpoint: Path | None, device: str = 'auto') -> Sam2Images:
    """Build SAM 2.1 with its weights.

    Args:
        size: One of `SIZES`.
        checkpoint: File of Meta's release, such as `sam2.1_hiera_tiny.pt`; None for random
            weights.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.

    Raises:
        BackendMissingError: the package `sam2` or the device is not there.
        CheckpointError: the file is missing, damaged or of another size.
        ConfigError: no such size.
    """
    if size not in SIZES:
        raise ConfigError(f'SAM 2 comes as {", ".join(SIZES)}, got {size!r}')
    try:
        from sam2 import build_sam
    except ModuleNotFoundError as error:
        raise BackendMissingError(
            f'SAM 2 needs the Python package {error.name}; install it with SAM2_BUILD_CUDA=0 pip'
            ' install --no-deps --no-build-isolation sam2==1.1.0, and hydra-core and iopath'
        ) from error
    chosen = choose_device(device)
    model = build_sam.build_sam2(f'configs/sam2.1/{SIZES[size]}.yaml', device=chosen)
    sha256 = ''
    if checkpoint is not None:
        load_strictly(model, read_tensors(checkpoint), checkpoint)
        sha256 = file_sha256(checkpoint)
    return Sam2Images(model, name=SIZES[size], weights_sha256=sha256)
