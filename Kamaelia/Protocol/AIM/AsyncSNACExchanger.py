"""SNACs for components whose `main` is a coroutine.

class KeyGetter(AsyncSNACExchanger):
    async def main(self):
        await self.put((CHANNEL_SIGNON, SignOn().to_bytes()))
        body = ChallengeRequest("ann").to_bytes()
        [reply] = await self.request(BUCP.CHALLENGE_REQUEST, body)
        await self.put(ChallengeReply.from_bytes(reply.body).key, "heard")
"""

from collections.abc import AsyncIterator
from typing import Any

from Axon.AsyncComponent import asynccomponent
from Kamaelia.Protocol.AIM.requests import SNACMessage
from Kamaelia.Protocol.AIM.SNACExchange import SNACMethods, Wanted, asType

__all__ = ["AsyncSNACExchanger"]


class AsyncSNACExchanger(SNACMethods, asynccomponent):
    """SNACs for an asynccomponent: subclass it and give it an `async def main`."""

    async def nextSnac(self) -> SNACMessage:
        """Wait for the next SNAC, one that was kept if there is one.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        while True:
            try:
                return self.recvSnac()
            except IndexError:
                await self.wait()

    async def waitSnac(
        self, fam: int | tuple[int, int], sub: int | None = None
    ) -> bytes:
        """Wait for a SNAC of a type and return its body; others are kept.

        Raises:
            RequestFailed: our latest request in this family was answered by an error.
            RemoteProtocolError: a SNAC is cut short.
        """
        wanted = Wanted(asType(fam, sub if sub is not None else b"")[0])
        return (await self._wanted(wanted)).body

    async def request(
        self, fam: int | tuple[int, int], sub: Any = None, body: Any = b""
    ) -> list[SNACMessage]:
        """Send a request and wait for its answers, by request ID.

        Returns:
            One answer, or as many as say that more follow.

        Raises:
            RequestFailed: it was answered by an error.
            RemoteProtocolError: a SNAC is cut short.
        """
        wanted = Wanted(request=self._ask(fam, sub, body))
        replies = [await self._wanted(wanted)]
        while replies[-1].header.more:
            replies.append(await self._wanted(wanted))
        return replies

    async def _wanted(self, wanted: Wanted) -> SNACMessage:
        """Wait for a SNAC that is wanted."""
        snac, seen = self.takeSnac(wanted)
        while snac is None:
            await self.wait()
            snac, seen = self.takeSnac(wanted, seen)
        found: SNACMessage = snac
        return found

    async def messages(self, boxname: str = "inbox") -> AsyncIterator[Any]:
        """Yield messages as they come, until `control` says stop."""
        while boxname == "inbox" and self._kept:
            yield self.recv(boxname)
        async for message in super().messages(boxname):
            yield message
            while boxname == "inbox" and self._kept:
                yield self.recv(boxname)
