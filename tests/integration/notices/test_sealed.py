"""The addresses of channels at rest."""

from collections.abc import Mapping
from dataclasses import replace

from face_rec.notices.channel import Channel, ChannelKind
from face_rec.notices.channels import reseal_channels, sealed, target_of
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.integration.notices.a_site import Site


def test_channels_are_sealed_anew_also_while_somebody_changes_one(site: Site) -> None:
    made, _ = site.channels.add("Hook", ChannelKind.WEBHOOK, "https://x.example/hook", "root")
    old, new = (DataSealer(derived((f"key {n} of the tests, long enough",), "x")) for n in (1, 2))
    records = RedisRecords(site.client, "main", Channel)
    target = site.channels.target(made)
    records.update(replace(made, version=1, sealed=sealed(made.id, target, old)))
    raced = iter([True])

    class Racing(RedisRecords[Channel]):
        def update(self, record: Channel, keeps: Mapping[str, object] | None = None) -> Channel:
            if next(raced, False):
                site.channels.switch(made.id, active=False)
            return super().update(record, keeps)

    both = DataSealer(
        derived(("key 2 of the tests, long enough", "key 1 of the tests, long enough"), "x")
    )
    assert reseal_channels(Racing(site.client, "main", Channel), both) == 1
    found = records.get(made.id)
    assert found is not None
    assert not found.active
    assert target_of(found, new) == target
