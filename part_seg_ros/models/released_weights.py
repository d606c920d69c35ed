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
from part_seg_ros.models.file_bytes import file_sha256

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
        Path of something that is there; reading it may still fail.

    Raises:
        CheckpointError: it is not there.
    """
    path = file.place if checkpoint is None else within(checkpoint, file)
    if _is_missing(path):
        raise CheckpointError(
            f'no weights at {path}; fetch {file.name} of {file.repository} ({file.size},'
            f' {file.license}) with: {file.fetch_command}'
        )
    log_restriction(file, path)
    return path


def log_restriction(file: ReleasedFile, path: Path) -> None:
    """Warn, where the licence of a released file that lies at `path` does not allow all."""
    if file.restriction:
        _logger.warning('%s: %s', path, file.restriction)


def within(checkpoint: Path, file: ReleasedFile) -> Path:
    """Return the path of a file that is named itself or by the folder that it lies in."""
    return checkpoint / file.name if os.path.isdir(checkpoint) else checkpoint


def preset_file(file: ReleasedFile, checkpoint: Path | None, *, is_released: bool) -> Path:
    """Return the weights of a preset: the released file, or a caller's own of another preset.

    Args:
        file: The released file.
        checkpoint: Path of the weights, or of their folder; None for the usual place.
        is_released: The preset is that of the released file.

    Raises:
        CheckpointError: the released file is meant and is not there.
    """
    if is_released or checkpoint is None:
        return locate(file, checkpoint)
    return within(checkpoint, file)


def checked_sha256(file: ReleasedFile, path: Path) -> str:
    """Return the sha256 of a file in hexadecimal.

    A file in the place of a released one must be that one, where its sha256 is known; elsewhere it
    may be a caller's own.

    Raises:
        CheckpointError: it is another file, or cannot be read.
    """
    found = file_sha256(path)
    if file.sha256 and path == file.place and found != file.sha256:
        raise CheckpointError(
            f'{path} is not {file.name} of {file.repository}: its sha256 is {found}, wanted is'
            f' {file.sha256}; fetch it again with: {file.fetch_command}'
        )
    return found


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
