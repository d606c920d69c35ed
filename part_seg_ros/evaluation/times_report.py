# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How long the steps of an evaluation took, apart from its figures, which no clock changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from part_seg_ros.evaluation.tables import (
    Row,
    markdown_sections,
    markdown_table,
    write_csv,
    write_json,
)


def write_times(folder: Path, protocol: str, model: str, rows: Mapping[str, Row]) -> None:
    """Write `PROTOCOL_times` as JSON, CSV, Markdown and plot; nothing without any time.

    Args:
        folder: Exists.
        protocol: Name of what was measured.
        model: Name of the system, for the titles.
        rows: {object: {step: time [ms]}}, each with the same steps, NaN where a time is not known.
    """
    steps = {step: np.array([row[step] for row in rows.values()]) for step in _steps(rows)}
    known = {step: times[~np.isnan(times)] for step, times in steps.items()}
    known = {step: times for step, times in known.items() if len(times)}
    if not known:
        return
    stem = folder / f'{protocol}_times'
    spread = {step: _spread(times) for step, times in known.items()}
    write_json(stem.with_suffix('.json'), {'model': model, 'ms': spread, 'objects': rows})
    write_csv(
        stem.with_suffix('.csv'), [{'object_name': name, **row} for name, row in rows.items()]
    )
    note = 'Time of each step in milliseconds, over the objects; it depends on the machine.'
    text = markdown_sections(f'{model}: times', note, {'Steps': markdown_table(spread, 'step')})
    stem.with_suffix('.md').write_text(text)
    _plot(stem.with_suffix('.png'), model, known)


def _steps(rows: Mapping[str, Row]) -> list[str]:
    return list(next(iter(rows.values()), {}))


def _spread(times: np.ndarray) -> dict[str, float]:
    low, middle, high = np.percentile(times, [0, 50, 90])
    return {
        'objects': len(times),
        'least': float(low),
        'median': float(middle),
        '90th percentile': float(high),
    }


def _plot(path: Path, model: str, steps: Mapping[str, np.ndarray]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2 + 1.4 * len(steps), 3.6), layout='constrained')
    axes = figure.subplots()
    for place, times in enumerate(steps.values()):
        axes.scatter(np.full(len(times), place), times, s=14, alpha=0.6)
        axes.hlines(np.median(times), place - 0.3, place + 0.3, color='black')
    axes.set_xticks(range(len(steps)), list(steps))
    axes.set(ylabel='time per object [ms]', yscale='log', xlim=(-0.6, len(steps) - 0.4))
    axes.set_title(f'{model}; line: median')
    figure.savefig(path, dpi=120)
