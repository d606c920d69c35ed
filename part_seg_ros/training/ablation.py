# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What each piece of data, loss and network brings: short runs that differ from one in one thing.

`python -m part_seg_ros.training.ablation DATASET [DATASET …] -o OUT [--rows ROW …]` trains and
evaluates the rows that OUT does not hold yet, and prints the table of all that it holds. Several
processes may share the rows out between them.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import ClicksConfig
from part_seg_ros.evaluation.datasets import load_datasets
from part_seg_ros.evaluation.protocols import PROTOCOLS
from part_seg_ros.evaluation.running.objects import evaluate
from part_seg_ros.evaluation.tables import markdown_table
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.models.compact.checkpoint import load_network
from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.system import CompactSystem
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import PointCloud, PointPrompt
from part_seg_ros.training.compact import CompactRecipe
from part_seg_ros.training.config import LossConfig, SampleConfig, TrainConfig
from part_seg_ros.training.loop import run

BASE = TrainConfig(
    model=CompactConfig(
        num_anchors=384,
        num_patches=128,
        local_width=48,
        width=96,
        num_heads=6,
        encoder_depth=3,
        num_frequencies=32,
        mask_width=64,
        embedding_width=24,
    ),
    sample=SampleConfig(max_points=2560, num_masks=2, points_per_mask=32),
    num_steps=400,
    batch_clouds=4,
    named_clouds=2,
    learning_rate=2e-3,
    warmup_steps=30,
    decay_share=0.5,
    ema_decay=0.98,
    num_workers=0,
    num_threads=1,
    device='cpu',
)
"""A smaller network and a run of minutes: differences count here, not heights."""

Change = Callable[[TrainConfig], TrainConfig]


def _sample(**changes: Any) -> Change:
    return lambda base: dataclasses.replace(
        base, sample=dataclasses.replace(base.sample, **changes)
    )


def _model(**changes: Any) -> Change:
    return lambda base: dataclasses.replace(base, model=dataclasses.replace(base.model, **changes))


def _run(**changes: Any) -> Change:
    return lambda base: dataclasses.replace(base, **changes)


ROWS: dict[str, Change] = {
    'base': _run(),
    'no free assemblies': _sample(free_share=0.0),
    'free assemblies only': lambda base: _sample(free_share=1.0)(_run(named_clouds=0)(base)),
    'every part one shape': _sample(composite=False),
    'full clouds only': _sample(partial_share=0.0),
    'exact normals only': _sample(
        estimated_normals_share=0.0, flipped_normals_share=0.0, open_share=0.0
    ),
    'no names': lambda base: _run(
        named_clouds=0, loss=LossConfig(mask_names=0.0, patch_names=0.0)
    )(base),
    'no embedding loss': _run(loss=LossConfig(embedding=0.0)),
    'one candidate': _model(num_candidates=1),
    'at most two clicks': _run(max_rounds=2),
    'AdamW': _run(muon=False),
    'width 64': _model(width=64, num_heads=4),
    'width 144': _model(width=144),
    'encoder of 1': _model(encoder_depth=1),
    'encoder of 6': _model(encoder_depth=6),
    'decoder of 1': _model(decoder_depth=1),
    '64 patches': _model(num_patches=64),
    '256 patches': _model(num_patches=256),
}
"""Name of a row to what it changes; the last seven are sizes of the network."""

NUM_POINTS = 4096  # of an evaluated cloud
REPORTED = ('IoU@1', 'IoU@3', 'IoU@10')


def run_row(name: str, sources: list[str], out: Path, base: TrainConfig = BASE) -> None:
    """Train one row and evaluate it.

    Args:
        name: A key of `ROWS`.
        sources: Data sets, as for `part-seg evaluate`.
        out: Folder; the run goes to `out/<name>`, its results to `result.json` there.
        base: What the row changes.
    """
    config = ROWS[name](base)
    weights = run(CompactRecipe(config), config, out / name)
    segmenter = Segmenter(CompactSystem(load_network(weights), 'cpu'))
    protocol = PROTOCOLS['clicks']
    clicks = ClicksConfig(view=ViewConfig(num_points=NUM_POINTS))
    measured = [
        evaluate(protocol, lambda: segmenter, dataset, clicks)
        for dataset in load_datasets(sources)
    ]
    result = {one.dataset.name: protocol.summarize(one.results, clicks) for one in measured}
    (out / name / 'result.json').write_text(json.dumps(result, indent=2) + '\n')


def cost_ms(config: CompactConfig, *, num_points: int = 10_000, repeats: int = 15) -> list[float]:
    """Least time [ms] to encode `num_points`, normals given, and of a first click on them."""
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(num_points, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    cloud = PointCloud(points=np.float32(normals), normals=np.float32(normals))
    system = CompactSystem(_random_network(config), 'cpu')
    embedding = system.encode(cloud)
    prompt = PointPrompt(prompt_coords=cloud.points[:1], prompt_labels=np.ones(1))
    times = []
    for task in (lambda: system.encode(cloud), lambda: system.predict(embedding, prompt)):
        samples = []
        task()
        for _ in range(repeats):
            start = time.perf_counter()
            task()
            samples.append(time.perf_counter() - start)
        times.append(1e3 * min(samples))
    return times


def _random_network(config: CompactConfig) -> Any:
    from part_seg_ros.models.compact.model import CompactNet

    torch.manual_seed(0)
    return CompactNet(config)


def table(out: Path, base: TrainConfig = BASE, *, with_cost: bool) -> str:
    """Format the results in `out` as Markdown: IoU, and the cost of each network if wanted."""
    rows = {}
    for name, change in ROWS.items():
        file = out / name / 'result.json'
        if not file.is_file():
            continue
        result = json.loads(file.read_text())
        rows[name] = {
            f'{dataset} {column}': figures[column]
            for dataset, figures in result.items()
            for column in REPORTED
        }
        if with_cost:
            costs = cost_ms(change(base).model)
            rows[name] |= dict(zip(('encode [ms]', 'click [ms]'), costs, strict=True))
    if not rows:
        raise InputError(f'{out} holds no results; run some rows first')
    return markdown_table(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run rows and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('datasets', nargs='*', help='folders of objects, or held_out')
    parser.add_argument('-o', '--out', type=Path, required=True, help='folder')
    parser.add_argument('--rows', nargs='*', default=list(ROWS), choices=list(ROWS), metavar='ROW')
    parser.add_argument('--num-steps', type=int, default=BASE.num_steps)
    parser.add_argument('--cost', action='store_true', help='time every network, too')
    args = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format='%(message)s')
    base = dataclasses.replace(BASE, num_steps=args.num_steps)
    for name in args.rows if args.datasets else ():
        if not (args.out / name / 'log.jsonl').exists():
            run_row(name, args.datasets, args.out, base)
    sys.stdout.write(table(args.out, base, with_cost=args.cost) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
