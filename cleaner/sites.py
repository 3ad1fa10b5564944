"""Whose page it is: host and registered domain of an address, without ever asking the network."""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


def host_of(address: str | None) -> str | None:
    """The host of an address, without ``www.``; ``None`` where there is none.

    >>> host_of("https://www.Example.org:8080/story"), host_of("about:blank")
    ('example.org', None)
    """
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def site_of(address: str | None) -> str | None:
    """The registered domain of an address by the public-suffix list that publicsuffixlist brings along.

    A host that has none (a number, a name without a dot) is its own site. ``None`` where there is no host.

    >>> site_of("https://sport.example.co.uk/2024/cup"), site_of("http://192.0.2.7/a"), site_of("story.txt")
    ('example.co.uk', '192.0.2.7', None)
    """
    host = host_of(address)
    return site_of_host(host) if host else None


@lru_cache(maxsize=1 << 16)
def site_of_host(host: str) -> str:
    """The registered domain of a host name, in ASCII as the domain system has it.

    >>> site_of_host("blog.münchen.de"), site_of_host("harbour-post.blogspot.com")
    ('xn--mnchen-3ya.de', 'harbour-post.blogspot.com')
    """
    try:
        ip_address(host)
        return host
    except ValueError:
        pass
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return host
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  (reads its list: a twentieth of a second)

    return PublicSuffixList()
