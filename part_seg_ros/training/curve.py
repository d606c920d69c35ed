# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Learning curve of a run: `python -m part_seg_ros.training.curve RUN -o PNG`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

CURVES = {
    'iou_last': 'last of up to nine clicks',
    'iou_2': 'second click',
    'iou_1_best': 'first click, best candidate',
    'iou_1': 'first click, chosen candidate',
}


def smoothed(values: np.ndarray, window: int) -> np.ndarray:
    """Return the mean of each run of `window` of (S,) values, (S - window + 1,)."""
    return np.convolve(values, np.full(window, 1 / window), mode='valid')


def plot_curve(log: Path, picture: Path, *, window: int = 100) -> None:
    """Draw IoU on fresh training objects over steps, as a moving average.

    Args:
        log: `log.jsonl` of a run.
        picture: PNG to write.
        window: Steps that are averaged, fewer in a shorter run.
    """
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    steps = np.array([entry['step'] for entry in entries])
    window = min(window, len(steps))
    figure = Figure(figsize=(7, 3.6), layout='constrained')
    axes = figure.subplots()
    for key, label in CURVES.items():
        values = np.array([entry.get(key, np.nan) for entry in entries])
        axes.plot(steps[window - 1 :], 100 * smoothed(values, window), label=label)
    axes.set(xlabel=f'step (mean of {window})', ylabel='IoU on fresh objects [%]', ylim=(0, 100))
    axes.grid(alpha=0.3)
    axes.legend(loc='lower right')
    figure.savefig(picture, dpi=110)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the curve of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('run', type=Path, help='folder of part-seg train')
    parser.add_argument('-o', '--output', type=Path, required=True, help='PNG')
    args = parser.parse_args(arguments)
    plot_curve(args.run / 'log.jsonl', args.output)
    return 0


if __name__ == '__main__':
    sys.exit(main())
