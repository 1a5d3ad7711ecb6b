"""The site's addresses, and empty ones for what everything else is measured against."""

from collections.abc import Callable
from threading import BoundedSemaphore

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from goals import rates
from parties.models import Party

#: Answered before all other middleware.
OUTERMOST = "/tom/ytterst/"

# One program asks for all readers, who would not all be sent a file at a time.
rates._places = BoundedSemaphore(100)


def empty(request: HttpRequest) -> HttpResponse:
    """Ask the database one thing, and say nothing."""
    Party.objects.exists()
    return HttpResponse()


def before_everything(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Do the same as the outermost middleware of all: the most that a page cache in Django could reach."""

    def answer(request: HttpRequest) -> HttpResponse:
        return empty(request) if request.path_info == OUTERMOST else get_response(request)

    return answer


urlpatterns = [path("tom/", empty, name="empty"), path("", include("config.urls"))]
