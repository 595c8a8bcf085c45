"""The numbers of a metrics page."""

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


class Samples:
    """All samples of a page at one moment."""

    def __init__(self, text: str) -> None:
        self.types = {family.name: family.type for family in text_string_to_metric_families(text)}
        self.all: list[Sample] = [each for family in text_string_to_metric_families(text) for each in family.samples]

    def of(self, name: str, **labels: str) -> float:
        """The sum of the samples of this name that have these labels. Raises AssertionError when there is none."""
        found = [each.value for each in self.all if each.name == name and labels.items() <= each.labels.items()]
        assert found, f"no sample of {name} with {labels}"
        return sum(found)

    def labels_of(self, name: str) -> set[str]:
        """The labels that all samples of this name have."""
        found = [set(each.labels) for each in self.all if each.name == name]
        return set.intersection(*found) if found else set()

    def has(self, name: str) -> bool:
        """Whether there is any sample of this name."""
        return any(each.name == name for each in self.all)
