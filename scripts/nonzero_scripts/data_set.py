"""Data sets as `nonzero run --tensors` reads them: docs/data_set_format.md."""

import io
import json
import zipfile
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .files import replace_file

EPOCH = (1980, 1, 1, 0, 0, 0)  # of files in an archive, so that equal tensors are equal files


@dataclass(frozen=True)
class DataLayer:
    """A layer with square stride and padding; elements in the order of their shapes, 9 bits at most."""

    name: str
    weights: Sequence[int]
    w_shape: tuple[int, int, int, int]  # K, C / groups, rows, columns
    inputs: Sequence[int]
    x_shape: tuple[int, int, int]
    stride: int = 1
    pad: int = 0
    groups: int = 1

    @property
    def y_shape(self) -> list[int]:
        kernel, plane = self.w_shape[2:], self.x_shape[1:]
        sizes = ((size + 2 * self.pad - taps) // self.stride + 1 for size, taps in zip(plane, kernel, strict=True))
        return [self.w_shape[0], *sizes]

    @property
    def kind(self) -> str:
        if self.groups > 1 and self.w_shape[1] == 1:
            return "depthwise"
        return "fc" if self.w_shape[2:] == (1, 1) and self.x_shape[1:] == (1, 1) else "conv"


def write_data_set(folder: Path, title: str, layers: Iterable[DataLayer]) -> None:
    rows = []
    for number, layer in enumerate(layers):
        file = f"{number:02}.npz"
        replace_file(folder / file, _npz({"w": (layer.weights, layer.w_shape), "x_in": (layer.inputs, layer.x_shape)}))
        row = {
            "name": layer.name,
            "file": file,
            "kind": layer.kind,
            "w_shape": layer.w_shape,
            "stride": layer.stride,
            "pad_tlbr": layer.pad,
            "groups": layer.groups,
            "x_frac_bits": None,
            "photos": {"in": {"x_shape": layer.x_shape, "y_shape": layer.y_shape}},
        }
        rows.append(row)
    replace_file(folder / "network.json", json.dumps({"network": title, "layers": rows}, indent=1).encode())


def _npz(tensors: dict[str, tuple[Sequence[int], Sequence[int]]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, (elements, shape) in tensors.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), _npy(elements, shape))
    return content.getvalue()


def _npy(elements: Sequence[int], shape: Sequence[int]) -> bytes:
    """Version 1 of numpy's format: a header of whole 64 bytes with it, then the elements, here 16 bits each."""
    header = f"{{'descr': '<i2', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    values = array("h", elements)
    assert values.itemsize == 2 and len(values) == _product(shape)
    if array("H", [1]).tobytes()[0] == 0:
        values.byteswap()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values.tobytes()


def _product(shape: Sequence[int]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
