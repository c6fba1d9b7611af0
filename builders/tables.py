"""Markdown of the generated pages: what they begin with, their cells and tables."""

NOTE = "<!-- Written by builders/reference.py (make docs); edit the source, not this page. -->\n\n"


def cell(value: object) -> str:
    """A value as one cell of a table."""
    if isinstance(value, list):
        return "; ".join(cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {cell(item)}" for key, item in value.items())
    return " ".join(str("" if value is None else value).split()).replace("|", "\\|")


def table(head: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *([cell(item) for item in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
