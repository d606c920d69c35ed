# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reports of true parts that were looked for among predicted ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.averages import counts_of, groupings
from part_seg_ros.evaluation.parts import PartFound, PartsConfig, averages, summarize
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
from part_seg_ros.evaluation.true_parts import TruePart


class Found(Protocol):
    """A true part and how well it was found; see `PartFound`."""

    @property
    def part(self) -> TruePart:
        """The true part."""
        ...

    @property
    def iou(self) -> float:
        """Best IoU."""
        ...

    @property
    def encode_ms(self) -> float:
        """Time of encoding the object [ms]."""
        ...

    @property
    def segment_ms(self) -> float:
        """Time of predicting parts [ms]."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReport:
    """What the reports of two protocols have of their own.

    Attributes:
        stem: Of the names of the files.
        title: What was done.
        looked_for: What a true part is compared with, a noun.
        summarize: (results, config) to the row of a table.
        averages: (results, config) to {way of averaging: {column: figure}}.
    """

    stem: str
    title: str
    looked_for: str
    summarize: Callable[[Sequence[Any], Any], dict[str, float]]
    averages: Callable[[Sequence[Any], Any], dict[str, dict[str, float]]]

    def write(self, folder: Path, model: str, config: Any, results: Sequence[Found]) -> None:
        """Write `STEM.json`, `STEM.csv`, `STEM.md`, `STEM.png` and `STEM_times.*`."""
        folder.mkdir(parents=True, exist_ok=True)
        summary, means = self.summarize(results, config), self.averages(results, config)
        groups = summaries_of_groups(
            groupings(results), counts_of, lambda members: self.summarize(members, config)
        )
        rows = [flat(result) for result in results]
        record = {
            'model': model,
            'config': to_mapping(config),
            'summary': summary,
            'averages': means,
            'groups': groups,
            'parts': rows,
        }
        write_json(folder / f'{self.stem}.json', record)
        write_csv(folder / f'{self.stem}.csv', rows)
        sections = {
            'By way of averaging': markdown_table(means, 'mean'),
            **group_sections(groups, {**counts_of(results), **summary}),
        }
        note = (
            f'{config.view.describe()}. Every true part with the {self.looked_for} fitting best.'
        )
        text = markdown_sections(f'{model}: {self.title}', note, sections)
        (folder / f'{self.stem}.md').write_text(text)
        self._plot(folder / f'{self.stem}.png', model, results)
        times = {
            result.part.object_name: {'encode': result.encode_ms, self.title: result.segment_ms}
            for result in results
        }
        write_times(folder, self.stem, model, times)

    def _plot(self, path: Path, model: str, results: Sequence[Found]) -> None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(5, 3.6), layout='constrained')
        axes = figure.subplots()
        axes.scatter([r.part.share for r in results], [100 * r.iou for r in results], s=14)
        axes.set(
            xlabel='share of the points',
            ylabel=f'best IoU with a {self.looked_for} [%]',
            xscale='log',
            ylim=(-2, 102),
            title=model,
        )
        figure.savefig(path, dpi=120)


_REPORT = FoundReport(
    stem='parts',
    title='every part',
    looked_for='predicted part',
    summarize=summarize,
    averages=averages,
)


def write_report(
    folder: Path, model: str, config: PartsConfig, results: Sequence[PartFound]
) -> None:
    """Write `parts.json`, `parts.csv`, `parts.md`, `parts.png` and `parts_times.*`."""
    _REPORT.write(folder, model, config, results)
