# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A lifecycle node that segments parts of point clouds from clicks.

Callbacks run in one thread and only check, store and enqueue; the worker's thread owns the
network. Services and the action are there in every lifecycle state and answer NOT_ACTIVE unless
the node is active.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool, Trigger

from part_seg_ros.errors import ConfigError, PartSegError
from part_seg_ros.nodes import params
from part_seg_ros.nodes.diagnostics import Snapshot, diagnostic_array
from part_seg_ros.nodes.dispatch import Dispatcher
from part_seg_ros.nodes.network import build_segmenter
from part_seg_ros.nodes.outputs import ResultPublishers
from part_seg_ros.nodes.reloading import NetworkReloader
from part_seg_ros.nodes.request_sources import RequestSources
from part_seg_ros.nodes.requests import RequestHandler
from part_seg_ros.nodes.ros_logging import RosLogHandler
from part_seg_ros.nodes.served_network import ServedNetwork, Statistics
from part_seg_ros.nodes.servers import RequestServers
from part_seg_ros.nodes.sessions import SessionStore
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.nodes.topics import InputTopics
from part_seg_ros.nodes.transforms import FrameResolver, StaticTransforms, Tf2Listener, has_tf2
from part_seg_ros.nodes.worker import Worker
from part_seg_ros.segmenter.cache import EmbeddingCache
from part_seg_ros.segmenter.segmenter import Segmenter

_SUCCESS, _FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class PartSegmentationNode(LifecycleNode):
    """The node; it neither initialises rclpy nor spins.

    Args:
        node_name: Default name of the node.
        build: Makes the segmenter on configure; the network of the parameters by default.
        **node_options: For rclpy.node.Node, such as `parameter_overrides`, `namespace`, `context`.
    """

    def __init__(
        self,
        node_name: str = 'part_segmentation_node',
        *,
        build: Callable[[NodeSettings], Segmenter] = build_segmenter,
        **node_options: Any,
    ) -> None:
        super().__init__(node_name, **node_options)
        self._log_handler = RosLogHandler(self)
        self._build = build
        self._settings = NodeSettings()
        self._tf: Tf2Listener | None = None
        self._num_replaced_before = 0
        params.declare(self, self._settings)
        self.add_on_set_parameters_callback(self._on_parameters)
        self._dispatcher = Dispatcher(self)
        self._results = ResultPublishers(self)
        self._topics = InputTopics(self, self._dispatcher, self._results, lambda: self._settings)
        self._servers = RequestServers(self, self._dispatcher, self._results.publish)
        self._reloader = NetworkReloader(self, self._dispatcher, build)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # Simulated time pauses and jumps; housekeeping does neither.
        steady_clock = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(1.0, self._every_second, clock=steady_clock)
        self._jump_handle = self.get_clock().create_jump_callback(
            JumpThreshold(
                min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=False
            ),
            post_callback=self._on_time_jump,
        )
        self._autostart_timer: Any = None
        if self.get_parameter('autostart').value:
            self._autostart_timer = self.create_timer(0.01, self._autostart, clock=steady_clock)

    # Lifecycle

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Read the parameters, load the network, warm it up."""
        return self._transition('configure', self._configure, super().on_configure, state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe to clouds and prompts, take requests, publish."""
        return self._transition('activate', self._activate, super().on_activate, state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop all input, cancel all work, keep network and sessions."""
        return self._transition('deactivate', self._deactivate, super().on_deactivate, state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free network, embeddings and sessions."""
        return self._transition('cleanup', self._release, super().on_cleanup, state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop everything, from any state."""
        return self._transition('shutdown', self._stop, super().on_shutdown, state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free everything, so that the node can be configured again."""
        return self._transition('recover', self._stop, super().on_error, state)

    def destroy_node(self) -> None:
        """End the worker and destroy the node."""
        self._stop()
        self._servers.destroy()
        self._log_handler.close()
        super().destroy_node()

    def _transition(
        self,
        name: str,
        work: Callable[[], None],
        parent: Callable[[LifecycleState], TransitionCallbackReturn],
        state: LifecycleState,
    ) -> TransitionCallbackReturn:
        """Run a transition; an exception would vanish in rclpy without a word."""
        try:
            work()
            self.get_logger().info(f'{name}: done')
            return parent(state)
        except PartSegError as error:
            self.get_logger().error(f'could not {name}: {error}')
        except Exception:
            self.get_logger().error(f'could not {name}:\n{traceback.format_exc()}')
        return _FAILURE

    def _configure(self) -> None:
        settings = params.read(self, NodeSettings)
        static = StaticTransforms(settings.static_transforms)
        self.get_logger().info(f'loading network {settings.model!r}')
        segmenter = self._build(settings)
        self._settings = settings
        self._reloader.serving = settings
        self._topics.is_auto = settings.auto_segment
        self._tf = Tf2Listener(self) if has_tf2() else None
        self._dispatcher.handler = RequestHandler(
            network=ServedNetwork(
                segmenter=segmenter,
                cache=EmbeddingCache(
                    max_items=settings.cache_items, max_bytes=settings.cache_megabytes * 10**6
                ),
            ),
            store=SessionStore(
                max_sessions=settings.max_sessions, default_ttl=settings.session_ttl
            ),
            sources=RequestSources(
                frames=FrameResolver(static, self._tf),
                settings=lambda: self._settings,
                latest_cloud=lambda: latest.message if (latest := self._topics.latest) else None,
            ),
            settings=lambda: self._settings,
        )
        self._dispatcher.worker = Worker(
            self._wake_executor,
            self._on_publish_error,
            queue_size=settings.queue_size,
            time_limit=settings.request_timeout,
        )
        system = segmenter.system
        self.get_logger().info(f'network {system.name!r} is ready on {system.device}')

    def _activate(self) -> None:
        self._dispatcher.is_active = True
        self._topics.open()

    def _deactivate(self) -> None:
        self._dispatcher.is_active = False
        self._topics.close()
        if self._dispatcher.worker is not None:
            self._dispatcher.worker.cancel_all()

    def _release(self) -> None:
        worker = self._dispatcher.worker
        self._dispatcher.worker, self._dispatcher.handler = None, None
        if worker is not None and not worker.stop():
            self.get_logger().warning('the running request did not end; its answer is dropped')
        if self._tf is not None:
            self._tf.close()
            self._tf = None

    def _stop(self) -> None:
        if self._dispatcher.is_active:
            self._deactivate()
        self._release()

    def _autostart(self) -> None:
        self.destroy_timer(self._autostart_timer)
        if self.trigger_configure() == _SUCCESS:
            self.trigger_activate()

    def _wake_executor(self) -> None:
        executor = self.executor
        if executor is not None and self.context.ok():
            executor.wake()

    def _on_publish_error(self, error: BaseException) -> None:
        if self.context.ok():  # else the node is being shut down, and publishing cannot work
            self._dispatcher.report('publishing', error)

    # Parameters, switches, housekeeping

    def _on_parameters(self, changes: list[Parameter]) -> SetParametersResult:
        """Take all changes or none."""
        declared = {item.name: item for item in params.declarations(NodeSettings())}
        mine = [change for change in changes if change.name in declared]
        if not mine:
            return SetParametersResult(successful=True)
        try:
            settings = params.read(self, NodeSettings, mine)
            StaticTransforms(settings.static_transforms)
        except ConfigError as error:
            return SetParametersResult(successful=False, reason=str(error))
        if self._dispatcher.handler is not None:
            late = [c.name for c in mine if params.acts_on_configure(declared[c.name])]
            if late:
                reason = f'{", ".join(late)} acts on configure only; clean up the node first'
                return SetParametersResult(successful=False, reason=reason)
        self._settings = settings
        return SetParametersResult(successful=True)

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Cancel all work and forget sessions, clicks and the newest cloud."""
        handler, worker = self._dispatcher.handler, self._dispatcher.worker
        if worker is not None:
            worker.cancel_all()
        count = handler.store.close_all() if handler is not None else 0
        self._topics.forget()
        self._results.clear()
        response.success, response.message = True, f'closed {count} sessions'
        return response

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        """Switch the segmentation of every new cloud on or off."""
        self._topics.is_auto = request.data
        self._topics.update_cloud_subscription()
        response.success = True
        response.message = f'automatic segmentation is {"on" if request.data else "off"}'
        return response

    def _on_time_jump(self, _: Any) -> None:
        self.get_logger().info('time jumped back: the newest cloud is forgotten')
        self._topics.forget()

    def _every_second(self) -> None:
        self._topics.update_cloud_subscription()
        stamp = self.get_clock().now().to_msg()
        name = self.get_fully_qualified_name()
        self._diagnostics.publish(diagnostic_array(name, stamp, self._snapshot()))

    def _snapshot(self) -> Snapshot:
        handler, worker, latest = (
            self._dispatcher.handler,
            self._dispatcher.worker,
            self._topics.latest,
        )
        num_replaced_before = self._num_replaced_before
        self._num_replaced_before = worker.num_replaced if worker else 0
        state = 'unconfigured' if handler is None else 'inactive'
        return Snapshot(
            state='active' if self._dispatcher.is_active else state,
            model=handler.network.segmenter.system.name if handler else '',
            weights_sha256=handler.network.segmenter.system.weights_sha256 if handler else '',
            device=str(handler.network.segmenter.system.device) if handler else '',
            num_sessions=len(handler.store) if handler else 0,
            num_waiting=worker.num_waiting if worker else 0,
            num_replaced=worker.num_replaced if worker else 0,
            num_replaced_before=num_replaced_before,
            cloud_age=time.monotonic() - latest.arrival if latest else None,
            cloud_latency=latest.latency if latest else None,
            stale_after=self._settings.stale_after,
            statistics=handler.network.statistics if handler else Statistics(),
        )


def spin(
    node: PartSegmentationNode,
    executor: SingleThreadedExecutor,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Spin until shutdown or `should_stop`; what rclpy itself raises is logged and survived."""
    while node.context.ok() and not should_stop():
        try:
            executor.spin_once()
        except ExternalShutdownException:
            return
        except Exception:
            node.get_logger().error(f'a callback failed:\n{traceback.format_exc()}')


def main(arguments: list[str] | None = None) -> int:
    """Run the node until it is told to stop.

    Returns:
        Exit code: 0 after a normal end, 1 where the parameters cannot be used.
    """
    node = None
    try:
        rclpy.init(args=arguments)
        node = PartSegmentationNode()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        spin(node, executor)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except (PartSegError, rclpy.exceptions.ParameterException) as error:
        rclpy.logging.get_logger('part_segmentation_node').fatal(str(error))
        return 1
    finally:
        if node is not None:
            node.destroy_node()
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
