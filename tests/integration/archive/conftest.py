"""A site with an archive."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from face_rec.stores.redis.client import Client
from tests.integration.archive.site import Site, settings_of, site
from tests.redis_servers import Server


@pytest.fixture
def at(
    tmp_path: Path, redis_server: Server, redis_client: Client, archive_url: str
) -> Iterator[Site]:
    with site(settings_of(tmp_path, redis_server, archive_url)) as made:
        yield made
