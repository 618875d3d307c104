#!/usr/bin/env python3
"""Writes the lists of holidays beside this file, and their copies for libraries.

    python3 -m venv .venv
    .venv/bin/pip install holidays==0.109
    .venv/bin/python policies/holidays/generate.py          # writes all lists
    .venv/bin/python policies/holidays/generate.py --check  # says which of them differ
    .venv/bin/python policies/holidays/generate.py de-by    # shows the list of any country, or of a part of it
"""

import json
import sys
from pathlib import Path

import holidays

VERSION = "0.109"
YEARS = range(2025, 2028)
HERE = Path(__file__).resolve().parent
# A library names files beside it only, so it has copies of its own.
COPIES = {HERE.parent / "shared" / "holidays": ["bg", "de-bw"]}

# What each list is about, the language of its names, and what its readers should know.
LISTS = {
    "bg": ("Bulgaria", "bg", """
        The official holidays of the Labour Code, article 154. One that falls on a weekend, Easter apart, gives the next
        working day off as well: both are listed. So are 31 December 2025 and 2 January 2026, which the government
        declared free of work when the euro came."""),
    "cz": ("Czechia", "cs", """
        The state and other holidays of Act 245/2000. They are not moved from weekends."""),
    "de": ("Germany", "de", """
        The nine holidays of all Länder. Most Länder have more: `generate.py de-by` shows those of Bavaria."""),
    "de-bw": ("Baden-Württemberg", "de", """
        The holidays of this Land, with the nine that all of Germany has."""),
    "gb": ("England and Wales", "en_GB", """
        Bank holidays. One that falls on a weekend is given on the next working day: both are listed. Scotland and
        Northern Ireland have others: `generate.py gb-sct`, `generate.py gb-nir`."""),
    "ie": ("Ireland", "en_IE", """
        The ten public holidays. One that falls on a weekend stays there; where your office then closes on another day,
        write it into the policy with `closed on`."""),
    "rs": ("Serbia", "sr", """
        State holidays, and the Orthodox ones on which offices close. A state holiday that falls on a Sunday gives the
        next working day off as well: both are listed."""),
    "se": ("Sweden", "sv", """
        Public holidays, without the Sundays of the year, and the eves of midsummer, Christmas and the new year, on which
        offices close although they are no public holidays."""),
    "ua": ("Ukraine", "uk", """
        The holidays of the Labour Code, article 73. Under martial law they are working days and are not moved from
        weekends (Law 2136-IX, article 6). So an office that works on them needs no list: name this one where yours
        closes on them."""),
    "us": ("the United States", "en_US", """
        Federal holidays. One that falls on a Saturday is given on the Friday before, one on a Sunday on the Monday
        after: both are listed. Many firms work on Columbus Day and Veterans Day: write these with `open on`."""),
}
# Where more days than the public holidays are listed.
CATEGORIES = {"se": ("public", "de_facto"), "ua": ("public", "workday")}
# The holidays of the whole country are fewer than any of its offices keeps.
PARTS = {"gb": "ENG"}


def days(code, language):
    """The holidays by date."""
    country, _, part = code.upper().partition("-")
    return holidays.country_holidays(
        country,
        subdiv=part or PARTS.get(code),
        years=YEARS,
        language=language,
        categories=CATEGORIES.get(code, ("public",)),
    )


def text(code):
    """A list as it is written."""
    own = getattr(holidays, code.upper().split("-")[0]).default_language
    where, language, about = LISTS.get(code, (code.upper(), own, ""))
    named, english = days(code, language), days(code, "en_US")
    lines = [f"# Holidays in {where}, {YEARS[0]} to {YEARS[-1]}."]
    lines += [f"# {line.strip()}" for line in about.strip().splitlines()]
    lines += [f"# Source: the Python package holidays {VERSION} (MIT), by policies/holidays/generate.py."]
    for date in sorted(named):
        comment = "" if language.startswith("en") else f"  # {english[date]}"
        lines.append(f"- {{date: {date}, name: {json.dumps(named[date], ensure_ascii=False)}}}{comment}")
    return "\n".join(lines) + "\n"


def main(arguments):
    if holidays.__version__ != VERSION:
        raise SystemExit(f"this is holidays {holidays.__version__}, and the lists are from {VERSION}")
    if arguments and arguments != ["--check"]:
        print("\n".join(text(code.lower()) for code in arguments), end="")
        return
    files = {HERE / f"{code}.yaml": text(code) for code in LISTS}
    for folder, codes in COPIES.items():
        files |= {folder / f"{code}.yaml": files[HERE / f"{code}.yaml"] for code in codes}
    if arguments:
        differ = [str(path) for path, wanted in files.items() if path.read_text(encoding="utf-8") != wanted]
        raise SystemExit(f"these differ: {', '.join(differ)}" if differ else 0)
    for path, wanted in files.items():
        path.write_text(wanted, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
