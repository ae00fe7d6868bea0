"""The messages of Kamaelia.IPC, under an old name: the same classes."""

from Kamaelia.IPC import (
    newCSA,
    newExceptional,
    newReader,
    newServer,
    newWriter,
    notify,
    producerFinished,
    removeExceptional,
    removeReader,
    removeWriter,
    serverShutdown,
    shutdownCSA,
    shutdownMicroprocess,
    socketShutdown,
)

__all__ = [
    "newCSA",
    "newExceptional",
    "newReader",
    "newServer",
    "newWriter",
    "notify",
    "producerFinished",
    "removeExceptional",
    "removeReader",
    "removeWriter",
    "serverShutdown",
    "shutdownCSA",
    "shutdownMicroprocess",
    "socketShutdown",
]
