# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Options that every command with a cloud and a network shares."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from part_seg_ros.config import parse_settings
from part_seg_ros.data.files import READABLE_SUFFIXES, CloudFile, read_cloud
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud


def add_input_options(parser: argparse.ArgumentParser) -> None:
    """Add FILE and what says how to read it."""
    parser.add_argument('file', help=f'cloud or mesh: {", ".join(READABLE_SUFFIXES)}')
    parser.add_argument(
        '--viewpoint',
        nargs=3,
        type=float,
        metavar=('X', 'Y', 'Z'),
        help='sensor position in the frame of the cloud [m], for a scan from one side whose file'
        ' does not tell it; normals are turned towards it',
    )
    parser.add_argument(
        '--num-samples',
        type=int,
        default=100_000,
        help='points drawn from the surface of a mesh (default: %(default)s)',
    )
    parser.add_argument(
        '--region',
        nargs=4,
        type=float,
        metavar=('X', 'Y', 'Z', 'RADIUS'),
        help='look at the points in this ball alone [m]; in a scan of a room, one around the'
        ' object gives it all of the network',
    )


def add_system_options(parser: argparse.ArgumentParser) -> None:
    """Add what chooses the network and where it runs."""
    parser.add_argument(
        '--model', default='compact', help='system, see `part-seg models` (default: %(default)s)'
    )
    parser.add_argument(
        '--checkpoint',
        help='weights file, or the folder of a system with several (default: the bundled one, or'
        ' the place that `part-seg models` tells)',
    )
    parser.add_argument(
        '--setting',
        action='append',
        default=[],
        metavar='NAME=VALUE',
        help='a setting of the system, such as up_axis=-y of point_sam; may be given several'
        ' times',
    )
    parser.add_argument(
        '--device', default='auto', help='auto, cpu, cuda or cuda:N (default: %(default)s)'
    )


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add what chooses the network, where it runs and how many points it gets."""
    add_system_options(parser)
    parser.add_argument(
        '--max-points',
        type=int,
        default=SegmenterConfig().max_points,
        help='points given to the network; the rest is interpolated (default: %(default)s)',
    )


def read_input(args: argparse.Namespace) -> CloudFile:
    """Read FILE as its options say.

    Raises:
        InputError: the file is missing or malformed.
    """
    viewpoint = None if args.viewpoint is None else np.array(args.viewpoint)
    return read_cloud(args.file, num_samples=args.num_samples, viewpoint=viewpoint)


def in_region(cloud: PointCloud, region: list[float] | None) -> PointCloud:
    """Return the cloud with the points outside the ball `region` (x, y, z, radius) made invalid.

    Raises:
        PromptTooFarError: no point is left.
    """
    if region is None:
        return cloud
    return cloud.within(np.array(region[:3]), region[3])


def build_segmenter(args: argparse.Namespace, **settings: Any) -> Segmenter:
    """Build the network and the segmenter that the options ask for.

    Args:
        args: Parsed options of `add_model_options`.
        **settings: Further fields of `SegmenterConfig`.

    Raises:
        PartSegError: an unknown system or setting, missing weights or a missing device.
    """
    from part_seg_ros.models import build_model

    system = build_model(args.model, args.checkpoint, args.device, parse_settings(args.setting))
    return Segmenter(system, SegmenterConfig(max_points=args.max_points, **settings))
