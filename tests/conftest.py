# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What all tests share: an isolated ROS graph, skips for what this machine lacks, files."""

import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
HAS_ROS = importlib.util.find_spec('rclpy') is not None

# A graph of our own, whatever the shell says: never talk to a robot, nor to another test run.
os.environ['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'  # Jazzy
if os.environ.get('ROS_DISTRO') == 'humble':
    os.environ['ROS_LOCALHOST_ONLY'] = '1'

collect_ignore = [] if HAS_ROS else ['launch', 'nodes']


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker('ros') and not HAS_ROS:
            item.add_marker(pytest.mark.skip(reason='rclpy is not installed'))
        if item.get_closest_marker('gpu') and not has_cuda():
            item.add_marker(pytest.mark.skip(reason='no CUDA device'))


def has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


@pytest.fixture(scope='session')
def shared_path() -> Path:
    """The folder of recorded data: PART_SEG_SHARED or ../shared; without it tests are skipped."""
    path = Path(os.environ.get('PART_SEG_SHARED', ROOT.parent / 'shared'))
    if not path.is_dir():
        pytest.skip(f'{path} does not exist; set PART_SEG_SHARED to the folder of recorded data')
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsOnDisk:
    """Weights of a `-tiny` system, in files laid out as those of its release.

    Attributes:
        checkpoint: What `build_model` is given.
        files: The files, each with the level of its tensors; '' for a flat file.
    """

    checkpoint: Path
    files: Mapping[Path, str] = field(default_factory=dict)


@pytest.fixture(scope='session')
def write_weights() -> Callable[[str, Path], WeightsOnDisk]:
    """Write weights for a `-tiny` system, other than its own random ones, into a folder."""
    import torch
    from safetensors.torch import save_file

    from part_seg_ros.models import build_model

    def shaken(module: Any) -> dict[str, torch.Tensor]:
        torch.manual_seed(11)
        return {
            name: value + 0.1 * torch.randn_like(value)
            for name, value in module.state_dict().items()
        }

    def write(model: str, folder: Path) -> WeightsOnDisk:
        net = build_model(model, device='cpu').net
        if model != 's2am3d-tiny':
            path = folder / 'model.safetensors'
            save_file(shaken(net), path)
            return WeightsOnDisk(checkpoint=path, files={path: ''})
        encoder, decoder = folder / 'Encoder.ckpt', folder / 'S2AM3D_decoder.pt'
        tensors = {f'model.{name}': value for name, value in shaken(net.encoder).items()}
        torch.save({'state_dict': tensors, 'epoch': 3}, encoder)
        levels = {
            'point_feature_enhancer_state_dict': net.predictor.point_feature_enhancer,
            'decoder_state_dict': net.predictor.decoder,
            'seg_head_state_dict': net.predictor.seg_head,
        }
        torch.save({level: shaken(module) for level, module in levels.items()}, decoder)
        files = {encoder: 'state_dict', decoder: 'decoder_state_dict'}
        return WeightsOnDisk(checkpoint=folder, files=files)

    return write


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiled:
    """A file that must not be loaded.

    Attributes:
        path: The file.
        words: What the error must say beside the path, as a regular expression.
        canary: A file that is there once code in the file has run; None where it holds none.
    """

    path: Path
    words: str
    canary: Path | None = None


class Intruder:
    """Would make a file if it were unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.canary,)


@pytest.fixture(scope='session')
def spoil() -> Callable[[Path, str, str], Spoiled]:
    """Damage a weights file, given the level of its tensors, in a way that is named."""
    import torch
    from safetensors.torch import load_file, save_file

    from part_seg_ros.models import build_model

    def read(path: Path) -> dict[str, Any]:
        if path.suffix == '.safetensors':
            return load_file(path)
        return torch.load(path, weights_only=True)

    def write(content: dict[str, Any], path: Path) -> None:
        save_file(content, path) if path.suffix == '.safetensors' else torch.save(content, path)

    def spoil(path: Path, level: str, kind: str) -> Spoiled:
        content = read(path)
        tensors = content[level] if level else content
        first, last = next(iter(tensors)), list(tensors)[-1]
        name = first.removeprefix('model.')
        path.unlink()
        if kind == 'truncated':
            write(content, path)
            path.write_bytes(path.read_bytes()[:-1000])
            return Spoiled(path=path, words='fetch it again')
        if kind == 'pickled code':
            path, canary = path.with_suffix(path.suffix.replace('safetensors', 'pt')), path.parent
            canary /= 'code_ran'
            torch.save({**content, 'hook': Intruder(canary)}, path)
            return Spoiled(path=path, words='could run code', canary=canary)
        if kind == 'another system':
            other = 'partsam' if 'pc_encoder.patch_proj.weight' in tensors else 'point_sam'
            other_tensors = build_model(f'{other}-tiny', device='cpu').net.state_dict()
            write({'state_dict': other_tensors} if level else other_tensors, path)
            whose = {'partsam': 'PartSAM', 'point_sam': 'Point-SAM'}[other]
            return Spoiled(path=path, words=f'(another system: |these are )of {whose}')
        if kind == 'folder':
            path.mkdir()
            return Spoiled(path=path, words='is a folder; pass the path of the weights file')
        if kind == 'empty':
            path.touch()
            return Spoiled(path=path, words='is empty; fetch it again')
        if kind == 'unreadable':  # for the superuser, too
            path.symlink_to('/proc/self/mem')
            return Spoiled(path=path, words='cannot be read .* check its permissions')
        changed, words = {
            'missing key': ({first: None}, rf'1 missing: [\w.]*{name}'),
            'unexpected key': (
                {f'{first}_2': tensors[last].clone()},
                rf'1 unexpected: [\w.]*{name}_2',
            ),
            'wrong shape': (
                {first: torch.zeros(*tensors[first].shape, 2)},
                rf'1 of another shape: [\w.]*{name} \([\d, ]*2\) instead of \(',
            ),
            'wrong type': (
                {first: tensors[first].half()},
                rf'1 of another type: [\w.]*{name} torch.float16 instead of torch.float32;'
                ' convert its tensors',
            ),
        }[kind]
        merged = {key: value for key, value in (tensors | changed).items() if value is not None}
        write(content | {level: merged} if level else merged, path)
        return Spoiled(path=path, words=words)

    return spoil
