"""Whose request it is behind the company's own proxies, for the limiter (reliability A14)."""

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ClientAddress:
    """Sets `REMOTE_ADDR` to who asked the proxy, if and only if one of ours handed it on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain and the networks of `trusted_proxies`."""
        self.get_response = get_response
        self._trusted = tuple(map(ipaddress.ip_network, settings.MAMORU.trusted_proxies))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the address put right."""
        if self._trusted:
            peer = str(request.META.get("REMOTE_ADDR", ""))
            said = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
            request.META["REMOTE_ADDR"] = self._asker(peer, said)
        return self.get_response(request)

    def _asker(self, peer: str, said: str) -> str:
        """Return the last hop that is not ours; the peer's address if the header does not tell.

        Read from the right: only what our own proxies appended is known to be true.
        """
        try:
            if not self._ours(_address(peer)):
                return peer
            for hop in reversed(said.split(",")):
                address = _address(hop.strip())
                if not self._ours(address):
                    return str(address)
        except ValueError:
            return peer
        return peer

    def _ours(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _address(text: str) -> Address:
    """Return an address; one of IPv4 that a double-stack socket wrote as IPv6 is of IPv4.

    Some proxies write the port behind it.
    """
    with_port = _WITH_PORT.fullmatch(text)
    found = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else text)
    return getattr(found, "ipv4_mapped", None) or found
