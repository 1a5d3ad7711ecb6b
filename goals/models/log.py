"""The audit log as one list: every change that is kept of any model."""

from django.db import models
from pghistory.models import Events

from parties.models import User


class LoggedChange(Events):
    """A change (ändring) that somebody made, read from the logs of all models; nothing of its own is stored."""

    class Meta:
        proxy = True
        verbose_name = "ändring"
        verbose_name_plural = "ändringslogg"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.pgh_slug)

    @property
    def user_id(self) -> int | None:
        """The key of the user who was signed in when it was made; ``None`` where nobody was."""
        return (self.pgh_context or {}).get("user")

    @classmethod
    def made_by(cls, users: "models.QuerySet[User]") -> models.Q:
        """Give the condition that some users made it."""
        return models.Q(pgh_context__user__in=list(users.values_list("pk", flat=True)))
