# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The report of `part-seg bench` for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_STAGES = {
    'render': 'twelve views of the mesh',
    'encode_view': 'encode a view',
    'view_click': 'click on a view',
    'follow_view': 'follow a part into a view',
    'lift': 'carry it to the faces',
    'object': 'all for one part',
    'encode': 'encode',
    'normals': '  of which normals',
    'first_click': 'first click',
    'next_click': 'next click, refining',
    'new_granularity': 'click, new granularity',
    'find_named': 'search by name',
    'prompts': '{num_prompts} prompts',
    'every_part': 'every part, {num_every_part} prompts',
}
_MEMORY = {
    'weights_mib': 'resident, weights loaded',
    'encode_peak_mib': 'peak until encoded',
    'peak_mib': 'peak of the process',
    'gpu_peak_mib': 'peak on the GPU',
    'embedding_mib': 'kept for each cloud',
}
_LABEL_WIDTH = 27
_CELL_WIDTH = 20


def as_table(report: Mapping[str, Any]) -> str:
    """Format a report: a line on what was measured, then one column for each size of cloud.

    Args:
        report: `config`, `machine`, `networks` (results of `bench_network.measure`, at least one)
            and perhaps `surroundings`.
    """
    networks = report['networks']
    lines = [_headline(report), '']
    is_of_views = 'num_faces' in networks[0]
    elements = ('num_faces', 'faces') if is_of_views else ('num_points', 'points')
    lines.append(_row('', [f'{network[elements[0]]:,} {elements[1]}' for network in networks]))
    if not is_of_views and any(
        network['num_network_points'] < network['num_points'] for network in networks
    ):
        lines.append(
            _row('points of the network', [f'{net["num_network_points"]:,}' for net in networks])
        )
    lines.append(_row('median time, wall and CPU', ['wall       CPU'] * len(networks)))
    for stage, label in _STAGES.items():
        if stage in networks[0]:
            title = label.format(**networks[0])
            lines.append(_row(title, [_times(network[stage]) for network in networks]))
            if stage == 'prompts':
                lines.append(_row('  each', [_times(_each(network)) for network in networks]))
    lines += ['', 'memory']
    for name, label in _MEMORY.items():
        if name in networks[0]['memory']:
            cells = [_size(network['memory'][name]) for network in networks]
            lines.append(_row(label, cells))
    if is_of_views:
        lines += ['', 'the paper: about 30 s for an object with all its parts, on a GPU']
    if 'surroundings' in report:
        lines += ['', *_surroundings(report['surroundings'], report['config']['num_targets'])]
    return '\n'.join(lines)


def _headline(report: Mapping[str, Any]) -> str:
    config, machine, network = report['config'], report['machine'], report['networks'][0]
    weights = 'random weights'
    if network['weights_sha256']:
        weights = f'weights {network["weights_sha256"][:12]}'
    elif config['random_weights'] is not None:
        weights = f'random weights of seed {config["random_weights"]}'
    load = f'{machine["load_average_1min"]:.1f}'
    return (
        f'{config["model"]} with {weights} on {network["device"]}; {machine["cpu"]},'
        f' {config["threads"]} of {machine["cores"]} threads, load {load} before'
    )


def _each(network: Mapping[str, Any]) -> dict[str, float]:
    """Return the share of one prompt in the times of all."""
    names = ('median_ms', 'cpu_median_ms')
    return {name: network['prompts'][name] / network['num_prompts'] for name in names}


def _surroundings(results: Mapping[str, Any], num_targets: int) -> list[str]:
    propagation = results['propagation']
    lines = [
        _row(f'carry to {num_targets:,}', [_times(propagation)]),
        _row('  against a SciPy loop', [f'{results["propagation_speedup"]:g} times']),
        _row('procedural objects', [f'{results["objects_per_second"]:g} a second']),
    ]
    conversion = results['message_conversion']
    if isinstance(conversion, Mapping):
        lines.append(_row('PointCloud2 both ways', [_duration(conversion['both_ways_ms'])]))
    else:
        lines.append(_row('PointCloud2 both ways', [f'not measured: {" ".join(conversion)}']))
    return lines


def _row(label: str, cells: Sequence[str]) -> str:
    return f'{label:<{_LABEL_WIDTH}}' + ''.join(f'{cell:>{_CELL_WIDTH}}' for cell in cells)


def _times(times: Mapping[str, float]) -> str:
    return f'{_duration(times["median_ms"])} {_duration(times["cpu_median_ms"]):>9}'


def _duration(milliseconds: float) -> str:
    """Write three digits, in seconds from one on."""
    if milliseconds >= 1000:
        return f'{milliseconds / 1000:.{1 if milliseconds >= 10_000 else 2}f} s'
    return f'{milliseconds:.{0 if milliseconds >= 100 else 1}f} ms'


def _size(mebibytes: float) -> str:
    return f'{mebibytes:,.0f} MiB' if mebibytes >= 10 else f'{mebibytes:.1f} MiB'
