"""An embeddable order-management engine for sellers on several marketplaces.

>>> import sutler
>>> with sutler.sandbox(marketplaces=["walmart"], orders=20) as box, sutler.Engine.open("memory:") as engine:
...     for name, channel in box.channels().items():
...         engine.add_channel(name, channel)
...     stepped = engine.step()
...     len(list(engine.orders()))
20
"""

from . import testkit
from ._channels import OwnChannel
from ._engine import (
    Amazon,
    AsyncEngine,
    Channel,
    Ebay,
    Engine,
    LocalChannel,
    Sandbox,
    Walmart,
    decide,
    log_to_logging,
    normalize,
    sandbox,
)
from ._errors import *  # noqa: F403
from ._errors import __all__ as _errors
from ._native import Table
from ._rules import Rule, abstain, hold, passes, refuse
from ._types import *  # noqa: F403
from ._types import __all__ as _types

__all__ = [
    "Amazon",
    "AsyncEngine",
    "Channel",
    "Ebay",
    "Engine",
    "LocalChannel",
    "OwnChannel",
    "Rule",
    "Sandbox",
    "Table",
    "Walmart",
    "abstain",
    "decide",
    "hold",
    "log_to_logging",
    "normalize",
    "passes",
    "refuse",
    "sandbox",
    "testkit",
    *(name for name in _errors if name != "error_of"),
    *_types,
]
