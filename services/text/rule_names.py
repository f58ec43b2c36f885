"""Names of rules of the tagger: an id ("event/killed-verb@1") without its version."""


def rule_name(rule_id: str) -> str:
    """Return the name of a rule by its id; "" if it has none. A name is its own."""
    return rule_id.partition("@")[0]
