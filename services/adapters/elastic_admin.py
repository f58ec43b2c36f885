"""Templates, indices, and aliases of Elasticsearch."""

from collections.abc import Mapping, Sequence
from functools import partial

from elasticsearch import BadRequestError

from services.adapters.elastic_answers import Refusal
from services.adapters.elastic_cluster import Cluster, refused
from services.index_names import aliases, index_of
from services.ports import JsonObject


class ElasticAdmin:
    """What is done to whole indices. Every name gets the prefix of the cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._indices = cluster.client.indices
        self._prefix = cluster.prefix

    def apply_templates(self, templates: Mapping[str, JsonObject]) -> dict[str, str]:
        reasons = {}
        for name, template in templates.items():
            patterns = [self._prefix + pattern for pattern in template["index_patterns"]]
            self._cluster.ask(
                partial(
                    self._indices.put_index_template,
                    name=self._prefix + name,
                    body={**template, "index_patterns": patterns},
                )
            )
            refusal = self._cluster.ask(
                partial(self._extend, patterns, template["template"]["mappings"])
            )
            if refusal is not None:
                reasons[template["index_patterns"][0]] = refusal.message()
        return reasons

    def ensure(self, name: str) -> None:
        if self._cluster.ask(lambda: self._indices.exists(index=self._prefix + name)):
            return
        behind: dict[str, JsonObject] = {self._prefix + alias: {} for alias in aliases(name)}
        self._cluster.ask(lambda: self._create(self._prefix + index_of(name), behind))

    def refresh(self) -> None:
        """Make everything written so far searchable."""
        self._cluster.ask(lambda: self._indices.refresh(index=self._prefix + "*"))

    def _extend(self, patterns: Sequence[str], mappings: JsonObject) -> Refusal | None:
        """Add new fields to existing indices.

        Return a refusal if a field has another type there.
        """
        try:
            self._indices.put_mapping(
                index=[pattern for pattern in patterns if pattern.endswith("*")],
                body=dict(mappings),
                allow_no_indices=True,
            )
        except BadRequestError as error:
            return refused(error)
        return None

    def _create(self, index: str, behind: Mapping[str, JsonObject]) -> None:
        """Create an index, unless somebody else just did."""
        try:
            self._indices.create(index=index, aliases=behind)
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
