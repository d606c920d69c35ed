# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Exceptions that part_seg_ros raises for a caller's mistakes and missing resources.

Each message says what was wanted, what came and what to do.
"""


class PartSegError(Exception):
    """Base of all errors that a caller can provoke."""


class ConfigError(PartSegError, ValueError):
    """A setting is unknown, of the wrong type or out of range."""


class CheckpointError(PartSegError):
    """A weights file is missing, damaged or does not fit the network."""


class InputError(PartSegError, ValueError):
    """A cloud, mesh or prompt cannot be used as given."""


class PromptTooFarError(InputError):
    """A prompt point lies farther from every valid point than the snap radius."""


class PartNotFoundError(PartSegError):
    """A cloud has no part of the wanted name."""


class BackendMissingError(PartSegError, ImportError):
    """An optional package or device that the chosen option needs is not there."""


class CanceledError(PartSegError):
    """The caller asked to stop before the work was done."""


class DoesNotFitError(PartSegError):
    """The work needs more memory than is free; nothing of it was begun."""
