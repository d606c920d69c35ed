# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What requests are about: the cloud or mesh they carry, or the newest cloud of the topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ament_index_python.packages import get_package_share_directory
from std_msgs.msg import Header

from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes import inputs, messages, source_mesh
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.mesh_resource import mesh_path
from part_seg_ros.nodes.sessions import SourceCloud
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.nodes.transforms import FrameResolver


@dataclass(slots=True, kw_only=True, eq=False)
class RequestSources:
    """Decodes and checks clouds and meshes, and knows the frames to answer in.

    Attributes:
        frames: Transforms.
        settings: Returns the settings in force; read once per request.
        latest_cloud: Returns the newest message of the cloud topic, or None.
    """

    frames: FrameResolver
    settings: Callable[[], NodeSettings]
    latest_cloud: Callable[[], Any]
    _decoded: tuple[Any, SourceCloud] | None = None

    def cloud(self, message: Any) -> SourceCloud:
        """Return the cloud of a request, or where it has none the newest of the topic.

        Raises:
            RequestError: NO_CLOUD, EMPTY_CLOUD, TOO_MANY_POINTS or TF_ERROR.
            CloudFormatError: fields or data do not fit.
        """
        if not inputs.is_given(message):
            message = self.latest_cloud()
        if message is None:
            raise RequestError(
                ErrorCode.NO_CLOUD,
                'the request has no cloud and none has arrived on the topic `points` since the'
                ' node was activated; send one, or check `ros2 topic hz points`',
            )
        return self.decoded(message)

    def mesh(self, request: Any) -> SourceCloud:
        """Read or decode the mesh of an OpenSession request, and draw points from it.

        Raises:
            RequestError: BAD_FIELDS, TOO_MANY_POINTS or EMPTY_CLOUD.
        """
        is_message = bool(request.mesh.triangles or request.mesh.vertices)
        if inputs.is_given(request.cloud) or (request.mesh_resource and is_message):
            raise RequestError(
                ErrorCode.BAD_FIELDS,
                'a session is on one of cloud, mesh_resource and mesh; leave the others empty',
            )
        settings = self.settings().mesh
        if is_message:
            mesh = source_mesh.decode_mesh(request.mesh)
        else:
            mesh = source_mesh.read_mesh(
                mesh_path(
                    request.mesh_resource, settings.allowed_folders, get_package_share_directory
                )
            )
        header = request.mesh_header
        cloud, surface = source_mesh.sample(
            mesh,
            num_points=settings.num_samples,
            max_faces=settings.max_faces,
            frame_id=header.frame_id,
        )
        return SourceCloud(header=header, height=1, width=len(cloud), cloud=cloud, surface=surface)

    def decoded(self, message: Any) -> SourceCloud:
        """Decode a cloud message, once for several requests on the same topic message.

        Raises:
            RequestError: EMPTY_CLOUD, TOO_MANY_POINTS or TF_ERROR.
            CloudFormatError: fields or data do not fit.
        """
        if self._decoded is not None and self._decoded[0] is message:
            return self._decoded[1]
        settings = self.settings()
        inputs.check_size(message, settings.max_cloud_points)
        source = inputs.source_cloud(
            message,
            max_points=settings.max_cloud_points,
            viewpoint=self._viewpoint(message.header, settings),
        )
        self._decoded = (message, source)
        return source

    def _viewpoint(self, header: Header, settings: NodeSettings) -> np.ndarray | None:
        if not settings.use_viewpoint:
            return None
        T_cloud_sensor = self.frames.lookup(
            header.frame_id, settings.viewpoint_frame, header.stamp, settings.tf_timeout
        )
        return T_cloud_sensor[:3, 3]

    def output_frame(self, source: SourceCloud) -> messages.OutputFrame:
        """Return the frame in which answers about a source are given.

        Raises:
            RequestError: TF_ERROR, no transform leads there.
        """
        settings, header = self.settings(), source.header
        target = settings.target_frame
        if not target or target == header.frame_id:
            return messages.OutputFrame(header=header)
        T_output_cloud = self.frames.lookup(
            target, header.frame_id, header.stamp, settings.tf_timeout
        )
        return messages.OutputFrame(
            header=Header(stamp=header.stamp, frame_id=target), T_output_cloud=T_output_cloud
        )
