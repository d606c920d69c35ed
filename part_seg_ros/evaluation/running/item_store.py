# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Finished items on disk, so that a run that was broken off goes on where it was."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.running.items import Outcome

_RUN_FILE = 'run.json'
_SUFFIX = '.item.json'
_PARTIAL = '.partial'


class ItemStore:
    """A folder with a file for each finished item of one run.

    A file is written under another name and then renamed, so it is whole whenever the run breaks
    off. Failed items are not kept: they are tried again.
    """

    def __init__(self, folder: Path, fingerprint: Mapping[str, Any]) -> None:
        """Open the folder of a run, or make it.

        Args:
            folder: For this run alone.
            fingerprint: All that the results depend on besides the item, as JSON holds it.

        Raises:
            InputError: the folder holds items of another run.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(fingerprint, indent=1, sort_keys=True) + '\n'
        now, before = json.loads(text), _read_json(folder / _RUN_FILE)
        if before is None:
            for finished in folder.glob(f'*{_SUFFIX}'):  # of which nothing tells whose they are
                finished.unlink()
        elif before != now and len(self):
            raise InputError(
                f'{folder} holds items of a run that was broken off and differs in'
                f' {_differences(before, now)}; repeat that one to the end, remove the folder, or'
                ' give another one for the report'
            )
        if before != now:
            _write(folder / _RUN_FILE, text)

    def __len__(self) -> int:
        """Return how many items are finished."""
        return len(list(self.folder.glob(f'*{_SUFFIX}')))

    def finished(self, names: Iterable[str]) -> dict[str, Outcome]:
        """Return those of some items that are finished; damaged files count as none."""
        found = {}
        for name in names:
            entry = _read_json(self._path(name))
            if isinstance(entry, dict) and entry.get('name') == name and 'record' in entry:
                found[name] = Outcome(name=name, record=entry['record'])
        return found

    def add(self, outcome: Outcome) -> None:
        """Keep a finished item."""
        entry = {'name': outcome.name, 'record': outcome.record}
        _write(self._path(outcome.name), json.dumps(entry) + '\n')

    def remove(self) -> None:
        """Remove the items, and the folder if nothing else is in it."""
        for pattern in (f'*{_SUFFIX}', f'*{_PARTIAL}', _RUN_FILE):
            for path in self.folder.glob(pattern):
                path.unlink()
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _path(self, name: str) -> Path:
        return self.folder / f'{quote(name, safe="")}{_SUFFIX}'


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f'{path.name}.{os.getpid()}{_PARTIAL}')
    partial.write_text(text)
    partial.replace(path)


def _read_json(path: Path) -> Any:
    """Return the content of a file, None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _differences(before: Any, now: Any) -> str:
    """Say which settings differ, with both values."""
    one, other = _flat(before), _flat(now)
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return ', '.join(f'{name} ({one.get(name)} there, {other.get(name)} now)' for name in names)


def _flat(value: Any, prefix: str = '') -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {prefix.removesuffix('.'): value}
    flat: dict[str, Any] = {}
    for key, item in value.items():
        flat |= _flat(item, f'{prefix}{key}.')
    return flat
