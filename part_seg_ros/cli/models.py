# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg models`: table of systems and weights."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from part_seg_ros.errors import InputError, PartSegError
from part_seg_ros.models import MODEL_SPECS, ModelSpec, build_model
from part_seg_ros.models.released_weights import ReleasedFile


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        'models',
        description='Table of systems and weights; with --model, whether the weights of one fit.',
    )
    parser.add_argument('--model', help='load this system alone, and say what its weights are')
    parser.add_argument(
        '--checkpoint', help='with --model: weights file, or the folder of a system with several'
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the table and what is known of files that others publish, or check one file."""
    if args.model:
        system = build_model(args.model, args.checkpoint, 'cpu')
        weights = f'sha256 {system.weights_sha256}' if system.weights_sha256 else 'random weights'
        print(f'{system.name}: ready, {weights}')
        return 0
    if args.checkpoint:
        raise InputError('--checkpoint goes with --model, the system whose weights it is to hold')
    header = ('model', 'prompts', 'input', 'weights', 'licence', 'state')
    _print_table(
        header,
        [
            (name, spec.prompts, spec.input, spec.weights, spec.license, _state(name))
            for name, spec in MODEL_SPECS.items()
        ],
    )
    _print_modes()
    print('\nPublished weights; `hf` comes with `pip install huggingface_hub`:')
    for users, file in _released_files():
        print(f'\n{users}: {file.name} of {file.repository}, {file.size}, {file.license}')
        if file.restriction:
            print(f'  licence  {file.restriction}')
        print(f'  place    {file.place} ({"found" if file.place.is_file() else "missing"})')
        print(f'  sha256   {file.sha256 or "not known, so not checked"}')
        print(f'  fetch    {file.fetch_command}')
    return 0


def _print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in (header, tuple('-' * width for width in widths), *rows):
        print(
            '  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _released_files() -> Iterator[tuple[str, ReleasedFile]]:
    """Yield every published file once, with the models that need it or begin training with it."""
    users: dict[ReleasedFile, list[str]] = {}
    for name, spec in MODEL_SPECS.items():
        for file in spec.released:
            users.setdefault(file, []).append(name)
        for file in spec.begins_with:
            users.setdefault(file, []).append(f'training of {name}')
    for file, names in users.items():
        yield ', '.join(names), file


def _state(name: str) -> str:
    """Say whether the weights are there; where they come with the package, whether they load."""
    released = MODEL_SPECS[name].released
    if MODEL_SPECS[name].modes:
        return _modes_state(MODEL_SPECS[name])
    if released:
        is_complete = all(file.place.is_file() for file in released)
        return 'found' if is_complete else 'missing, see below'
    try:
        build_model(name, device='cpu')
    except PartSegError as error:
        return str(error)
    return 'ready'


def _modes_state(spec: ModelSpec) -> str:
    """Say which of a system's files are there and what it can do with them."""
    count = sum(file.place.is_file() for file in spec.released)
    modes = [
        mode for mode, files in spec.modes.items() if all(file.place.is_file() for file in files)
    ]
    able = f'able to do {", ".join(modes)}' if modes else 'able to do nothing yet'
    rest = '' if count == len(spec.released) else ', see below'
    return f'{count} of {len(spec.released)} files, {able}{rest}'


def _print_modes() -> None:
    """Print what systems whose files need not all be there lack for which mode."""
    for name, spec in MODEL_SPECS.items():
        if spec.modes:
            print(f'\n{name} by mode:')
        for mode, files in spec.modes.items():
            missing = [file.name for file in files if not file.place.is_file()]
            print(f'  {mode:<11}  {"lacks " + ", ".join(missing) if missing else "has its files"}')
