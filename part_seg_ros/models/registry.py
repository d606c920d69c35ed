# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The literal table of systems. Nothing here imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from part_seg_ros.models.released_weights import ReleasedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """Where a preset lives and what its weights are.

    Attributes:
        module: Module with `build(preset, checkpoint, device) -> System`, `PRESETS` (a
            configuration each), `random_system` and, where there are any, `SETTINGS` (their type).
        preset: Name of the sizes within that module.
        prompts: What it takes, in words.
        input: What it reads of a shape, in words.
        weights: Where its weights come from, in words.
        license: Licence of the weights.
        released: The files of its weights that others publish.
        begins_with: The files that others publish and that its training may begin with.
        modes: What it can do with some of the released files, and which of them that needs; empty
            where it needs them all.
    """

    module: str
    preset: str
    prompts: str
    input: str
    weights: str
    license: str
    released: tuple[ReleasedFile, ...] = ()
    begins_with: tuple[ReleasedFile, ...] = ()
    modes: Mapping[str, tuple[ReleasedFile, ...]] = field(default_factory=dict)


POINT_SAM_WEIGHTS = ReleasedFile(
    repository='yuchen0187/Point-SAM',
    name='model.safetensors',
    folder='point_sam',
    size='1.24 GB',
    license='Apache-2.0',
)

_PARTFIELD_LICENSE = (
    "PartField's, whose NVIDIA licence allows non-commercial research and education only, for"
    ' works derived from it too'
)
PARTFIELD_WEIGHTS = ReleasedFile(
    repository='mikaelaangel/partfield-ckpt',
    name='model_objaverse.ckpt',
    folder='partfield',
    size='428 MB of weights',
    license='non-commercial',
    restriction=f'its weights are {_PARTFIELD_LICENSE}',
)

S2AM3D_ENCODER = ReleasedFile(
    repository='HITshan/S2AM3D_Model',
    name='Encoder.ckpt',
    folder='s2am3d',
    size='428 MB of weights',
    license='non-commercial',
    restriction=f'its weights start from {_PARTFIELD_LICENSE}',
)
S2AM3D_DECODER = ReleasedFile(
    repository='HITshan/S2AM3D_Model',
    name='S2AM3D_decoder.pt',
    folder='s2am3d',
    size='55 MB of weights',
    license='not stated with the code, which is MIT',
)

PARTSAM_WEIGHTS = ReleasedFile(
    repository='Czvvd/PartSAM',
    name='model.safetensors',
    folder='partsam',
    size='0.9 GB',
    license='non-commercial',
    restriction=f'its weights start from {_PARTFIELD_LICENSE}',
)

GEOSAM2_WEIGHTS = ReleasedFile(
    repository='VAST-AI/GeoSAM2',
    name='geosam2.pt',
    folder='geosam2',
    size='615 MB',
    license='Apache-2.0',
)


def _sam2(size: str, megabytes: str) -> ReleasedFile:
    return ReleasedFile(
        repository=f'facebook/sam2.1-hiera-{size.replace("_", "-")}',
        name=f'sam2.1_hiera_{size}.pt',
        folder='sam2',
        size=f'{megabytes} of weights',
        license='Apache-2.0',
    )


# By the size of the network.
SAM2_WEIGHTS = {
    'base_plus': _sam2('base_plus', '323 MB'),
    'large': _sam2('large', '898 MB'),
    'small': _sam2('small', '184 MB'),
    'hiera_tiny': _sam2('tiny', '156 MB'),
}

_SEGVIGEN_LICENSE = 'not stated with the code, which is MIT'


def _segvigen_flow(name: str) -> ReleasedFile:
    return ReleasedFile(
        repository='fenghora/SegviGen',
        name=name,
        folder='segvigen',
        size='7.3 GB, of which 2.6 GB are weights',
        license=_SEGVIGEN_LICENSE,
    )


def _trellis(name: str, size: str) -> ReleasedFile:
    return ReleasedFile(
        repository='microsoft/TRELLIS.2-4B',
        name=f'ckpts/{name}_next_dc_f16c32_fp16.safetensors',
        folder='segvigen',
        size=size,
        license=_SEGVIGEN_LICENSE,
    )


# By mode; at least one is needed.
SEGVIGEN_FLOWS = {
    'interactive': _segvigen_flow('interactive_seg.ckpt'),
    'full': _segvigen_flow('full_seg.ckpt'),
    'guided': _segvigen_flow('full_seg_w_2d_map.ckpt'),
}
# By network; all are needed.
SEGVIGEN_AUTOENCODERS = {
    'shape_encoder': _trellis('shape_enc', '0.71 GB'),
    'tex_encoder': _trellis('tex_enc', '0.71 GB'),
    'tex_decoder': _trellis('tex_dec', '0.95 GB'),
}
# What the flow networks were made from; for training only.
SEGVIGEN_BASE = ReleasedFile(
    repository='microsoft/TRELLIS.2-4B',
    name='ckpts/slat_flow_imgshape2tex_dit_1_3B_512_bf16.safetensors',
    folder='segvigen',
    size='2.6 GB',
    license=_SEGVIGEN_LICENSE,
)
# For pictures only.
SEGVIGEN_IMAGE_ENCODER = ReleasedFile(
    repository='facebook/dinov3-vitl16-pretrain-lvd1689m',
    name='model.safetensors',
    folder='segvigen/dinov3',
    size='1.2 GB',
    license='DINOv3 licence, to be accepted first',
)

# Without the image encoder there are clicks and every part, but no pictures.
SEGVIGEN_MODES = {
    mode: (
        *SEGVIGEN_AUTOENCODERS.values(),
        flow,
        *([SEGVIGEN_IMAGE_ENCODER] if mode == 'guided' else []),
    )
    for mode, flow in SEGVIGEN_FLOWS.items()
}

_RANDOM = 'random, for tests'
_OWN = 'none published; bring your own'

_COMPACT_PROMPTS = 'points ±, mask, granularity, name'
_COMPACT_INPUT = 'xyz (+ normals, estimated where absent)'
_S2AM3D = 'part_seg_ros.models.s2am3d.build'
_S2AM3D_PROMPTS = 'one point, granularity'
_S2AM3D_INPUT = 'xyz; mesh'
_PARTSAM = 'part_seg_ros.models.partsam.build'
_PARTSAM_PROMPTS = 'points ±, mask'
_PARTSAM_INPUT = 'xyz + normal (estimated where absent) + rgb (grey where absent); mesh'
_POINT_SAM = 'part_seg_ros.models.point_sam.build'
_POINT_SAM_PROMPTS = 'points ±, mask'
_POINT_SAM_INPUT = 'xyz + rgb (grey where absent)'
_SEGVIGEN = 'part_seg_ros.models.segvigen.build'
_SEGVIGEN_PROMPTS = 'up to 10 points; every part; every part with a picture of them'
_SEGVIGEN_INPUT = 'mesh + colours or textures; or xyz (+ normals, estimated where absent) + rgb'
_GEOSAM2 = 'part_seg_ros.models.geosam2.build'
_GEOSAM2_PROMPTS = 'points ±, mask; click, box or mask on one of twelve views'
_GEOSAM2_INPUT = 'mesh; or xyz (+ normals, estimated where absent), drawn as discs'


def _sam2_multiview(size: str) -> ModelSpec:
    file = SAM2_WEIGHTS[size]
    return ModelSpec(
        module=_GEOSAM2,
        preset=f'sam2_{size}',
        prompts=_GEOSAM2_PROMPTS,
        input=_GEOSAM2_INPUT,
        weights=file.repository,
        license=file.license,
        released=(file,),
    )


MODEL_SPECS: dict[str, ModelSpec] = {
    'compact': ModelSpec(
        module='part_seg_ros.models.compact.build',
        preset='bundled',
        prompts=_COMPACT_PROMPTS,
        input=_COMPACT_INPUT,
        weights='in the package',
        license='Apache-2.0',
    ),
    'compact-tiny': ModelSpec(
        module='part_seg_ros.models.compact.build',
        preset='tiny',
        prompts=_COMPACT_PROMPTS,
        input=_COMPACT_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
    'point_sam': ModelSpec(
        module=_POINT_SAM,
        preset='large',
        prompts=_POINT_SAM_PROMPTS,
        input=_POINT_SAM_INPUT,
        weights=POINT_SAM_WEIGHTS.repository,
        license=POINT_SAM_WEIGHTS.license,
        released=(POINT_SAM_WEIGHTS,),
    ),
    'point_sam-base': ModelSpec(
        module=_POINT_SAM,
        preset='base',
        prompts=_POINT_SAM_PROMPTS,
        input=_POINT_SAM_INPUT,
        weights=_OWN,
        license='yours',
    ),
    'point_sam-giant': ModelSpec(
        module=_POINT_SAM,
        preset='giant',
        prompts=_POINT_SAM_PROMPTS,
        input=_POINT_SAM_INPUT,
        weights=_OWN,
        license='yours',
    ),
    'point_sam-tiny': ModelSpec(
        module=_POINT_SAM,
        preset='tiny',
        prompts=_POINT_SAM_PROMPTS,
        input=_POINT_SAM_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
    's2am3d': ModelSpec(
        module=_S2AM3D,
        preset='official',
        prompts=_S2AM3D_PROMPTS,
        input=_S2AM3D_INPUT,
        weights=S2AM3D_ENCODER.repository,
        license='non-commercial (PartField)',
        released=(S2AM3D_ENCODER, S2AM3D_DECODER),
        begins_with=(PARTFIELD_WEIGHTS,),
    ),
    's2am3d-tiny': ModelSpec(
        module=_S2AM3D,
        preset='tiny',
        prompts=_S2AM3D_PROMPTS,
        input=_S2AM3D_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
    'partsam': ModelSpec(
        module=_PARTSAM,
        preset='official',
        prompts=_PARTSAM_PROMPTS,
        input=_PARTSAM_INPUT,
        weights=PARTSAM_WEIGHTS.repository,
        license='non-commercial (PartField)',
        released=(PARTSAM_WEIGHTS,),
        begins_with=(PARTFIELD_WEIGHTS,),
    ),
    'partsam-tiny': ModelSpec(
        module=_PARTSAM,
        preset='tiny',
        prompts=_PARTSAM_PROMPTS,
        input=_PARTSAM_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
    'geosam2': ModelSpec(
        module=_GEOSAM2,
        preset='official',
        prompts=_GEOSAM2_PROMPTS,
        input=_GEOSAM2_INPUT,
        weights=GEOSAM2_WEIGHTS.repository,
        license=GEOSAM2_WEIGHTS.license,
        released=(GEOSAM2_WEIGHTS,),
        begins_with=(SAM2_WEIGHTS['base_plus'],),
    ),
    'geosam2-tiny': ModelSpec(
        module=_GEOSAM2,
        preset='tiny',
        prompts=_GEOSAM2_PROMPTS,
        input=_GEOSAM2_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
    'sam2_multiview': _sam2_multiview('base_plus'),
    'sam2_multiview-large': _sam2_multiview('large'),
    'sam2_multiview-small': _sam2_multiview('small'),
    'sam2_multiview-hiera_tiny': _sam2_multiview('hiera_tiny'),
    'sam2_multiview-tiny': ModelSpec(
        module=_GEOSAM2,
        preset='sam2_tiny',
        prompts=_GEOSAM2_PROMPTS,
        input=_GEOSAM2_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
    'segvigen': ModelSpec(
        module=_SEGVIGEN,
        preset='official',
        prompts=_SEGVIGEN_PROMPTS,
        input=_SEGVIGEN_INPUT,
        weights='fenghora/SegviGen and microsoft/TRELLIS.2-4B',
        license=_SEGVIGEN_LICENSE,
        released=(
            *SEGVIGEN_FLOWS.values(),
            *SEGVIGEN_AUTOENCODERS.values(),
            SEGVIGEN_IMAGE_ENCODER,
        ),
        begins_with=(SEGVIGEN_BASE,),
        modes=SEGVIGEN_MODES,
    ),
    'segvigen-tiny': ModelSpec(
        module=_SEGVIGEN,
        preset='tiny',
        prompts=_SEGVIGEN_PROMPTS,
        input=_SEGVIGEN_INPUT,
        weights=_RANDOM,
        license='Apache-2.0',
    ),
}
