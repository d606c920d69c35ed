# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Average the weights of several runs: `python -m part_seg_ros.training.average RUN RUN … -o OUT`.

Runs that began from the same weights often have a mean that is better than each of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from part_seg_ros.models.compact.checkpoint import load_network, read_record

WEIGHTS = 'compact.safetensors'


def average_runs(runs: Sequence[Path], out: Path) -> Path:
    """Write the mean of the runs' weights, and the record of the last with all their steps.

    Args:
        runs: Folders of `part-seg train`, of the same sizes.
        out: Folder for `compact.safetensors` and its JSON.

    Returns:
        The path of the weights.

    Raises:
        CheckpointError: weights are missing or damaged.

    Source:
        Wortsman et al. 2022, "Model soups", uniform soup.
    """
    states = [load_network(run / WEIGHTS).state_dict() for run in runs]
    mean = {key: torch.stack([state[key] for state in states]).mean(0) for key in states[0]}
    records = [read_record(run / WEIGHTS) for run in runs]
    record = {**records[-1], 'averaged_steps': [record['step'] for record in records]}
    out.mkdir(parents=True, exist_ok=True)
    save_file(mean, out / WEIGHTS)
    (out / 'compact.json').write_text(json.dumps(record, indent=2) + '\n')
    return out / WEIGHTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Average the runs of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('runs', nargs='+', type=Path, help='folders of part-seg train')
    parser.add_argument('-o', '--out', type=Path, required=True, help='folder')
    args = parser.parse_args(arguments)
    average_runs(args.runs, args.out)
    return 0


if __name__ == '__main__':
    sys.exit(main())
