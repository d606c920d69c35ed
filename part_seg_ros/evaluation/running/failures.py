# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a report says about items that could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from part_seg_ros.evaluation.tables import write_json


def report_failures(folder: Path, protocol_name: str, errors: Mapping[str, str]) -> None:
    """Write `PROTOCOL_failed.json`, {name: error}, and a section at the end of `PROTOCOL.md`.

    Args:
        folder: Has `PROTOCOL.md`.
        protocol_name: `PROTOCOL`.
        errors: {item that could not be measured: why}; without one there is no section.
    """
    write_json(folder / f'{protocol_name}_failed.json', errors)
    if not errors:
        return
    lines = [f'- {name}: {" ".join(error.split())}' for name, error in errors.items()]
    with (folder / f'{protocol_name}.md').open('a') as file:
        file.write('\n## Not measured\n\n' + '\n'.join(lines) + '\n')
