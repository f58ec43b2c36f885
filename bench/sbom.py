"""Writes the software bill of materials: CycloneDX 1.6, as JSON, of all that an installation runs.

    python -m bench.sbom > sbom.cdx.json

- Python packages: requirements.txt, with every hash that may be installed; licences as installed
  packages state them.
- Java: services/adapters/embedded/engines.lock, which the embedded engines are checked by.
- htmx, which stands in the console's files.

The same files give the same bytes: there is no time in it, and the serial number is made of the
content. No part has an address to fetch it from.
"""

import argparse
import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

from services import __version__

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
HTMX = re.compile(r'version="(\d+\.\d+\.\d+)"')
LONGEST_LICENCE = 64
"""Characters of a licence's name. What is longer is its text, which stays in the package."""

_LICENCES = LicenseFactory()


def python_parts(text: str) -> Iterator[Component]:
    """Yield the packages of a requirements file with hashes, in its order."""
    starts = [*PINNED.finditer(text)]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    for match, end in zip(starts, ends, strict=True):
        name, version = match[1].lower(), match[2]
        hashes = HASH.findall(text[match.start() : end])
        yield _part(PackageURL("pypi", None, name, version), hashes, licences_of(name))


def java_parts(text: str) -> Iterator[Component]:
    """Yield the parts of `engines.lock`: group:artifact:version:type, SHA-256, bytes."""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        place, digest, _ = line.split()
        group, name, version, *kind = place.split(":")
        yield _part(PackageURL("maven", group, name, version, {"type": kind[0]}), [digest], [])


def htmx_part(script: bytes) -> Component:
    """Return the one script of others that the console serves."""
    digest, found = hashlib.sha256(script).hexdigest(), HTMX.search(script.decode())
    version = found[1] if found else None
    return _part(PackageURL("npm", None, "htmx.org", version), [digest], ["0BSD"])


def licences_of(name: str) -> list[str]:
    """Return the licences that an installed package states; none if it is not installed."""
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if expressions := stated.get_all("License-Expression"):
        return [str(expressions[0])]
    own = str((stated.get_all("License") or [""])[0]).strip()
    classified = [
        str(line).rpartition(" :: ")[2]
        for line in stated.get_all("Classifier") or []
        if str(line).startswith("License :: ") and not str(line).endswith("OSI Approved")
    ]
    is_name = own and "\n" not in own and len(own) <= LONGEST_LICENCE and own != "UNKNOWN"
    return [own] if is_name else classified


def asked_for(project: str) -> set[str]:
    """Return the packages that the project asks for itself, of its pyproject.toml."""
    lines = tomllib.loads(project)["project"]["dependencies"]
    return {Requirement(line).name.lower().replace("_", "-") for line in lines}


def bill(parts: list[Component], direct: set[str]) -> str:
    """Return the bill as JSON. Raises ValueError if it breaks CycloneDX's schema.

    `direct`: the names of the parts that the project itself asks for; the others come with these.
    """
    own = Component(
        name="reportedly",
        version=__version__,
        type=ComponentType.APPLICATION,
        bom_ref=f"reportedly@{__version__}",
        licenses=[_LICENCES.make_from_string("Apache-2.0")],
    )
    bom = Bom(components=parts)
    bom.metadata.component = own
    bom.register_dependency(own, [part for part in parts if part.name in direct or part.group])
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"], written["serialNumber"], written["$schema"]
    content = json.dumps(written, sort_keys=True)
    written["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, content).urn
    text = json.dumps(written, indent=1, sort_keys=True) + "\n"
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"this is no CycloneDX: {error}")
    return text


def all_parts() -> list[Component]:
    """Return everything that an installation runs."""
    embedded = ROOT / "services/adapters/embedded/engines.lock"
    script = ROOT / "services/api/console/static/htmx.min.js"
    return [
        *python_parts((ROOT / "requirements.txt").read_text(encoding="utf-8")),
        *java_parts(embedded.read_text(encoding="utf-8")),
        htmx_part(script.read_bytes()),
    ]


def _part(purl: PackageURL, hashes: list[str], licences: list[str]) -> Component:
    made: list[License] = [_LICENCES.make_from_string(name) for name in licences]
    # A part has one expression, or any number of names.
    names = [one for one in made if not isinstance(one, LicenseExpression)]
    return Component(
        name=purl.name,
        group=purl.namespace,
        version=purl.version,
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in hashes],
        licenses=made if len(made) == 1 else names,
    )


def main() -> None:
    """Write the bill; tell on standard error how many parts state no licence."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    parts = all_parts()
    direct = asked_for((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    sys.stdout.write(bill(parts, direct))
    silent = [part for part in parts if not part.licenses]
    sys.stderr.write(f"{len(parts)} parts, {len(silent)} of them state no licence\n")
    if names := [part.name for part in silent if not part.group]:
        sys.stderr.write(f"look these up by hand: {', '.join(names)}\n")


if __name__ == "__main__":
    main()
