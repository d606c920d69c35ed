# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Small bags of one recipe, written once, and a reader of whole bags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rosbags.highlevel import AnyReader

from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.writer import STORAGES, write_bag


class Received(NamedTuple):
    """A message of a bag."""

    topic: str
    time_ns: int
    data: bytes
    message: Any


@pytest.fixture(scope='session')
def recipe() -> BagRecipe:
    return BagRecipe(
        objects=('mug', 'bottle'), num_frames=5, rate_hz=4.0, seed=3, resolution=(160, 120)
    )


@pytest.fixture(scope='session')
def bags(recipe: BagRecipe, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same recipe in every storage format."""
    folder = tmp_path_factory.mktemp('bags')
    for storage in STORAGES:
        write_bag(folder / storage, recipe, storage=storage)
    return {storage: folder / storage for storage in STORAGES}


@pytest.fixture(scope='session')
def read() -> Callable[[Path], list[Received]]:
    def read_all(path: Path) -> list[Received]:
        with AnyReader([path]) as reader:
            return [
                Received(
                    connection.topic, time_ns, data, reader.deserialize(data, connection.msgtype)
                )
                for connection, time_ns, data in reader.messages()
            ]

    return read_all
