"""Phantom-2D (Qureshi and Munir, arXiv 2111.05002) and the machines that it is compared with."""

from ..system import PUBLISHED, System
from .studies import STUDIES
from .targets import TARGETS

SYSTEM = System(
    name="phantom",
    title="Phantom-2D: published figures and ours",
    caveat="Of the paper only its abstract was at hand, which has the four ratios of class C [1.1]; densities, sizes "
    "of the other machines and what was averaged are not in it, and no machine that skips only zero products can reach "
    "all of them with the densities used here [1.3]. The rest is calculated from this project's own rules by other "
    "programs [3, 4, 9]. No parameter was chosen with these figures in view.",
    facts="models/phantom_facts.md",
    published=PUBLISHED / "phantom.json",
    targets=TARGETS,
    independent=frozenset({"A4", "A6", "A9", "3.4", "4.1", *(f"B{number}" for number in range(1, 10))}),
    studies=STUDIES,
)
