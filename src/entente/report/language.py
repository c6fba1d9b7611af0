"""How is it said in English, how in Russian? Terms and templates of glossary.yaml, and numbers as each language writes them.

A template is named by a key; text that comes from elsewhere in English (catalogue, measures, findings) is looked up by the
text itself. What the glossary does not know stays English: the page marks it so.
"""

import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from markupsafe import Markup, escape
from pydantic import Field

from entente.errors import UnknownName
from entente.scenario.parts import Part
from entente.scenario.reader import read

Code = Literal["en", "ru"]
LANGUAGES: tuple[Code, ...] = ("en", "ru")
FILE = Path(__file__).parent / "glossary.yaml"
PARTIES = r"\b(us_nato|russia)\b"  # as other parts of the program call them
NBSP, THIN, MINUS = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "−"
Filled = Annotated[str, Field(min_length=1)]


class Said(Part):
    """One thing in both languages; `{names}` are filled in."""

    en: Filled
    ru: Filled


class Counted(Part):
    """A noun that is counted: one and other in English; one, few and many in Russian."""

    en: Annotated[list[Filled], Field(min_length=2, max_length=2)]
    ru: Annotated[list[Filled], Field(min_length=3, max_length=3)]


class Glossary(Part):
    """The whole file."""

    entente: Literal[1]
    sentences: dict[str, Said]
    counted: dict[str, Counted]
    texts: Annotated[list[Said], Field(description="what other parts of the program say in English")]


@cache
def glossary() -> Glossary:
    """The glossary, read once."""
    return read(FILE, Glossary)


@cache
def _russian() -> dict[str, str]:
    return {said.en: said.ru for said in glossary().texts}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The texts that leave something to be filled in, the longest first, so that the most particular one is found."""
    open_ends = [said for said in glossary().texts if fields(said.en)]
    ordered = sorted(open_ends, key=lambda said: -len(re.sub(r"{\w+}", "", said.en)))
    return tuple((_pattern(said.en), said.ru) for said in ordered)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", template)
    return re.compile("".join(re.escape(p) if i % 2 == 0 else f"(?P<{p}>.+?)" for i, p in enumerate(parts)))


@cache
def _in_russian(english: str) -> str | None:
    """A whole text, a text with something filled in, or several with semicolons between; None if any part is unknown."""
    if english in _russian():
        return _russian()[english]
    for pattern, russian in _patterns():
        if match := pattern.fullmatch(english):
            return russian.format(**{name: _filled(value) for name, value in match.groupdict().items()})
    parts = [_in_russian(part) for part in english.split("; ")] if "; " in english else [None]
    return None if None in parts else "; ".join(filter(None, parts))


def _filled(value: str) -> str:
    """What stands in a gap: numbers as Russian writes them, words translated where the glossary has them."""
    if whole := _in_russian(value):
        return whole
    if re.fullmatch(r"[\d.,%+()−a-z ]*\d[\d.,%+()−a-z ]*", value):
        spaced = re.sub(r"(?<=\d),(?=\d{3})", THIN, value)
        return re.sub(r"(?<=\d)\.(?=\d)", ",", spaced).replace(" to ", " … ").replace("%", f"{NBSP}%")
    parts = value.split(", ")
    return ", ".join(_russian().get(part, part) for part in parts)


@dataclass(frozen=True)
class Tongue:
    """One language of the report."""

    code: Code

    def say(self, key: str, **values: object) -> str:
        """A template of the glossary, filled in.

        Raises:
            UnknownName: no such key.
        """
        return self._template(key).format(**values)

    def _template(self, key: str) -> str:
        """A template, its numbers and per cent signs kept on one line."""
        if key not in glossary().sentences:
            raise UnknownName(f"glossary: {key!r} is not known; add it to {FILE.name} in both languages")
        return str(getattr(glossary().sentences[key], self.code)).replace(" %", f"{NBSP}%")

    def mark(self, key: str, **values: object) -> Markup:
        """`say` for the page: what is filled in is escaped unless it is markup already."""
        return Markup(self._template(key)).format(**values)

    def own(self, given: str) -> Markup:
        """A text that stays as it was written, in English: marked so on a page in another language."""
        return escape(given) if self.code == "en" else Markup('<span lang="en">{}</span>').format(given)

    def shown(self, english: str) -> Markup:
        """A text from elsewhere for the page: in this language, or marked as English."""
        return escape(self.text(english)) if self.knows(english) else self.own(english)

    def has(self, key: str) -> bool:
        """Whether the glossary has such a key."""
        return key in glossary().sentences

    def knows(self, english: str) -> bool:
        """Whether a text from elsewhere can be said in this language."""
        return self.code == "en" or _in_russian(english) is not None

    def text(self, english: str) -> str:
        """A text from elsewhere, in this language where the glossary has it."""
        if self.code == "en":
            return re.sub(PARTIES, lambda name: self.say(f"party.{name.group()}"), english)
        return _in_russian(english) or english

    def count(self, noun: str, n: int) -> str:
        """`1 history`, `12 histories`."""
        return f"{self.whole(n)}{NBSP}{self.noun(noun, n)}"

    def noun(self, noun: str, n: int) -> str:
        """The form of a noun that goes with n."""
        forms = getattr(glossary().counted[noun], self.code)
        return str(forms[_russian_form(n) if self.code == "ru" else int(n != 1)])

    def listed(self, parts: list[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.say('and')} {parts[-1]}"

    def whole(self, value: float) -> str:
        """A whole number, thousands separated."""
        return self._local(f"{value:,.0f}")

    def number(self, value: float) -> str:
        """Two significant figures, thousands separated, a true minus."""
        if value == 0 or not math.isfinite(value):
            return "0" if value == 0 else "–"
        digits = 1 - math.floor(math.log10(abs(value)))
        rounded = round(value, digits)
        body = f"{abs(rounded):,.{max(0, digits)}f}"
        body = body.rstrip("0").rstrip(".") if "." in body else body
        return (MINUS if rounded < 0 else "") + self._local(body)

    def fixed(self, value: float, digits: int) -> str:
        """So many figures after the point."""
        return "–" if not math.isfinite(value) else self._local(f"{value:,.{digits}f}")

    def clock(self, seconds: float) -> str:
        """A time as minutes and seconds, as a person reads a stopwatch."""
        whole = round(abs(seconds))
        return f"{MINUS if seconds < 0 and whole else ''}{whole // 60}:{whole % 60:02d}"

    def duration(self, seconds: float) -> str:
        """A time in words: `48 s`, `4 min 20 s`."""
        whole = round(abs(seconds))
        s, minute = self.say("unit.s"), self.say("unit.min")
        if whole < 100:
            return f"{whole}{NBSP}{s}"
        minutes = f"{whole // 60}{NBSP}{minute}"
        return f"{minutes} {whole % 60}{NBSP}{s}" if whole % 60 else minutes

    def per_cent(self, share: float) -> str:
        """A share; never rounded to 0 or 100 unless it is exactly that."""
        if math.isnan(share):
            return "–"
        if share in (0.0, 1.0) or 0.005 <= share < 0.995:
            return f"{100 * share:.0f}{NBSP}%"
        return f"<{NBSP}1{NBSP}%" if share < 0.5 else f">{NBSP}99{NBSP}%"

    def date(self, day: int, month: int, year: int) -> str:
        """A day: `1 June 2013`."""
        return self.say("date", day=day, month=self.say(f"month.{month}"), year=year)

    def _local(self, body: str) -> str:
        """Digits as this language separates them."""
        return body if self.code == "en" else body.replace(",", THIN).replace(".", ",")


def _russian_form(n: int) -> int:
    """0 one, 1 few, 2 many.

    Source: Unicode CLDR, Language Plural Rules, Russian, whole numbers.
    """
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2


def fields(template: str) -> set[str]:
    """The names that a template leaves to be filled in."""
    return set(re.findall(r"{(\w+)[^}]*}", template))


ENGLISH, RUSSIAN = Tongue("en"), Tongue("ru")
