# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files that other people publish: where they belong, and how they get there.

Nothing is downloaded here; the message of an error holds the command that does it.
"""

from __future__ import annotations

import logging
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from part_seg_ros.errors import CheckpointError

FOLDER_VARIABLE = 'PART_SEG_WEIGHTS'
DEFAULT_FOLDER = '~/.cache/part_seg_ros'

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFile:
    """One weights file on the Hugging Face hub.

    Attributes:
        repository: Such as `owner/name`.
        name: Of the file within it; may hold folders.
        folder: Of the system within the folder of all weights.
        size: In words, with the unit.
        license: Licence of the file.
        restriction: What the licence does not allow, as a sentence that is logged when the file is
            used; '' for nothing worth it.
        sha256: In hexadecimal; '' where it is not known.
    """

    repository: str
    name: str
    folder: str
    size: str
    license: str
    restriction: str = ''
    sha256: str = ''

    @property
    def place(self) -> Path:
        """Where the file is looked for."""
        return weights_folder() / self.folder / self.name

    @property
    def fetch_command(self) -> str:
        """Shell command that puts it there; needs `pip install huggingface_hub`."""
        target = weights_folder() / self.folder
        words = ['hf', 'download', self.repository, self.name, '--local-dir', str(target)]
        return shlex.join(words)


def weights_folder() -> Path:
    """Return the folder of all weights: `PART_SEG_WEIGHTS`, or `~/.cache/part_seg_ros`."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER).expanduser()


def locate(file: ReleasedFile, checkpoint: Path | None = None) -> Path:
    """Find a released file, and log what its licence does not allow.

    Args:
        file: The file.
        checkpoint: Its path, or the folder that it lies in; None for its usual place.

    Returns:
        Path of a file that exists.

    Raises:
        CheckpointError: it is not there.
    """
    path = file.place if checkpoint is None else checkpoint
    if path.is_dir():
        path = path / file.name
    if not path.is_file():
        raise CheckpointError(
            f'no weights at {path}; fetch {file.name} of {file.repository} ({file.size},'
            f' {file.license}) with: {file.fetch_command}'
        )
    if file.restriction:
        _logger.warning('%s: %s', path, file.restriction)
    return path
