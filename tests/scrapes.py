"""For tests of metrics: what a process or a registry tells, as samples by name and labels."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from services.runtime import metrics


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample of Prometheus' text format."""
    families = text_string_to_metric_families(text)
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


class Rise:
    """Tells how much samples of this process have risen since it was made."""

    def __init__(self) -> None:
        self._before = samples(metrics.text().decode())

    def __call__(self, name: str, **labels: str) -> float:
        """Return the rise of the sample with exactly these labels."""
        key = (name, frozenset(labels.items()))
        return samples(metrics.text().decode()).get(key, 0.0) - self._before.get(key, 0.0)


class Scrape:
    """What one scrape of `/metrics` found."""

    def __init__(self, port: int) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            self.content_type = answer.headers["Content-Type"]
            self.text = answer.read().decode()
        self.samples = samples(self.text)

    def __call__(self, name: str, **labels: str) -> float:
        """Return the sum of the samples of a name that have at least these labels."""
        wanted = set(labels.items())
        return sum(
            value for (found, has), value in self.samples.items() if found == name and wanted <= has
        )


def scrape(port: int) -> "Scrape | None":
    """Return a scrape, None while nobody listens."""
    try:
        return Scrape(port)
    except OSError:
        return None
