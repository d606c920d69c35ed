# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg segment`: one part of a cloud or mesh from clicks, or the parts of one name."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from part_seg_ros.cli.model_options import (
    add_input_options,
    add_model_options,
    build_segmenter,
    in_region,
    read_input,
)
from part_seg_ros.cli.painted_parts import with_materials
from part_seg_ros.cli.picture import Panel, draw
from part_seg_ros.data.files import read_shape
from part_seg_ros.data.mesh_results import write_mesh_parts
from part_seg_ros.data.results import check_result_path, write_segmentation
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.face_labels import carry_to_faces
from part_seg_ros.segmenter import (
    EncodedCloud,
    FindNamedSettings,
    NamedParts,
    Prediction,
    Segmenter,
    Session,
)
from part_seg_ros.structures import (
    Mesh,
    NamePrompt,
    PartSegmentation,
    PointPrompt,
    SegmentedPart,
)


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
        description='One part of a cloud or mesh from clicks, or the parts of one name. Clicks are'
        ' taken one after the other, each refining the mask before; a name beside them chooses'
        ' among the masks that the first may mean. A mesh is sampled, its result is a cloud; a'
        ' system that looks at meshes themselves, such as geosam2, answers by faces.',
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
    parser.add_argument('--name', default='', help='what the part is called, such as handle')
    parser.add_argument(
        '--near',
        nargs=3,
        type=float,
        metavar=('X', 'Y', 'Z'),
        help='with --name alone: take the part of that name that is nearest to here [m]',
    )
    for name, meaning in (
        ('min_probability', 'how probable the name must be'),
        ('min_score', 'least quality of a part'),
    ):
        parser.add_argument(
            '--' + name.replace('_', '-'),
            type=float,
            default=getattr(FindNamedSettings(), name),
            help=f'with --name alone: {meaning} (default: %(default)s)',
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
    parser.add_argument(
        '--points', action='store_true', help='take a mesh as the points sampled from it'
    )
    add_model_options(parser)
    parser.add_argument(
        '-o', '--output', required=True, help='result: .ply, .npz or .json; by faces also .glb'
    )
    parser.add_argument('--picture', metavar='PNG', help='picture of the clicks and the part')
    return parser


def run(args: argparse.Namespace) -> int:
    """Segment the part or parts, write them, and print what was found."""
    if not args.output.lower().endswith('.glb'):  # for the faces of a mesh alone, see below
        check_result_path(args.output)
    settings = FindNamedSettings(min_probability=args.min_probability, min_score=args.min_score)
    _check_prompt(args)
    shape = read_shape(args.file)
    segmenter = build_segmenter(args, snap_radius=args.snap_radius)
    takes_meshes = segmenter.system.capabilities.meshes
    if isinstance(shape, Mesh) and takes_meshes and not args.points and args.clicks:
        return _run_on_mesh(args, segmenter, shape)
    check_result_path(args.output)
    file = read_input(args)
    if args.name:
        segmenter.known_name(args.name)
    encoded = segmenter.encode(in_region(file.cloud, args.region))
    if args.clicks:
        session = segmenter.open(encoded, granularity=args.granularity, name=args.name)
        prediction = _answer(session, args.clicks)
        mask = prediction.mask
        segmentation = _as_segmentation(prediction, mask, file.cloud.points[mask])
        panels = _click_panels(prediction, segmentation)
        summary = _summary(encoded, prediction, segmentation)
    else:
        found = _search(segmenter, encoded, args, settings)
        segmentation = found.as_segmentation(file.cloud.points)
        panels = _name_panels(found, segmentation)
        summary = _named_summary(encoded, found, segmentation)
    write_segmentation(args.output, file, segmentation)
    if args.picture:
        draw(args.picture, file.cloud, panels, focus=encoded.valid_idx)
    print(summary)
    return 0


def _run_on_mesh(args: argparse.Namespace, segmenter: Segmenter, mesh: Mesh) -> int:
    """Let the system look at the mesh itself, and write its faces with the part."""
    if args.region is not None or args.viewpoint is not None:
        raise InputError('--region and --viewpoint go with clouds; add --points for this mesh')
    mesh = with_materials(args, mesh)
    encoded = segmenter.encode_mesh(mesh)
    session = segmenter.open(encoded, granularity=args.granularity, name=args.name)
    prediction = _answer(session, args.clicks)
    points_in = prediction.mask.astype(np.int64)
    is_in = carry_to_faces(points_in, encoded.face_idx, build_face_graph(mesh)) == 1
    corners = mesh.vertices[mesh.faces[is_in]].reshape(-1, 3)
    segmentation = _as_segmentation(prediction, is_in, corners)
    write_mesh_parts(args.output, mesh, segmentation)
    if args.picture:
        seen = _as_segmentation(prediction, prediction.mask, corners)
        draw(args.picture, encoded.cloud, _click_panels(prediction, seen))
    print(_summary(encoded, prediction, segmentation))
    return 0


def _check_prompt(args: argparse.Namespace) -> None:
    """Refuse impossible prompts before the long work."""
    labels = [label for _, label in args.clicks]
    if args.near is not None and (labels or not args.name):
        raise InputError('--near goes with --name, and without --point or --negative')
    if args.name and not labels:
        _name_prompt(args)
        return
    if 1 not in labels:
        raise InputError(
            'at least one --point X Y Z is needed, a click on the wanted part, or its --name'
        )
    coords = np.array([coord for coord, _ in args.clicks])
    PointPrompt(prompt_coords=coords, prompt_labels=labels, granularity=args.granularity)


def _name_prompt(args: argparse.Namespace) -> NamePrompt:
    return NamePrompt(name=args.name, near=args.near, granularity=args.granularity)


def _search(
    segmenter: Segmenter,
    encoded: EncodedCloud,
    args: argparse.Namespace,
    settings: FindNamedSettings,
) -> NamedParts:
    """Find the parts called --name; with --near the one nearest to there."""
    found = segmenter.find_named(encoded, _name_prompt(args), settings).check()
    return found if args.near is None else replace(found, parts=found.parts[:1])


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


def _as_segmentation(
    prediction: Prediction, mask: np.ndarray, points: np.ndarray
) -> PartSegmentation:
    """Describe a mask of points or faces as a segmentation; the (K, 3) points are in the part."""
    part = SegmentedPart(
        part_id=0,
        score=float(np.clip(prediction.score, 0.0, 1.0)),
        name=prediction.name,
        name_probability=prediction.name_probability,
        box=oriented_box(points) if len(points) else None,
        prompt_coord=prediction.prompt.prompt_coords[0],
    )
    return PartSegmentation(part_ids=np.where(mask, 0, -1).astype(np.int32), parts=(part,))


def _summary(encoded: EncodedCloud, prediction: Prediction, segmentation: PartSegmentation) -> str:
    part = segmentation.parts[0]
    name = f'{part.name} ({part.name_probability:.0%}): ' if part.name else ''
    elements = 'points' if encoded.mesh is None else 'faces'
    is_in = segmentation.part_ids == part.part_id
    return (
        f'{name}{np.count_nonzero(is_in)} of {len(is_in)} {elements}, box'
        f' {_size(part)}, predicted IoU {part.score:.2f}; clicks moved up to'
        f' {1e3 * prediction.snap_distances.max():.1f} mm to the nearest point; encode'
        f' {encoded.encode_ms:.0f} ms, last click {prediction.decode_ms:.0f} ms'
    )


def _named_summary(
    encoded: EncodedCloud, found: NamedParts, segmentation: PartSegmentation
) -> str:
    lines = []
    for part in segmentation.parts:
        num_points = np.count_nonzero(segmentation.part_ids == part.part_id)
        lines.append(
            f'{part.name} {part.part_id} ({part.name_probability:.0%}): {num_points} of'
            f' {len(encoded.cloud)} points, box {_size(part)}, predicted IoU {part.score:.2f}'
        )
    times = f'encode {encoded.encode_ms:.0f} ms, search {found.search_ms:.0f} ms'
    return '\n'.join([*lines, f'{len(lines)} found; {times}'])


def _size(part: SegmentedPart) -> str:
    return 'empty' if part.box is None else ' x '.join(f'{s:.3f}' for s in part.box.size) + ' m'


def _click_panels(prediction: Prediction, segmentation: PartSegmentation) -> list[Panel]:
    part = segmentation.parts[0]
    return [
        Panel(title='cloud and clicks', prompt=prediction.prompt),
        Panel(
            title=f'{part.name or "part"}, predicted IoU {part.score:.2f}',
            part_ids=segmentation.part_ids,
            prompt=prediction.prompt,
        ),
    ]


def _name_panels(found: NamedParts, segmentation: PartSegmentation) -> list[Panel]:
    title = f'{found.name}: {len(segmentation.parts)} found'
    return [Panel(title='cloud'), Panel(title=title, part_ids=segmentation.part_ids)]
