# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reading weights files of any origin, and loading them so that nothing is silently left out."""

from __future__ import annotations

import contextlib
import pickle
import re
import tarfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.file_bytes import reading
from part_seg_ros.models.weights_origin import origin

ConfigT = TypeVar('ConfigT')
NetT = TypeVar('NetT', bound=nn.Module)

TORCH_SUFFIXES = ('.pt', '.pth', '.ckpt')
SUFFIXES = ('.safetensors', *TORCH_SUFFIXES)

# Levels that trainers put around the tensors.
_WRAPPERS = ('state_dict', 'model')
_GIT_LFS_POINTER = b'version https://git-lfs'
# How many keys of each kind an error names.
_NAMED = 3


def read_tensors(path: Path, *, inert: tuple[str, ...] = ()) -> dict[str, Tensor]:
    """Read the tensors of a weights file to the CPU, without running any code in it.

    Levels called `state_dict` or `model` around the tensors are taken off. Tensors of other nested
    levels get the names of the levels in front: `decoder.norm.weight`. What is no tensor (epochs,
    settings) is left out.

    Args:
        path: `*.safetensors`, or `*.pt`, `*.pth`, `*.ckpt` as `torch.save` writes them.
        inert: Full names of classes, such as `yacs.config.CfgNode`, whose objects may lie in the
            file beside the tensors. They are dropped unread; their code need not be installed.

    Returns:
        Tensors by name, in the order of the file.

    Raises:
        CheckpointError: there is no such file, it is a folder, of another kind, not readable, cut
            short, damaged, holds pickled objects other than tensors and `inert` ones, or holds no
            tensors.
    """
    with reading(path) as file:
        start = file.read(len(_GIT_LFS_POINTER))
    if path.suffix not in SUFFIXES:
        raise CheckpointError(f'{path} is no weights file; it must end in {", ".join(SUFFIXES)}')
    if not start:
        raise CheckpointError(f'{path} is empty; fetch it again')
    if start == _GIT_LFS_POINTER:
        raise CheckpointError(
            f'{path} is a Git LFS pointer and not the weights; fetch the file itself, for example'
            ' with git lfs pull'
        )
    if path.suffix == '.safetensors':
        tensors: dict[str, Tensor] = _read_safetensors(path)
    else:
        tensors = _flatten(_unwrap(_read_torch(path, inert)))
    if not tensors:
        raise CheckpointError(f'{path} holds no tensors; it is no weights file')
    return tensors


def without_prefix(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors without `prefix` in their names if all names have it, else unchanged."""
    if not all(name.startswith(prefix) for name in tensors):
        return dict(tensors)
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}


def load_preset(
    make: Callable[[ConfigT], NetT],
    config: ConfigT,
    tensors: Mapping[str, Tensor],
    path: Path,
    presets: Mapping[str, ConfigT],
) -> NetT:
    """Build a network around tensors, strictly, on the CPU and without a copy.

    Args:
        make: Builds the network of a configuration.
        config: The one that the tensors should be of.
        tensors: Tensors by state-dict name.
        path: Where they come from, for the error.
        presets: Configurations by name, to say whose the tensors are where they do not fit.

    Returns:
        The network, in evaluation mode.

    Raises:
        CheckpointError: a tensor is missing, unexpected, or of another shape or dtype.
    """
    net = _on_meta(make, config)
    try:
        load_strictly(net, tensors, path)
    except CheckpointError as error:
        for name, other in presets.items():
            if other != config and not _mismatch(_on_meta(make, other).state_dict(), tensors):
                problem = str(error).removeprefix(f'{path} ')
                raise CheckpointError(
                    f'{path} fits the preset {name!r}, not the one asked for; build that, or pass'
                    f' another file (it {problem})'
                ) from None
        raise
    return net.eval()


def _on_meta(make: Callable[[ConfigT], NetT], config: ConfigT) -> NetT:
    with torch.device('meta'):
        return make(config)


def load_strictly(net: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Put tensors into a network if names, shapes and dtypes agree one to one.

    A network built on the meta device takes the tensors over without a copy.

    Args:
        net: The network; left as it was if an error is raised.
        tensors: Tensors by state-dict name.
        path: Where they come from, for the error.

    Raises:
        CheckpointError: a tensor is missing, unexpected, or of another shape or dtype. The message
            names the first of each, and where the tensors seem to come from.
    """
    wanted = net.state_dict()
    problem = _mismatch(wanted, tensors)
    if problem:
        raise CheckpointError(f'{path} does not fit {type(net).__name__}: {problem}')
    is_meta = any(tensor.is_meta for tensor in wanted.values())
    net.load_state_dict(tensors, strict=True, assign=is_meta)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise CheckpointError(
            f'{path} is no complete safetensors file ({error}); fetch it again'
        ) from error


def _read_torch(path: Path, inert: tuple[str, ...]) -> Any:
    if tarfile.is_tarfile(path):  # torch before 2.6 unpickles these without a check
        raise CheckpointError(
            f'{path} is in the tar format of the first torch, which could run code when loaded;'
            ' save the state dict anew, best as safetensors'
        )
    made: list[OrderedDict] = []
    stubs = [_inert_class(name, made) for name in inert]
    allowing = torch.serialization.safe_globals(stubs) if stubs else contextlib.nullcontext()
    try:
        with allowing:
            content = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError as error:
        pickled = re.search(r'GLOBAL ([\w.]+)', str(error))
        if pickled is None:
            raise _damaged(path, error) from error
        raise CheckpointError(
            f'{path} holds pickled objects ({pickled[1]}) that could run code when loaded; only'
            ' tensors are read: save the state dict alone, best as safetensors'
        ) from error
    except Exception as error:  # of which kind depends on the byte that is wrong
        raise _damaged(path, error) from error
    for placeholder in made:
        placeholder.clear()
    return content


def _damaged(path: Path, error: Exception) -> CheckpointError:
    reason = str(error).strip().split('\n')[0] or type(error).__name__
    return CheckpointError(f'{path} is damaged or cut short ({reason}); fetch it again')


def _inert_class(full_name: str, made: list[OrderedDict]) -> type:
    """Return a class of that name that makes plain dictionaries, and notes them in `made`."""

    def make(cls: type, *args: object, **kwargs: object) -> OrderedDict:
        made.append(OrderedDict())
        return made[-1]

    module, _, name = full_name.rpartition('.')
    return type(name, (), {'__module__': module, '__new__': make})


def _unwrap(content: Any) -> Any:
    """Go down to the level that holds the tensors."""
    while isinstance(content, Mapping):
        inner = next(
            (content[key] for key in _WRAPPERS if isinstance(content.get(key), Mapping)), None
        )
        if inner is None:
            break
        content = inner
    return content


def _flatten(content: Any, prefix: str = '') -> dict[str, Tensor]:
    if not isinstance(content, Mapping):
        return {}
    tensors: dict[str, Tensor] = {}
    for key, value in content.items():
        if isinstance(value, Tensor):
            tensors[f'{prefix}{key}'] = value
        else:
            tensors |= _flatten(value, f'{prefix}{key}.')
    return tensors


def _mismatch(wanted: Mapping[str, Tensor], got: Mapping[str, Tensor]) -> str:
    """Say how the tensors differ from those of the network; '' where they do not."""
    if wanted.keys().isdisjoint(got):
        first, first_wanted = next(iter(got), ''), next(iter(wanted))
        problems = [
            f'none of its {len(got)} tensors belongs to the network (first {first!r}, wanted'
            f' {first_wanted!r})'
        ]
    else:
        problems = _differences(wanted, got)
    return '; '.join([*problems, _explanation(wanted, got)] if problems else [])


def _differences(wanted: Mapping[str, Tensor], got: Mapping[str, Tensor]) -> list[str]:
    kinds = {
        'missing': [name for name in wanted if name not in got],
        'unexpected': [name for name in got if name not in wanted],
        'of another shape': [
            f'{name} {tuple(got[name].shape)} instead of {tuple(tensor.shape)}'
            for name, tensor in wanted.items()
            if name in got and got[name].shape != tensor.shape
        ],
        'of another type': [
            f'{name} {got[name].dtype} instead of {tensor.dtype}'
            for name, tensor in wanted.items()
            if name in got and got[name].dtype != tensor.dtype
        ],
    }
    return [f'{len(names)} {kind}: {_first(names)}' for kind, names in kinds.items() if names]


def _explanation(wanted: Mapping[str, Tensor], got: Mapping[str, Tensor]) -> str:
    """Say what the file seems to be, and so what to do, where tensors do not fit."""
    whose, whose_wanted = origin(got), origin(wanted)
    if whose != whose_wanted and whose and whose_wanted:
        return f'it is the file of another system: of {whose}, wanted is one of {whose_wanted}'
    if wanted.keys().isdisjoint(got):
        return 'it is the file of another system'
    if wanted.keys() != got.keys():
        return 'it may be cut down, or the file of another preset or version'
    if any(got[name].shape != tensor.shape for name, tensor in wanted.items()):
        return 'it may be the file of another preset'
    return 'convert its tensors and save them again'


def _first(names: list[str]) -> str:
    return ', '.join(names[:_NAMED]) + (', …' if len(names) > _NAMED else '')
