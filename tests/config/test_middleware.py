"""What holds for every request and answer."""

import pytest
from django.test import Client

from tests.cast import NOBODY, SECRETARY, Cast
from tests.conftest import YEAR


@pytest.mark.parametrize("charset", ["hex", "raw_unicode_escape", "latin-1"])
def test_another_encoding_is_refused(client: Client, db, charset):
    """A form in another encoding than ours is answered 400, whoever sends it."""
    sent = f"multipart/form-data; boundary=x; charset={charset}"
    assert client.generic("POST", "/logga-in/", b"--x--", content_type=sent).status_code == 400


@pytest.mark.parametrize("length", ["23000001", "99999999999", "-1", "många"])
def test_what_is_too_large_is_not_received(client: Client, db, length):
    """More than the largest document is refused by what it says of its length, before any of it is read."""
    answer = client.post("/arbete/import/", b"x", content_type="text/plain", CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert "20 MB" in answer.content.decode()


@pytest.mark.parametrize("address", ["/admin/?x=%00", "/admin/goals/goal/?kind__exact=%00"])
def test_what_the_database_cannot_keep_is_refused(client: Client, plans, address):
    """A zero in what the administration is asked for is answered 400."""
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("address", ["/", "/andringar/", f"{YEAR}/v/25/", "/konto/", "/admin/password_change/"])
def test_pages_for_who_is_signed_in_are_kept_by_nobody(cast: Cast, address):
    """A page that was made for somebody is private, and one that was not may be shared."""
    assert "no-store" in cast.client(SECRETARY).get(address)["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/andringar/", f"{YEAR}/v/25/"])
def test_pages_for_readers_may_be_kept(cast: Cast, address):
    """Readers' pages say nothing against being kept."""
    assert "Cache-Control" not in cast.client(NOBODY).get(address)


@pytest.mark.parametrize("address", ["/admin/password_change/", "/admin/password_change/done/"])
def test_passwords_are_changed_in_one_place(cast: Cast, address):
    """The administration leads to the site's own page, which counts attempts and sends a letter."""
    assert cast.client("superuser").get(address)["Location"].startswith("/konto/")
