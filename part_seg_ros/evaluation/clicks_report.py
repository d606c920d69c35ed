# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the interactive evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.averages import counts_of, grouped, groupings, mean
from part_seg_ros.evaluation.calibration import Reliability
from part_seg_ros.evaluation.clicks import (
    ClicksConfig,
    PartClicks,
    averages,
    calibration,
    mean_iou,
    summarize,
)
from part_seg_ros.evaluation.comparisons import Comparison, beside_published
from part_seg_ros.evaluation.simulated_users import CLICK_PROTOCOLS
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
    folder: Path, model: str, config: ClicksConfig, results: Sequence[PartClicks]
) -> None:
    """Write `clicks.*` (JSON, CSV, Markdown, plot), `calibration.png` and `clicks_times.*`."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarize(results, config)
    groups = summaries_of_groups(
        groupings(results), counts_of, lambda members: summarize(members, config)
    )
    curves, means = calibration(results), averages(results, config)
    record = {
        'model': model,
        'config': to_mapping(config),
        'summary': summary,
        'averages': means,
        'groups': groups,
        'calibration': {name: curve.to_mapping() for name, curve in curves.items()},
        'parts': [flat(result) for result in results],
    }
    write_json(folder / 'clicks.json', record)
    write_csv(folder / 'clicks.csv', [_row(result) for result in results])
    sections = {
        'IoU by way of averaging': markdown_table(means, 'mean'),
        **group_sections(groups, {**counts_of(results), **summary}),
        'Predicted and true IoU after k clicks': _calibration_table(curves, config),
    }
    note = (
        f'{config.view.describe()}. {CLICK_PROTOCOLS[config.protocol].description}. Means are over'
        ' the parts of an object, then over objects, where nothing else is said.'
    )
    if config.true_granularity:
        note += ' The granularity of the true part is told.'
    (folder / 'clicks.md').write_text(markdown_sections(f'{model}: clicks', note, sections))
    _plot(folder / 'clicks.png', model, results)
    _plot_calibration(folder / 'calibration.png', model, curves, config)
    write_times(folder, 'clicks', model, _times(results))


def compare(
    model: str, dataset: str, config: ClicksConfig, results: Sequence[PartClicks]
) -> list[Comparison]:
    """Put the figures beside published ones of the same data set and the same user's clicks."""
    name = model + (', granularity told' if config.true_granularity else '')
    ours = {name: averages(results, config)}
    return beside_published('clicks', dataset, ours, clicks=config.protocol)


def _times(results: Sequence[PartClicks]) -> dict[str, dict[str, float]]:
    """Return {object: {step: time [ms]}}, of clicks the mean over those of all its parts."""
    return {
        name: {
            'encode': members[0].encode_ms,
            'first click': mean(ms for r in members for ms in r.trace.click_ms[:1]),
            'later click': mean(ms for r in members for ms in r.trace.click_ms[1:]),
        }
        for name, members in grouped(results, lambda r: r.part.object_name).items()
    }


def _row(result: PartClicks) -> dict[str, Any]:
    row = flat(result)
    del row['clicks']
    for name in ('iou', 'iou_pred'):
        row |= {f'{name}_{k}': value for k, value in enumerate(row.pop(name), start=1)}
    return row


def _calibration_table(curves: Mapping[str, Reliability], config: ClicksConfig) -> str:
    rows = {
        name: {
            'ECE': 100 * curves[name].calibration_error,
            'predicted - true': 100 * curves[name].bias,
        }
        for name in _shown(config)
    }
    return markdown_table(rows, 'clicks')


def _shown(config: ClicksConfig) -> list[str]:
    return [*map(str, config.clicks), 'all']


def _plot(path: Path, model: str, results: Sequence[PartClicks]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout='constrained')
    over_clicks, over_size = figure.subplots(1, 2)
    num_clicks = len(results[0].trace.iou)
    clicks = range(1, num_clicks + 1)
    over_clicks.plot(clicks, [100 * mean_iou(results, k) for k in clicks], marker='o')
    over_clicks.set(xlabel='clicks', ylabel='IoU [%]', ylim=(0, 100), title=model)
    shares = [r.part.share for r in results]
    for k, marker in ((1, 'o'), (num_clicks, '+')):
        ious = [100 * r.trace.iou[k - 1] for r in results]
        over_size.scatter(shares, ious, s=14, marker=marker, label=f'{k} click{"s" * (k > 1)}')
    over_size.set(xlabel='share of the points', xscale='log', ylim=(-2, 102), title='by part size')
    over_size.legend()
    figure.savefig(path, dpi=120)


def _plot_calibration(
    path: Path, model: str, curves: Mapping[str, Reliability], config: ClicksConfig
) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4.6), layout='constrained')
    axes = figure.subplots()
    axes.plot([0, 100], [0, 100], color='0.7', linewidth=1)
    for name in _shown(config):
        curve, is_all = curves[name], name == 'all'
        label = f'{name} clicks' if name != '1' else '1 click'
        filled = curve.counts > 0
        axes.plot(
            100 * curve.mean_pred[filled],
            100 * curve.mean_true[filled],
            marker='o',
            markersize=4,
            linewidth=2.5 if is_all else 1,
            color='black' if is_all else None,
            label=f'{label}, ECE {100 * curve.calibration_error:.1f}',
        )
    axes.set(xlabel='predicted IoU [%]', ylabel='IoU [%]', ylim=(0, 100), title=model)
    axes.legend()
    figure.savefig(path, dpi=120)
