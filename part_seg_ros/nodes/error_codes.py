# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From exceptions to the error codes and messages of replies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from part_seg_ros.data.cloud_codec import CloudFormatError
from part_seg_ros.errors import (
    CanceledError,
    DoesNotFitError,
    InputError,
    PartNotFoundError,
    PartSegError,
    PromptTooFarError,
)
from part_seg_ros.msg import ErrorCode


class RequestError(PartSegError):
    """A request that cannot be answered.

    Attributes:
        code: Constant of part_seg_ros/msg/ErrorCode.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def invalid_input_is(code: int) -> Iterator[None]:
    """Give `code` to an InputError of the core that says nothing more specific."""
    try:
        yield
    except (PromptTooFarError, CloudFormatError):
        raise
    except InputError as error:
        raise RequestError(code, str(error)) from error


@contextmanager
def failure_is_model_error() -> Iterator[None]:
    """Tell a failure inside the network from one in the node."""
    try:
        yield
    except PartSegError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise RequestError(
                ErrorCode.OUT_OF_MEMORY,
                f'the network ran out of memory: {error}; lower segmenter.max_points or'
                ' segment_all.batch_size, or close sessions',
            ) from error
        raise RequestError(
            ErrorCode.MODEL_ERROR, f'the network failed: {type(error).__name__}: {error}'
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether `error` says that host or device memory ran out."""
    names = {kind.__name__ for kind in type(error).__mro__}
    text = str(error).lower()
    return bool(
        names & {'MemoryError', 'OutOfMemoryError'}
        or 'out of memory' in text
        or "can't allocate memory" in text
    )


def error_code(error: BaseException) -> int:
    """Return the ErrorCode constant for `error`."""
    if isinstance(error, RequestError):
        return error.code
    if isinstance(error, CloudFormatError):
        return int(ErrorCode.BAD_FIELDS)
    if isinstance(error, PromptTooFarError):
        return int(ErrorCode.PROMPT_TOO_FAR)
    if isinstance(error, PartNotFoundError):
        return int(ErrorCode.PART_NOT_FOUND)
    if isinstance(error, CanceledError):
        return int(ErrorCode.CANCELED)
    if isinstance(error, DoesNotFitError):
        return int(ErrorCode.OUT_OF_MEMORY)
    return int(ErrorCode.UNKNOWN)


def is_unexpected(error: BaseException) -> bool:
    """Return whether `error` is a fault of ours or of the network, so that a traceback helps."""
    unexpected = (ErrorCode.MODEL_ERROR, ErrorCode.OUT_OF_MEMORY, ErrorCode.UNKNOWN)
    return error_code(error) in unexpected and not isinstance(error, DoesNotFitError)


def fill_failure(reply: Any, error: BaseException) -> Any:
    """Write `error` into the `success`, `error_code` and `message` of a reply or result."""
    reply.success = False
    reply.error_code = error_code(error)
    reply.message = str(error) or type(error).__name__
    return reply
