"""MSNFileSend and MSNFileReceive: a file from one user to another by MSNFTP.

The sender listens, the receiver connects (or the other way round); the address and a
cookie went by invitation, see MSNSwitchboardClient.

    send = MSNFileSend("notes.txt", targetUser="bob@example.com", listen=("", [0]))
    receive = MSNFileReceive(auth, "bob@example.com", "notes.txt", "downloads",
                             fileSize=10, addresses=[("192.0.2.10", 6891)])

`heard` tells FileListening, TransferProgress and TransferEnded.
"""

from collections.abc import Callable
from pathlib import Path
from secrets import randbits
from typing import Any, BinaryIO

from Kamaelia.Protocol.MSN.FileSocket import FileSession, FileSocket
from Kamaelia.Protocol.MSN.received_file import ReceivedFile
from Kamaelia.Protocol.MSN.wire.file_name import safe_file_name
from Kamaelia.Protocol.MSN.wire.msnftp import BLOCK_SIZE, PORT
from Kamaelia.Protocol.MSN.wire.msnftp_session import (
    Action,
    Ended,
    FileReceiver,
    FileSender,
)
from Kamaelia.Protocol.MSN.wire.outcome import Outcome

__all__ = ["PORTS", "MSNFileReceive", "MSNFileSend"]

PORTS = (*range(PORT, PORT + 10), 0)
"""Where official clients listen, and after those any free port."""


class MSNFileReceive(FileSocket):
    """Receives a file.

    Args:
        auth: the cookie that the sender told.
        myUserHandle: our account.
        file: name of the file, of which only the last part is used, or a file object
            to write to.
        directory: where the file goes.
        overwrite: whether to replace a file of that name.
        argd: `fileSize`, `addresses`, `listen`, `numbered`, `transfer`, `timeout`.

    Attributes:
        fileSize: bytes: as the invitation says, if that is known, then as FIL says.
        bytesReceived: how many are here.
        numbered: whether to put a number behind the name if there is such a file.

    Raises:
        FileExistsError: there is a file of that name.
    """

    fileSize: int | None = None  # noqa: N815 - these names were Twisted's
    numbered = False

    def __init__(
        self,
        auth: int | str,
        myUserHandle: str,  # noqa: N803
        file: str | Path | BinaryIO,
        directory: str | Path = "",
        overwrite: Any = 0,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.auth = int(auth)
        self.userHandle = myUserHandle
        self.transfer = self.transfer or self.auth
        self.bytesReceived = 0
        self.directory = Path(directory or ".")
        self.overwrite = bool(overwrite)
        self._name: str | None = None
        self._object: BinaryIO | None = None
        self._sink: ReceivedFile | None = None
        if isinstance(file, str | Path):
            self._name = safe_file_name(str(file))
            if not (self.overwrite or self.numbered) and self.path.exists():
                raise FileExistsError(f"there is a file {self.path} already")
        else:
            self._object = file

    @property
    def path(self) -> Path:
        """Where the file goes."""
        return self._sink.path if self._sink else self.directory / (self._name or "")

    def gotSegment(self, data: bytes) -> None:
        """Hook: bytes of the file, in order. As it is, they are written.

        Raises:
            OSError: they cannot be.
        """
        if self._object is not None:
            self._object.write(data)
        elif self._sink is not None:
            self._sink.write(data)

    def newSession(self) -> FileSession:
        """Return a machine for a fresh connection."""
        return FileReceiver(self.userHandle, self.auth, self.fileSize)

    def begun(self) -> list[Action]:
        """Speak first."""
        session = self._session
        return session.start() if isinstance(session, FileReceiver) else []

    def openFile(self) -> None:
        """Make the file.

        Raises:
            OSError: it cannot be made.
        """
        if self._name is not None:
            self._sink = ReceivedFile(
                self.directory,
                self._name,
                overwrite=self.overwrite,
                numbered=self.numbered,
            )

    def gotData(self, data: bytes) -> None:
        """Take bytes of the file."""
        self.gotSegment(data)

    def noted(self, done: int, size: int | None = None) -> None:
        """Note how far it has got."""
        self.bytesReceived = done
        if size is not None:
            self.fileSize = size

    def closeFile(self, ended: Ended) -> Ended:
        """Put the file in its place, or delete what there is of it."""
        sink = self._sink
        if sink is None:
            return ended
        try:
            if ended.outcome is Outcome.COMPLETED:
                sink.finish()
        except OSError as error:
            return Ended(Outcome.FAILED, f"cannot write the file: {error}")
        finally:
            sink.abandon()
        return ended

    def resultPath(self) -> str:
        """Return where the file is, once it is whole."""
        return str(self.path) if self.completed and self._sink else ""


class MSNFileSend(FileSocket):
    """Sends a file.

    Args:
        file: its path, or a file object (which is not closed).
        targetUser: who may have it.
        argd: `listen`, `addresses`, `fileSize`, `auth`, `transfer`, `timeout`.

    Attributes:
        auth: the cookie that the receiver must show; random.
        fileSize: bytes; found out by itself where the file can be sought in.
        bytesSent: how many have been handed to the network.
        segmentSize: data bytes of a block.

    Raises:
        OSError: the file cannot be read.
    """

    fileSize: int = 0  # noqa: N815
    auth: int = 0
    segmentSize: int = BLOCK_SIZE  # noqa: N815

    def __init__(
        self,
        file: str | Path | BinaryIO,
        targetUser: str = "",  # noqa: N803
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.targetUser = targetUser
        self.auth = self.auth or randbits(32)
        self.transfer = self.transfer or self.auth
        self.bytesSent = 0
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        if isinstance(file, str | Path):
            self._path = Path(file)
            self.fileSize = self._path.stat().st_size
        else:
            self._file = file
            self.fileSize = self.fileSize or _sizeOf(file)

    def openFile(self) -> None:
        """Open the file.

        Raises:
            OSError: it cannot be read.
        """
        if self._path is not None:
            self._file = self._path.open("rb")

    def newSession(self) -> FileSession:
        """Return a machine for a fresh connection."""
        assert self._file is not None
        read: Callable[[int], bytes] = self._file.read
        return FileSender(self.targetUser, self.auth, self.fileSize, read)

    def pump(self) -> None:
        """Send blocks while the network takes them."""
        session = self._session
        box = self.outboxes[self._way]
        while isinstance(session, FileSender) and session.sending and not box.isFull():
            self._touch()
            self._do(session.pump(16 * self.segmentSize))

    def noted(self, done: int, size: int | None = None) -> None:
        """Note how far it has got."""
        self.bytesSent = done

    def closeFile(self, ended: Ended) -> Ended:
        """Close the file, if we have opened it."""
        if self._path is not None and self._file is not None:
            self._file.close()
        return ended


def _sizeOf(file: BinaryIO) -> int:
    """Return how many bytes a file object has left; 0 where it can't tell."""
    if not file.seekable():
        return 0
    here = file.tell()
    end = file.seek(0, 2)
    file.seek(here)
    return end - here


__kamaelia_components__ = (MSNFileReceive, MSNFileSend)
