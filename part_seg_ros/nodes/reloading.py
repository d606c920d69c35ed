# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Another network while the node runs; one that cannot be loaded leaves the node as it is."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from part_seg_ros.errors import PartSegError
from part_seg_ros.nodes import params
from part_seg_ros.nodes.dispatch import Dispatcher
from part_seg_ros.nodes.requests import RequestHandler
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.nodes.worker import Job
from part_seg_ros.segmenter.segmenter import Segmenter


class NetworkReloader:
    """`~/reload`: load the network that the parameters name, in place of the one that serves.

    Attributes:
        serving: Settings of the network that serves.

    Args:
        node: Owner of the service and the parameters.
        dispatcher: Takes the work: requests wait while the network is loaded.
        build: Makes the segmenter.
    """

    def __init__(
        self,
        node: Node,
        dispatcher: Dispatcher,
        build: Callable[[NodeSettings], Segmenter],
    ) -> None:
        self.serving = NodeSettings()
        self._node = node
        self._dispatcher = dispatcher
        self._build = build
        # A coroutine holds its group until it returns.
        group = ReentrantCallbackGroup()
        node.create_service(Trigger, '~/reload', self._reload, callback_group=group)

    async def _reload(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        wanted = params.read(self._node, NodeSettings)

        def load(handler: RequestHandler, job: Job) -> None:
            handler.replace_network(job, lambda: self._build(wanted))

        try:
            job = self._dispatcher.submit('reload', load)
        except PartSegError as error:
            response.message = str(error)
            return response
        try:
            await job.future
            self.serving = wanted
            response.success, response.message = True, f'{wanted.model!r} serves now'
            self._node.get_logger().info(f'reload: {response.message}')
        except Exception as error:
            is_expected = isinstance(error, PartSegError)
            text = str(error) if is_expected else traceback.format_exc()
            self._node.get_logger().error(f'could not reload: {text}')
            self._set_back()
            response.message = (
                f'{error or type(error).__name__}; {self.serving.model!r} goes on serving, and the'
                ' parameters were set back to it'
            )
        return response

    def _set_back(self) -> None:
        """Make the parameters say again what serves."""
        fields = dataclasses.fields(self.serving)
        names = [field.name for field in fields if field.metadata.get('when_loading')]
        values = [Parameter(name, value=getattr(self.serving, name)) for name in names]
        self._node.set_parameters_atomically(values)
