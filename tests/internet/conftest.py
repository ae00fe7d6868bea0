"""Each test of real sockets runs on asyncio's loop and on uvloop's."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from tests.internet.world import LOOPS, World, run_on

OnLoop = Callable[[Callable[[World], Awaitable[None]]], None]


@pytest.fixture(params=sorted(LOOPS))
def on_loop(request: Any) -> OnLoop:
    return partial(run_on, request.param)
