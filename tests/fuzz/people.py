"""Those who are signed in while the site is attacked, one of each role, whatever becomes of their accounts."""

from importlib import import_module
from typing import Any

NOBODY = ""
ROLES = (NOBODY, "secretary", "administrator", "member", "other", "superuser")


def session_of(role: str) -> str:
    """Make a new session for a person, whose account is mended first, and give its key."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    user = person(role)
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def person(role: str) -> Any:
    """Find or make a person, with the role and nothing taken away by what somebody sent."""
    from parties.models import Committee, Membership, User
    from proposals.models import PlanYear

    user, _ = User.objects.get_or_create(email=f"{role}@fuzz.example.org", defaults={"password": "!"})
    User.objects.filter(pk=user.pk).update(is_active=True, is_superuser=role == "superuser")
    own = Committee.objects.filter(plan_years__in=PlanYear.objects.published()).distinct()
    others = Committee.objects.exclude(pk__in=own.values("pk"))
    wanted = {"secretary": own, "administrator": own, "member": own, "other": others}.get(role, own.none())
    for committee in wanted:
        kept = "secretary" if role == "other" else role
        Membership.objects.update_or_create(user=user, committee=committee, defaults={"role": kept})
    user.refresh_from_db()
    return user
