"""Templates, indices, and aliases of Elasticsearch."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from elasticsearch import BadRequestError

from services.adapters.elastic_answers import Refusal
from services.adapters.elastic_cluster import Cluster, refused
from services.index_names import aliases, index_of, name_of
from services.ports import IndexFacts, JsonObject

NAMES_IN_A_TEMPLATE = ("index_patterns", "composed_of", "ignore_missing_component_templates")
"""Parts of a template that hold names."""

MOST_NAMES = 30
"""Names of indices in one request: its first line may have 4,096 bytes, and a name 120."""


class ElasticAdmin:
    """What is done to whole indices. Every name gets the prefix of the cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._indices = cluster.client.indices
        self._prefix = cluster.prefix

    def apply_templates(self, templates: Mapping[str, JsonObject]) -> dict[str, str]:
        reasons = {}
        for name, template in templates.items():
            own = {
                key: [self._prefix + each for each in template[key]]
                for key in NAMES_IN_A_TEMPLATE
                if key in template
            }
            patterns = own["index_patterns"]
            self._cluster.ask(
                partial(
                    self._indices.put_index_template,
                    name=self._prefix + name,
                    body={**template, **own},
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

    def indices(self) -> list[IndexFacts]:
        aliased = self._cluster.ask(lambda: self._indices.get_alias(index=self._prefix + "*")).body
        sizes = self._cluster.ask(
            lambda: self._indices.stats(index=self._prefix + "*", metric=["docs", "store"])
        ).body["indices"]
        return [
            self._facts(index, row["aliases"], sizes[index]["primaries"])
            for index, row in sorted(aliased.items())
            if index in sizes
        ]

    def make(self, index: str) -> None:
        self._cluster.ask(lambda: self._create(self._prefix + index, {}))

    def put_in_place(self, indices: Sequence[str]) -> list[str]:
        names = {name_of(index): index for index in indices}
        former = [
            facts
            for facts in self.indices()
            if facts.index not in indices and names.keys() & {facts.index, *facts.aliases}
        ]
        steps = [step for facts in former for step in self._taken_away(facts, names)]
        steps += [
            {"add": {"index": self._prefix + index, "alias": self._prefix + alias}}
            for name, index in names.items()
            for alias in aliases(name)
        ]
        if steps:
            self._cluster.ask(lambda: self._indices.update_aliases(actions=steps))
        return [facts.index for facts in former]

    def _taken_away(self, facts: IndexFacts, names: Collection[str]) -> list[JsonObject]:
        """Return the steps that leave an index behind no alias."""
        index = self._prefix + facts.index
        if facts.index in names:
            return [{"remove_index": {"index": index}}]
        return [
            {"remove": {"index": index, "alias": self._prefix + alias}}
            for alias in sorted(facts.aliases)
        ]

    def drop(self, indices: Sequence[str]) -> None:
        for some in (indices[at : at + MOST_NAMES] for at in range(0, len(indices), MOST_NAMES)):
            names = [self._prefix + index for index in some]
            self._cluster.ask(partial(self._indices.delete, index=names, ignore_unavailable=True))

    def refresh(self) -> None:
        """Make everything written so far searchable."""
        self._cluster.ask(lambda: self._indices.refresh(index=self._prefix + "*"))

    def expunge(self) -> None:
        """Take removed documents off the disk."""
        name = self._prefix + "*"
        self._cluster.ask(lambda: self._indices.forcemerge(index=name, only_expunge_deletes=True))
        self._cluster.ask(lambda: self._indices.flush(index=name))

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

    def _facts(self, index: str, behind: JsonObject, sizes: JsonObject) -> IndexFacts:
        own = len(self._prefix)
        names = frozenset(alias[own:] for alias in behind if alias.startswith(self._prefix))
        return IndexFacts(
            index[own:], names, sizes["docs"]["count"], sizes["store"]["size_in_bytes"]
        )

    def _create(self, index: str, behind: Mapping[str, JsonObject]) -> None:
        """Create an index, unless somebody else just did."""
        try:
            self._indices.create(index=index, aliases=behind)
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
