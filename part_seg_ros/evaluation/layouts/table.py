# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every published layout that can be read, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import Dataset, LabeledObject
from part_seg_ros.evaluation.layouts.agile3d import read_agile3d
from part_seg_ros.evaluation.layouts.colored_shapes import read_colored_shapes
from part_seg_ros.evaluation.layouts.compat import read_3dcompat, read_3dcompat_meshes
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.layouts.partnet_e import read_partnet_e
from part_seg_ros.evaluation.layouts.partnet_mobility import read_partnet_mobility
from part_seg_ros.evaluation.layouts.partnext import read_partnext
from part_seg_ros.evaluation.layouts.partobjaverse_tiny import read_partobjaverse_tiny
from part_seg_ros.evaluation.layouts.replica import read_replica
from part_seg_ros.evaluation.layouts.scanobjectnn import read_scanobjectnn, read_scanobjectnn_h5
from part_seg_ros.evaluation.layouts.shapenet_part import read_shapenet_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A folder layout.

    Attributes:
        read: (root) to the objects; raises InputError where the layout is another.
        expects: What lies below the root.
        source: Where the layout is described, '' for our own.
        read_training: As `read`, the objects that others train on; None where there are none of
            that layout.
    """

    read: Callable[[Path], LazyObjects[LabeledObject]]
    expects: str
    source: str
    read_training: Callable[[Path], LazyObjects[LabeledObject]] | None = None


_SCANOBJECTNN = 'https://github.com/hkust-vgd/scanobjectnn'
_COMPAT = 'https://github.com/Vision-CAIR/3DCoMPaT-v2'
_AGILE3D = Layout(
    read=read_agile3d,
    expects='val_list.json, scans/SCENE.ply with x, y, z, R, G, B, label',
    source='https://github.com/ywyue/AGILE3D',
)

LAYOUTS: dict[str, Layout] = {
    'colored': Layout(
        read=read_colored_shapes,
        expects='OBJECT.ply with one part a colour, OBJECT.glb with one part a node',
        source='',
    ),
    'partobjaverse_tiny': Layout(
        read=read_partobjaverse_tiny,
        expects='PartObjaverse-Tiny_mesh/UID.glb, PartObjaverse-Tiny_instance_gt/UID.npy,'
        ' PartObjaverse-Tiny_semantic_gt/UID.npy, PartObjaverse-Tiny_semantic.json',
        source='description of the data set yhyang-myron/PartObjaverse-Tiny',
    ),
    'partnet_e': Layout(
        read=read_partnet_e,
        expects='PartNetE_meta.json, data/test/CATEGORY/ID/pc.ply and label.npy',
        source='https://github.com/Colin97/PartSLIP',
    ),
    'partnet_mobility': Layout(
        read=read_partnet_mobility,
        expects='ID/mobility.urdf with its meshes, ID/semantics.txt, ID/meta.json',
        source='https://sapien.ucsd.edu/browse',
    ),
    'shapenet_part': Layout(
        read=read_shapenet_part,
        expects='synsetoffset2category.txt, train_test_split/shuffled_test_file_list.json,'
        ' SYNSET/ID.txt with x y z nx ny nz label',
        source='shapenetcore_partanno_segmentation_benchmark_v0_normal',
        read_training=partial(read_shapenet_part, split='train'),
    ),
    'scanobjectnn': Layout(
        read=read_scanobjectnn,
        expects='object_dataset_complete_with_parts/CLASS/ID.bin and ID_part.bin,'
        ' training_data/part_labels/CLASS_meta.xml',
        source=_SCANOBJECTNN,
    ),
    'scanobjectnn_h5': Layout(
        read=read_scanobjectnn_h5,
        expects='h5_files/main_split/test_objectdataset.h5 with data, label, mask',
        source=_SCANOBJECTNN,
    ),
    'partnext': Layout(
        read=read_partnext,
        expects='glbs/TYPE/ID.glb, data-*.arrow with type_id, model_id, masks, mesh_face_num,'
        ' hierarchyList',
        source='https://github.com/AuthorityWang/PartNeXt',
    ),
    '3dcompat': Layout(
        read=read_3dcompat,
        expects='test_fine.hdf5, metadata/parts_fine.json, metadata/classes.json',
        source=_COMPAT,
    ),
    '3dcompat_coarse': Layout(
        read=partial(read_3dcompat, level='coarse'),
        expects='test_coarse.hdf5, metadata/parts_coarse.json, metadata/classes.json',
        source=_COMPAT,
    ),
    '3dcompat_meshes': Layout(
        read=read_3dcompat_meshes,
        expects='3DCoMPaT_ZIP.zip, metadata/split.json, metadata/classes.json,'
        ' metadata/parts_fine.json',
        source=_COMPAT,
    ),
    's3dis': _AGILE3D,
    'kitti360': _AGILE3D,
    'replica': Layout(
        read=read_replica,
        expects='SCENE/habitat/mesh_semantic.ply and info_semantic.json',
        source='https://github.com/facebookresearch/Replica-Dataset',
    ),
}


def read_layout(name: str, root: Path) -> Dataset:
    """Read a data set from its published layout.

    Args:
        name: A key of `LAYOUTS`.
        root: The folder that the data set was unpacked to.

    Raises:
        InputError: there is no such layout, or the folder has another.
    """
    if name not in LAYOUTS:
        raise InputError(
            f'{name} is no layout; with --root give one of {", ".join(LAYOUTS)}, and without it'
            ' a folder of .npz objects'
        )
    return Dataset(name=name, objects=LAYOUTS[name].read(root))


def read_training_objects(name: str, root: Path) -> LazyObjects[LabeledObject] | None:
    """Read what others train on, where the layout tells it; see `Layout.read_training`.

    Args:
        name: A key of `LAYOUTS`.
        root: As for `read_layout`.

    Raises:
        InputError: the folder has another layout.
    """
    read_training = LAYOUTS[name].read_training
    return None if read_training is None else read_training(root)
