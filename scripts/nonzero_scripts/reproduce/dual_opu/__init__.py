"""dual-OPU (arXiv 2110.01103), as far as the closed forms of its plan give it."""

from ..system import PUBLISHED, System
from .studies import STUDIES
from .targets import TARGETS

SYSTEM = System(
    name="dual_opu",
    title="dual-OPU: published figures and ours",
    caveat="Of the paper only the abstract and the start of the introduction were at hand, which have the three gains of "
    "class C [1.1, 1.2]; shapes, areas and the machines beside it are not in them, and at equal area the area of a core "
    "decides the gains [1.3]. Everything here is the plan in closed form: no machine of dual-OPU is simulated yet, so "
    "the timing `event` [11.1] has no rows. The other figures are calculated from this project's own rules by another "
    "program [6.1, 6.2, 11.1, 11.2]. No parameter was chosen with the published gains in view.",
    facts="models/opu_facts.md",
    published=PUBLISHED / "dual_opu.json",
    targets=TARGETS,
    independent=frozenset({"W3", "W5", "W9", "W10", "W11", "tuner"}),
    studies=STUDIES,
)
