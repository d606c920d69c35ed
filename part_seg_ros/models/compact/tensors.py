# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What passes between the stages of the network. B clouds, M prompts a cloud."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from part_seg_ros.models.compact.encoder import gather_rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudTensors:
    """A batch of prepared clouds; see `preparation.Neighborhoods` for the tables.

    Attributes:
        points: (B, N, 3) in the unit ball.
        normals: (B, N, 3).
        rows: (B, R) points with local features.
        near_idx: (B, R, K) nearest points.
        wide_idx: (B, R, K) nearest anchors, as rows of `points`.
        anchor_rows: (B, A) positions of the anchors within `rows`.
        patch_idx: (B, G, P) patch members, positions among the anchors.
        interp_idx: (B, R, 3) nearest patches of each row.
        interp_weights: (B, R, 3).
    """

    points: Tensor
    normals: Tensor
    rows: Tensor
    near_idx: Tensor
    wide_idx: Tensor
    anchor_rows: Tensor
    patch_idx: Tensor
    interp_idx: Tensor
    interp_weights: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfacePoints:
    """Points with what is known of the surface there; (B, ..., 3), (B, ..., 3), (B, ..., D).

    Attributes:
        points: In the unit ball.
        normals: Unit vectors.
        embedding: Unit vectors that are alike within a part.
    """

    points: Tensor
    normals: Tensor
    embedding: Tensor

    def at(self, rows: Tensor) -> SurfacePoints:
        """Pick rows (B, ...) int64 of (B, R) points."""
        return SurfacePoints(
            points=gather_rows(self.points, rows),
            normals=gather_rows(self.normals, rows),
            embedding=gather_rows(self.embedding, rows),
        )

    def piece(self, rows: slice) -> SurfacePoints:
        """Return a range of (B, R) points."""
        return SurfacePoints(
            points=self.points[:, rows],
            normals=self.normals[:, rows],
            embedding=self.embedding[:, rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedRows:
    """What decoding reads of a batch of clouds.

    Attributes:
        points: (B, R, 3) row points.
        normals: (B, R, 3).
        local: (B, R, L) local features.
        local_code: (B, R, inner) the decoder's map of `local`.
        embedding: (B, R, D) unit vectors, alike within a part.
        tokens: (B, G, C) patch tokens.
        patch_code: (B, G, C) position code of the centres.
        center_rows: (B, G) int64 rows of the centres.
        anchor_rows: (B, A).
        patch_idx: (B, G, P).
        nearest_patch: (B, R) int64.
        interpolation: (B, R, G) weights of the three nearest patches of each row.
        interp_idx: (B, R, 3) int64 those patches.
        interp_weights: (B, R, 3) those weights.
    """

    points: Tensor
    normals: Tensor
    local: Tensor
    local_code: Tensor
    embedding: Tensor
    tokens: Tensor
    patch_code: Tensor
    center_rows: Tensor
    anchor_rows: Tensor
    patch_idx: Tensor
    nearest_patch: Tensor
    interpolation: Tensor
    interp_idx: Tensor
    interp_weights: Tensor

    @property
    def surface(self) -> SurfacePoints:
        """(B, R) what is known of the surface at the rows."""
        return SurfacePoints(points=self.points, normals=self.normals, embedding=self.embedding)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClickTensors:
    """M prompts on each encoded cloud.

    Attributes:
        rows: (B, M, Q) int64 clicked rows.
        labels: (B, M, Q) int64, 1 foreground, 0 background.
        granularity: (B, M) float, negative where none is wanted.
        previous: (B, M, R) previous mask logits on the rows, or None.
    """

    rows: Tensor
    labels: Tensor
    granularity: Tensor
    previous: Tensor | None = None
