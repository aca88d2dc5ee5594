"""The data key of a site: its sealer, and the check that it is the right one."""

from dataclasses import dataclass

from face_rec.stores.redis.client import Client
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.key_check import KeyCheck
from face_rec.stores.sealing.sealer import DataSealer


@dataclass(frozen=True, slots=True)
class DataKeys:
    """``sealer`` (for templates) and ``pictures`` refuse to work until ``check`` has found that
    their keys fit. Pictures of other machines may still be unsealed, so theirs is not strict;
    nor is that of ``others``, the secrets of authenticator apps, which may be older than the
    first key."""

    sealer: DataSealer
    pictures: DataSealer
    check: KeyCheck

    @property
    def others(self) -> DataSealer:
        return self.pictures

    @property
    def encrypts(self) -> bool:
        return bool(self.sealer.keyring)


def open_data_keys(client: Client, site: str, data_key: str | None) -> DataKeys:
    """``data_key``: the setting DATA_KEY. Raises SettingError for one that is too short, and
    DataKeyMissing where Redis answers and holds what these keys cannot open."""
    keys = keyring.derived(keyring.split(data_key or "", "DATA_KEY"), "data")
    check = KeyCheck(client, site, keys)
    check.early()
    strict = DataSealer(keys, check.ensure, check.all_sealed)
    return DataKeys(strict, DataSealer(keys, check.ensure), check)
