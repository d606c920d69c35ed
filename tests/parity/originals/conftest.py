# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What comparisons with the authors' own code share: their checkouts, and imports from them."""

import importlib
import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn


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


def _lies_in(module: ModuleType, root: Path) -> bool:
    paths = [getattr(module, '__file__', None) or '', *getattr(module, '__path__', [])]
    return any(str(path).startswith(str(root)) for path in paths)


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
            added = set(sys.modules) - set(before)
            for name in [n for n in added if n in stand_ins or _lies_in(sys.modules[n], root)]:
                del sys.modules[name]
            sys.modules.update(before)

    return load


@pytest.fixture(scope='session')
def fill_plainly() -> Callable[[nn.Module], None]:
    """Fill a network with weights that follow no rule of names."""

    def give(net: nn.Module) -> None:
        rng = torch.Generator().manual_seed(11)
        with torch.no_grad():
            for value in net.state_dict().values():
                gain = 0.3 if value.ndim < 2 else value[0].numel() ** -0.5
                shift = 0.5 if value.ndim == 1 else 0.0
                value.copy_(shift + gain * torch.randn(value.shape, generator=rng))

    return give


@pytest.fixture(scope='session')
def partfield_stand_ins() -> dict[str, dict[str, Any]]:
    """What the trunk of PartField needs beside PyTorch, for `import_original`."""
    return {
        'torch_scatter': {'scatter_mean': _scatter_mean, 'scatter_max': None},
        'einops': {'rearrange': _rearrange, 'repeat': _rearrange},
        'partfield.model.PVCNN.dnnlib_util': {'ScopedTorchProfiler': None, 'printarr': None},
    }


def _scatter_mean(values: Tensor, index: Tensor, dim: int = -1, *, out: Tensor) -> Tensor:
    """Average along `dim` what `index` sends to the same place; `out` holds zeros."""
    index = index.expand_as(values)
    sums = out.scatter_add(dim, index, values)
    counts = torch.zeros_like(out).scatter_add(dim, index, torch.ones_like(values))
    return sums / counts.clamp(min=1)


def _rearrange(values: Tensor, pattern: str, **sizes: int) -> Tensor:
    """Reorder, split, join and repeat dimensions by names: `'b c (tri h) w -> b tri c h w'`."""
    left, right = (
        [[] if names == '1' else names.strip('()').split() for names in found]
        for found in (re.findall(r'\(.*?\)|\w+', side) for side in pattern.split('->'))
    )
    for names, length in zip(left, values.shape, strict=True):
        for name in [name for name in names if name not in sizes]:
            sizes[name] = length // math.prod(sizes[n] for n in names if n in sizes)
    given, wanted = ([name for names in side for name in names] for side in (left, right))
    values = values.reshape([sizes[name] for name in given])
    values = values.permute([given.index(name) for name in wanted if name in given])
    for dim, name in enumerate(wanted):
        values = values if name in given else values.unsqueeze(dim)
    values = values.expand([sizes[name] for name in wanted])
    return values.reshape([math.prod(sizes[name] for name in names) for names in right])
