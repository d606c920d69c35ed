# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The literal table of what can be trained. Nothing here imports torch."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSpec:
    """Where a recipe lives.

    Attributes:
        module: Module under `part_seg_ros.training` that holds both.
        config: Its settings, a `RunConfig`.
        recipe: Type, built from the settings and `init`, weights to start from or None.
        description: What it trains.
    """

    module: str
    config: str
    recipe: str
    description: str

    def config_type(self) -> Any:
        """Import the type of the settings."""
        return getattr(self._load(), self.config)

    def build(self, config: Any, *, init: Path | None = None) -> Any:
        """Build the recipe with its network."""
        return getattr(self._load(), self.recipe)(config, init=init)

    def _load(self) -> Any:
        return importlib.import_module(f'part_seg_ros.training.{self.module}')


RECIPES: dict[str, RecipeSpec] = {
    'compact': RecipeSpec(
        module='compact',
        config='TrainConfig',
        recipe='CompactRecipe',
        description='the bundled network',
    ),
    'point_sam': RecipeSpec(
        module='point_sam',
        config='PointSamTraining',
        recipe='PointSamRecipe',
        description='Point-SAM large',
    ),
    'point_sam-base': RecipeSpec(
        module='point_sam',
        config='PointSamBaseTraining',
        recipe='PointSamRecipe',
        description='Point-SAM base',
    ),
    'point_sam-giant': RecipeSpec(
        module='point_sam',
        config='PointSamGiantTraining',
        recipe='PointSamRecipe',
        description='Point-SAM giant',
    ),
    'point_sam-tiny': RecipeSpec(
        module='point_sam',
        config='PointSamTinyTraining',
        recipe='PointSamRecipe',
        description='Point-SAM tiny, for trials on a CPU',
    ),
    'partsam': RecipeSpec(
        module='partsam',
        config='PartSamTraining',
        recipe='PartSamRecipe',
        description='PartSAM',
    ),
    'partsam-tiny': RecipeSpec(
        module='partsam',
        config='PartSamTinyTraining',
        recipe='PartSamRecipe',
        description='PartSAM tiny, for trials on a CPU',
    ),
    'geosam2': RecipeSpec(
        module='geosam2',
        config='GeoSam2Training',
        recipe='GeoSam2Recipe',
        description='GeoSAM2, from SAM 2',
    ),
    'geosam2-tiny': RecipeSpec(
        module='geosam2',
        config='GeoSam2TinyTraining',
        recipe='GeoSam2Recipe',
        description='GeoSAM2 tiny, for trials on a CPU',
    ),
    's2am3d_encoder': RecipeSpec(
        module='s2am3d_encoder',
        config='S2am3dEncoderTraining',
        recipe='S2am3dEncoderRecipe',
        description='stage 1 of S2AM3D, its encoder',
    ),
    's2am3d_encoder-tiny': RecipeSpec(
        module='s2am3d_encoder',
        config='S2am3dTinyEncoderTraining',
        recipe='S2am3dEncoderRecipe',
        description='stage 1 of S2AM3D tiny, for trials on a CPU',
    ),
    's2am3d_decoder': RecipeSpec(
        module='s2am3d_decoder',
        config='S2am3dDecoderTraining',
        recipe='S2am3dDecoderRecipe',
        description='stage 2 of S2AM3D, all behind the encoder, which --init gives',
    ),
    's2am3d_decoder-tiny': RecipeSpec(
        module='s2am3d_decoder',
        config='S2am3dTinyDecoderTraining',
        recipe='S2am3dDecoderRecipe',
        description='stage 2 of S2AM3D tiny, for trials on a CPU',
    ),
    'segvigen': RecipeSpec(
        module='segvigen',
        config='SegvigenTraining',
        recipe='SegvigenRecipe',
        description='the flow networks of SegviGen, beside autoencoders that --init gives',
    ),
    'segvigen-tiny': RecipeSpec(
        module='segvigen',
        config='SegvigenTinyTraining',
        recipe='SegvigenRecipe',
        description='SegviGen tiny, for trials on a CPU',
    ),
}
