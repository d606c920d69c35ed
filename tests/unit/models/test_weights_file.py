# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files of any origin: what is read, and what is refused with which words."""

import contextlib
import io
import pathlib
import pickle
import random
import sys
import tarfile
import warnings
from types import ModuleType

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.weights_file import (
    load_strictly,
    read_tensors,
    without_prefix,
)


def net(*, width: int = 4) -> nn.Module:
    return nn.Sequential(nn.Linear(3, width), nn.LayerNorm(width))


@pytest.fixture
def weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return {name: torch.randn_like(value) for name, value in net().state_dict().items()}


def same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return list(left) == list(right) and all(torch.equal(left[name], right[name]) for name in left)


@pytest.mark.parametrize('suffix', ['safetensors', 'pt', 'pth', 'ckpt'])
def test_every_kind_of_file_is_read_bit_for_bit(tmp_path, weights, suffix):
    path = tmp_path / f'net.{suffix}'
    save_file(weights, path) if suffix == 'safetensors' else torch.save(weights, path)
    read = read_tensors(path)
    assert same(dict(sorted(read.items())), dict(sorted(weights.items())))


@pytest.mark.parametrize(
    'around',
    [
        lambda w: {'state_dict': w, 'epoch': 3, 'optimizer_states': [{'step': torch.ones(1)}]},
        lambda w: {'model': w, 'optimizer': {'step': torch.ones(1)}},
        lambda w: {'model': {'state_dict': w}},
        lambda w: {**w, 'epoch': 3},
    ],
)
def test_levels_of_trainers_are_taken_off(tmp_path, weights, around):
    path = tmp_path / 'net.ckpt'
    torch.save(around(weights), path)
    assert same(read_tensors(path), weights)


def test_other_levels_become_names(tmp_path):
    path = tmp_path / 'net.pt'
    torch.save({'encoder': {'norm.weight': torch.ones(2)}, 'head': {'bias': torch.zeros(1)}}, path)
    assert list(read_tensors(path)) == ['encoder.norm.weight', 'head.bias']


def test_prefix_is_taken_off_only_where_all_have_it():
    one = torch.ones(1)
    assert list(without_prefix({'model.a': one, 'model.b': one}, 'model.')) == ['a', 'b']
    assert list(without_prefix({'model.a': one, 'b': one}, 'model.')) == ['model.a', 'b']


@pytest.mark.parametrize('suffix', ['safetensors', 'pt'])
@pytest.mark.parametrize('kept', [0.0, 0.4, 0.95])
def test_file_cut_short_is_recognised(tmp_path, weights, suffix, kept):
    path = tmp_path / f'net.{suffix}'
    save_file(weights, path) if suffix == 'safetensors' else torch.save(weights, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(CheckpointError, match=rf'net\.{suffix} .*fetch it again'):
        read_tensors(path)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('a.pt', b'<html>not found</html>', 'damaged'),
        ('a.safetensors', b'<html>not found</html>', 'no complete safetensors file'),
        ('a.safetensors', b'version https://git-lfs.github.com/spec/v1\n', 'Git LFS pointer'),
        ('a.zip', b'PK', r'must end in \.safetensors, \.pt, \.pth, \.ckpt'),
    ],
)
def test_what_is_no_weights_file_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        read_tensors(tmp_path / name)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r'no weights at .*nowhere\.safetensors'):
        read_tensors(tmp_path / 'nowhere.safetensors')


@pytest.mark.parametrize('content', [{'epoch': 3}, [torch.ones(1)], {}])
def test_file_without_tensors_is_refused(tmp_path, content):
    torch.save(content, tmp_path / 'net.pt')
    with pytest.raises(CheckpointError, match='holds no tensors'):
        read_tensors(tmp_path / 'net.pt')


class Intruder:
    """Would make a file if it were unpickled."""

    def __init__(self, target: pathlib.Path) -> None:
        self.target = target

    def __reduce__(self):
        return pathlib.Path.touch, (self.target,)


def test_pickled_code_is_named_and_never_run(tmp_path, weights):
    path, target = tmp_path / 'net.pt', tmp_path / 'was_run'
    torch.save({'state_dict': weights, 'hook': Intruder(target)}, path)
    with pytest.raises(CheckpointError, match=r'pickled objects \(.*\) that could run code'):
        read_tensors(path)
    assert not target.exists()
    torch.load(path, weights_only=False)
    assert target.exists()


def test_code_in_an_archive_of_the_oldest_format_is_never_run(tmp_path):
    path, target = tmp_path / 'net.pt', tmp_path / 'was_run'
    with tarfile.open(path, 'w') as archive:
        for name in ('sys_info', 'pickle', 'storages', 'tensors'):
            content = pickle.dumps(Intruder(target))
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with pytest.raises(CheckpointError, match='tar format .* could run code'):
        read_tensors(path)
    assert not target.exists()


@pytest.mark.parametrize('is_zip', [True, False])
def test_whatever_byte_is_wrong_the_error_is_ours(tmp_path, weights, is_zip):
    path = tmp_path / 'net.pt'
    torch.save({'state_dict': weights}, path, _use_new_zipfile_serialization=is_zip)
    whole, rng = path.read_bytes(), random.Random(0)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for _ in range(150):
            bad = bytearray(whole)
            begin = rng.randrange(len(bad))
            bad[begin : begin + rng.choice([1, 2, 50])] = rng.randbytes(rng.choice([0, 1, 2]))
            path.write_bytes(bad)
            with contextlib.suppress(CheckpointError):
                read_tensors(path)  # some bytes do not matter


def test_objects_of_named_classes_are_dropped_unread(tmp_path, weights, monkeypatch):
    class Settings(dict):
        """As a trainer's package would define it."""

        def __init__(self, *args: object) -> None:
            super().__init__(*args)
            self.is_frozen = True

    trainer = ModuleType('trainer_package')
    monkeypatch.setitem(sys.modules, 'trainer_package', trainer)
    Settings.__module__, Settings.__qualname__ = 'trainer_package', 'Settings'
    trainer.Settings = Settings
    settings = Settings({'steps': 4, 'inner': Settings({'rate': torch.ones(1)})})
    beside, among = tmp_path / 'beside.ckpt', tmp_path / 'among.ckpt'
    torch.save({'hyper_parameters': settings, 'state_dict': weights}, beside)
    torch.save({**weights, 'settings': settings}, among)
    monkeypatch.delitem(sys.modules, 'trainer_package')

    for path in (beside, among):
        with pytest.raises(
            CheckpointError, match=r'pickled objects \(trainer_package\.Settings\)'
        ):
            read_tensors(path)
        assert same(read_tensors(path, inert=('trainer_package.Settings',)), weights)
    allowed_later = {cls.__module__ for cls in torch.serialization.get_safe_globals()}
    assert 'trainer_package' not in allowed_later


@pytest.mark.parametrize('device', ['cpu', 'meta'])
def test_loaded_network_holds_the_tensors(tmp_path, weights, device):
    with torch.device(device):
        loaded = net()
    load_strictly(loaded, weights, tmp_path)
    assert same(dict(loaded.state_dict()), weights)
    assert loaded(torch.ones(1, 3)).shape == (1, 4)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda w: w.pop('0.bias'), r'1 missing: 0\.bias'),
        (lambda w: w.update(extra=torch.zeros(2)), '1 unexpected: extra'),
        (
            lambda w: w.update({'0.weight': torch.zeros(5, 3)}),
            r'1 of another shape: 0\.weight \(5, 3\) instead of \(4, 3\); .*another preset',
        ),
        (
            lambda w: w.update({'1.bias': torch.zeros(4).half()}),
            r'1 of another type: 1\.bias torch\.float16 instead of torch\.float32',
        ),
        (lambda w: [w.pop(k) for k in list(w)[1:]], r'3 missing: 0\.bias, 1\.weight, 1\.bias'),
        (
            lambda w: [w.update({f'other.{k}': w.pop(k)}) for k in list(w)],
            r"none of its 4 tensors .*\(first 'other\.0\.weight', wanted '0\.weight'\)",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named_and_change_nothing(weights, change, message):
    loaded = net()
    before = {name: value.clone() for name, value in loaded.state_dict().items()}
    change(weights)
    with pytest.raises(CheckpointError, match=rf'net\.pt does not fit Sequential: .*{message}'):
        load_strictly(loaded, weights, pathlib.Path('net.pt'))
    assert same(dict(loaded.state_dict()), before)


def test_long_lists_of_names_are_cut(weights):
    extra = {f'extra{i}': torch.zeros(1) for i in range(9)}
    with pytest.raises(CheckpointError, match=r'9 unexpected: extra0, extra1, extra2, …;'):
        load_strictly(net(), weights | extra, pathlib.Path('net.pt'))
