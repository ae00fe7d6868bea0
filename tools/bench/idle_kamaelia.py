"""Everything asleep for some seconds: for `tools.bench.idle`.

The very same text runs on our Axon and Kamaelia and on the original's.
"""

import time
from collections.abc import Generator
from threading import Thread

from Axon.Component import component
from Axon.Scheduler import scheduler
from Kamaelia.Chassis.ConnectedServer import SimpleServer


class Sleeper(component):
    """Sleeps for ever; counts how often it was stepped."""

    steps = 0

    def main(self) -> Generator[int, None, None]:
        """Sleep."""
        while True:
            self.steps += 1
            self.pause()
            yield 1


def run(sleepers: int, seconds: float, port: int) -> tuple[float, int]:
    """Return CPU seconds used while all slept, and steps taken meanwhile.

    A server without connections listens beside the sleepers.
    """
    everybody = [Sleeper().activate() for _ in range(sleepers)]
    SimpleServer(protocol=Sleeper, port=port).activate()
    result: list[float] = []

    def watch() -> None:
        # A thread's sleep takes no CPU, and it is outside what is watched.
        time.sleep(min(1.0, seconds))
        before, steps = time.process_time(), sum(s.steps for s in everybody)
        time.sleep(seconds)
        result.append(time.process_time() - before)
        result.append(sum(s.steps for s in everybody) - steps)
        scheduler.run.stop()

    watcher = Thread(target=watch)
    watcher.start()
    scheduler.run.runThreads()
    watcher.join()
    assert all(s.steps for s in everybody), "a sleeper was never stepped"
    return result[0], int(result[1])
