# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg segment`: one part of a cloud or mesh, from clicks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from part_seg_ros.cli.model_options import (
    add_input_options,
    add_model_options,
    build_segmenter,
    in_region,
    read_input,
)
from part_seg_ros.cli.picture import Panel, draw
from part_seg_ros.data.results import check_result_path, write_segmentation
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.segmenter import EncodedCloud, Prediction, Session
from part_seg_ros.structures import PartSegmentation, PointCloud, PointPrompt, SegmentedPart


class _Click(argparse.Action):
    """Collects clicks of both kinds in the order in which they are given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        label = int(self.option_strings[0] == '--point')
        namespace.clicks = [*namespace.clicks, (values, label)]


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        'segment',
        description='One part of a cloud or mesh, from clicks. Clicks are taken one after the'
        ' other, each refining the mask before. A mesh is sampled, its result is a cloud.',
    )
    add_input_options(parser)
    for option, meaning in (('--point', 'on'), ('--negative', 'off')):
        parser.add_argument(
            option,
            dest='clicks',
            nargs=3,
            type=float,
            action=_Click,
            default=[],
            metavar=('X', 'Y', 'Z'),
            help=f'click {meaning} the part [m]; may be given several times',
        )
    parser.add_argument(
        '--granularity', type=float, help='wanted fineness, above 0 (coarse) to 1 (fine)'
    )
    parser.add_argument(
        '--snap-radius',
        type=float,
        default=0.05,
        help='farthest a click may be from the nearest point [m], 0 for no limit'
        ' (default: %(default)s)',
    )
    add_model_options(parser)
    parser.add_argument('-o', '--output', required=True, help='result: .ply, .npz or .json')
    parser.add_argument('--picture', metavar='PNG', help='picture of the clicks and the part')
    return parser


def run(args: argparse.Namespace) -> int:
    """Segment the clicked part, write it, and print what was found."""
    check_result_path(args.output)
    _check_clicks(args)
    file = read_input(args)
    segmenter = build_segmenter(args, snap_radius=args.snap_radius)
    encoded = segmenter.encode(in_region(file.cloud, args.region))
    prediction = _answer(segmenter.open(encoded, granularity=args.granularity), args.clicks)
    segmentation = _as_segmentation(file.cloud, prediction)
    write_segmentation(args.output, file, segmentation)
    if args.picture:
        score = segmentation.parts[0].score
        _draw(args.picture, file.cloud, prediction, score, encoded.valid_idx)
    print(_summary(encoded, prediction, segmentation))
    return 0


def _check_clicks(args: argparse.Namespace) -> None:
    """Refuse impossible clicks before the long work."""
    labels = [label for _, label in args.clicks]
    if 1 not in labels:
        raise InputError('at least one --point X Y Z is needed: a click on the wanted part')
    coords = np.array([coord for coord, _ in args.clicks])
    PointPrompt(prompt_coords=coords, prompt_labels=labels, granularity=args.granularity)


def _answer(session: Session, clicks: list[tuple[list[float], int]]) -> Prediction:
    """Give the clicks up to the first one on the part at once, the others one by one."""
    coords, labels = np.array([coord for coord, _ in clicks]), np.array([lb for _, lb in clicks])
    num_first = int(labels.argmax()) + 1
    session = session.add(coords[:num_first], labels[:num_first])
    for coord, label in zip(coords[num_first:], labels[num_first:], strict=True):
        session = session.add(coord, int(label))
    prediction = session.prediction
    assert prediction is not None
    return prediction


def _as_segmentation(cloud: PointCloud, prediction: Prediction) -> PartSegmentation:
    mask = prediction.mask
    part = SegmentedPart(
        part_id=0,
        score=float(np.clip(prediction.score, 0.0, 1.0)),
        box=oriented_box(cloud.points[mask]) if mask.any() else None,
        prompt_coord=prediction.prompt.prompt_coords[0],
    )
    return PartSegmentation(part_ids=np.where(mask, 0, -1).astype(np.int32), parts=(part,))


def _summary(encoded: EncodedCloud, prediction: Prediction, segmentation: PartSegmentation) -> str:
    part = segmentation.parts[0]
    size = 'empty' if part.box is None else ' x '.join(f'{s:.3f}' for s in part.box.size) + ' m'
    return (
        f'{np.count_nonzero(prediction.mask)} of {len(encoded.cloud)} points, box {size},'
        f' predicted IoU {part.score:.2f}; clicks moved up to'
        f' {1e3 * prediction.snap_distances.max():.1f} mm to the nearest point; encode'
        f' {encoded.encode_ms:.0f} ms, last click {prediction.decode_ms:.0f} ms'
    )


def _draw(
    path: str, cloud: PointCloud, prediction: Prediction, score: float, focus: np.ndarray
) -> None:
    panels = [
        Panel(title='cloud and clicks', prompt=prediction.prompt),
        Panel(
            title=f'part, predicted IoU {score:.2f}',
            part_ids=np.where(prediction.mask, 0, -1),
            prompt=prediction.prompt,
        ),
    ]
    draw(path, cloud, panels, focus=focus)
