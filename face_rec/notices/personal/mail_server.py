"""The mail server by which a kind of letters goes out: one of the channels of mail, or none."""

from collections.abc import Callable

from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.notices.channel import Channel
from face_rec.notices.channels import Channels


class MailServer:
    """Safe from any thread; all may raise StoreUnavailable. ``chosen``: the id of the channel
    whose server is used; empty: these letters are not written. ``choose`` decides that."""

    def __init__(
        self, channels: Channels, *, chosen: Callable[[], str], choose: Callable[[str], None]
    ) -> None:
        self._channels = channels
        self._chosen = chosen
        self._choose = choose

    def channel(self) -> Channel | None:
        """Whose mail server is used; None: nobody is written to."""
        name = self._chosen()
        return self._channels.get(name) if name else None

    def address(self) -> str:
        """Of the server, with its password; "" where nobody is written to, or not now."""
        channel = self.channel()
        return self._channels.target(channel).address if channel and channel.active else ""

    def offered(self) -> list[Channel]:
        """The channels of mail."""
        return self._channels.of_mail()

    def switch(self, channel_id: str) -> None:
        """By this channel, or, "", off. Raises ProofNeeded, NoticeRefused."""
        self._channels.demand()
        if channel_id and channel_id not in {one.id for one in self.offered()}:
            raise NoticeRefused(
                msgid("Choose a channel of mail: these letters go out in no other way.")
            )
        self._choose(channel_id)
