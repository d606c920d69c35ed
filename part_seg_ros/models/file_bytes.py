# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The bytes of weights files. Nothing here imports torch."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from part_seg_ros.errors import CheckpointError


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal.

    Raises:
        CheckpointError: it is missing, a folder or not readable.
    """
    digest = hashlib.sha256()
    with reading(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a weights file to read its bytes.

    Raises:
        CheckpointError: it is missing, a folder or not readable.
    """
    try:
        with path.open('rb') as file:
            yield file
    except FileNotFoundError:
        raise CheckpointError(
            f'no weights at {path}; pass the path of a file that exists'
        ) from None
    except IsADirectoryError:
        raise CheckpointError(
            f'{path} is a folder; pass the path of the weights file itself'
        ) from None
    except OSError as error:
        raise CheckpointError(
            f'{path} cannot be read ({error.strerror or error}); check its permissions and those'
            ' of its folders'
        ) from error
