"""Which network an address belongs to, for counting tries."""

import ipaddress
from typing import Final

_PREFIX: Final = 64


def network_of(address: str) -> str:
    """``address`` itself for IPv4; for IPv6 its /64, which is one customer's whatever they pick
    from its 2**64 addresses (RFC 6177). What is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _PREFIX), strict=False))
