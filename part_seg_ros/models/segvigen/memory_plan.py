# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How much memory the networks need for an object, before any of it is taken.

Weights are counted. What is between them is estimated by formulas that follow the code of the
layers; tests compare them with what torch allocates on a CPU.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from part_seg_ros.models.segvigen.config import (
    MODES,
    NUM_HALVINGS,
    NUM_POINT_TOKENS,
    DecoderConfig,
    EncoderConfig,
    FlowConfig,
    ImageConfig,
    SegvigenConfig,
)
from part_seg_ros.models.segvigen.image_encoder import ImageEncoder
from part_seg_ros.models.segvigen.model import SegvigenNet
from part_seg_ros.models.segvigen.sparse.convolution import CHUNK_VALUES

# Cells of the levels of the example object of the release, 512 to 32 a side.
TYPICAL_ROWS = (1_300_937, 324_000, 79_700, 19_400, 4_674)
# Of a process that has neither networks nor voxels: Python, torch and 100 000 points on a mesh,
# rounded up from what was measured on Linux; and torch's own on a GPU, which is assumed.
HOST_BASE = 480 << 20
DEVICE_BASE = 600 << 20
# Of the conversion to voxels on the host, of a cloud, rounded up from what was measured; of a mesh
# it is a third.
VOXELISING_BYTES = 1400
# Pairs of neighbours for each voxel, out of 13. The example of the release has about 7.
_PAIRS = 9
# The formulas fell short of what torch allocated by up to an eighth.
_MARGIN = 1.15
_FLOAT, _LONG = 4, 8
_COORDS = 4 * _LONG
_SLOTS = 8
# Rows that a CPU maps at a time.
_ROW_CHUNK = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkMemory:
    """Weights of a network.

    Attributes:
        name: In `SegvigenNet`.
        num_parameters: Numbers.
        resting_bytes: In the types of the release.
        working_bytes: As they work.
    """

    name: str
    num_parameters: int
    resting_bytes: int
    working_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMemory:
    """What a stage of the work needs beside weights.

    Attributes:
        name: `image`, `encode`, `flow` or `decode`.
        networks: Those that work in it, by name, one after the other.
        held_bytes: Of the object, from before the stage.
        peak_bytes: More than that at its worst moment.
    """

    name: str
    networks: tuple[str, ...]
    held_bytes: int
    peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What changes the need.

    Attributes:
        device: Torch device name where the networks work.
        modes: Whose flow networks there are.
        has_image_encoder: There is one, and pictures are shown.
        is_widened: Weights and features have 32 bits at work.
        low_memory: One network at a time is where the work is done.
    """

    device: str = 'cpu'
    modes: tuple[str, ...] = MODES
    has_image_encoder: bool = True
    is_widened: bool = True
    low_memory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPlan:
    """The whole.

    Attributes:
        options: What it holds for.
        rows: Cells of the levels, voxels first.
        networks: All networks.
        stages: In order.
    """

    options: PlanOptions
    rows: tuple[int, ...]
    networks: tuple[NetworkMemory, ...]
    stages: tuple[StageMemory, ...]

    @property
    def is_apart(self) -> bool:
        """Whether the networks work elsewhere than in the memory of the host."""
        return not self.options.device.startswith('cpu')

    @property
    def resting_bytes(self) -> int:
        """Weights that rest in the memory of the host [bytes]."""
        if self.options.low_memory:
            return sum(network.resting_bytes for network in self.networks)
        return 0

    @property
    def working_bytes(self) -> int:
        """Weights that stay where the work is done [bytes]."""
        if self.options.low_memory:
            return 0
        return sum(network.working_bytes for network in self.networks)

    def stage_bytes(self, stage: StageMemory) -> int:
        """Return the need of a stage where it works, with its weights [bytes]."""
        lent = 0
        if self.options.low_memory:
            working = {network.name: network.working_bytes for network in self.networks}
            lent = max(working[name] for name in stage.networks)
        return self.working_bytes + lent + stage.held_bytes + stage.peak_bytes

    @property
    def work_bytes(self) -> int:
        """Most of any stage where it works, beside a bare process [bytes]."""
        return max(self.stage_bytes(stage) for stage in self.stages)

    @property
    def device_bytes(self) -> int:
        """Need of the GPU, 0 without one [bytes]."""
        return DEVICE_BASE + self.work_bytes if self.is_apart else 0

    @property
    def host_bytes(self) -> int:
        """Need of the process in the memory of the host [bytes]."""
        voxelising = VOXELISING_BYTES * self.rows[0]
        work = 0 if self.is_apart else self.work_bytes - self.working_bytes
        weights = self.resting_bytes + (0 if self.is_apart else self.working_bytes)
        return HOST_BASE + weights + max(work, voxelising)


def count_rows(coords: np.ndarray) -> tuple[int, ...]:
    """Return the cells of all levels of (M, 3) voxels, voxels first."""
    counts = [len(coords)]
    cells = np.asarray(coords, np.int64)
    for _ in range(NUM_HALVINGS):
        keys = np.unique(cells // 2 @ np.array([1 << 40, 1 << 20, 1]))
        cells = np.stack([keys >> 40, keys >> 20 & (1 << 20) - 1, keys & (1 << 20) - 1], axis=1)
        counts.append(len(cells))
    return tuple(counts)


def scaled_rows(num_voxels: int) -> tuple[int, ...]:
    """Return the cells of the levels of an object like the example of the release."""
    return tuple(max(round(num_voxels * rows / TYPICAL_ROWS[0]), 1) for rows in TYPICAL_ROWS)


def plan_memory(
    config: SegvigenConfig, rows: Sequence[int], options: PlanOptions | None = None
) -> MemoryPlan:
    """Estimate the need of one object.

    Args:
        config: Sizes of the networks.
        rows: Cells of the levels, from `count_rows` or `scaled_rows`.
        options: What changes the need; None for the defaults.
    """
    options = options or PlanOptions()
    networks = _networks(config, options.modes, options.has_image_encoder, options.is_widened)
    on_cpu = options.device.startswith('cpu')
    is_wide = options.is_widened
    encoder, decoder, flow = config.encoder, config.decoder, config.flow
    held = _held_bytes(config, rows)
    flows = tuple(f'flows.{mode}' for mode in options.modes)
    stages = [
        StageMemory(
            name='encode',
            networks=('shape_encoder', 'tex_encoder'),
            held_bytes=0,
            peak_bytes=_encode_peak(encoder, rows, _bytes_of(encoder.dtype, is_wide), on_cpu),
        ),
        StageMemory(
            name='flow',
            networks=flows,
            held_bytes=held,
            peak_bytes=_flow_peak(
                flow,
                rows[-1],
                _image_tokens(config.image) if options.has_image_encoder else 1,
                _bytes_of(flow.dtype, is_wide),
            ),
        ),
        StageMemory(
            name='decode',
            networks=('tex_decoder',),
            held_bytes=held,
            peak_bytes=_decode_peak(decoder, rows, _bytes_of(decoder.dtype, is_wide), on_cpu),
        ),
    ]
    if options.has_image_encoder:
        image = StageMemory(
            name='image',
            networks=('image_encoder',),
            held_bytes=held,
            peak_bytes=_image_peak(config.image),
        )
        stages.insert(1, image)
    return MemoryPlan(
        options=options,
        rows=tuple(rows),
        networks=networks,
        stages=tuple(
            replace(stage, peak_bytes=int(_MARGIN * stage.peak_bytes)) for stage in stages
        ),
    )


def alternatives(plan: MemoryPlan) -> Iterator[tuple[str, PlanOptions]]:
    """Yield what would need less, the least change first: in words, and as options."""
    options = plan.options
    one_mode = options.modes[:1]
    if not options.low_memory:
        yield 'low_memory=true', replace(options, low_memory=True)
    if len(options.modes) > 1:
        words = f'the file of one mode, such as {one_mode[0]}, as checkpoint'
        less = replace(options, modes=one_mode)
        yield words, less
        if not options.low_memory:
            yield f'low_memory=true and {words}', replace(less, low_memory=True)
    if options.is_widened:
        least = replace(options, modes=one_mode, low_memory=True, is_widened=False)
        yield 'low_memory=true, precision=released and the file of one mode as checkpoint', least


@functools.lru_cache
def _networks(
    config: SegvigenConfig, modes: tuple[str, ...], has_image_encoder: bool, is_widened: bool
) -> tuple[NetworkMemory, ...]:
    """Count the weights of networks, built without data."""
    with torch.device('meta'):
        net = SegvigenNet(config, modes, has_image_encoder=has_image_encoder)
    found: list[tuple[str, nn.Module]] = [
        (name, net.get_submodule(name)) for name in ('shape_encoder', 'tex_encoder', 'tex_decoder')
    ]
    found += [(f'flows.{mode}', flow) for mode, flow in net.flows.items()]
    if isinstance(net.image_encoder, ImageEncoder):
        found.append(('image_encoder', net.image_encoder))
    counted = []
    for name, network in found:
        parameters = list(network.parameters())
        number = sum(parameter.numel() for parameter in parameters)
        resting = sum(parameter.nbytes for parameter in parameters)
        counted.append(
            NetworkMemory(
                name=name,
                num_parameters=number,
                resting_bytes=resting,
                working_bytes=_FLOAT * number if is_widened else resting,
            )
        )
    return tuple(counted)


def _bytes_of(dtype: str, is_widened: bool) -> int:
    return _FLOAT if is_widened else getattr(torch, dtype).itemsize


def _table_bytes(rows: int) -> int:
    """Return what the cells of a level and their neighbours hold."""
    return rows * (_COORDS + 2 * _LONG * _PAIRS)


def _held_bytes(config: SegvigenConfig, rows: Sequence[int]) -> int:
    """Return what `EncodedObject` holds: cells, neighbours, steps and two latents."""
    steps = sum(rows[:-1]) * 2 * _LONG
    latents = 2 * rows[-1] * config.encoder.latent_channels * _FLOAT
    return sum(map(_table_bytes, rows)) + steps + latents


def _norm(rows: int, width: int, size: int) -> int:
    """Return what a norm holds beside its input: it computes in 32 bits."""
    return rows * width * _FLOAT * (2 if size < _FLOAT else 1)


def _convolution(rows: int, width_in: int, width_out: int, size: int) -> int:
    """Return what a convolution holds beside its input: the sum, and one neighbour's product."""
    chunk = min(rows, CHUNK_VALUES // max(width_in, width_out))
    return rows * width_out * size + chunk * (width_in + width_out) * size


def _refine(rows: int, width: int, size: int, on_cpu: bool) -> int:
    """Return the peak of a ConvNeXt block, its input included."""
    one = rows * width * size
    hidden = min(rows, _ROW_CHUNK) if on_cpu else rows
    mapped = 2 * hidden * 4 * width * size + (2 * one if on_cpu else 0)
    return one + max(
        _convolution(rows, width, width, size), one + _norm(rows, width, size), one + mapped
    )


def _down(fine: int, coarse: int, width: int, wider: int, size: int) -> int:
    """Return the peak of a block that halves the resolution, its input included."""
    one, out = fine * width * size, coarse * wider * size
    narrow = fine * (wider // _SLOTS) * size
    return one + max(
        _norm(fine, width, size),
        one + _convolution(fine, width, wider // _SLOTS, size),
        narrow + 2 * out,
        out + _norm(coarse, wider, size),
        2 * out + _convolution(coarse, wider, wider, size),
        out + 2 * coarse * _SLOTS * width * size,
    )


def _up(coarse: int, fine: int, width: int, narrower: int, size: int) -> int:
    """Return the peak of a block that doubles the resolution, its input included."""
    one, out = coarse * width * size, fine * narrower * size
    wide = coarse * _SLOTS * narrower * size
    return one + max(
        _norm(coarse, width, size),
        one + _convolution(coarse, width, _SLOTS * narrower, size),
        wide + out,
        out + _norm(fine, narrower, size),
        2 * out + _convolution(fine, narrower, narrower, size),
        fine * (width // _SLOTS) * size + 3 * out,
    )


def _encode_peak(config: EncoderConfig, rows: Sequence[int], size: int, on_cpu: bool) -> int:
    """Return the peak of an encoder, with the cells that both share and the one latent."""
    tables = sum(map(_table_bytes, rows)) + sum(rows[:-1]) * (_COORDS + 2 * _LONG)
    widths, inputs = config.widths, rows[0] * config.in_channels * _FLOAT
    begin = rows[0] * widths[0] * (_FLOAT + (size if size < _FLOAT else 0))
    peaks = [begin, 2 * rows[-1] * widths[-1] * _FLOAT]
    for level, count in enumerate(config.num_blocks):
        if count:
            peaks.append(_refine(rows[level], widths[level], size, on_cpu))
        if level + 1 < len(widths):
            peaks.append(
                _down(rows[level], rows[level + 1], widths[level], widths[level + 1], size)
            )
    return tables + inputs + rows[-1] * config.latent_channels * _FLOAT + max(peaks)


def _decode_peak(config: DecoderConfig, rows: Sequence[int], size: int, on_cpu: bool) -> int:
    """Return the peak of the texture decoder; `rows` are voxels first, as everywhere."""
    levels, widths = tuple(reversed(rows)), config.widths
    voxels, last = levels[-1], widths[-1]
    peaks = [
        levels[0] * widths[0] * (_FLOAT + size),
        voxels * last * size + _norm(voxels, last, size),
        voxels * (last * (size + _FLOAT) + 2 * config.out_channels * _FLOAT),
    ]
    for level, count in enumerate(config.num_blocks):
        rows_here, width = levels[level], widths[level]
        # What came into the level is kept to its end.
        kept = rows_here * width * size if count else 0
        if count:
            peaks.append(kept + _refine(rows_here, width, size, on_cpu))
        if level + 1 < len(widths):
            narrower = widths[level + 1]
            peaks.append(kept + _up(rows_here, levels[level + 1], width, narrower, size))
    return levels[0] * config.latent_channels * _FLOAT + max(peaks)


def _flow_peak(config: FlowConfig, cells: int, image_tokens: int, size: int) -> int:
    """Return the peak of one call of a flow network, with what it remembers of a picture."""
    tokens = 2 * cells + NUM_POINT_TOKENS
    one, wide = tokens * config.width * size, tokens * config.width * _FLOAT
    latents = 6 * cells * config.latent_channels * _FLOAT
    fixed = one + tokens * config.width // config.num_heads * _LONG // 2
    memory = config.num_blocks * 2 * image_tokens * config.width * size
    attention = 7 * one + 3 * wide
    mapped = 2 * one + 2 * tokens * config.mlp_width * size
    return latents + fixed + memory + one + max(attention, mapped)


def _image_tokens(config: ImageConfig) -> int:
    return (config.side // config.patch) ** 2 + 1 + config.num_registers


def _image_peak(config: ImageConfig) -> int:
    tokens = _image_tokens(config)
    scores = 2 * config.num_heads * tokens * tokens
    features = tokens * (6 * config.width + 2 * config.inner)
    return _FLOAT * (3 * config.side**2 + scores + features)
