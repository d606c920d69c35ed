# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From requests to calls of the core and back to replies; runs in the worker's thread only."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes import answers, inputs, messages, source_mesh
from part_seg_ros.nodes.error_codes import RequestError, invalid_input_is
from part_seg_ros.nodes.request_sources import RequestSources
from part_seg_ros.nodes.served_network import Encoding, Report, ServedNetwork, tell_nobody
from part_seg_ros.nodes.sessions import SessionRecord, SessionStore, SourceCloud
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.nodes.worker import Job
from part_seg_ros.segmenter import FindNamedSettings, Prediction, Segmenter
from part_seg_ros.segmenter.part_records import PartRecord, part_records, record
from part_seg_ros.srv import SegmentPart
from part_seg_ros.structures import NamePrompt, PartSegmentation, PointCloud, PointPrompt


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
    """Answers requests with one network and one store of sessions.

    Attributes:
        network: The network.
        store: The sessions.
        sources: What requests are about.
        settings: Returns the settings in force; read once per request.
    """

    network: ServedNetwork
    store: SessionStore
    sources: RequestSources
    settings: Callable[[], NodeSettings]

    def replace_network(self, job: Job, build: Callable[[], Segmenter]) -> None:
        """Serve with another network, if it can be built; else nothing changes.

        Sessions end with the network that found their parts: no other can refine its masks.

        Raises:
            CanceledError: the job was cancelled meanwhile.
            PartSegError: from `build`.
        """
        self.network.replace(job, build)
        self.store.drop_all(f'the network was replaced by {self.network.segmenter.system.name!r}')

    def open_session(self, job: Job, request: Any, reply: Any) -> Outcome:
        """Answer ~/open_session.

        Raises:
            RequestError: see ErrorCode.
        """
        if source_mesh.is_given(request):
            source = self.sources.mesh(request)
        else:
            source = self.sources.cloud(request.cloud)
        encoding = self.network.encode(job, source) if request.encode else None
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
        frame = self.sources.output_frame(session.source)
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
        report: Report = tell_nobody,
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
            self.network.known_name(part_name)
        session, is_new = self._session(goal)
        result.session_id = '' if is_new else session.session_id
        frame = self.sources.output_frame(session.source)
        report('ENCODING', 0.05, 0)
        encoding = self.network.encode(job, session.source)
        if isinstance(find, FindNamedSettings):
            prompt = NamePrompt(name=part_name, granularity=granularity)
            found = self.network.find_named(job, encoding, prompt, find, report)
            segmentation = found.as_segmentation(session.source.cloud.points)
        else:
            find = dataclasses.replace(find, granularity=granularity)
            segmentation = self.network.segment_all(
                job, encoding, find, connectivity=settings.mesh.connectivity, report=report
            )
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
        source = self.sources.decoded(message)
        encoding = self.network.encode(job, source)
        settings = self.settings()
        segmentation = self.network.segment_all(
            job,
            encoding,
            settings.segment_all,
            connectivity=settings.mesh.connectivity,
            report=tell_nobody,
        )
        session = SessionRecord(session_id='', source=source, ttl=0.0)
        session = session.with_parts(_part_records(segmentation, source))
        return Outcome(
            session=session, frame=self.sources.output_frame(source), embedding=_word(encoding)
        )

    def _answer(
        self, job: Job, request: Any, session: SessionRecord, part: PartRecord | None
    ) -> tuple[answers.Answer, Encoding, str]:
        """Return the answer, the embedding it needed, and the caller's name for the part."""
        given_name = part.given_name if part else ''
        if request.prompt_mode == SegmentPart.Request.UNDO:
            answer = answers.undone(part)
            region = self._around(session.source.cloud, answer.prompt)
            encoding = self.network.encode(job, session.source, region)
            return encoding.restored(answer), encoding, given_name
        if request.prompt_mode not in (SegmentPart.Request.REPLACE, SegmentPart.Request.ADD):
            raise RequestError(
                ErrorCode.BAD_PROMPT,
                f'prompt_mode must be REPLACE (0), ADD (1) or UNDO (2), got {request.prompt_mode}',
            )
        settings = self.settings()
        clicks = inputs.clicks(
            request.prompt, session.source, self.sources.frames, tf_timeout=settings.tf_timeout
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
            return *self._search(job, clicks, session.source), given_name
        last = part.history[-1] if part and part.history and is_added else None
        with invalid_input_is(ErrorCode.BAD_PROMPT):
            prompt = answers.merged(clicks, last)
            region = self._around(session.source.cloud, prompt)
        encoding = self.network.encode(job, session.source, region)
        previous = last.prediction if last else None
        prediction = self.network.predict(encoding, prompt, previous, given_name)
        answer = answers.Answer(prompt=prompt, prediction=answers.with_points(prediction))
        return answer, encoding, given_name

    def _search(
        self, job: Job, clicks: inputs.Clicks, source: SourceCloud
    ) -> tuple[answers.Answer, Encoding]:
        """Find a part by its name."""
        self.network.known_name(clicks.name)
        settings, region = self.settings(), None
        if clicks.near is not None and settings.region_radius > 0.0:
            region = source.cloud.within(clicks.near, settings.region_radius)
        encoding = self.network.encode(job, source, region)
        prompt = NamePrompt(name=clicks.name, near=clicks.near, granularity=clicks.granularity)
        found = self.network.find_named(job, encoding, prompt, settings.find_named)
        best, *further = found.parts
        answer = answers.Answer(
            prompt=best.prompt,
            prediction=best,
            further=tuple(further),
            # Clicks look at the region around them, which is another one.
            is_refinable=settings.region_radius <= 0.0,
        )
        return answer, encoding

    def _remark(self, answer: answers.Answer, given_name: str) -> str:
        """Say what became of the caller's name, where that is not plain."""
        system, wanted = self.network.segmenter.system, answer.prediction.wanted_name
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

    def _around(self, cloud: PointCloud, prompt: PointPrompt) -> PointCloud:
        """Return the region of the cloud around the first foreground click, all of it if unset."""
        return prompt.region_of(cloud, self.settings().region_radius)

    def _session(self, request: Any) -> tuple[SessionRecord, bool]:
        """Return the session of a request, and whether it is yet to be opened."""
        if not request.session_id:
            source = self.sources.cloud(request.cloud)
            return SessionRecord(session_id='', source=source, ttl=0.0), True
        session = self.store.get(request.session_id)
        if inputs.is_given(request.cloud) and not session.source.equals(
            self.sources.decoded(request.cloud)
        ):
            raise RequestError(
                ErrorCode.CLOUD_MISMATCH,
                f'the cloud sent along is not the one of session {request.session_id!r};'
                ' leave one of the two empty',
            )
        return session, False

    def _open_like(self, session: SessionRecord) -> SessionRecord:
        return self.store.open(session.source)


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


def _fill_encoding(reply: Any, encoding: Encoding | None) -> None:
    if encoding is not None:
        reply.embedding_cached = encoding.is_cached
        reply.encode_time = messages.duration(encoding.encode_ms)


def _word(encoding: Encoding | None) -> str:
    if encoding is None:
        return 'unused'
    return 'cached' if encoding.is_cached else f'encoded in {encoding.encode_ms:.0f} ms'
