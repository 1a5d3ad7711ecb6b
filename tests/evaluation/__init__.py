"""What the import and the search are measured by; `make eval-import` and `make eval-search` fail where a part does."""

#: How a line begins that says that something asked for was not reached.
FAILED = "FAILED: "
