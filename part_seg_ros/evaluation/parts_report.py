# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the automatic evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.averages import counts_of, groupings
from part_seg_ros.evaluation.parts import (
    PartFound,
    PartsConfig,
    averages,
    summarize,
)
from part_seg_ros.evaluation.tables import (
    flat,
    group_sections,
    markdown_sections,
    markdown_table,
    summaries_of_groups,
    write_csv,
    write_json,
)
from part_seg_ros.evaluation.times_report import write_times


def write_report(
    folder: Path, model: str, config: PartsConfig, results: Sequence[PartFound]
) -> None:
    """Write `parts.json`, `parts.csv`, `parts.md`, `parts.png` and `times.*`."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarize(results, config)
    groups = summaries_of_groups(
        groupings(results), counts_of, lambda members: summarize(members, config)
    )
    means = averages(results, config)
    rows = [flat(result) for result in results]
    record = {
        'model': model,
        'config': to_mapping(config),
        'summary': summary,
        'averages': means,
        'groups': groups,
        'parts': rows,
    }
    write_json(folder / 'parts.json', record)
    write_csv(folder / 'parts.csv', rows)
    sections = {
        'Best IoU by way of averaging': markdown_table(means, 'mean'),
        **group_sections(groups, {**counts_of(results), **summary}),
    }
    note = f'{config.view.describe()}. Best IoU of every true part with any predicted part, in %.'
    (folder / 'parts.md').write_text(markdown_sections(f'{model}: every part', note, sections))
    _plot(folder / 'parts.png', model, results)
    write_times(folder, model, _times(results))


def _times(results: Sequence[PartFound]) -> dict[str, dict[str, float]]:
    """Return {object: {step: time [ms]}}."""
    return {
        result.part.object_name: {'encode': result.encode_ms, 'every part': result.segment_ms}
        for result in results
    }


def _plot(path: Path, model: str, results: Sequence[PartFound]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.6), layout='constrained')
    axes = figure.subplots()
    axes.scatter([r.part.share for r in results], [100 * r.iou for r in results], s=14)
    axes.set(
        xlabel='share of the points',
        ylabel='best IoU with a predicted part [%]',
        xscale='log',
        ylim=(-2, 102),
        title=model,
    )
    figure.savefig(path, dpi=120)
