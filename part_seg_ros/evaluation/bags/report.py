# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the evaluation of a bag."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.bags.protocol import BagConfig
from part_seg_ros.evaluation.bags.results import BagResults, by_part, part_key, summarize
from part_seg_ros.evaluation.tables import (
    flat,
    markdown_sections,
    markdown_table,
    write_csv,
    write_json,
)

LABEL_FILE = 'labels.npz'
"""Written into the folder while the bag is evaluated; see `label_file.LabelFile`."""


def write_report(
    folder: Path, bag: Path, model: str, config: BagConfig, results: BagResults
) -> None:
    """Write `bag.json`, `frames.csv`, `parts.csv`, `bag.md`, `iou.png` and `latency.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    summary, parts = summarize(results), by_part(results)
    frame_rows = [flat(frame) for frame in results.frames]
    part_rows = [flat(part) for part in results.parts]
    record = {
        'bag': str(bag),
        'model': model,
        'config': to_mapping(config),
        'target_frame': results.target_frame,
        'truncated': bool(results.damage),
        'damage': results.damage,
        'summary': summary,
        'by_part': parts,
        'refused_prompts': [flat(refused) for refused in results.refused],
        'unreached_prompts': results.num_unreached,
        'frames': frame_rows,
        'parts': part_rows,
    }
    write_json(folder / 'bag.json', record)
    write_csv(folder / 'frames.csv', frame_rows)
    write_csv(folder / 'parts.csv', part_rows)
    sections = {
        'Summary': markdown_table({bag.name: summary}),
        'By part': markdown_table(parts, 'part') if parts else '',
        'What went wrong': '\n'.join(f'- {line}' for line in remarks(results)),
    }
    note = (
        f'Clouds of {config.topic}, parts compared in the frame `{results.target_frame}`. IoU in'
        ' percent, times in milliseconds; means over the frames.'
    )
    (folder / 'bag.md').write_text(markdown_sections(f'{model}: {bag.name}', note, sections))
    _plot_iou(folder / 'iou.png', model, results)
    _plot_latency(folder / 'latency.png', model, results)


def remarks(results: BagResults) -> list[str]:
    """Say what went wrong, a sentence each; nothing where all went well."""
    found = []
    if results.damage:
        found.append(
            f'the bag is cut off or damaged ({results.damage}); these are the results of the'
            f' {len(results.frames)} clouds up to there'
        )
    num_placeless = sum(not frame.has_transform for frame in results.frames)
    if num_placeless:
        found.append(
            f'{num_placeless} of {len(results.frames)} clouds have no transform to'
            f' {results.target_frame!r}; parts were not followed there'
        )
    for refused in results.refused:
        found.append(f'a prompt on cloud {refused.frame_idx} was refused: {refused.reason}')
    if results.num_unreached:
        found.append(f'{results.num_unreached} prompts had no cloud to be answered on')
    for frame in results.frames:
        if frame.problem:
            found.append(f'cloud {frame.frame_idx} could not be evaluated: {frame.problem}')
    return found


def _plot_iou(path: Path, model: str, results: BagResults) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.6), layout='constrained')
    axes = figure.subplots()
    for key in dict.fromkeys(map(part_key, results.parts)):
        members = [part for part in results.parts if part_key(part) == key]
        seconds = [_seconds(part.stamp_ns, results) for part in members]
        axes.plot(seconds, [100 * part.iou for part in members], marker='.', label=key)
    title = f'{model}: {"parts followed from prompts" if results.is_tracked else "every part"}'
    axes.set(xlabel='time [s]', ylabel='IoU [%]', ylim=(-2, 102), title=title)
    if 0 < len(axes.lines) <= 12:
        axes.legend(loc='center left', bbox_to_anchor=(1.0, 0.5), fontsize='small')
    figure.savefig(path, dpi=120)


def _plot_latency(path: Path, model: str, results: BagResults) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.0), layout='constrained')
    axes = figure.subplots()
    done = results.evaluated
    seconds = [_seconds(frame.stamp_ns, results) for frame in done]
    times: dict[str, Any] = {
        'encode': [frame.encode_ms for frame in done],
        'predict': [frame.predict_ms for frame in done],
        'total': [frame.total_ms for frame in done],
    }
    for name, values in times.items():
        axes.plot(seconds, values, marker='.', label=name)
    axes.set(xlabel='time [s]', ylabel='latency [ms]', title=model)
    axes.set_ylim(bottom=0)
    axes.legend()
    figure.savefig(path, dpi=120)


def _seconds(stamp_ns: int, results: BagResults) -> float:
    return 1e-9 * (stamp_ns - results.frames[0].stamp_ns)
