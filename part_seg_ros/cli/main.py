# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg COMMAND …`: finds the command's module, runs it, turns errors into one line.

A command module has `add_parser(subparsers)`, which returns its parser, and `run(args) -> int`,
which returns the exit code. Only the module of the command asked for is imported.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import ModuleType

from part_seg_ros.errors import BackendMissingError, PartSegError

COMMANDS = {
    'segment': ('part_seg_ros.cli.segment', 'one part of a cloud or mesh, from clicks or by name'),
    'parts': ('part_seg_ros.cli.parts', 'every part of a cloud or mesh'),
    'view': ('part_seg_ros.cli.view', 'click on an object in the browser'),
    'models': ('part_seg_ros.cli.models', 'table of systems and weights'),
    'evaluate': ('part_seg_ros.cli.evaluate', 'measure IoU on a data set'),
    'bench': ('part_seg_ros.cli.bench', 'measure speed and memory'),
    'data': ('part_seg_ros.cli.data', 'procedural objects; labels for folders of 3D files'),
    'train': ('part_seg_ros.cli.train', 'train the bundled network'),
    'demo': ('part_seg_ros.cli.demo', 'the node on a simulated scan, over ROS 2'),
    'doctor': ('part_seg_ros.cli.doctor', 'versions, GPU, ROS and optional packages'),
}
EXIT_ERROR = 2
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Words after the program's name; those of the process by default.

    Returns:
        0 on success, 2 after an error that the user can mend (one line on stderr), 130 on Ctrl-C.
    """
    words = [_plain_number(word) for word in (sys.argv[1:] if arguments is None else arguments)]
    try:
        parser, run = _parser(words[0] if words else '')
        args = parser.parse_args(words)
        return run(args)
    except PartSegError as error:
        print(f'part-seg: error: {error}', file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _plain_number(word: str) -> str:
    """Write `-1e-05` as `-0.00001`: argparse takes the former for an option."""
    return format(Decimal(word), 'f') if re.fullmatch(r'-[\d.]+[eE][-+]?\d+', word) else word


def _parser(wanted: str) -> tuple[argparse.ArgumentParser, Callable[[argparse.Namespace], int]]:
    """Return the parser of all commands and the function that runs the one wanted."""
    parser = argparse.ArgumentParser(
        prog='part-seg', description='Promptable 3D part segmentation.'
    )
    subparsers = parser.add_subparsers(metavar='COMMAND', required=True)
    run: Callable[[argparse.Namespace], int] = _unknown
    for name, (module_name, summary) in COMMANDS.items():
        if name == wanted:
            module = _load(module_name)
            module.add_parser(subparsers)
            run = module.run
        else:
            subparsers.add_parser(name, help=summary)
    return parser, run


def _load(module_name: str) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if (error.name or '').startswith('part_seg_ros'):
            raise
        raise BackendMissingError(
            f'this command needs the Python package {error.name}; install it with pip, and see'
            ' `part-seg doctor` for the others'
        ) from error


def _unknown(args: argparse.Namespace) -> int:
    raise AssertionError(f'argparse let an unknown command through: {args}')


if __name__ == '__main__':
    sys.exit(main())
