"""The least that each part of the system must be allowed to do in Elasticsearch. Pure."""

from collections.abc import Mapping

from msgspec.json import encode

from services.indexer.documents import INDICES
from services.ports import JsonObject

PRIVILEGES: dict[str, tuple[list[str], list[str]]] = {
    # Searches, also with a point in time; asks whether the cluster is up.
    "reader": (["monitor"], ["read"]),
    # `manage`: an index that is made behind an alias needs it on both.
    "indexer": (["monitor"], ["read", "write", "manage"]),
    "operator": (["monitor", "manage_index_templates"], ["read", "write", "manage"]),
}
"""Role to its privileges on the cluster, and on our indices alone.

- reader: api, notifier, dashboards, and commands that search.
- indexer: the indexer.
- operator: `templates apply`, `replay`, `indices`.
"""


def roles(prefix: str = "") -> dict[str, JsonObject]:
    """Return name to role. `prefix`: that of all indices."""
    own = [prefix + name for alias in INDICES for name in (alias, f"{alias}-*")]
    return {
        f"{prefix}reportedly_{name}": {
            "cluster": cluster,
            "indices": [{"names": own, "privileges": indices}],
        }
        for name, (cluster, indices) in PRIVILEGES.items()
    }


def roles_file(roles: Mapping[str, JsonObject]) -> str:
    """Return the content of Elasticsearch's file of roles (YAML): one a line."""
    return "".join(f"{name}: {encode(role).decode()}\n" for name, role in roles.items())
