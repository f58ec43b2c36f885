"""How the process collects garbage once its models and dictionaries are loaded."""

import gc

YOUNG_OBJECTS = 50_000
"""Containers that may be made before the collector looks for circles among them.

A parsed sentence is a circle of some thirty tokens: these are some megabytes, of a thousand
sentences. Python's own 700 would look at each sentence while it is being read.
"""
YOUNG_ROUNDS = 20
"""Looks at the young containers for one look at the middle-aged; as many of these for one at all.
Set by hand: a full look takes a tenth of a second."""


def settle() -> None:
    """Leave what is loaded to the end of the process, and look for circles less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, YOUNG_ROUNDS)
