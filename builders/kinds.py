"""The page of the centre's messages: each kind with its fields, their units and limits, read from the code itself."""

import inspect
import re
from typing import get_args

from msgspec import inspect as types
from tables import NOTE, table

from entente.exchange import messages
from entente.exchange.saying.decoding import BODY_LIMIT, ENVELOPE_LIMIT
from entente.exchange.saying.gates import REAL

WORDS = {
    "Name": ("a name", "small letters, digits, `-` and `_`, beginning with a letter or digit, at most 64"),
    "Instant": ("a time", "UTC, to the millisecond, such as `2026-11-28T12:00:00.250Z`"),
    "Digest": ("a digest or key", "64 hexadecimal digits: SHA-256, or the public half of an Ed25519 key"),
    "Signature": ("a signature", "Ed25519, 128 hexadecimal digits"),
    "NoticeId": (
        "an identifier",
        "of a notice, `PLN/PP/YYYY/xxx/zzz/01` to `/06`; the last pair is the number of the format",
    ),
    "CallSign": ("a call sign", "capitals, digits, blanks and `-`, at most 16"),
}
FAMILIES = {
    "Notices": messages.Notice,
    "Reports": messages.Report,
    "Words between the parties": messages.Word,
    "What a party's root says about keys and policies": messages.Governance,
    "What the centre itself writes": messages.Product,
}
UNITS = {"km_s": "km/s", "m_s": "m/s", "km": "km", "deg": "degrees", "s": "s", "m": "m", "percent": "%"}
COMMENT = re.compile(r"^    (\w+): .*?  # (.+)$", re.MULTILINE)
DESCRIBED = re.compile(r"^ {8}([\w, ]+): (.+(?:\n {12}.+)*)", re.MULTILINE)
PATTERNS = {messages.__dict__[name].__metadata__[0].pattern: word for name, (word, _) in WORDS.items()}


def unit_of(name: str) -> str:
    """The unit that a field's name ends in."""
    for ending, unit in UNITS.items():
        if name.endswith("_" + ending):
            return unit
    return ""


def limits(of: types.FloatType | types.IntType) -> str:
    """Between what a number lies."""
    said = {"above": of.gt, "from": of.ge, "below": of.lt, "to": of.le}
    return " ".join(f"{word} {value:,.10g}" for word, value in said.items() if value is not None and value < 2**53)


def said_as(of: types.Type) -> str:
    """What may stand in a field, in words."""
    match of:
        case types.StrType():
            return PATTERNS.get(
                of.pattern or "",
                f"text like `{of.pattern[1:].removesuffix(messages.END)}`"
                if of.pattern
                else f"text, at most {of.max_length:,}",
            )
        case types.LiteralType():
            return ", ".join(f"`{value}`" for value in of.values)
        case types.FloatType():
            return ("a number " + limits(of)).strip()
        case types.IntType():
            return ("a whole number " + limits(of)).strip()
        case types.BoolType():
            return "`true` or `false`"
        case types.TupleType():
            return ", ".join(dict.fromkeys(said_as(item) for item in of.item_types)) + f"; {len(of.item_types)} of them"
        case types.VarTupleType():
            least = f"{of.min_length} to " if of.min_length else "at most "
            count = f"{of.max_length}" if of.min_length == of.max_length else f"{least}{of.max_length}"
            return f"{count} of: {said_as(of.item_type)}"
        case types.DictType():
            return f"by {said_as(of.key_type)}: {said_as(of.value_type)}"
        case types.StructType():
            return f"[{of.cls.__name__.lower()}](#{of.cls.__name__.lower()})"
        case types.UnionType():
            return " or ".join(said_as(one) for one in of.types if not isinstance(one, types.NoneType))
    raise TypeError(f"no words for {of}")


def notes_of(kind: type) -> dict[str, str]:
    """What the code says beside a field, or of it in the docstring."""
    notes = dict(COMMENT.findall(inspect.getsource(kind)))
    for names, text in DESCRIBED.findall(kind.__doc__ or ""):
        notes |= dict.fromkeys(names.split(", "), " ".join(text.split()))
    return notes


def fields(kind: type, own: set[str] | None = None) -> str:
    """The table of the fields that a kind has of its own."""
    notes, rows = notes_of(kind), []
    for field in types.type_info(kind).fields:  # type: ignore[attr-defined]
        if own is None or field.name in own:
            needed = "yes" if field.required else ""
            rows.append(
                [f"`{field.name}`", said_as(field.type), unit_of(field.name), needed, notes.get(field.name, "")]
            )
    return (
        table(["field", "what stands in it", "unit", "needed", "what it is"], rows)
        if rows
        else "No fields of its own.\n"
    )


def first_words(kind: type) -> str:
    """The docstring up to the list of attributes."""
    return " ".join((kind.__doc__ or "").split("Attributes:")[0].split())


def kinds() -> str:
    """The whole page."""
    shared = set(messages.Message.__struct_fields__)
    parts = messages.Part.__subclasses__()
    real = ", ".join(f"`{kind.__struct_config__.tag}`" for kind in REAL)
    page = (
        f"# Messages\n\n{NOTE}A body is one JSON object; `kind` says which of these it is.\n"
        "Unknown fields, keys that stand twice, NaN and numbers in quotes are refused.\n"
        f"A body has at most {BODY_LIMIT:,} bytes, with key and signature {ENVELOPE_LIMIT:,}.\n"
        f"`origin` is `real` only in {real}.\n"
        "`entente centre schema KIND` prints the JSON Schema of a kind.\n"
        "A field that is not needed may be left out.\n\n"
        + "".join(f"- *{word}*: {text}\n" for word, text in WORDS.values())
        + f"\n## In every message\n\n{fields(messages.Message)}"
    )
    for title, family in FAMILIES.items():
        page += f"\n## {title}\n"
        for kind in get_args(family):
            own = set(kind.__struct_fields__) - shared
            page += f"\n### {kind.__struct_config__.tag}\n\n{first_words(kind)}\n\n{fields(kind, own)}"
    page += "\n## Parts of messages\n"
    for part in parts:
        page += f"\n### {part.__name__.lower()}\n\n{first_words(part)}\n\n{fields(part)}"
    return page


if __name__ == "__main__":
    print(kinds())
