"""Hooks of MSNNotificationClient: methods to override, called when things happen."""

from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.NotificationRequests import NotificationRequests
from Kamaelia.Protocol.MSN.wire.alerts import Alert
from Kamaelia.Protocol.MSN.wire.notices import Notice
from Kamaelia.Protocol.MSN.wire.personal_message import PersonalMessage

__all__ = ["NotificationHooks"]


class NotificationHooks(NotificationRequests):
    """What a notification server tells unasked. As they are, these do nothing."""

    def gotProfile(self, message: MSNMessage) -> None:
        """Hook: what the service knows of us; `message.getHeader("ClientIP")`."""

    def gotNotice(self, notice: Notice) -> None:
        """Hook: mail, or (notice.minutes) the server goes down soon."""

    def gotAlert(self, alert: Alert) -> None:
        """Hook: an alert of a web site, or a page."""

    def statusChanged(self, statusCode: str) -> None:  # noqa: N803
        """Hook: the server has changed our state without being asked."""

    def gotContactStatus(
        self,
        statusCode: str,  # noqa: N803
        userHandle: str,  # noqa: N803
        screenName: str,  # noqa: N803
    ) -> None:
        """Hook: how a contact was when we came, or when we added it."""

    def contactStatusChanged(
        self,
        statusCode: str,  # noqa: N803
        userHandle: str,  # noqa: N803
        screenName: str,  # noqa: N803
    ) -> None:
        """Hook: a contact came online or changed its state, name or picture."""

    def contactOffline(self, userHandle: str) -> None:  # noqa: N803
        """Hook: a contact went offline."""

    def gotPhoneNumber(
        self,
        listVersion: int | str | None,  # noqa: N803
        userHandle: str,  # noqa: N803
        phoneType: str,  # noqa: N803
        number: str,
    ) -> None:
        """Hook: a contact's phone number has changed; empty: it has none."""

    def gotPersonalMessage(
        self,
        userHandle: str,  # noqa: N803
        message: PersonalMessage,
    ) -> None:
        """Hook: a contact's personal message or music has changed."""

    def userAddedMe(
        self,
        userHandle: str,  # noqa: N803
        screenName: str,  # noqa: N803
        listVersion: int | str | None,  # noqa: N803
    ) -> None:
        """Hook: somebody has added us: allow or block them with `addContact`."""

    def userRemovedMe(
        self,
        userHandle: str,  # noqa: N803
        listVersion: int | str | None,  # noqa: N803
    ) -> None:
        """Hook: somebody has removed us."""

    def gotSwitchboardInvitation(
        self,
        sessionID: str,  # noqa: N803
        host: str,
        port: int,
        key: str,
        userHandle: str,  # noqa: N803
        screenName: str,  # noqa: N803
    ) -> None:
        """Hook: somebody calls; answer with MSNSwitchboardClient and `reply=1`."""

    def multipleLogin(self) -> None:
        """Hook: signed on elsewhere; signing on again would throw them out."""

    def serverGoingDown(self) -> None:
        """Hook: the server shuts down; come back later."""

    def loggedOut(self, reason: str) -> None:
        """Hook: the server ends the session for another reason, or for none."""


__kamaelia_components__ = ()
