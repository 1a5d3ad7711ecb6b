"""The reporting periods of a plan year: which there are, when they end and are due, and locking them."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from config.page import Crumb, Page
from goals.models import ReportingPeriod
from goals.models.periods import validate_period_slug
from goals.views.work import find_period
from parties.access import signed_in
from parties.models import Committee
from parties.requests import INVALID, user_of
from parties.swedish import slug
from parties.widgets import DayInput
from proposals.models import PlanYear


class PeriodForm(forms.ModelForm):
    """A period's name and days. Its address follows from its first name, and stays."""

    class Meta:
        model = ReportingPeriod
        fields = ("name", "ends_on", "due_on")
        widgets = {"ends_on": DayInput, "due_on": DayInput}

    def _get_validation_exclusions(self) -> set[str]:
        """Check what must be unique within the plan year too, although the form does not ask for the year."""
        return super()._get_validation_exclusions() - {"plan_year"}  # type: ignore[misc, no-any-return]

    def clean(self) -> dict[str, object]:
        """Give a new period its address."""
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.slug and cleaned.get("name"):
            self.instance.slug = slug(cleaned["name"])[:50].strip("-")
            try:
                validate_period_slug(self.instance.slug)
            except forms.ValidationError as error:
                self.add_error("name", error)
            if self.instance.plan_year.periods.filter(slug=self.instance.slug).exists():
                self.add_error("name", "Planåret har redan en period som heter så.")
        return cleaned


@signed_in
@transaction.atomic
def periods(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """List a plan year's periods, and add one."""
    plan_year = _own_plan_year(request, municipality, committee, year)
    if request.method == "POST":
        PlanYear.objects.select_for_update(of=("self",), no_key=True).get(pk=plan_year.pk)  # one is added at a time
    form = PeriodForm(request.POST or None, instance=ReportingPeriod(plan_year=plan_year))
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"{form.save()} finns nu.")
        return HttpResponseRedirect(_address(plan_year))
    return _page(request, plan_year, form)


@signed_in
@transaction.atomic
def change(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Change a period's name and days."""
    found = find_period(request, municipality, committee, year, period)
    if request.method == "POST":
        # Read again under a lock: somebody else may be closing the period just now.
        found = ReportingPeriod.objects.select_for_update(of=("self",)).select_related("plan_year").get(pk=found.pk)
    if found.is_locked:
        messages.warning(request, f"{found} är låst. Lås upp den först, om något ska ändras.")
        return HttpResponseRedirect(_address(found.plan_year))
    form = PeriodForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"{form.save()} är ändrad.")
        return HttpResponseRedirect(_address(found.plan_year))
    return _page(request, found.plan_year, form, changing=found)


@signed_in
def lock(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Lock a period, or open it again; whoever only looks is led to the periods."""
    found = find_period(request, municipality, committee, year, period)
    if request.method != "POST":
        return HttpResponseRedirect(_address(found.plan_year))
    if request.POST.get("las") == "upp":
        found.unlock()
        messages.success(request, f"{found} är öppen igen. Att den låstes upp står i ändringsloggen.")
    else:
        found.lock()
        messages.success(request, f"{found} är låst. Den tar nu bara emot rättelser.")
    return HttpResponseRedirect(_address(found.plan_year))


def _own_plan_year(request: HttpRequest, municipality: str, committee: str, year: int) -> PlanYear:
    own = Committee.objects.worked_by(user_of(request))
    plan_year = PlanYear.objects.at(municipality, committee, year).filter(committee__in=own).first()
    if plan_year is None:
        raise Http404
    return plan_year


def _address(plan_year: PlanYear) -> str:
    return reverse("periods", args=plan_year.address)


def _page(
    request: HttpRequest, plan_year: PlanYear, form: PeriodForm, *, changing: ReportingPeriod | None = None
) -> HttpResponse:
    title = f"Ändra {changing.name}" if changing else f"Perioder {plan_year.year}"
    crumbs = [Crumb("Arbete", reverse("work")), Crumb(f"Perioder {plan_year.year}", _address(plan_year))]
    context = {
        "page": Page(title, title, [*crumbs, Crumb(title, request.path)] if changing else crumbs),
        "plan_year": plan_year,
        "periods": list(plan_year.periods.all()),
        "form": form,
        "changing": changing,
    }
    return render(request, "goals/work/periods.html", context, status=INVALID if form.errors else 200)
