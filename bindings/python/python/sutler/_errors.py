# Written by `cargo xtask gen` from bindings/boundary; edit it there.
"""Errors: one class for each kind. The kind says who must act."""

from __future__ import annotations

import builtins
from datetime import timedelta
from typing import Any, ClassVar


class SutlerError(Exception):
    """What every error of sutler is.

    `op` is where it was met (`walmart.orders.ship`), `retry_after` how long to wait where the other side said so, and
    `applied` whether the other side acted: `no`, `yes` or `unknown`.
    """

    kind: ClassVar[str] = "unknown"

    def __init__(
        self,
        message: str,
        *,
        op: str = "",
        retry_after: timedelta | None = None,
        applied: str = "unknown",
    ) -> None:
        super().__init__(message)
        if not isinstance(message, str):
            raise TypeError(f"message is {type(message).__name__}; a str is right")
        if retry_after is not None and not isinstance(retry_after, timedelta):
            raise TypeError(f"retry_after is {type(retry_after).__name__}; a timedelta is right")
        if applied not in ("no", "yes", "unknown"):
            raise ValueError(f"applied is {applied!r}; \"no\", \"yes\" or \"unknown\" is right")
        self.message = message
        self.op = op
        self.retry_after = retry_after
        self.applied = applied


class InvalidError(SutlerError, ValueError):
    """An argument, a payload or a policy is wrong; the caller must change it."""

    kind: ClassVar[str] = "invalid"


class ConfigError(SutlerError, ValueError):
    """A configuration is wrong or contradicts itself; found before any call."""

    kind: ClassVar[str] = "config"


class NotFoundError(SutlerError, LookupError):
    """The thing named does not exist, or is not visible to this seller."""

    kind: ClassVar[str] = "not_found"


class ConflictError(SutlerError):
    """Something else holds what was asked for: a lock, an open command, another value."""

    kind: ClassVar[str] = "conflict"


class UnauthorizedError(SutlerError):
    """The marketplace refused the credential; only a person can renew it."""

    kind: ClassVar[str] = "unauthorized"


class ForbiddenError(SutlerError):
    """The credential is good but lacks the right to do this."""

    kind: ClassVar[str] = "forbidden"


class RateLimitedError(SutlerError):
    """Too many requests; wait as told."""

    kind: ClassVar[str] = "rate_limited"


class TimeoutError(SutlerError, builtins.TimeoutError):
    """The other side did not answer in time."""

    kind: ClassVar[str] = "timeout"


class NetworkError(SutlerError, builtins.ConnectionError):
    """No connection, or it broke."""

    kind: ClassVar[str] = "network"


class RemoteError(SutlerError):
    """The other side failed, or answered what cannot be read."""

    kind: ClassVar[str] = "remote"


class RefusedError(SutlerError):
    """The marketplace understood and refused."""

    kind: ClassVar[str] = "refused"


class ProtocolError(SutlerError):
    """The marketplace's answer breaks its own rules."""

    kind: ClassVar[str] = "protocol"


class StoreError(SutlerError):
    """The store cannot read or write: disk full, read-only, damaged."""

    kind: ClassVar[str] = "store"


class NewerSchemaError(SutlerError):
    """The store was written by a newer version."""

    kind: ClassVar[str] = "newer_schema"


class ClosedError(SutlerError):
    """The engine is closed, or lost its lease."""

    kind: ClassVar[str] = "closed"


_CLASSES: dict[str, type[SutlerError]] = {
    "invalid": InvalidError,
    "config": ConfigError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "unauthorized": UnauthorizedError,
    "forbidden": ForbiddenError,
    "rate_limited": RateLimitedError,
    "timeout": TimeoutError,
    "network": NetworkError,
    "remote": RemoteError,
    "refused": RefusedError,
    "protocol": ProtocolError,
    "store": StoreError,
    "newer_schema": NewerSchemaError,
    "closed": ClosedError,
}


def error_of(failure: dict[str, Any]) -> SutlerError:
    """The exception of an error as it crosses."""
    wait = failure.get("retry_after_ms")
    return _CLASSES.get(failure["kind"], SutlerError)(
        failure["message"],
        op=failure["op"],
        retry_after=None if wait is None else timedelta(milliseconds=wait),
        applied=failure["applied"],
    )


__all__ = [
    "SutlerError",
    "error_of",
    "InvalidError",
    "ConfigError",
    "NotFoundError",
    "ConflictError",
    "UnauthorizedError",
    "ForbiddenError",
    "RateLimitedError",
    "TimeoutError",
    "NetworkError",
    "RemoteError",
    "RefusedError",
    "ProtocolError",
    "StoreError",
    "NewerSchemaError",
    "ClosedError",
]
