# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Types of messages for rosbags: those of ROS 2 Jazzy and our own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import part_seg_ros
from part_seg_ros.data.bags.writer import jazzy_types
from part_seg_ros.errors import InputError

_PACKAGE = 'part_seg_ros'


def known_types() -> Any:
    """Return rosbags' typestore of ROS 2 Jazzy with the messages of `part_seg_ros/msg`.

    Raises:
        BackendMissingError: the package rosbags is not installed.
        InputError: the definitions of our messages are not where they are installed.
    """
    types = jazzy_types()
    from rosbags.typesys import get_types_from_msg

    definitions: dict[str, Any] = {}
    for path in sorted(message_folder().glob('*.msg')):
        definitions |= get_types_from_msg(path.read_text(), f'{_PACKAGE}/msg/{path.stem}')
    types.register(definitions)
    return types


def message_folder() -> Path:
    """Return the folder of our .msg files: of the checkout, else of the ROS installation.

    Raises:
        InputError: there is none.
    """
    candidates = list(_message_folders())
    for folder in candidates:
        if (folder / 'PartLabels.msg').is_file():
            return folder
    raise InputError(
        f'the message definitions of {_PACKAGE} are in none of'
        f' {", ".join(map(str, candidates))}; build the package, or run from its checkout'
    )


def _message_folders() -> Iterator[Path]:
    for entry in part_seg_ros.__path__:
        package = Path(entry).resolve()
        yield package.parent / 'msg'
        # PREFIX/lib/pythonX.Y/site-packages/part_seg_ros and PREFIX/share/part_seg_ros/msg.
        if len(package.parents) > 3:
            yield package.parents[3] / 'share' / _PACKAGE / 'msg'
    for prefix in filter(None, os.environ.get('AMENT_PREFIX_PATH', '').split(':')):
        yield Path(prefix) / 'share' / _PACKAGE / 'msg'
