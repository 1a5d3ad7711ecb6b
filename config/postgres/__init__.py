"""Our own database backend: Django's for PostgreSQL, which does not let a reader wait for ever (``base``)."""
