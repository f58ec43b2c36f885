"""People: who asks, what they may do, and whose watches they see. Pure."""

from dataclasses import dataclass

from services.messages import Scope

SCOPES: tuple[Scope, ...] = ("reader", "editor", "operator")
"""The scopes in rising order: each holds those before it."""

GROUP = "group:"
"""What stands before the name of a group in `owner` of a watch."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses the API.

    - `name`: as `owner` of a watch names people.
    - `groups`: names without `group:`.
    - `token_id`: of the token that was shown; "local" for who needs none.
    """

    name: str
    scope: Scope
    groups: frozenset[str] = frozenset()
    token_id: str = ""

    def may(self, scope: Scope) -> bool:
        """Return True if this person has a scope, or a higher one."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def owns(self, owner: str | None) -> bool:
        """Return True if this person sees what has such an owner.

        That is what is theirs, what a group of theirs has, and what nobody owns. Operators see all.
        """
        if not owner or self.scope == "operator" or owner == self.name:
            return True
        return owner.startswith(GROUP) and owner.removeprefix(GROUP) in self.groups


LOCAL_PERSON = Person("local", "operator", token_id="local")
"""Who asks from this machine where no login is required."""
