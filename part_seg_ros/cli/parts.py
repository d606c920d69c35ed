# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg parts`: every part of a cloud or mesh."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from tqdm import tqdm

from part_seg_ros.cli import painted_parts
from part_seg_ros.cli.model_options import (
    add_input_options,
    add_model_options,
    build_segmenter,
    in_region,
    read_input,
)
from part_seg_ros.cli.picture import Panel, draw
from part_seg_ros.data.files import read_shape
from part_seg_ros.data.mesh_results import check_mesh_result_path, write_mesh_parts
from part_seg_ros.data.results import check_result_path, write_segmentation
from part_seg_ros.errors import InputError
from part_seg_ros.segmenter import SegmentAllSettings
from part_seg_ros.segmenter.mesh_parts import MeshSettings, SampledMesh
from part_seg_ros.structures import Mesh, PartSegmentation, PointCloud, SegmentedPart

_DEFAULTS = SegmentAllSettings()
_THRESHOLDS: dict[str, tuple[type, str]] = {
    'num_prompts': (int, 'points that the network is asked at'),
    'min_score': (float, 'least quality of a part'),
    'nms_iou': (float, 'overlap from which two parts are one'),
    'min_points': (int, 'least points of a part'),
    'max_parts': (int, 'most parts, 0 for no limit'),
    'time_budget': (float, 'seconds after which no further point is asked at, 0 for no limit'),
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        'parts',
        description='Every part of a cloud or mesh. A mesh is sampled, and its faces get the parts'
        ' of the points on them; geosam2 renders it and labels the faces. A system with a way of'
        ' its own, such as partsam, takes that, unless a threshold is given.',
    )
    add_input_options(parser)
    parser.add_argument(
        '--granularity', type=float, help='wanted fineness, above 0 (coarse) to 1 (fine)'
    )
    for name, (kind, meaning) in _THRESHOLDS.items():
        parser.add_argument(
            '--' + name.replace('_', '-'),
            type=kind,
            help=f'{meaning} (default: {getattr(_DEFAULTS, name)})',
        )
    _add_mesh_options(parser)
    painted_parts.add_options(parser)
    add_model_options(parser)
    parser.add_argument(
        '-o',
        '--output',
        required=True,
        help='result: .ply (with part_id), .npz or .json; of a mesh also .glb (one node a part)',
    )
    parser.add_argument('--picture', metavar='PNG', help='picture with one colour a part')
    return parser


def _add_mesh_options(parser: argparse.ArgumentParser) -> None:
    defaults = MeshSettings()
    mesh = parser.add_argument_group('mesh')
    mesh.add_argument(
        '--points', action='store_true', help='take a mesh as the points sampled from it'
    )
    mesh.add_argument(
        '--connectivity',
        type=float,
        help='how much it counts that faces are connected, 0 for a scan'
        f' (default: {defaults.connectivity})',
    )
    mesh.add_argument(
        '--no-fill', action='store_true', help='leave faces unlabelled on which no point fell'
    )
    mesh.add_argument(
        '--smoothing', type=int, help=f'sweeps over borders (default: {defaults.smoothing})'
    )
    mesh.add_argument('--graph-cut', action='store_true', help='move borders to creases')


def run(args: argparse.Namespace) -> int:
    """Find all parts, write them, and print a table."""
    shape = read_shape(args.file)
    is_mesh = isinstance(shape, Mesh) and not args.points
    painted_parts.check_options(args, is_mesh=is_mesh)
    settings = _settings(args)
    if (args.guide is not None or args.view is not None) and settings is not None:
        raise InputError('painting has no thresholds; leave them out, or --guide and --view')
    if isinstance(shape, Mesh) and not args.points:
        return _run_on_mesh(args, shape)
    check_result_path(args.output)
    args.setting = painted_parts.wanted_settings(args)
    file = read_input(args)
    segmenter = build_segmenter(args)
    start = time.perf_counter()
    encoded = segmenter.encode(in_region(file.cloud, args.region))
    with _progress_bar() as bar:
        found = segmenter.segment_all(encoded, settings, progress=_advance(bar))
    elapsed_ms = 1e3 * (time.perf_counter() - start)
    write_segmentation(args.output, file, found)
    if args.picture:
        _draw(args.picture, file.cloud, found.part_ids, found, focus=encoded.valid_idx)
    _report(found, 'points', elapsed_ms)
    return 0


def _run_on_mesh(args: argparse.Namespace, mesh: Mesh) -> int:
    """Find all parts of a mesh and write its faces with them."""
    check_mesh_result_path(args.output)
    if args.region is not None or args.viewpoint is not None:
        raise InputError('--region and --viewpoint go with clouds; add --points for this mesh')
    settings = _settings(args)
    if args.model in painted_parts.MODELS and settings is None:
        return _paint_mesh(args, mesh)
    segmenter = build_segmenter(args)
    start = time.perf_counter()
    sampled = SampledMesh(segmenter, mesh, _mesh_settings(args))
    with _progress_bar() as bar:
        found = sampled.segment_all(settings, progress=_advance(bar))
    elapsed_ms = 1e3 * (time.perf_counter() - start)
    write_mesh_parts(args.output, mesh, found)
    if args.picture:
        _draw(args.picture, sampled.encoded.cloud, found.part_ids[sampled.face_idx], found)
    _report(found, 'faces', elapsed_ms)
    return 0


def _paint_mesh(args: argparse.Namespace, mesh: Mesh) -> int:
    """Let a system paint the faces themselves."""
    start = time.perf_counter()
    with _progress_bar() as bar:
        mesh, found, cloud, face_idx = painted_parts.paint_mesh(
            args, mesh, lambda done, num: bar.update(done - bar.n)
        )
    elapsed_ms = 1e3 * (time.perf_counter() - start)
    write_mesh_parts(args.output, mesh, found)
    if args.picture:
        _draw(args.picture, cloud, found.part_ids[face_idx], found)
    _report(found, 'faces', elapsed_ms)
    return 0


def _progress_bar() -> tqdm:
    return tqdm(total=1.0, desc='parts', disable=None, bar_format='{desc}: {bar} {elapsed}')


def _advance(bar: tqdm) -> Callable[[object, float, int], None]:
    return lambda _stage, done, _found: bar.update(done - bar.n)


def _draw(
    path: str,
    cloud: PointCloud,
    part_ids: np.ndarray,
    found: PartSegmentation,
    *,
    focus: np.ndarray | None = None,
) -> None:
    title = f'{len(found.parts)} parts'
    panels = [Panel(title='cloud'), Panel(title=title, part_ids=part_ids)]
    draw(path, cloud, panels, focus=focus)


def _report(found: PartSegmentation, elements: str, elapsed_ms: float) -> None:
    print(_table(found, elements))
    early = '' if found.is_complete else ', the time budget ran out before the last click'
    print(f'{len(found.parts)} parts in {elapsed_ms:.0f} ms{early}')


def _mesh_settings(args: argparse.Namespace) -> MeshSettings:
    given = {
        name: value
        for name, value in (
            ('num_samples', args.num_samples),
            ('connectivity', args.connectivity),
            ('smoothing', args.smoothing),
        )
        if value is not None
    }
    return MeshSettings(fill=not args.no_fill, graph_cut=args.graph_cut, **given)


def _settings(args: argparse.Namespace) -> SegmentAllSettings | None:
    """Return the thresholds given, the others at their defaults; None where none is given."""
    names = ('granularity', *_THRESHOLDS)
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    return SegmentAllSettings(**given) if given else None


def _table(segmentation: PartSegmentation, elements: str) -> str:
    names = [_name(part) for part in segmentation.parts]
    width = max(map(len, ['name', *names]))
    lines = [f'part  {elements:>6}  score  {"name":<{width}}  size [m]']
    for part, name in zip(segmentation.parts, names, strict=True):
        count = np.count_nonzero(segmentation.part_ids == part.part_id)
        size = '' if part.box is None else ' x '.join(f'{side:.3f}' for side in part.box.size)
        row = f'{part.part_id:>4}  {count:>6}  {part.score:5.2f}  {name:<{width}}  {size}'
        lines.append(row)
    return '\n'.join(lines)


def _name(part: SegmentedPart) -> str:
    return f'{part.name} ({part.name_probability:.0%})' if part.name else ''
