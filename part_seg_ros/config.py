# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""One loader from mappings (YAML, command line, ROS parameters) to settings dataclasses."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from part_seg_ros.errors import ConfigError

T = TypeVar('T')


def setting(default: Any, description: str, **limits: Any) -> Any:
    """Declare a dataclass field with its description and limits in one place.

    Args:
        default: Default value.
        description: One sentence, with the unit.
        **limits: `minimum`, `maximum`, `choices`, `read_only`.

    Returns:
        A dataclass field.
    """
    return dataclasses.field(default=default, metadata={'description': description, **limits})


def check_limits(config: Any) -> None:
    """Check every field made by `setting` against its limits; call it in `__post_init__`.

    Raises:
        ConfigError: a value is out of range or not one of the choices.
    """
    for field in dataclasses.fields(config):
        value, limits = getattr(config, field.name), field.metadata
        minimum, maximum = limits.get('minimum'), limits.get('maximum')
        if minimum is not None and value is not None and not value >= minimum:
            raise ConfigError(f'{field.name} must be at least {minimum}, got {value}')
        if maximum is not None and value is not None and not value <= maximum:
            raise ConfigError(f'{field.name} must be at most {maximum}, got {value}')
        choices = limits.get('choices')
        if choices is not None and value not in choices:
            raise ConfigError(f'{field.name} must be one of {sorted(choices)}, got {value!r}')


def from_mapping(config_type: type[T], mapping: Mapping[str, Any]) -> T:
    """Build the dataclass `config_type` from `mapping`; nested dataclasses from nested mappings.

    Args:
        config_type: A dataclass type.
        mapping: Field name to value; fields that are absent keep their defaults.

    Returns:
        The settings.

    Raises:
        ConfigError: a key is unknown (the nearest valid one is named), one without default is
            missing, or a value has a wrong type.
    """
    hints = typing.get_type_hints(config_type)
    fields = dataclasses.fields(typing.cast(Any, config_type))
    names = [field.name for field in fields]
    values = {}
    for key, value in mapping.items():
        if key not in names:
            near = difflib.get_close_matches(str(key), names, n=1)
            hint = f'; did you mean {near[0]!r}?' if near else f'; known are {", ".join(names)}'
            raise ConfigError(f'{config_type.__name__} has no setting {key!r}{hint}')
        values[key] = _convert(hints[key], value, f'{config_type.__name__}.{key}')
    missing = [f.name for f in fields if _is_required(f) and f.name not in values]
    if missing:
        raise ConfigError(f'{config_type.__name__} needs a value for {", ".join(missing)}')
    return config_type(**values)


def parse_settings(words: Iterable[str]) -> dict[str, Any]:
    """Read settings as people write them: `NAME=VALUE`, numbers, true, false, none or text.

    Raises:
        ConfigError: a word has no name or no value.
    """
    settings: dict[str, Any] = {}
    for word in words:
        name, sign, value = (part.strip() for part in word.partition('='))
        if not (name and sign and value):
            raise ConfigError(f'a setting must be NAME=VALUE, got {word!r}')
        settings[name] = _parsed(value)
    return settings


def _parsed(value: str) -> Any:
    constants = {'true': True, 'false': False, 'none': None}
    if value.lower() in constants:
        return constants[value.lower()]
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(value)
    return value


def to_mapping(config: Any) -> dict[str, Any]:
    """Return the dataclass `config` as nested plain dictionaries and lists."""
    return {
        field.name: _plain(getattr(config, field.name)) for field in dataclasses.fields(config)
    }


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_mapping(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _convert(hint: Any, value: Any, name: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return from_mapping(typing.cast(type, hint), value)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = typing.get_args(hint)
        if value is None and type(None) in options:
            return None
        return _convert(next(o for o in options if o is not type(None)), value, name)
    if origin is tuple and isinstance(value, list | tuple):
        of_items = typing.get_args(hint)[0]
        if dataclasses.is_dataclass(of_items) or typing.get_origin(of_items) is tuple:
            return tuple(_convert(of_items, item, name) for item in value)
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint in (int, float, str, bool):
        if type(value) is not hint:
            raise ConfigError(
                f'{name} must be {hint.__name__}, got {type(value).__name__} {value!r}'
            )
    return value
