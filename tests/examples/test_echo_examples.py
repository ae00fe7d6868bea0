"""The echo examples, one against the other."""

import asyncio

import pytest

from examples import echo_client, echo_server
from tests.examples.world import Person, finish, running


def test_what_is_typed_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> str:
        server = echo_server.build(0)
        server.listen()
        assert server.port
        typist = Person()
        client = echo_client.build("127.0.0.1", server.port, reader=typist)
        async with running(server, client):
            await asyncio.wait_for(typist.started.wait(), 10)
            typist.say("hello\n")
            printed = ""
            while "hello" not in printed:
                await asyncio.sleep(0)
                printed += capsys.readouterr().out
            finish(typist)
            return printed

    assert asyncio.run(main()) == "hello\n"
