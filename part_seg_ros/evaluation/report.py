# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reports of an evaluation: JSON, CSV, Markdown and a plot."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.clicks import ClicksConfig, PartResult, mean_over_objects, summarize


def markdown_table(summaries: Mapping[str, Mapping[str, float]]) -> str:
    """Format {row name: {column: percent}} as a Markdown table with one decimal."""
    columns = list(next(iter(summaries.values())))
    lines = ['| | ' + ' | '.join(columns) + ' |', '|---' * (len(columns) + 1) + '|']
    for name, summary in summaries.items():
        cells = ' | '.join(f'{summary[column]:.1f}' for column in columns)
        lines.append(f'| {name} | {cells} |')
    return '\n'.join(lines)


def write_report(
    folder: Path, model: str, config: ClicksConfig, results: Sequence[PartResult]
) -> None:
    """Write `clicks.json`, `clicks.csv`, `clicks.md` and `clicks.png` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarize(results, config)
    record = {
        'model': model,
        'config': to_mapping(config),
        'summary': summary,
        'parts': [dataclasses.asdict(result) for result in results],
    }
    (folder / 'clicks.json').write_text(json.dumps(record, indent=1) + '\n')
    by_object = {
        name: summarize([r for r in results if r.object_name == name], config)
        for name in dict.fromkeys(r.object_name for r in results)
    }
    (folder / 'clicks.md').write_text(markdown_table({**by_object, 'mean': summary}) + '\n')
    _write_csv(folder / 'clicks.csv', results)
    _plot(folder / 'clicks.png', model, results)


def _write_csv(path: Path, results: Sequence[PartResult]) -> None:
    num_clicks = len(results[0].iou)
    with path.open('w', newline='') as file:
        writer = csv.writer(file)
        ious = [f'iou_{k}' for k in range(1, num_clicks + 1)]
        writer.writerow(['object', 'part_id', 'part_name', 'share', 'best_candidate_1', *ious])
        for r in results:
            writer.writerow(
                [r.object_name, r.part_id, r.part_name, r.share, r.best_candidate_iou, *r.iou]
            )


def _plot(path: Path, model: str, results: Sequence[PartResult]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout='constrained')
    over_clicks, over_size = figure.subplots(1, 2)
    clicks = np.arange(1, len(results[0].iou) + 1)
    means = [100 * mean_over_objects(results, lambda r, k=k: r.iou[k - 1]) for k in clicks]
    over_clicks.plot(clicks, means, marker='o')
    over_clicks.set(xlabel='clicks', ylabel='IoU [%]', ylim=(0, 100), title=model)
    shares = [r.share for r in results]
    for k, marker in ((1, 'o'), (len(clicks), '+')):
        ious = [100 * r.iou[k - 1] for r in results]
        over_size.scatter(shares, ious, s=14, marker=marker, label=f'{k} click{"s" * (k > 1)}')
    over_size.set(xlabel='share of the points', xscale='log', ylim=(-2, 102), title='by part size')
    over_size.legend()
    figure.savefig(path, dpi=120)
