# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What comparisons with the authors' own code share: their checkouts, and imports from them."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope='session')
def checkout() -> Callable[[str], Path]:
    """Find a checkout `owner+name` in the folder PART_SEG_ORIGINALS; skip where there is none."""

    def find(name: str) -> Path:
        folder = os.environ.get('PART_SEG_ORIGINALS')
        if not folder:
            pytest.skip(f'PART_SEG_ORIGINALS does not name a folder with a checkout {name}')
        path = Path(folder) / name
        if not path.is_dir():
            pytest.skip(f'{path} is missing: a checkout of github.com/{name.replace("+", "/")}')
        return path

    return find


def _module(name: str, **content: Any) -> ModuleType:
    """Make a module that holds `content`, to stand for one that is not there."""
    made = ModuleType(name)
    made.__dict__.update(content)
    return made


@pytest.fixture(scope='session')
def import_original() -> Callable[..., list[ModuleType]]:
    """Import modules of a checkout, given stand-ins for packages: `(root, names, {name: {...}})`.

    Neither they nor the stand-ins stay among the loaded modules, so that checkouts with modules of
    equal names do not meet.
    """

    def load(
        root: Path, names: list[str], stand_ins: Mapping[str, Mapping[str, Any]]
    ) -> list[ModuleType]:
        before = dict(sys.modules)
        sys.path.insert(0, str(root))
        try:
            for name, content in stand_ins.items():
                sys.modules[name] = _module(name, **content)
            return [importlib.import_module(name) for name in names]
        finally:
            sys.path.remove(str(root))
            for name in set(sys.modules) - set(before):
                place = getattr(sys.modules[name], '__file__', None) or ''
                paths = [place, *map(str, getattr(sys.modules[name], '__path__', []))]
                if name in stand_ins or any(path.startswith(str(root)) for path in paths):
                    del sys.modules[name]
            sys.modules.update(before)

    return load
