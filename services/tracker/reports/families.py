"""The family of a block: the blocks of one family are in one partition, where their claims meet."""


def family_of(block: str) -> str:
    """Return the first part of a block's name ("violence" of "violence:idris-halvane")."""
    return block.partition(":")[0]
