"""WHO: municipalities, their committees, the parties, and the people who sign in."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import cached_property

from parties.audit import audited
from parties.colours import LEAST_CONTRAST, contrast, is_colour, validate_colour
from parties.swedish import swedish_key

#: First parts of addresses that belong to the site itself, and so can be no municipality's.
SITE_ADDRESSES = frozenset(
    (
        *("admin", "andringar", "api", "arbete", "data", "favicon", "folj", "halsa", "konto", "logga-in", "logga-ut"),
        *("om", "robots", "sitemap", "sok", "static", "tillganglighet"),
    )
)
#: Addresses within a plan year that are no party's.
PLAN_YEAR_ADDRESSES = frozenset(["jamfor", "oversikt", "rapport"])


def validate_municipality_slug(slug: str) -> None:
    """Refuse an address that the site itself uses.

    :raises ValidationError: if it does.
    """
    if slug in SITE_ADDRESSES:
        raise ValidationError(f"Adressen ”{slug}” används av webbplatsen. Välj en annan.")


def validate_party_slug(slug: str) -> None:
    """Refuse an address that a plan year's own pages use.

    :raises ValidationError: if they do.
    """
    if slug in PLAN_YEAR_ADDRESSES:
        raise ValidationError(f"Adressen ”{slug}” används av planårets sidor. Välj en annan.")


class Municipality(models.Model):
    """A municipality (kommun), with the four-digit code that Statistics Sweden (SCB) gives it."""

    name = models.CharField("namn", max_length=100)
    code = models.CharField(
        "kommunkod",
        max_length=4,
        unique=True,
        validators=[RegexValidator(r"\A[0-9]{4}\Z", "Koden är fyra siffror.")],
    )
    slug = models.SlugField("adress", unique=True, validators=[validate_municipality_slug])

    class Meta:
        verbose_name = "kommun"
        verbose_name_plural = "kommuner"

    def __str__(self) -> str:
        return self.name


class CommitteeQuerySet(models.QuerySet["Committee"]):
    """Committees."""

    def worked_by(self, user: "User | AnonymousUser") -> "CommitteeQuerySet":
        """Find the committees whose goals a user may judge: as its secretary or administrator."""
        return self._with_role(user, Membership.WORKING)

    def administered_by(self, user: "User | AnonymousUser") -> "CommitteeQuerySet":
        """Find the committees whose people a user may change, and whose periods in the administration."""
        return self._with_role(user, (Membership.Role.ADMINISTRATOR,))

    def _with_role(self, user: "User | AnonymousUser", roles: Iterable["Membership.Role"]) -> "CommitteeQuerySet":
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(
            models.Exists(Membership.objects.filter(committee=models.OuterRef("pk"), user=user, role__in=roles))
        )


class Committee(models.Model):
    """A committee (nämnd) of a municipality."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="committees", verbose_name="kommun"
    )
    name = models.CharField("namn", max_length=100)
    slug = models.SlugField("adress")

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = "nämnd"
        verbose_name_plural = "nämnder"
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="committee_slug_unique")]

    def __str__(self) -> str:
        return f"{self.name} i {self.municipality}"

    def get_absolute_url(self) -> str:
        """Give the address of the committee's page."""
        return reverse("committee", args=[self.municipality.slug, self.slug])


class Party(models.Model):
    """A political party, with its abbreviation and the colours of its badge."""

    name = models.CharField("namn", max_length=100)
    abbreviation = models.CharField("förkortning", max_length=5)
    slug = models.SlugField("adress", unique=True, validators=[validate_party_slug])
    fill = models.CharField("märkets färg", max_length=7, validators=[validate_colour], default="#4A4E52")
    ink = models.CharField("märkets textfärg", max_length=7, validators=[validate_colour], default="#FFFFFF")

    class Meta:
        verbose_name = "parti"
        verbose_name_plural = "partier"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a badge that cannot be read.

        :raises ValidationError: if the text's contrast against the fill is under 4.5:1.
        """
        if not (is_colour(self.fill) and is_colour(self.ink)):
            return  # the fields' own validators have said so
        if (ratio := contrast(self.fill, self.ink)) < LEAST_CONTRAST:
            measured, needed = (f"{number:.1f}".replace(".", ",") for number in (ratio, LEAST_CONTRAST))
            raise ValidationError(
                {"ink": f"Texten syns för dåligt mot färgen ({measured}:1). Välj färger med minst {needed}:1."}
            )

    @property
    def badge_width(self) -> int:
        """Width of the badge in the units of its drawing, where the height is 28."""
        return max(28, 12 + 11 * len(self.abbreviation))


def in_order(parties: Iterable[Party]) -> list[Party]:
    """Put parties in the one published order: by name, in Swedish alphabetical order."""
    return sorted(parties, key=lambda party: swedish_key(party.name))


class UserManager(BaseUserManager["User"]):
    """Makes users, who are known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user.

        :raises ValueError: if no e-mail address is given.
        """
        if not email:
            raise ValueError("En användare måste ha en e-postadress.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an administrator of the whole installation."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def find_or_make(self, email: str, name: str = "") -> "User":
        """Find the user with an e-mail address, in whatever case it is typed, or make one that has no password yet."""
        return self.filter(email__iexact=email).first() or self.create_user(email, name=name)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find the user by e-mail address, in whatever case it is typed."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, known by e-mail address."""

    email = models.EmailField("e-postadress", unique=True)
    name = models.CharField("namn", max_length=150, blank=True)
    is_active = models.BooleanField("aktiv", default=True)
    is_staff = models.BooleanField("får använda administrationen", default=False)
    is_example = models.BooleanField(
        "exempelkonto", default=False, editable=False, help_text="Allt som kontot skriver märks som exempel."
    )
    #: Which party's goals the overview sets apart for the user. Shown to nobody else: it may tell what one thinks.
    own_party = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="mitt parti"
    )
    joined_at = models.DateTimeField("skapad", auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "användare"
        verbose_name_plural = "användare"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="E-postadressen används redan.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the address in lower case, as it is looked for when one signs in."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @cached_property
    def works(self) -> bool:
        """Tell whether the user works for any committee."""
        return Committee.objects.worked_by(self).exists()

    @cached_property
    def administers_a_committee(self) -> bool:
        """Tell whether there is a committee that the user administers; asked once."""
        return Committee.objects.administered_by(self).exists()

    def role_in(self, committee: Committee) -> "Membership.Role | None":
        """Give the user's role in a committee, if any; who administers the installation administers each of them."""
        if not self.is_active:
            return None
        if self.is_superuser:
            return Membership.Role.ADMINISTRATOR
        role = self.memberships.filter(committee=committee).values_list("role", flat=True).first()
        return Membership.Role(role) if role else None


@audited
class Membership(models.Model):
    """The role (roll) that a user has in a committee. Readers see the role, never the person's name."""

    class Role(models.TextChoices):
        """What a user is in a committee, and so what it may do there."""

        SECRETARY = "secretary", "Nämndsekreterare"
        MEMBER = "member", "Ledamot"
        ADMINISTRATOR = "administrator", "Administratör"

    #: Roles that may judge goals.
    WORKING = (Role.SECRETARY, Role.ADMINISTRATOR)

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name="användare")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="memberships", verbose_name="nämnd")
    role = models.CharField("roll", max_length=15, choices=Role)

    class Meta:
        verbose_name = "roll i nämnd"
        verbose_name_plural = "roller i nämnder"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "committee"],
                name="membership_unique",
                violation_error_message="Användaren har redan en roll i nämnden.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} i {self.committee}"
