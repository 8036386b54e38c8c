"""SCNN (Parashar et al., ISCA 2017)."""

from ..system import PUBLISHED, System
from .studies import STUDIES
from .targets import TARGETS

SYSTEM = System(
    name="scnn",
    title="SCNN: the paper's figures and ours",
    caveat="The model is not tuned to this table, but Kc 8, DCNN's normalised rule and the stem in the density sweep "
    "were settled with V3, V4 and V7 in view [4.3], so that their agreement confirms little.",
    facts="models/scnn_facts.md",
    published=PUBLISHED / "scnn.json",
    targets=TARGETS,
    independent=frozenset({"4.1", "4.2", "10.1", "10.9", "10.11"}),
    studies=STUDIES,
)
