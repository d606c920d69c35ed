# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Put trained weights into the package, with a record of what they are and what they reach.

`python -m part_seg_ros.training.bundle RUN REPORT [REPORT …]`, in a git checkout: RUN is a folder
of `part-seg train`, each REPORT a folder of `part-seg evaluate … --report`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.compact.checkpoint import BUNDLED, load_network, read_record
from part_seg_ros.models.file_bytes import file_sha256

MAX_BYTES = 25_000_000


def bundle(weights: Path, reports: Sequence[Path], commit: str, target: Path = BUNDLED) -> None:
    """Copy `weights` to `target` and write its JSON: config, commit, step, metrics, sha256.

    Args:
        weights: `compact.safetensors` of a training run.
        reports: Evaluation folders with a `clicks.json` in each sub-folder, one a data set.
        commit: Revision of the code that trained them.
        target: Where to.

    Raises:
        CheckpointError: the weights do not load or are larger than 25 MB.
    """
    load_network(weights)
    if weights.stat().st_size > MAX_BYTES:
        raise CheckpointError(f'{weights} has {weights.stat().st_size} bytes; 25 MB are allowed')
    metrics = {
        file.parent.name: json.loads(file.read_text())['summary']
        for report in reports
        for file in sorted(report.glob('*/clicks.json'))
    }
    record = {
        **read_record(weights),
        'commit': commit,
        'metrics': metrics,
        'sha256': file_sha256(weights),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(weights, target)
    target.with_suffix('.json').write_text(json.dumps(record, indent=2) + '\n')


def main(arguments: Sequence[str] | None = None) -> int:
    """Bundle the weights of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('run', type=Path, help='folder of part-seg train')
    parser.add_argument('reports', nargs='*', type=Path, help='folders of part-seg evaluate')
    args = parser.parse_args(arguments)
    git = ['git', '-C', str(Path(__file__).parent), 'rev-parse', 'HEAD']
    commit = subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()
    bundle(args.run / 'compact.safetensors', args.reports, commit)
    return 0


if __name__ == '__main__':
    sys.exit(main())
