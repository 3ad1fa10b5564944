"""Whose page it is: registered domains by the bundled list, hosts that have none, addresses that are none."""

import pytest

from cleaner.sites import host_of, site_of


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.example.com/a", "example.com"),
        ("http://sport.news.example.com:8080/a?b=c#d", "example.com"),
        ("https://www.example.co.uk/a", "example.co.uk"),
        ("https://one.github.io/a", "one.github.io"),
        ("https://Nachrichten.MÜNCHEN.de/a", "xn--mnchen-3ya.de"),
        ("https://xn--mnchen-3ya.de/a", "xn--mnchen-3ya.de"),
        ("https://192.0.2.7/a", "192.0.2.7"),
        ("https://[2001:db8::1]/a", "2001:db8::1"),
        ("http://localhost/a", "localhost"),
        ("https://user:secret@www.example.com/a", "example.com"),
        ("https://" + "a" * 70 + ".example.com/", "a" * 70 + ".example.com"),
        ("example.com/a", None),
        ("http://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_the_registered_domain(address, site):
    assert site_of(address) == site


def test_the_host():
    assert host_of("https://www.blog.Example.org/story") == "blog.example.org"
    assert host_of("mailto:desk@example.org") is None
