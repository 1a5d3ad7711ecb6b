"""The site in front of two real PostgreSQL servers, of which one follows the other."""
