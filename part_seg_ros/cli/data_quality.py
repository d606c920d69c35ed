# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data quality`: train the classifier of labels for the engine `s2am3d`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from part_seg_ros.cli.yaml_settings import read_mapping
from part_seg_ros.config import from_mapping
from part_seg_ros.errors import ConfigError


def add_parser(actions: Any) -> None:
    """Declare the options."""
    parser = actions.add_parser(
        'quality',
        help='train the classifier that s2am3d filters labels with',
        description='Train the classifier that tells reliable labels from others, on two folders'
        ' of labelled meshes (npz) that somebody has sorted.',
    )
    parser.add_argument('accepted', type=Path, help='folder of meshes with reliable labels')
    parser.add_argument('rejected', type=Path, help='folder of meshes with unreliable labels')
    parser.add_argument('-o', '--output', type=Path, required=True, metavar='SAFETENSORS')
    parser.add_argument(
        '--config', type=Path, metavar='YAML', help='fields of QualityTraining that differ'
    )
    parser.set_defaults(run_action=run)


def run(args: argparse.Namespace) -> int:
    """Train and write the weights."""
    from safetensors.torch import save_file

    from part_seg_ros.data.labeled_meshes import load_folder
    from part_seg_ros.data_engine.quality_training import QualityTraining, train_quality

    if args.output.suffix != '.safetensors':
        raise ConfigError(f'the weights are written as .safetensors, got {args.output}')
    config = from_mapping(QualityTraining, read_mapping(args.config))
    net, losses = train_quality(load_folder(args.accepted), load_folder(args.rejected), config)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(net.state_dict(), args.output)
    print(f'{args.output}; cross-entropy {losses[0]:.3f} at first, {losses[-1]:.3f} at last')
    return 0
