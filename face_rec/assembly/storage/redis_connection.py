"""The Redis that the settings name: one that runs elsewhere, or our own."""

from contextlib import ExitStack, suppress

from config import Settings
from face_rec import __version__
from face_rec.domain.errors import StoreUnavailable
from face_rec.files import make_folder
from face_rec.stores.backup.restore import refuse_half_restored
from face_rec.stores.redis.client import (
    MARK_RETRIES,
    MARK_SECONDS,
    Client,
    RedisAddress,
    connect,
)
from face_rec.stores.redis.embedded import EmbeddedRedis
from face_rec.stores.site import schema


def open_redis(settings: Settings, stack: ExitStack) -> Client:
    """A client of the Redis that the settings name, or of our own. Raises SchemaNewer."""
    client = connected(start_redis(settings, stack), stack)
    refuse_later_version(client, settings)
    return client


def open_complete(settings: Settings, stack: ExitStack) -> Client:
    """Redis, unless it holds half of a backup."""
    client = open_redis(settings, stack)
    refuse_half_restored(client, settings.site)
    return client


def refuse_later_version(client: Client, settings: Settings) -> None:
    """Raises SchemaNewer where the data are of a later version; a Redis that is away is asked by
    the pulse when it comes back."""
    schema.check_files(settings.data_dir, __version__)
    with suppress(StoreUnavailable):
        schema.refuse_newer(schema.stored(client, settings.site))


def start_redis(settings: Settings, stack: ExitStack) -> RedisAddress:
    """Where the Redis is that the settings name; our own is started for it."""
    make_folder(settings.data_dir)
    if not settings.embedded_redis:
        return redis_address(settings)
    own = EmbeddedRedis(settings.data_dir)
    socket = own.start()
    stack.callback(own.stop)
    return RedisAddress(unix_socket=str(socket))


def connected(address: RedisAddress, stack: ExitStack) -> Client:
    client = connect(address)
    stack.callback(client.close)
    return client


def connected_to_mark(address: RedisAddress, stack: ExitStack) -> Client:
    """A client for those who stand there."""
    client = connect(address, patience=MARK_SECONDS, retries=MARK_RETRIES)
    stack.callback(client.close)
    return client


def redis_address(settings: Settings) -> RedisAddress:
    """Where the outside Redis is."""
    alone = ((settings.redis_host, settings.redis_port),) if settings.redis_host else ()
    return RedisAddress(
        mode=settings.redis_mode,
        url=settings.redis_url,
        nodes=settings.redis_nodes or alone,
        db=settings.redis_db,
        username=settings.redis_username,
        password=settings.redis_password,
        tls=settings.redis_tls,
        service=settings.redis_sentinel_service,
    )
