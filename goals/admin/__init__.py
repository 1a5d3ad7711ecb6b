"""What an administrator may see and change of goals: one module for each kind of thing."""

from goals.admin import following, goals, issues, log, periods, records

__all__ = ["following", "goals", "issues", "log", "periods", "records"]
