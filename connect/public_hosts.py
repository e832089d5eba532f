"""Hosts that others name and we call: on the open internet alone."""

import ipaddress
import socket

HTTPS = 443
# Addresses of the open internet on paper, behind which a translator reaches any IPv4 one.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def address_of(host: str) -> str:
    """One address of a host. Raises OSError if it has none, or one that is not public."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)]
    return public(found)


def public(addresses: list[str]) -> str:
    """The first of a host's addresses. Raises OSError if one of them is not public."""
    if not addresses or not all(map(is_global, addresses)):
        raise OSError("not a public host")
    return addresses[0]


def is_global(address: str) -> bool:
    """Whether it lies on the open internet; an IPv4 address inside of an IPv6 one counts as what it is."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        parsed = inner if inner is not None else parsed
    return parsed.is_global and not parsed.is_multicast and parsed not in TRANSLATED
