"""Each test has a default scheduler and a tracker of its own."""

from collections.abc import Iterator

import pytest

from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker
from Axon.Scheduler import scheduler


@pytest.fixture(autouse=True)
def own_scheduler() -> Iterator[None]:
    kept, tracker = scheduler.run, coordinatingassistanttracker.basecat
    scheduler.run = None
    coordinatingassistanttracker.basecat = None
    scheduler()
    coordinatingassistanttracker.getcat()
    yield
    scheduler.mortalise()
    scheduler.run = kept
    coordinatingassistanttracker.basecat = tracker
