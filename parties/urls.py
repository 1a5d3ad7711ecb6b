"""Addresses of signing in and of what a person changes about the own account; the views are django-allauth's."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
