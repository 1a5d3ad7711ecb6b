"""The API for reading: the tables of open data, with the same names, a page at a time."""
