# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What comparisons with upstream share: recordings, weights by name, how far values may differ."""

import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

DOCUMENT = Path(__file__).resolve().parents[2] / 'docs' / 'parity.md'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if 'tests/parity' in item.path.as_posix():
            item.add_marker(pytest.mark.parity)


@pytest.fixture(scope='session')
def parity_path(shared_path: Path) -> Path:
    """The folder of recordings and manifests."""
    return shared_path / 'parity'


def load_module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope='session')
def fill(parity_path: Path) -> ModuleType:
    """The module that makes weights from the names of parameters."""
    return load_module(parity_path / 'fill.py')


@pytest.fixture(scope='session')
def read_exr() -> Callable[[Path], np.ndarray]:
    """Read the first channel of an OpenEXR picture, (H, W) float32."""
    return load_module(Path(__file__).with_name('exr_depth.py')).read_first_channel


@pytest.fixture(scope='session')
def filled(fill: ModuleType) -> Callable[..., nn.Module]:
    """Build a network with weights from its names: `filled(lambda: Net(config), prefix='')`."""

    def make(build: Callable[[], nn.Module], prefix: str = '') -> nn.Module:
        with torch.device('meta'):
            net = build()
        net = net.to_empty(device='cpu').eval()
        assert fill.fill_module(net, prefix) == len(net.state_dict())
        return net

    return make


@pytest.fixture(scope='session')
def check_manifest(parity_path: Path) -> Callable[..., None]:
    """Compare names, shapes and dtypes of a network with `NAME.manifest.json`."""

    def check(net: nn.Module, name: str) -> None:
        wanted = json.loads((parity_path / f'{name}.manifest.json').read_text())
        found = {
            key: [list(value.shape), str(value.dtype).removeprefix('torch.')]
            for key, value in net.state_dict().items()
        }
        assert found == wanted

    return check


@pytest.fixture(scope='session')
def snippets() -> Callable[[str], list[str]]:
    """The Python of one section of docs/parity.md, in order: `snippets('Point-SAM')`."""

    def read(section: str) -> list[str]:
        text = re.split(r'^## ', DOCUMENT.read_text(), flags=re.MULTILINE)
        (body,) = [part for part in text if part.split('\n', 1)[0].strip() == section]
        return re.findall(r'```python\n(.*?)```', body, re.DOTALL)

    return read


@pytest.fixture(scope='session')
def close() -> Callable[[object, np.ndarray, float], None]:
    """Compare with a recording: `close(found, wanted, largest_difference)`."""

    def check(found: object, wanted: np.ndarray, atol: float) -> None:
        found = np.asarray(found.detach() if isinstance(found, torch.Tensor) else found)
        assert found.shape == wanted.shape
        difference = np.abs(found - wanted)
        assert difference.max() <= atol, (
            f'largest difference {difference.max():.3g}, mean {difference.mean():.3g},'
            f' allowed {atol:.3g}'
        )

    return check
