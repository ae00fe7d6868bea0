"""Let messages through one at a time, when asked to."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["PromptedTurnstile"]


class PromptedTurnstile(Worker):
    """Passes one message on for each message in `next`.

    Prompts that come while nothing waits are remembered. On producerFinished it
    passes on what waits as far as it was prompted, then stops.
    """

    Inboxes = {
        "inbox": "messages to pass on",
        "next": "anything: pass one on",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "messages, one for each prompt",
        "signal": "why this component stopped",
    }

    def _work(self) -> Generator[Any, None, None]:
        """Pass on what is prompted."""
        while self.hasWork():
            self.recv("next")
            yield from self.putAll([self.recv("inbox")])

    def hasWork(self) -> bool:
        """Return whether there is a message and a prompt for it."""
        return bool(self.dataReady("inbox") and self.dataReady("next"))


__kamaelia_components__ = (PromptedTurnstile,)
