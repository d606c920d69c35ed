# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""All settings of the part segmentation node."""

from __future__ import annotations

from dataclasses import dataclass, field

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.segmenter.find_named import FindNamedSettings
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import SegmenterConfig

CLICK_MODES = ('new', 'add')


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshInputSettings:
    """What the node does with meshes."""

    folders: str = setting(
        '',
        'Absolute folders, separated by ";", below which the files of mesh_resource may lie; empty'
        ' refuses all.',
    )
    max_faces: int = setting(
        1_000_000,
        'Meshes with more faces are refused with TOO_MANY_POINTS.',
        minimum=1,
        maximum=10_000_000,
    )
    num_samples: int = setting(
        100_000, 'Points drawn from the surface.', minimum=16, maximum=10_000_000
    )
    connectivity: float = setting(
        0.4,
        'How much it counts for ~/segment_all, beside what the network says, that faces are'
        ' connected; 0 for scans.',
        minimum=0.0,
        maximum=0.9,
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range, or a folder is not absolute.
        """
        check_limits(self)
        for folder in self.allowed_folders:
            if not folder.startswith('/'):
                raise ConfigError(f'mesh.folders must be absolute, got {folder!r}')

    @property
    def allowed_folders(self) -> tuple[str, ...]:
        """The folders one by one."""
        return tuple(filter(None, map(str.strip, self.folders.split(';'))))


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """Parameters of `part_segmentation_node`; each becomes one ROS parameter.

    Fields marked `when_unconfigured` act on the next configure transition and can only be set
    before it. Those marked `when_loading` act on that transition, too, and on `~/reload`.
    """

    autostart: bool = setting(
        True, 'Configure and activate as soon as the node spins.', read_only=True
    )
    model: str = setting(
        'compact', 'Name of the network; `part-seg models` lists them.', when_loading=True
    )
    checkpoint: str = setting(
        '',
        'Weights file, or the folder of a system with several; empty takes the bundled or cached'
        ' one.',
        when_loading=True,
    )
    device: str = setting(
        'auto',
        'Device of the network: auto takes the best there is, else cpu, cuda or cuda:N.',
        when_loading=True,
    )
    model_settings: str = setting(
        '',
        'Settings of the network: "name=value", several separated by ";"; empty for its defaults.',
        when_loading=True,
    )
    queue_size: int = setting(
        8,
        'Requests that may wait; further ones are answered with BUSY.',
        minimum=1,
        maximum=1000,
        when_unconfigured=True,
    )
    request_timeout: float = setting(
        60.0,
        'Time from arrival after which a request is given up with TIMEOUT [s].',
        minimum=0.1,
        maximum=3600.0,
        when_unconfigured=True,
    )
    max_sessions: int = setting(
        32,
        'Sessions kept; beyond it the least recently used is dropped.',
        minimum=1,
        maximum=10000,
        when_unconfigured=True,
    )
    session_ttl: float = setting(
        600.0,
        'Idle time after which a session that asked for no other is dropped [s].',
        minimum=0.1,
        maximum=604800.0,
        when_unconfigured=True,
    )
    cache_items: int = setting(
        8, 'Embeddings kept for reuse.', minimum=1, maximum=1000, when_unconfigured=True
    )
    cache_megabytes: int = setting(
        1024,
        'Memory for embeddings; beyond it the least recently used are dropped [MB].',
        minimum=1,
        maximum=1000000,
        when_unconfigured=True,
    )
    max_cloud_points: int = setting(
        5000000,
        'Clouds with more points are refused with TOO_MANY_POINTS.',
        minimum=16,
        maximum=100000000,
    )
    use_viewpoint: bool = setting(
        True,
        'Clouds come from one sensor: normals that are estimated point towards it. False for'
        ' scans of all sides.',
    )
    viewpoint_frame: str = setting(
        '', "Frame whose origin is the sensor; empty for the cloud's own frame."
    )
    region_radius: float = setting(
        0.0,
        'Give the network only the points this near to the first foreground click of a part [m],'
        ' for clouds of whole scenes; 0 for the whole cloud.',
        minimum=0.0,
        maximum=1000.0,
    )
    target_frame: str = setting(
        '', "Frame of all outputs; empty keeps the cloud's frame and needs no transforms."
    )
    tf_timeout: float = setting(
        0.2, 'Longest wait for a transform [s].', minimum=0.0, maximum=10.0
    )
    static_transforms: str = setting(
        '',
        'Transforms known without tf2: "parent child x y z qx qy qz qw" [m], several'
        ' separated by ";".',
        when_unconfigured=True,
    )
    click_mode: str = setting(
        'new',
        'What a foreground click does: new begins a part on the latest cloud, add refines the'
        ' part of the last click until ~/reset.',
        choices=CLICK_MODES,
    )
    auto_segment: bool = setting(
        False, 'Segment every part of the newest cloud while someone listens; see ~/enable.'
    )
    keep_latest_cloud: bool = setting(
        True,
        'Stay subscribed to `points` so that prompts without a cloud work. False subscribes only'
        ' while automatic segmentation has listeners.',
    )
    stale_after: float = setting(
        2.0,
        'Age of the newest cloud from which diagnostics warn [s].',
        minimum=0.1,
        maximum=3600.0,
    )
    mesh: MeshInputSettings = field(default_factory=MeshInputSettings)
    segmenter: SegmenterConfig = field(default_factory=SegmenterConfig)
    segment_all: SegmentAllSettings = field(default_factory=SegmentAllSettings)
    find_named: FindNamedSettings = field(default_factory=FindNamedSettings)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range or not one of the choices.
        """
        check_limits(self)
