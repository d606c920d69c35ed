# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of the bundled network: safetensors beside a JSON with the sizes that built them."""

from __future__ import annotations

import json
from pathlib import Path

from part_seg_ros.config import from_mapping
from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.weights_file import load_strictly, read_tensors

BUNDLED = Path(__file__).parent / 'weights' / 'compact.safetensors'


def read_record(path: Path) -> dict:
    """Read the JSON beside a weights file.

    Raises:
        CheckpointError: it is missing or no JSON object.
    """
    record_path = path.with_suffix('.json')
    try:
        record = json.loads(record_path.read_text())
    except FileNotFoundError:
        raise CheckpointError(
            f'{record_path} is missing; it holds the network sizes of {path.name} and must lie'
            ' beside it'
        ) from None
    except json.JSONDecodeError as error:
        raise CheckpointError(f'{record_path} is no JSON: {error}') from error
    if not isinstance(record, dict) or 'config' not in record:
        raise CheckpointError(f'{record_path} must be an object with the entry "config"')
    return record


def load_network(path: Path) -> CompactNet:
    """Build the network that a weights file was saved from, and load it strictly, on the CPU.

    Args:
        path: `*.safetensors`; the JSON of the same name must lie beside it.

    Raises:
        CheckpointError: a file is missing or damaged, its sha256 differs from the recorded one, or
            its keys or shapes do not fit.
    """
    if not path.is_file():
        raise CheckpointError(
            f'no weights at {path}; reinstall the package or pass the path of a compact checkpoint'
        )
    record = read_record(path)
    expected = record.get('sha256')
    if expected is not None and file_sha256(path) != expected:
        raise CheckpointError(
            f'{path} is damaged: its sha256 is not the {expected[:12]}… recorded'
        )
    config = from_mapping(CompactConfig, record['config'])
    net = CompactNet(config)
    load_strictly(net, read_tensors(path), path)
    return net.eval()
