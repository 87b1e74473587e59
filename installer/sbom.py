"""The bill of materials of a bundle, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/)."""

from __future__ import annotations

import json
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

if TYPE_CHECKING:
    from collections.abc import Iterable

_APPLICATION = "emotion-overlay"


def write_sbom(distributions: Iterable[Distribution], target: Path) -> None:
    """Name the application and every Python package that the bundle carries.

    The native libraries inside packages are not named one by one; the packages' own metadata, in
    the folders `*.dist-info`, has their licences.

    Args:
        distributions: The packages, the application among them.
        target: The JSON file to write; the same packages give the same bytes.
    """
    bom = Bom()
    for each in distributions:
        component = _component(each)
        if each.name == _APPLICATION:
            bom.metadata.component = component
        else:
            bom.components.add(component)
    if bom.metadata.component is not None:
        bom.register_dependency(bom.metadata.component, bom.components)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    target.write_text(_without_chance(text), encoding="utf-8")


def _component(distribution: Distribution) -> Component:
    is_application = distribution.name == _APPLICATION
    licence = distribution.metadata["License-Expression"] or distribution.metadata["License"]
    named = [DisjunctiveLicense(name=licence.splitlines()[0].strip())] if licence else []
    return Component(
        type=ComponentType.APPLICATION if is_application else ComponentType.LIBRARY,
        name=distribution.name,
        version=distribution.version,
        bom_ref=distribution.name,
        licenses=named,
        purl=PackageURL("pypi", None, distribution.name.lower(), distribution.version),
    )


def _without_chance(text: str) -> str:
    """Leave out the serial number and the time, which differ from one run to the next."""
    content = json.loads(text)
    content.pop("serialNumber", None)
    content["metadata"].pop("timestamp", None)
    return json.dumps(content, indent=2) + "\n"
