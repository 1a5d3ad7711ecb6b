"""What the import is measured by: `make eval-import` prints every section, and fails where one does."""

#: How a line begins that says that something asked for was not reached.
FAILED = "FAILED: "
