"""Forms that somebody else sends, for what is another's, or with more in them than they have."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse

from goals.models import Goal, Issue, ReportingPeriod, Topic
from goals.models.records import KINDS
from parties.models import Membership, User
from tests import reports
from tests.cast import SECRETARY, SUPERUSER, Cast
from tests.config.test_access import DOORS, is_for_workers
from tests.factories import DraftFactory, MembershipFactory, PageImageFactory
from tests.fuzz.forms import offered
from tests.snapshot import tables

#: What a form might be sent besides its own fields, to get what it does not give.
MORE = {
    **dict.fromkeys(("is_staff", "is_superuser", "is_active", "is_example"), "on"),
    **{
        "author_role": "administrator",
        "recorded_at": "2001-01-01",
        "joined_at": "2001-01-01",
        "locked_at": "2001-01-01",
    },
    **{"email": "tagen@example.org", "revision": "99", "position": "99", "state": "published", "version": "99"},
}


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    """Give every address, where there is something at it."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    decision = goal.decide("adopted", by=cast.secretary, date=datetime(2017, 1, 20, tzinfo=UTC).date())
    draft = DraftFactory(committee=cast.committee)
    PageImageFactory(document=draft.document)
    reports.write(ReportingPeriod.objects.get(slug="delar"), cast.secretary)
    return {name: address.format(decision=decision.pk, draft=draft.pk) for name, (address, _) in DOORS.items()}


def everything() -> dict[str, Any]:
    """Give a checksum of each table of ours."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables():
            cursor.execute(f'SELECT md5(string_agg(row::text, chr(10) ORDER BY row::text)) FROM "{table}" AS row')
            found[table] = cursor.fetchone()[0]
        return found


def test_no_form_without_its_token(cast: Cast, addresses: dict[str, str]):
    """Another site cannot send a form for who is signed in: every address refuses it, and nothing is changed."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.users[SUPERUSER])
    before = everything()
    administration = [reverse("admin:index"), *(reverse(f"admin:{page}_add") for page in _admin_pages())]
    for address in (*addresses.values(), *administration):
        response = client.post(address, {"status": "achieved", "sett": "1", "mal": "1"}, REMOTE_ADDR="10.2.0.1")
        # The API and the health take no POST at all, and a letter's link that ends what one follows has its own token.
        expected = (403, 404, 405) if address.startswith(("/api/", "/folj/avsluta/", "/halsa/")) else (403,)
        assert response.status_code in expected, address
    assert everything() == before


def test_another_committees_people(cast: Cast, addresses: dict[str, str]):
    """For who administers another committee there is nothing here to open, send or change."""
    before = everything()
    client = Client()
    client.force_login(MembershipFactory(role=Membership.Role.ADMINISTRATOR).user)
    for name in filter(is_for_workers, addresses):
        assert client.get(addresses[name]).status_code == 404, name
        assert client.post(addresses[name], {"status": "achieved", "sett": "1"}).status_code == 404, name
    for model in admin.site._registry:
        row = None if model._meta.proxy else model._base_manager.order_by("pk").first()
        if row is None or model is User:
            continue
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{page}_{what}", args=[row.pk]) for what in ("change", "delete", "history")):
            assert client.get(address).status_code in (302, 403, 404), address
            assert client.post(address, {"post": "yes"}).status_code in (302, 403, 404), address
    after = everything()
    for table in ("parties_user", "parties_membership", "parties_committee", "parties_municipality"):
        before.pop(table), after.pop(table)  # those that were made here
    assert after == before


def test_no_form_takes_more_than_it_asks_for(cast: Cast, addresses: dict[str, str]):
    """Fields that a form does not have change nothing, in any form of any page that a secretary can open."""
    other = MembershipFactory().user
    named = {
        **dict.fromkeys(("author", "by", "user", "changed_by"), other.pk),
        "committee": other.memberships.get().committee_id,
    }
    started = datetime.now(UTC)
    people = {user.pk: (user.is_superuser, user.is_staff, user.is_active, user.email) for user in User.objects.all()}
    roles = set(Membership.objects.values_list("user", "committee", "role"))
    sent = 0
    client = cast.client(SECRETARY)
    for address in addresses.values():
        if address.startswith(("/logga-ut/", "/admin/", "/data/", "/api/")):
            continue
        page = client.get(address, REMOTE_ADDR="10.2.0.2")
        if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
            continue
        for form in offered(page.content, address).forms:
            if form.method != "post" or form.action.startswith("/logga-ut/"):
                continue
            own = {name: choices[-1] if choices else "" for name, choices in form.fields}
            extra = {name: value for name, value in {**MORE, **named}.items() if name not in own}
            client.post(form.action, {"reason": "Skäl", **own, **extra})
            sent += 1
    assert sent > 25
    for kind in KINDS:
        for record in kind.objects.all():
            assert (record.author_id, record.is_example) == (cast.secretary.pk, False)
            assert record.recorded_at.year == started.year
    assert people == {
        user.pk: (user.is_superuser, user.is_staff, user.is_active, user.email) for user in User.objects.all()
    }
    assert roles == set(Membership.objects.values_list("user", "committee", "role"))
    committees = set(Topic.objects.values_list("committee", flat=True)) | set(
        Issue.objects.values_list("committee", flat=True)
    )
    assert committees == {cast.committee.pk}
    assert not ReportingPeriod.objects.filter(locked_at__year=2001).exists()


def _admin_pages() -> list[str]:
    return [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
