# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of one system at one size of cloud, in a process of its own.

A fresh process for each size: the peak of one would hide that of the next.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from part_seg_ros.cli.bench_timing import peak_resident_mib, timed
from part_seg_ros.data.procedural import FAMILIES, sample_surface
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.segmenter import EncodedCloud, Segmenter, SegmenterConfig
from part_seg_ros.segmenter.proposals import decode_clicks, spread_clicks
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.structures import NamePrompt, PointCloud, PointPrompt

if TYPE_CHECKING:
    from part_seg_ros.models.geosam2.system import GeoSam2System

# Fields of /proc/PID/stat, counted from 1; the state is the first behind the name.
_FIELD_STATE, _FIELD_PROCESSOR = 3, 39

Timer = Callable[[str, Callable[[], object]], dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkJob:
    """What to measure.

    Attributes:
        model: A key of `MODEL_SPECS`.
        checkpoint: Weights file; None for the bundled or default place.
        random_seed: Seed of random weights in the place of a file; None for the file.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Settings of the system.
        num_points: Points of the cloud.
        max_points: Points given to the network; None for all.
        num_prompts: Clicks answered in batches.
        every_part: Clicks of the search for every part that is measured whole; 0 for none.
        threads: CPU threads, and cores that they may run on.
        repeats: Most runs of a stage.
        seconds: Time after which a stage repeats no more [s].
        num_faces: About so many faces of the mesh, for a system that looks at views; it gets no
            cloud.
    """

    model: str
    checkpoint: str | None
    random_seed: int | None
    device: str
    settings: dict[str, Any]
    num_points: int
    max_points: int | None
    num_prompts: int
    every_part: int
    threads: int
    repeats: int
    seconds: float
    num_faces: int = 100_000


def procedural_cloud(num_points: int) -> PointCloud:
    """Return the cloud of all measurements: a mug without normals and colours."""
    rng = np.random.default_rng(0)
    return PointCloud(points=sample_surface(FAMILIES['mug'](rng), num_points, rng).points)


def measure_apart(job: NetworkJob) -> dict[str, Any]:
    """Do `measure` in a fresh process.

    Raises:
        PartSegError: an unknown system, missing weights or a missing device.
        InputError: the process died.
    """
    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:
        try:
            return pool.submit(measure, job).result()
        except BrokenProcessPool:
            raise InputError(
                f'the process that measured {job.model} at {job.num_points} points was ended,'
                ' most likely for want of memory; take fewer points'
            ) from None


def measure(job: NetworkJob) -> dict[str, Any]:
    """Time every stage; limits the threads of this process for good.

    Returns:
        Sizes, times by `timed` of each stage that the system has, and peaks of memory [MiB].

    Raises:
        PartSegError: an unknown system, missing weights or a missing device.
    """
    limit_threads(job.threads)
    segmenter = _build(job)
    on_gpu = segmenter.system.device.startswith('cuda')
    time_stage = functools.partial(
        timed,
        repeats=job.repeats,
        seconds=job.seconds,
        finish=_wait_for_gpu if on_gpu else lambda: None,
    )
    memory = {'weights_mib': peak_resident_mib()}
    if segmenter.system.capabilities.view_prompts:
        return _measure_views(segmenter, job.num_faces, memory, time_stage)
    cloud = procedural_cloud(job.num_points)
    stages, encoded = _time_encoding(segmenter, cloud, time_stage)
    memory['encode_peak_mib'] = peak_resident_mib()
    stages |= _time_normals(segmenter, encoded, time_stage)
    stages |= _time_clicks(segmenter, encoded, time_stage)
    stages |= _time_name(segmenter, encoded, time_stage)
    coords = spread_clicks(encoded, job.num_prompts)
    stages['prompts'] = _time_prompts(segmenter, encoded, coords, time_stage)
    if job.every_part:
        stages['every_part'] = _time_every_part(segmenter, encoded, job.every_part, time_stage)
    memory['peak_mib'] = peak_resident_mib()
    if on_gpu:
        memory |= _gpu_memory(segmenter.system.device)
    memory['embedding_mib'] = encoded.num_bytes / 2**20
    return {
        'num_points': job.num_points,
        'num_network_points': len(encoded.network_idx),
        'num_prompts': len(coords),
        'num_every_part': job.every_part,
        'device': segmenter.system.device,
        'weights_sha256': segmenter.system.weights_sha256,
        **stages,
        'memory': {name: round(value, 1) for name, value in memory.items()},
    }


def _measure_views(
    segmenter: Segmenter, num_faces: int, memory: dict[str, float], timer: Timer
) -> dict[str, Any]:
    """Time a system that looks at views; see `measure_views`."""
    from part_seg_ros.cli.bench_views import measure_views  # needs what such a system needs

    system = segmenter.system
    found = measure_views(cast('GeoSam2System', system), num_faces, timer)
    memory |= found['memory'] | {'peak_mib': peak_resident_mib()}
    if system.device.startswith('cuda'):
        memory |= _gpu_memory(system.device)
    return found | {
        'device': system.device,
        'weights_sha256': system.weights_sha256,
        'memory': {name: round(value, 1) for name, value in memory.items()},
    }


def limit_threads(num_threads: int) -> None:
    """Let this process use so many cores, from the one that it runs on.

    Telling torch is not enough: the k-d trees start a thread for every core of the machine.
    """
    import torch

    torch.set_num_threads(num_threads)
    if sys.platform == 'linux':
        own = _core_in_use()
        cores = sorted(os.sched_getaffinity(0), key=lambda core: (core < own, core))
        os.sched_setaffinity(0, cores[:num_threads])


def _core_in_use() -> int:
    """Return the core that the scheduler of Linux put this process on."""
    after_name = Path('/proc/self/stat').read_text().rpartition(')')[2]
    return int(after_name.split()[_FIELD_PROCESSOR - _FIELD_STATE])


def _build(job: NetworkJob) -> Segmenter:
    from part_seg_ros.models import build_model, build_random_model

    config = SegmenterConfig(max_points=job.max_points or job.num_points)
    if job.random_seed is None:
        system = build_model(job.model, job.checkpoint, job.device, job.settings)
    else:
        system = build_random_model(job.model, job.device, job.settings, seed=job.random_seed)
    return Segmenter(system, config)


def _time_encoding(
    segmenter: Segmenter, cloud: PointCloud, timer: Timer
) -> tuple[dict[str, Any], EncodedCloud]:
    """Time encoding; never two encodings are held at once."""
    kept: dict[str, EncodedCloud] = {}

    def encode() -> None:
        kept.clear()
        kept['last'] = segmenter.encode(cloud)

    return {'encode': timer('encode', encode)}, kept['last']


def _time_normals(segmenter: Segmenter, encoded: EncodedCloud, timer: Timer) -> dict[str, Any]:
    """Time the share of encoding that goes into normals, where the system wants them."""
    if not segmenter.system.capabilities.needs_normals:
        return {}
    points = encoded.embedding.points
    return {'normals': timer('normals', lambda: estimate_normals(points))}


def _time_clicks(segmenter: Segmenter, encoded: EncodedCloud, timer: Timer) -> dict[str, Any]:
    """Time a first click, one that refines its answer, and one at a granularity not asked for yet.

    The latter two only where the system takes them.
    """
    capabilities = segmenter.system.capabilities
    points = encoded.cloud.points
    prompt = PointPrompt(prompt_coords=points[:1], prompt_labels=np.array([1]))
    times = {'first_click': timer('first click', lambda: segmenter.predict(encoded, prompt))}
    if capabilities.mask_feedback:
        first = segmenter.predict(encoded, prompt)
        more = prompt.with_point(points[1], 0)
        times['next_click'] = timer('next click', lambda: segmenter.predict(encoded, more, first))
    if capabilities.granularity:
        fineness = iter(np.linspace(1.0, 0.0, 10_000, endpoint=False))
        times['new_granularity'] = timer(
            'new granularity',
            lambda: segmenter.predict(
                encoded,
                PointPrompt(
                    prompt_coords=points[:1],
                    prompt_labels=np.array([1]),
                    granularity=float(next(fineness)),
                ),
            ),
        )
    return times


def _time_prompts(
    segmenter: Segmenter, encoded: EncodedCloud, coords: np.ndarray, timer: Timer
) -> dict[str, float]:
    """Time the (C, 3) clicks as the search for every part asks them, without the merging."""

    def decode() -> None:
        batches = decode_clicks(
            segmenter.system,
            encoded,
            coords,
            granularity=None,
            batch_size=SegmentAllSettings().batch_size,
            should_stop=lambda: False,
        )
        for _ in batches:
            pass

    return timer(f'{len(coords)} prompts', decode)


def _time_every_part(
    segmenter: Segmenter, encoded: EncodedCloud, num_prompts: int, timer: Timer
) -> dict[str, float]:
    """Time the search for every part from the choice of the clicks to the parts."""
    settings = SegmentAllSettings(num_prompts=num_prompts)
    return timer('every part', lambda: segmenter.segment_all(encoded, settings))


def _time_name(segmenter: Segmenter, encoded: EncodedCloud, timer: Timer) -> dict[str, Any]:
    """Time the search for a part by name, where the system has names."""
    if not segmenter.system.capabilities.names:
        return {}
    prompt = NamePrompt(name='handle')
    return {'find_named': timer('name', lambda: segmenter.find_named(encoded, prompt))}


def _wait_for_gpu() -> None:
    import torch

    torch.cuda.synchronize()


def _gpu_memory(device: str) -> dict[str, float]:
    import torch

    return {'gpu_peak_mib': torch.cuda.max_memory_allocated(device) / 2**20}
