# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How exactly a network multiplies, as a setting of its system."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Protocol

import torch

from part_seg_ros.config import setting
from part_seg_ros.layers.linear import products_in

FLOAT32, BFLOAT16 = 'float32', 'bfloat16'


class HasPrecision(Protocol):
    """Settings with the field that `precision_setting` makes."""

    @property
    def precision(self) -> str:
        """Either `float32` or `bfloat16`."""
        ...


def precision_setting() -> Any:
    """Return the field `precision` of settings."""
    return setting(
        FLOAT32,
        'Type in which features are multiplied with weights: float32 gives the numbers of the'
        ' release; bfloat16, with a mantissa of 8 bits, takes less time on processors made for it'
        ' (x86 with AVX512-BF16, NVIDIA from Ampere on) and more on others.',
        choices=(FLOAT32, BFLOAT16),
    )


@contextlib.contextmanager
def inference(settings: HasPrecision) -> Iterator[None]:
    """Context in which a system calls its network: no gradients, products as the settings say."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        if settings.precision == BFLOAT16:
            stack.enter_context(products_in(torch.bfloat16))
        yield
