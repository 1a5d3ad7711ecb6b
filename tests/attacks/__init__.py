"""Attacks on the site, one kind in each file."""
