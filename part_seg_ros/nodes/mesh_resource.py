# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From the URI of a mesh to a file that the node may read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.error_codes import RequestError

# A gltf file names others to be read with it, which may lie anywhere.
READABLE_SUFFIXES = ('.ply', '.npz', '.obj', '.off', '.stl', '.glb')

_PACKAGE_NAME = re.compile(r'[A-Za-z][A-Za-z0-9_-]*')


def mesh_path(
    resource: str, folders: Sequence[str], share_folder_of: Callable[[str], str]
) -> Path:
    """Return the file that a mesh resource means, if it lies below a configured folder.

    Neither `..` nor, below the configured folder, symbolic links are followed.

    Args:
        resource: `file:///…` or `package://NAME/…`.
        folders: Absolute folders below which files may be read.
        share_folder_of: From the name of a package to its share folder; raises LookupError where
            there is none, OSError where no packages are known.

    Returns:
        The path of a regular file.

    Raises:
        RequestError: BAD_FIELDS, the URI is malformed, lies elsewhere, or names no mesh file.
    """
    path = _named_path(resource, share_folder_of)
    if path.suffix.lower() not in READABLE_SUFFIXES:
        raise _refusal(
            resource, f'it must end in {", ".join(READABLE_SUFFIXES)}, got {path.suffix!r}'
        )
    allowed = [Path(folder) for folder in folders]
    inside = [folder for folder in allowed if path.is_relative_to(folder) and path != folder]
    if not inside:
        where = ', '.join(map(str, allowed)) or 'none (parameter mesh.folders)'
        raise _refusal(resource, f'it must lie below one of the folders allowed here: {where}')
    folder = max(inside, key=lambda allowed_folder: len(allowed_folder.parts))
    below = [step for step in (path, *path.parents) if step != folder and folder in step.parents]
    if any(step.is_symlink() for step in below):
        raise _refusal(resource, 'symbolic links are not followed; give the path of the file')
    if not path.is_file():
        raise _refusal(resource, 'there is no such file')
    return path


def _named_path(resource: str, share_folder_of: Callable[[str], str]) -> Path:
    """Return the absolute path that a URI names, whether or not it may be read."""
    parts = urlsplit(resource)
    inner = unquote(parts.path)
    if '\0' in inner or '..' in inner.split('/') or parts.query or parts.fragment:
        raise _refusal(resource, "it must be a plain path without '..', '?' and '#'")
    if parts.scheme == 'file' and parts.netloc in ('', 'localhost') and inner.startswith('/'):
        return Path(inner)
    if parts.scheme == 'package' and _PACKAGE_NAME.fullmatch(parts.netloc):
        try:
            return Path(share_folder_of(parts.netloc)) / inner.lstrip('/')
        except (LookupError, OSError):  # no such package, or no package path at all
            raise _refusal(resource, f'there is no package {parts.netloc!r} here') from None
    raise _refusal(resource, 'it must be file:///PATH or package://PACKAGE/PATH')


def _refusal(resource: str, reason: str) -> RequestError:
    return RequestError(ErrorCode.BAD_FIELDS, f'cannot read the mesh {resource!r}: {reason}')
