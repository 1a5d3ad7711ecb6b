"""The site's addresses, and one more for what everything else is measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from parties.models import Party


def empty(request: HttpRequest) -> HttpResponse:
    """Ask the database one thing, and say nothing."""
    Party.objects.exists()
    return HttpResponse()


urlpatterns = [path("tom/", empty, name="empty"), path("", include("config.urls"))]
