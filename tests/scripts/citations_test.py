"""Comments, sources of parameters and pages cite the items of docs/models: every citation has its item."""

import re
import unittest
from collections.abc import Iterator
from pathlib import Path

from nonzero_scripts.program import PROJECT

PAGES = PROJECT / "docs/models"
CITED = ["scnn_facts", "demm_facts", "phantom_facts", "opu_facts", "shared"]
# The pages that cite items by brackets alone, and whose.
BRACKETS = {"scnn": "scnn_facts", "dcnn": "scnn_facts", "demm": "demm_facts", "systolic": "demm_facts", "phantom": "phantom_facts", "dense": "phantom_facts", "sparten": "phantom_facts", "eyeriss_v2": "phantom_facts", "dual_opu": "opu_facts"}
ROOMS = ["workloads", "models", "lowering", "platforms", "study", "sc_main", "tests", "bench", "fuzz", "docs"]
SUFFIXES = {".h", ".cpp", ".json", ".md", ".py"}

NUMBER = r"(?:[DOPSV]\d+|\d+(?:\.\d+)*)"
NAME = r'"[^"]+"'
STEP = rf"(?:rules? |equations? )?(?:{NUMBER}|\(\d+\)|{NAME})"
LINK = r"(?:, and |[,;] | and | to | ?- ?|, | )"
CITATION = re.compile(rf"\b({'|'.join(CITED)})\.md ({STEP}(?:{LINK}{STEP})*)(?![\w.]*\w)")
BRACKET = re.compile(rf"\[((?:{STEP})(?:{LINK}{STEP})*)\](?!\()")


def items_of(page: str) -> set[str]:
    """The numbers that a page gives to headings, bold items, rows and numbered rules ("10.9.5"), and names."""
    items: set[str] = set()
    section = item = ""
    rules = 0
    for line in (PAGES / f"{page}.md").read_text().splitlines():
        if heading := re.match(rf"## ({NUMBER}|[A-Z])\b", line):
            section = item = heading[1]
            rules = 0
            items.add(section)
        for bold in re.finditer(rf"\*\*({NUMBER})\b[^*]*\*\*", line):
            items.add(bold[1])
            item = bold[1]
            rules = 0
        if name := re.match(r"\*\*([A-Z][a-z ]+)\.?\*\*", line):
            items.add(f'{section} "{name[1]}"')
        if line.startswith(f"{rules + 1}. "):
            rules += 1
            items.add(f"{item}.{rules}")
        items.update(f'{item} "{name}"' for name in re.findall(r"`(\w+)`", line))
        if section == "7":  # the checks, in one paragraph
            for first, last in re.findall(r"\bV(\d+)(?:-V(\d+))?", line):
                items.update(f"V{n}" for n in range(int(first), int(last or first) + 1))
    return items


def cited(text: str) -> Iterator[str]:
    """The items of a citation: "10.9 rules 3-5, 14; 10.10" are 10.9.3, 10.9.4, 10.9.5, 10.9.14 and 10.10."""
    base = previous = ""
    rules = ranged = False
    for token in re.finditer(rf"rules?|equations?|and|to|-|{NUMBER}|\(\d+\)|{NAME}", text):
        word = token[0]
        if word in {"rule", "rules", "equation", "equations"}:
            rules = True
        elif word in {"-", "to"}:
            ranged = True
        elif word == "and":
            pass
        elif word.startswith('"'):
            yield f"{base} {word}"
        else:
            number = word.strip("()")
            if word.startswith("(") or (rules and number.isdigit()):
                number = f"{base}.{number}"
            elif ranged and number.isdigit() and "." in previous:  # [10.9.11-13]
                number = f"{previous.rpartition('.')[0]}.{number}"
            else:
                base, rules = number, False
            if ranged:
                yield from between(previous, number)
            yield number
            previous, ranged = number, False


def between(first: str, last: str) -> Iterator[str]:
    head, low, high = re.match(r"(.*?)(\d+)$", first)[1], re.search(r"\d+$", first)[0], re.search(r"\d+$", last)[0]
    return (f"{head}{number}" for number in range(int(low) + 1, int(high)))


def sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*")):
            if path.suffix in SUFFIXES and path != Path(__file__) and "build" not in path.relative_to(PROJECT).parts:
                yield path


def plain(text: str) -> str:
    """Comments and string literals that go on over a line's end, in one piece."""
    return re.sub(r"\s*\n\s*(?://+ ?| \* )?", " ", text)


class Citations(unittest.TestCase):
    def setUp(self) -> None:
        self.items = {page: items_of(page) for page in CITED}

    def test_a_citation_is_read_item_by_item(self) -> None:
        for text, items in {
            "10.9 rules 3-5, 14; 10.10": ["10.9", "10.9.4", "10.9.3", "10.9.5", "10.9.14", "10.10"],
            "P1-P4": ["P1", "P2", "P3", "P4"],
            "10.9.11-13": ["10.9.11", "10.9.12", "10.9.13"],
            '10, "Numbers"': ["10", '10 "Numbers"'],
            "3 (4)": ["3", "3.4"],
            "10.2 to 10.5": ["10.2", "10.3", "10.4", "10.5"],
        }.items():
            self.assertEqual(sorted(cited(text)), sorted(items), text)
        self.assertLessEqual({"2.1", "10.9.16", "3.4", "8.20", "V19", "10.11"}, self.items["scnn_facts"])
        self.assertLessEqual({"P14", "D16", "4.5", '10 "Numbers"', "10.9"}, self.items["demm_facts"])
        self.assertNotIn("10.12", self.items["scnn_facts"])

    def test_every_item_that_is_cited_is_there(self) -> None:
        count = 0
        for path in sources():
            text = plain(path.read_text())
            found = [(page, items) for page, items in CITATION.findall(text)]
            if path.parent == PAGES and path.stem in BRACKETS:
                found += [(BRACKETS[path.stem], items) for items in BRACKET.findall(text)]
            for page, items in found:
                for item in cited(items):
                    count += 1
                    with self.subTest(file=str(path.relative_to(PROJECT)), citation=f"{page}.md {items}"):
                        self.assertIn(item, self.items[page])
        self.assertGreater(count, 300)

    def test_nothing_else_is_cited(self) -> None:
        # What lies outside of the repository, or a page without its item.
        other = re.compile(r"\b[Cc]ard(?:s|'s)?\b|\bDESIGN\b|\bdesign (?:section )?\d")
        for path in sources():
            with self.subTest(file=str(path.relative_to(PROJECT))):
                self.assertEqual(other.findall(plain(path.read_text())), [])

    def test_sources_of_parameters_are_items(self) -> None:
        for path in (PROJECT / "models").rglob("*parameters.cpp"):
            for source in re.findall(r'"((?:\w+_facts|shared)\.md[^"]*)"', path.read_text()):
                with self.subTest(file=path.name, source=source):
                    self.assertTrue(CITATION.fullmatch(source))


if __name__ == "__main__":
    unittest.main()
