# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From requests to calls of the core and back to replies; runs in the worker's thread only."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from ament_index_python.packages import get_package_share_directory
from std_msgs.msg import Header

from part_seg_ros.errors import CanceledError
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes import answers, inputs, messages, source_mesh
from part_seg_ros.nodes.error_codes import (
    RequestError,
    failure_is_model_error,
    invalid_input_is,
)
from part_seg_ros.nodes.mesh_resource import mesh_path
from part_seg_ros.nodes.sessions import SessionRecord, SessionStore, SourceCloud
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.nodes.transforms import FrameResolver
from part_seg_ros.nodes.worker import Job
from part_seg_ros.segmenter import FindNamedSettings, NamedParts, Prediction
from part_seg_ros.segmenter.by_agreement import Pieces
from part_seg_ros.segmenter.cache import EmbeddingCache
from part_seg_ros.segmenter.part_records import PartRecord, part_records, record
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import EncodedCloud, Segmenter
from part_seg_ros.srv import SegmentPart
from part_seg_ros.structures import NamePrompt, PartSegmentation, PointCloud, PointPrompt

T = TypeVar('T')
Report = Callable[[str, float, int], None]

# Share of the progress of "segment all" that is reached when decoding begins.
_DECODING_FROM = 0.3


@dataclass(slots=True)
class Statistics:
    """Counts and times for diagnostics; written by the worker's thread."""

    num_requests: int = 0
    num_failed: int = 0
    num_encoded: int = 0
    num_cached: int = 0
    encode_ms: float = 0.0
    decode_ms: float = 0.0
    cache_items: int = 0
    cache_bytes: int = 0
    model_error: str = ''


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoding:
    """An embedding, whether it was there already, and the time it took [ms] (0 if cached)."""

    encoded: EncodedCloud
    is_cached: bool
    encode_ms: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What a request came to, for publishing and for its log line.

    Attributes:
        session: The session after the request.
        part_id: The part that the request was about; None where it was about all.
        num_clicks: Clicks in use.
        embedding: What became of the embedding: cached, encoded or unused.
        frame: Frame of the outputs; None where there is nothing to publish.
    """

    session: SessionRecord
    frame: messages.OutputFrame | None
    part_id: int | None = None
    num_clicks: int = 0
    embedding: str = 'unused'


@dataclass(slots=True, kw_only=True, eq=False)
class RequestHandler:
    """Answers requests with one segmenter, one embedding cache and one store of sessions.

    Attributes:
        segmenter: The network.
        cache: Its embeddings.
        store: The sessions.
        frames: Transforms.
        settings: Returns the settings in force; read once per request.
        latest_cloud: Returns the newest message of the cloud topic, or None.
        statistics: Counts and times so far.
    """

    segmenter: Segmenter
    cache: EmbeddingCache
    store: SessionStore
    frames: FrameResolver
    settings: Callable[[], NodeSettings]
    latest_cloud: Callable[[], Any]
    statistics: Statistics = field(default_factory=Statistics)
    _decoded: tuple[Any, SourceCloud] | None = None

    def replace_network(self, job: Job, build: Callable[[], Segmenter]) -> None:
        """Serve with another network, if it can be built; else nothing changes.

        Sessions end with the network that found their parts: no other can refine its masks.

        Raises:
            CanceledError: the job was cancelled meanwhile.
            PartSegError: from `build`.
        """
        segmenter = build()
        job.check_canceled()
        self.segmenter = segmenter
        self.cache.clear()
        self.statistics.cache_items = self.statistics.cache_bytes = 0
        self.store.drop_all(f'the network was replaced by {segmenter.system.name!r}')

    def open_session(self, job: Job, request: Any, reply: Any) -> Outcome:
        """Answer ~/open_session.

        Raises:
            RequestError: see ErrorCode.
        """
        if source_mesh.is_given(request):
            source = self._request_mesh(request)
        else:
            source = self._request_cloud(request.cloud)
        encoding = self._encode(job, source.cloud) if request.encode else None
        session = self.store.open(source, ttl=request.ttl)
        reply.session_id = session.session_id
        reply.num_points = len(source.cloud)
        reply.num_valid = int(np.isfinite(source.cloud.points).all(axis=1).sum())
        _fill_encoding(reply, encoding)
        reply.success = True
        return Outcome(session=session, frame=None, embedding=_word(encoding))

    def segment_part(self, job: Job, request: Any, reply: Any) -> Outcome:
        """Answer ~/segment_part.

        Raises:
            RequestError: see ErrorCode.
            PartSegError: from the core; `error_codes.error_code` knows its code.
        """
        session, is_new = self._session(request)
        reply.session_id = '' if is_new else session.session_id
        part = session.part(request.part_id) if request.part_id else None
        frame = self._output_frame(session.source)
        answer, encoding, given_name = self._answer(job, request, session, part)
        part_id = part.part_id if part else session.next_part_id
        found = dataclasses.replace(
            _record(part_id, session.source, answer.prediction, given_name),
            history=answers.history(request, part, answer),
        )
        job.check()
        if is_new:
            session = self._open_like(session)
        session = session.with_part(found)
        self.store.commit(session)
        self._fill_part_reply(reply, request, session, found, answer, frame)
        _fill_encoding(reply, encoding)
        reply.decode_time = messages.duration(answer.prediction.decode_ms)
        reply.message = self._remark(answer, given_name)
        reply.success = True
        return Outcome(
            session=session,
            frame=frame,
            part_id=part_id,
            num_clicks=len(answer.prompt.prompt_coords),
            embedding=_word(encoding),
        )

    def segment_all(
        self,
        job: Job,
        goal: Any,
        result: Any,
        report: Report = lambda stage, progress, parts_found: None,
    ) -> Outcome:
        """Answer ~/segment_all.

        Args:
            job: The job; stops within one chunk of work when it is cancelled.
            goal: SegmentAll.Goal.
            result: SegmentAll.Result to fill.
            report: Told stage name, progress in [0, 1] and number of parts found so far.

        Raises:
            RequestError: see ErrorCode.
            PartSegError: from the core.
        """
        report('PREPROCESSING', 0.0, 0)
        settings = self.settings()
        part_name = goal.part_name.strip()
        find = inputs.with_goal(goal, settings.find_named if part_name else settings.segment_all)
        granularity = inputs.wanted_granularity(goal.granularity)
        if part_name:
            self._known_name(part_name)
        session, is_new = self._session(goal)
        result.session_id = '' if is_new else session.session_id
        frame = self._output_frame(session.source)
        report('ENCODING', 0.05, 0)
        encoding = self._encode(job, session.source.cloud)
        if isinstance(find, FindNamedSettings):
            prompt = NamePrompt(name=part_name, granularity=granularity)
            found = self._find_named(job, encoding.encoded, prompt, find, report).check()
            segmentation = found.as_segmentation(session.source.cloud.points)
        else:
            find = dataclasses.replace(find, granularity=granularity)
            surface = session.source.surface
            pieces = None
            if surface is not None:
                pieces = surface.pieces(encoding.encoded, settings.mesh.connectivity)
            segmentation = self._decode_all(job, encoding.encoded, find, report, pieces)
        if is_new:
            session = self._open_like(session)
        session = session.with_parts(
            _part_records(segmentation, session.source, given_name=part_name)
        )
        self.store.commit(session)
        result.session_id = session.session_id
        result.labels = messages.labels_message(
            session, messages.label_image(session), frame, session_id=session.session_id
        )
        result.parts = messages.part_array(
            session, frame, session_id=session.session_id, with_clouds=goal.return_clouds
        ).parts
        result.success = True
        result.message = f'found {len(session.parts)} parts'
        return Outcome(session=session, frame=frame, embedding=_word(encoding))

    def segment_latest(self, job: Job, message: Any) -> Outcome:
        """Segment every part of a topic cloud; no session is kept.

        Raises:
            RequestError: see ErrorCode.
            PartSegError: from the core.
        """
        source = self._source(message)
        encoding = self._encode(job, source.cloud)
        wanted = self.settings().segment_all
        segmentation = self._decode_all(job, encoding.encoded, wanted, lambda *_: None)
        session = SessionRecord(session_id='', source=source, ttl=0.0)
        session = session.with_parts(_part_records(segmentation, source))
        return Outcome(
            session=session, frame=self._output_frame(source), embedding=_word(encoding)
        )

    def _answer(
        self, job: Job, request: Any, session: SessionRecord, part: PartRecord | None
    ) -> tuple[answers.Answer, Encoding, str]:
        """Return the answer, the embedding it needed, and the caller's name for the part."""
        given_name = part.given_name if part else ''
        if request.prompt_mode == SegmentPart.Request.UNDO:
            answer = answers.undone(part)
            encoding = self._encode(job, self._around(session.source.cloud, answer.prompt))
            return answers.restored(answer, encoding.encoded), encoding, given_name
        if request.prompt_mode not in (SegmentPart.Request.REPLACE, SegmentPart.Request.ADD):
            raise RequestError(
                ErrorCode.BAD_PROMPT,
                f'prompt_mode must be REPLACE (0), ADD (1) or UNDO (2), got {request.prompt_mode}',
            )
        settings = self.settings()
        clicks = inputs.clicks(
            request.prompt, session.source, self.frames, tf_timeout=settings.tf_timeout
        )
        given_name = clicks.name or given_name
        is_added = request.prompt_mode == SegmentPart.Request.ADD
        if clicks.is_search:
            if is_added:
                raise RequestError(
                    ErrorCode.BAD_PROMPT,
                    f'ADD needs clicks; the name {clicks.name!r} alone is searched for with'
                    ' prompt_mode REPLACE',
                )
            return *self._search(job, clicks, session.source.cloud), given_name
        last = part.history[-1] if part and part.history and is_added else None
        with invalid_input_is(ErrorCode.BAD_PROMPT):
            prompt = answers.merged(clicks, last)
            cloud = self._around(session.source.cloud, prompt)
        encoding = self._encode(job, cloud)
        with failure_is_model_error(), invalid_input_is(ErrorCode.BAD_PROMPT):
            prediction = self.segmenter.predict(
                encoding.encoded,
                prompt,
                previous=last.prediction if last else None,
                name=given_name if self.segmenter.knows_name(given_name) else '',
            )
        self.statistics.decode_ms = prediction.decode_ms
        answer = answers.Answer(prompt=prompt, prediction=answers.with_points(prediction))
        return answer, encoding, given_name

    def _search(
        self, job: Job, clicks: inputs.Clicks, cloud: PointCloud
    ) -> tuple[answers.Answer, Encoding]:
        """Find a part by its name."""
        self._known_name(clicks.name)
        settings = self.settings()
        if clicks.near is not None and settings.region_radius > 0.0:
            cloud = cloud.within(clicks.near, settings.region_radius)
        encoding = self._encode(job, cloud)
        prompt = NamePrompt(name=clicks.name, near=clicks.near, granularity=clicks.granularity)
        found = self._find_named(job, encoding.encoded, prompt, settings.find_named).check()
        best, *further = found.parts
        answer = answers.Answer(
            prompt=best.prompt,
            prediction=best,
            further=tuple(further),
            # Clicks look at the region around them, which is another one.
            is_refinable=settings.region_radius <= 0.0,
        )
        return answer, encoding

    def _known_name(self, wording: str) -> str:
        """Return the network's name for what the caller calls a part.

        Raises:
            RequestError: BAD_PROMPT, it knows none of that meaning.
        """
        with invalid_input_is(ErrorCode.BAD_PROMPT):
            return self.segmenter.known_name(wording)

    def _remark(self, answer: answers.Answer, given_name: str) -> str:
        """Say what became of the caller's name, where that is not plain."""
        system, wanted = self.segmenter.system, answer.prediction.wanted_name
        if not given_name or not system.capabilities.names:
            return ''
        if not wanted:
            return (
                f'{system.name} knows no part name that means {given_name!r}; it names the part'
                ' and did not choose the mask'
            )
        count = f', {1 + len(answer.further)} found' if answer.further else ''
        return '' if wanted == given_name and not count else f'{given_name!r}: {wanted}{count}'

    def _fill_part_reply(
        self,
        reply: Any,
        request: Any,
        session: SessionRecord,
        found: PartRecord,
        answer: answers.Answer,
        frame: messages.OutputFrame,
    ) -> None:
        reply.session_id = session.session_id
        source, with_cloud = session.source, request.return_cloud
        reply.part = messages.part_message(source, found, frame, with_cloud=with_cloud)
        for other in itertools.islice(answer.alternatives(), request.num_alternatives):
            alternative = _record(found.part_id, source, other, found.given_name)
            reply.alternatives.append(
                messages.part_message(source, alternative, frame, with_cloud=with_cloud)
            )
        if request.return_labels:
            reply.labels = messages.labels_message(
                session, messages.label_image(session), frame, session_id=session.session_id
            )
        reply.used_points = list(map(messages.point, answer.prediction.prompt.prompt_coords))
        reply.snap_distances = np.asarray(answer.prediction.snap_distances, dtype=np.float32)

    def _decode_all(
        self,
        job: Job,
        encoded: EncodedCloud,
        wanted: SegmentAllSettings,
        report: Report,
        pieces: Pieces | None = None,
    ) -> PartSegmentation:
        """Find every part; a system with a way of its own takes it unless a threshold is set."""
        thresholds = None if wanted == SegmentAllSettings() else wanted
        return self._decode(
            job,
            lambda: self.segmenter.segment_all(
                encoded,
                thresholds,
                progress=_progress(report),
                should_stop=job.should_stop,
                pieces=pieces,
            ),
        )

    def _find_named(
        self,
        job: Job,
        encoded: EncodedCloud,
        prompt: NamePrompt,
        wanted: FindNamedSettings,
        report: Report = lambda stage, progress, parts_found: None,
    ) -> NamedParts:
        return self._decode(
            job,
            lambda: self.segmenter.find_named(
                encoded, prompt, wanted, progress=_progress(report), should_stop=job.should_stop
            ),
        )

    def _decode(self, job: Job, work: Callable[[], T]) -> T:
        """Do long work of the network that asks `job` whether to stop."""
        start = time.perf_counter()
        try:
            with failure_is_model_error():
                found = work()
        except CanceledError:
            job.check()  # tells a time-out from a cancel
            raise
        job.check()
        self.statistics.decode_ms = 1e3 * (time.perf_counter() - start)
        return found

    def _around(self, cloud: PointCloud, prompt: PointPrompt) -> PointCloud:
        """Return the region of the cloud around the first foreground click, all of it if unset."""
        return prompt.region_of(cloud, self.settings().region_radius)

    def _encode(self, job: Job, cloud: PointCloud) -> Encoding:
        job.check()
        with failure_is_model_error(), invalid_input_is(ErrorCode.EMPTY_CLOUD):
            encoded, is_cached = self.cache.get_or_encode(self.segmenter, cloud)
        # The cache is for this thread only; others read these copies.
        self.statistics.cache_items = len(self.cache)
        self.statistics.cache_bytes = self.cache.num_bytes
        job.check()
        if is_cached:
            self.statistics.num_cached += 1
            return Encoding(encoded=encoded, is_cached=True, encode_ms=0.0)
        self.statistics.num_encoded += 1
        self.statistics.encode_ms = encoded.encode_ms
        return Encoding(encoded=encoded, is_cached=False, encode_ms=encoded.encode_ms)

    def _session(self, request: Any) -> tuple[SessionRecord, bool]:
        """Return the session of a request, and whether it is yet to be opened."""
        if not request.session_id:
            source = self._request_cloud(request.cloud)
            return SessionRecord(session_id='', source=source, ttl=0.0), True
        session = self.store.get(request.session_id)
        if inputs.is_given(request.cloud) and not session.source.equals(
            self._source(request.cloud)
        ):
            raise RequestError(
                ErrorCode.CLOUD_MISMATCH,
                f'the cloud sent along is not the one of session {request.session_id!r};'
                ' leave one of the two empty',
            )
        return session, False

    def _open_like(self, session: SessionRecord) -> SessionRecord:
        return self.store.open(session.source)

    def _request_cloud(self, message: Any) -> SourceCloud:
        if not inputs.is_given(message):
            message = self.latest_cloud()
        if message is None:
            raise RequestError(
                ErrorCode.NO_CLOUD,
                'the request has no cloud and none has arrived on the topic `points` since the'
                ' node was activated; send one, or check `ros2 topic hz points`',
            )
        return self._source(message)

    def _request_mesh(self, request: Any) -> SourceCloud:
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

    def _source(self, message: Any) -> SourceCloud:
        """Decode a cloud message, once for several requests on the same topic message."""
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

    def _output_frame(self, source: SourceCloud) -> messages.OutputFrame:
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


def _record(
    part_id: int, source: SourceCloud, prediction: Prediction, given_name: str
) -> PartRecord:
    """Describe the chosen mask of an answer, without a history."""
    return record(part_id, source.cloud, prediction, given_name, source.surface)


def _part_records(
    segmentation: PartSegmentation, source: SourceCloud, given_name: str = ''
) -> dict[int, PartRecord]:
    """Describe all parts; clicks may refine each from the one that found it."""
    return part_records(
        segmentation,
        source.cloud,
        given_name=given_name,
        surface=source.surface,
        history=answers.seed,
    )


def _progress(report: Report) -> Callable[[Any, float, int], None]:
    """Tell the progress of decoding as progress of the whole."""
    return lambda stage, share, parts_found: report(
        stage.name, _DECODING_FROM + (1.0 - _DECODING_FROM) * share, parts_found
    )


def _fill_encoding(reply: Any, encoding: Encoding | None) -> None:
    if encoding is not None:
        reply.embedding_cached = encoding.is_cached
        reply.encode_time = messages.duration(encoding.encode_ms)


def _word(encoding: Encoding | None) -> str:
    if encoding is None:
        return 'unused'
    return 'cached' if encoding.is_cached else f'encoded in {encoding.encode_ms:.0f} ms'
