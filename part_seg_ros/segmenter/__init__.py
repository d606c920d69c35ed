# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Encode a cloud once, then ask for parts by clicks or by name, or for every part.

Works on any system that implements `models.system.System`; coordinates are metres in the frame of
the cloud, masks have one entry per input point.
"""

from part_seg_ros.segmenter.cache import EmbeddingCache
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.find_named import FindNamedSettings, NamedParts
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.segmenter.proposals import Stage
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.segmenter.session import Session

__all__ = [
    'EmbeddingCache',
    'EncodedCloud',
    'FindNamedSettings',
    'NamedParts',
    'Prediction',
    'SegmentAllSettings',
    'Segmenter',
    'SegmenterConfig',
    'Session',
    'Stage',
]
