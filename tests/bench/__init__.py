"""Measures how fast the site is. All data is invented and made anew each time, in a database of its own."""
