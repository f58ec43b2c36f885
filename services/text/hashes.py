"""Short stable ids made of content."""

import hashlib


def digest(*parts: object, length: int = 20) -> str:
    """Return `length` hex digits of SHA-256 over the parts. The boundaries of parts count."""
    joined = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:length]
