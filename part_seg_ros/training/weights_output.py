# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The weights that a run leaves, and the record beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor, nn


def write_weights(net: nn.Module, path: Path, record: Mapping[str, Any]) -> None:
    """Write the state dict of a network as safetensors, and what it is as JSON beside it.

    Args:
        net: On any device.
        path: `*.safetensors`; the record gets the same name with `.json`.
        record: Settings and figures of the run, of plain types.
    """
    write_tensors(net.state_dict(), path, record)


def write_tensors(tensors: Mapping[str, Tensor], path: Path, record: Mapping[str, Any]) -> None:
    """Write tensors by their names, on any device; see `write_weights`."""
    save_file({name: value.contiguous().cpu() for name, value in tensors.items()}, path)
    path.with_suffix('.json').write_text(json.dumps(record, indent=2) + '\n')
