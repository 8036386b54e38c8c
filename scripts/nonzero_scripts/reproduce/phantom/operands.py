"""Operands that the program does not generate itself: by formulas, and filters of uneven density."""

import json
import random
from pathlib import Path

from ...data_set import DataLayer, write_data_set
from ..laboratory import Surroundings
from .runs import network_file

# Kernel, K, C, plane, stride, padding, groups [9.1, 9.4].
CLOSED_FORM = {
    "U1": (3, 6, 5, 9, 1, 1, 1),
    "U2": (3, 6, 5, 9, 2, 1, 1),
    "U3": (5, 6, 5, 9, 1, 2, 1),
    "U4": (3, 6, 6, 9, 1, 1, 6),
    "U5": (1, 6, 20, 5, 1, 0, 1),
    "U6": (1, 40, 20, 1, 1, 0, 1),
    "U7": (3, 8, 6, 9, 1, 1, 2),
    "V1": (3, 80, 40, 9, 1, 1, 1),
    "V2": (1, 100, 300, 6, 1, 0, 1),
    "V3": (1, 300, 320, 1, 1, 0, 1),
    "V4": (3, 40, 40, 9, 1, 1, 40),
    "V5": (7, 24, 3, 21, 2, 3, 1),
    "V6": (3, 96, 48, 8, 2, 1, 2),
}
SPREAD = 0.4  # of the filters' densities, relative
SEED = 1


def closed_form(around: Surroundings) -> str:
    folder = around.made / "closed_form"
    write_data_set(folder, "layers by formulas", [_closed_form(name) for name in CLOSED_FORM])
    return str(folder)


def _closed_form(name: str) -> DataLayer:
    kernel, filters, channels, plane, stride, pad, groups = CLOSED_FORM[name]
    own = channels // groups
    weights = [
        _weight(7 * k + 5 * c + 3 * r + 2 * s + k * c * (r + 1) + c * s)
        for k in range(filters)
        for c in range(own)
        for r in range(kernel)
        for s in range(kernel)
    ]
    inputs = [
        _input(3 * c + 5 * y + 7 * q + c * y * q) for c in range(channels) for y in range(plane) for q in range(plane)
    ]
    w_shape, x_shape = (filters, own, kernel, kernel), (channels, plane, plane)
    return DataLayer(name, weights, w_shape, inputs, x_shape, stride, pad, groups)


def _weight(v: int) -> int:
    return 0 if v % 3 else v % 7 - 3 or 1


def _input(u: int) -> int:
    return u % 5 + 1 if u % 4 < 2 else 0


def uneven_rows(around: Surroundings, scale: float) -> str:
    """The sample of VGG-16, each filter with a density of its own [9.9.2]. The same numbers for every scale."""
    folder = around.made / f"uneven_{scale:g}"
    layers = json.loads(Path(network_file("vgg16_rows")).read_text())["layers"]
    draws = random.Random(SEED)
    rows = [_uneven(layer, scale, draws) for layer in layers]
    write_data_set(folder, "VGG-16's rows, filters of uneven density", rows)
    return str(folder)


def _uneven(layer: dict[str, object], scale: float, draws: random.Random) -> DataLayer:
    channels, height, width = x_shape = tuple(layer["in"])  # type: ignore[arg-type, var-annotated]
    filters, kernel = int(layer["out_channels"]), int(layer["kernel"])  # type: ignore[call-overload]
    weights: list[int] = []
    for _ in range(filters):
        density = scale * float(layer["weight_density"]) * (1 + SPREAD * draws.gauss(0, 1))  # type: ignore[arg-type]
        density = min(max(density, 0.02), 1)
        weights += [draws.random() < density for _ in range(channels * kernel * kernel)]
    share = scale * float(layer["activation_density"])  # type: ignore[arg-type]
    inputs = [draws.random() < share for _ in range(channels * height * width)]
    return DataLayer(str(layer["name"]), weights, (filters, channels, kernel, kernel), inputs, x_shape)
