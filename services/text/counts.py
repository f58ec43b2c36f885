"""Numbers of things, in words."""


def counted(n: int, one: str, many: str = "") -> str:
    """Return `1 alert` or `1,200 alerts`. `many` is the plural if it is not `one` with an s."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
