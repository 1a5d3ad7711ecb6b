"""A bounded attack on a site of its own: every address and every form, with values that nobody would think of.

``make fuzz MINUTES=60`` serves a database of its own with everything in it, on this machine only, and ends it again.
"""
