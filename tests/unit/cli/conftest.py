# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The real command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., 'subprocess.CompletedProcess[str]']
_ROOT = Path(__file__).parents[3]


@pytest.fixture
def part_seg(tmp_path: Path) -> Cli:
    """Run `part-seg WORDS` in an empty folder and return the finished process."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(_ROOT / 'scripts' / 'part-seg'), *map(str, words)],
            cwd=tmp_path,
            env=os.environ | {'PYTHONPATH': str(_ROOT), 'OMP_NUM_THREADS': '1'},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run
