"""AI in Medicine: the helper library behind six lecture notebooks.

Nothing heavy is imported here: torch and friends load when a room that needs them is opened.
"""

__version__ = "0.1.0"
