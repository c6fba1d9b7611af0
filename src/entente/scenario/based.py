"""What does a file say that is based on another? Its own top-level keys, and the other file's for the rest.

A key is taken whole or not at all: nothing inside one is merged, so two files side by side say everything. The version of
the format and the title are never taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path as File

from entente.scenario.explain import nearest, show
from entente.scenario.yaml12 import Finding, Node, Page

Shelf = Callable[[], Mapping[str, File]]  # the files that another may be based on, by name

BASE = "based_on"
OWN = (BASE, "entente", "title")  # what every file must say itself


def with_bases(page: Page, shelf: Shelf, open_page: Callable[[File], Page]) -> Page:
    """The page with the keys that it does not say itself, from the page it is based on, and so on.

    A base that is unknown, or based on this page in turn, is the only finding: the rest of the page cannot be judged, and
    the root of the answer is refused.

    Raises:
        ScenarioError: a base that is no YAML file, named by its own path.
    """
    chain = [page]
    while BASE in chain[-1].root.inner:
        asking = chain[-1]
        name = asking.value((BASE,))
        files = shelf()
        if not isinstance(name, str) or name not in files:
            known = nearest(name, files) if isinstance(name, str) else "write a name such as europe-2013"
            return _without(page, asking, f"{show(name)} is no scenario to be based on; {known}")
        if files[name].resolve() in [File(each.name).resolve() for each in chain]:
            way = " -> ".join(File(each.name).stem for each in chain)
            return _without(
                page, asking, f"{show(name)} is based on this file in turn ({way} -> {name}); a base stands on its own"
            )
        chain.append(open_page(files[name]))
    for base in chain[1:]:
        page = _onto(page, base)
    return page


def _without(page: Page, asking: Page, text: str) -> Page:
    """A page of which only its base is judged: it holds what is wrong with that."""
    finding = Finding(asking.place((BASE,)), (BASE,), text)
    lent = page.lent if asking is page else {**page.lent, BASE: asking}
    return replace(page, findings=(finding,), refused=frozenset({()}), lent=lent)


def _onto(page: Page, base: Page) -> Page:
    """The page with the keys that only its base says."""
    taken = [key for key in base.root.inner if key not in page.root.inner and key not in OWN]
    root = Node(None, page.root.place, dict(page.root.inner), dict(page.root.keys))
    for key in taken:
        root.inner[key], root.keys[str(key)] = base.root.inner[key], base.root.keys[str(key)]
    root.value = {str(key): node.value for key, node in root.inner.items()}
    return replace(
        page,
        root=root,
        findings=page.findings
        + tuple(finding for finding in base.findings if finding.path[:1] and finding.path[0] in taken),
        refused=page.refused | {path for path in base.refused if path[:1] and path[0] in taken},
        lent={**page.lent, **{str(key): base for key in taken}},
    )
