"""Open data: what is published, column by column, as tables that files, the API and the data dictionary are made of."""
