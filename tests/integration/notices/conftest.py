"""A site, a receiver and a mail server for each test."""

from collections.abc import Iterator

import pytest

from face_rec.stores.redis.client import Client
from tests.integration.notices.a_site import Site
from tests.integration.notices.receiver import Mailbox, Receiver, mailbox, receiving


@pytest.fixture
def site(redis_client: Client) -> Iterator[Site]:
    made = Site(redis_client)
    made.opened().look()  # begun: what was before is told to nobody
    yield made
    made.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made
