# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Memory of SegviGen, whose cost depends on voxels: the plan of it, and what is measured."""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from part_seg_ros.cli.bench_network import limit_threads
from part_seg_ros.cli.bench_timing import peak_resident_mib
from part_seg_ros.config import from_mapping, parse_settings
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.models import MODEL_SPECS
from part_seg_ros.structures import Mesh, PointPrompt

if TYPE_CHECKING:
    from part_seg_ros.models.segvigen.memory_plan import MemoryPlan

_MODULE = 'part_seg_ros.models.segvigen.build'
_PLATES = (4, 8, 16)
_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelJob:
    """What to measure.

    Attributes:
        model: `segvigen` or one of its presets.
        num_voxels: About how many the object has.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Settings of the system.
        threads: CPU threads.
    """

    model: str
    num_voxels: int
    device: str
    settings: dict[str, Any]
    threads: int


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group('with --model segvigen')
    group.add_argument(
        '--memory-plan',
        action='store_true',
        help='print the memory that an object needs, estimated, and measure nothing',
    )
    group.add_argument(
        '--num-voxels',
        type=int,
        help='of the object; without --memory-plan one such is made, encoded and clicked on, with'
        ' random weights, in a process of its own',
    )


def is_wanted(args: argparse.Namespace) -> bool:
    """Whether `run` is asked for."""
    return args.memory_plan or args.num_voxels is not None


def run(args: argparse.Namespace) -> int:
    """Print a plan, or measure and print.

    Raises:
        ConfigError: the system has no voxels, or there are none to be.
        DoesNotFitError: there is too little memory.
    """
    if args.model not in MODEL_SPECS or MODEL_SPECS[args.model].module != _MODULE:
        raise ConfigError(f'{args.model} has no voxels; --model segvigen or segvigen-tiny has')
    if args.num_voxels is not None and args.num_voxels < 1:
        raise ConfigError(f'num_voxels must be at least 1, got {args.num_voxels}')
    if args.memory_plan:
        print(_plan_text(args.model, args.num_voxels))
        return 0
    job = VoxelJob(
        model=args.model,
        num_voxels=args.num_voxels,
        device=args.device,
        settings=parse_settings(args.setting),
        threads=args.threads,
    )
    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:
        report = pool.submit(measure, job).result()
    for name, value in report.items():
        print(f'{name.replace("_", " "):<26}{value:>14,}')
    if args.output:
        Path(args.output).parent.mkdir(parents=True, exist_ok=True)
        Path(args.output).write_text(json.dumps(report, indent=1) + '\n')
    return 0


def measure(job: VoxelJob) -> dict[str, float]:
    """Encode an object and answer one click; limits the threads of this process for good.

    Returns:
        Counts, CPU times of all threads [s], and memory of the process [MiB]: held before there
        were networks, with them, at its highest, and as estimated for the highest; on a GPU the
        most that torch had there, too.

    Raises:
        DoesNotFitError: there is too little memory.
    """
    import torch

    from part_seg_ros.models.device import choose_device
    from part_seg_ros.models.segvigen.config import PRESETS
    from part_seg_ros.models.segvigen.memory_plan import count_rows, plan_memory
    from part_seg_ros.models.segvigen.settings import SegvigenSettings
    from part_seg_ros.models.segvigen.system import planned_options, random_system

    limit_threads(job.threads)
    report: dict[str, float] = {'before_mib': peak_resident_mib()}
    config = PRESETS[MODEL_SPECS[job.model].preset]
    settings = from_mapping(SegvigenSettings, job.settings)
    device = choose_device(job.device)
    system = random_system(
        config, device, name=job.model, settings=settings, modes=('interactive',)
    )
    report['with_networks_mib'] = peak_resident_mib()
    mesh = plates(job.num_voxels, config.grid)
    start = time.process_time()
    embedding = system.encode(mesh)
    report['encode_cpu_s'] = time.process_time() - start
    start = time.process_time()
    prompt = PointPrompt(prompt_coords=embedding.points[:1], prompt_labels=np.array([1]))
    answer = system.predict(embedding, prompt)
    report['click_cpu_s'] = time.process_time() - start
    if not np.isfinite(answer.mask_logits).all():
        raise InputError(f'{job.model} answered with numbers that are not finite')
    coords = embedding.state.encoded.steps[-1].fine.coords[:, 1:].cpu().numpy()
    rows = count_rows(coords)
    options = planned_options(device, settings, ('interactive',))
    plan = plan_memory(config, rows, options)
    report |= {'voxels': rows[0], 'cells': rows[-1], 'steps': settings.num_steps}
    report['peak_mib'] = peak_resident_mib()
    report['estimated_mib'] = plan.host_bytes / _MIB
    if device.startswith('cuda'):
        report['gpu_peak_mib'] = torch.cuda.max_memory_allocated(device) / _MIB
        report['gpu_estimated_mib'] = plan.work_bytes / _MIB
    return {name: round(value, 1) for name, value in report.items()}


def plates(num_voxels: int, grid: int) -> Mesh:
    """Return a pile of square plates that makes about so many voxels.

    Args:
        num_voxels: Wanted.
        grid: Voxels along each side of the cube; the pile is as high as that.

    Raises:
        ConfigError: a grid has no room for so many.
    """
    for count in _PLATES:
        side = np.sqrt(num_voxels / (2 * count * grid**2))
        if side <= 1.0:
            break
    else:
        most = 2 * _PLATES[-1] * grid**2
        raise ConfigError(f'num_voxels must be at most {most} in a grid of {grid}')
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = np.array([quad[:3] for quad in quads] + [[quad[0], *quad[2:]] for quad in quads])
    thickness = 0.25 / count
    heights = np.linspace(0.0, 1.0 - thickness, count)
    pile = [corners * [side, side, thickness] + [0, 0, height] for height in heights]
    return Mesh(
        vertices=np.concatenate(pile),
        faces=np.concatenate([faces + 8 * number for number in range(count)]),
    )


def _plan_text(model: str, num_voxels: int | None) -> str:
    """Return the plan of a system for people."""
    from part_seg_ros.models.segvigen.config import PRESETS
    from part_seg_ros.models.segvigen.memory_plan import (
        TYPICAL_ROWS,
        PlanOptions,
        plan_memory,
        scaled_rows,
    )

    config = PRESETS[MODEL_SPECS[model].preset]
    rows = scaled_rows(num_voxels or TYPICAL_ROWS[0])
    released = PlanOptions(device='cuda', is_widened=False)
    plan = plan_memory(config, rows, released)
    lines = [
        f'{model}: {rows[0]:,} voxels in {rows[-1]:,} cells. Weights are counted, all else is'
        ' estimated.',
        '',
        f'{"network":<20}{"parameters":>16}{"released":>12}{"float32":>12}',
    ]
    lines += [
        f'{network.name:<20}{network.num_parameters:>16,}{_gib(network.resting_bytes)}'
        f'{_gib(4 * network.num_parameters)}'
        for network in plan.networks
    ]
    wide = plan_memory(config, rows, PlanOptions())
    lines += ['', f'{"beside the weights":<36}{"GPU":>12}{"CPU":>12}']
    lines += [
        f'{stage.name:<36}{_gib(stage.held_bytes + stage.peak_bytes)}'
        f'{_gib(on_cpu.held_bytes + on_cpu.peak_bytes)}'
        for stage, on_cpu in zip(plan.stages, wide.stages, strict=True)
    ]
    lines += ['', f'{"all in all":<52}{"GPU":>12}{"host":>12}']
    lines += [_total(config, rows, PlanOptions(**options)) for options in _CASES]
    return '\n'.join(lines)


_ON_GPU: dict[str, Any] = {'device': 'cuda', 'is_widened': False}
_ONE: dict[str, Any] = {'modes': ('interactive',), 'has_image_encoder': False}
_CASES: tuple[dict[str, Any], ...] = (
    _ON_GPU,
    _ON_GPU | _ONE,
    _ON_GPU | {'low_memory': True},
    _ON_GPU | _ONE | {'low_memory': True},
    {},
    _ONE,
    {'low_memory': True},
    _ONE | {'low_memory': True},
    _ONE | {'low_memory': True, 'is_widened': False},
)


def _total(config: Any, rows: tuple[int, ...], options: Any) -> str:
    from part_seg_ros.models.segvigen.memory_plan import plan_memory

    plan: MemoryPlan = plan_memory(config, rows, options)
    words = [
        'GPU' if plan.is_apart else 'CPU',
        'all modes' if options.has_image_encoder else 'clicks alone',
    ]
    if options.low_memory:
        words.append('low_memory')
    if not plan.is_apart and not options.is_widened:
        words.append('precision=released')
    device = _gib(plan.device_bytes) if plan.is_apart else f'{"–":>12}'
    return f'{", ".join(words):<52}{device}{_gib(plan.host_bytes)}'


def _gib(num_bytes: int) -> str:
    return f'{f"{num_bytes / _GIB:.2f} GiB":>12}'
