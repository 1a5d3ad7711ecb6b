"""Every address of the site. docs/pages.md lists them with their views, queries and templates."""

from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from config import health, views
from config.sitemaps import SITEMAPS

handler400 = "config.views.bad_request"
handler404 = "config.views.not_found"
handler403 = "config.views.forbidden"
handler429 = "config.views.too_many_requests"  # django-allauth's, where it refuses to answer more often
handler500 = "config.views.server_error"

urlpatterns = [
    path("om/", views.about, name="about"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("halsa/", health.health, name="health"),
    path("halsa/lever/", health.alive, name="alive"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security, name="security"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sitemap.xml", sitemaps.index, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        sitemaps.sitemap,
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("admin/", admin.site.urls),
    path("", include("parties.urls")),
    path("", include("proposals.urls")),
    path("", include("goals.urls")),
]
