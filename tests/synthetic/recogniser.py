"""A recogniser with ArcFace's inputs and outputs: it reads the pattern of bright and dark skin
off an aligned face."""

from pathlib import Path

import numpy as np

from tests.synthetic.faces import CELL, COLUMNS, LEFT, ROWS, TOP
from tests.synthetic.palette import planes
from tests.synthetic.wires import Graph, Weights, Wire

SIDE = 112
_GRAIN = 4
"""px; cells of the pattern are made up of squares of this side."""
_RIM = 5
"""px; twice what is left out of the skin at its edges, and one."""
_FEW = 0.5
"""Squares of skin; a cell with less than a few of them says little."""
_NOBODY = 0.05
"""A direction of its own, for what shows no face at all; a face's pattern is some 20 times as
long."""


def save_recogniser(path: Path, dimension: int = 512) -> None:
    """Write the recogniser: any number of crops at once, ``dimension`` figures a face."""
    graph = Graph()
    crops = graph.input("crops", ["faces", 3, SIDE, SIDE])
    shares, brightness = planes(crops * 127.5 + 127.5)
    skin = _inside(shares.channel(0))
    cells = graph.constant(_cells())
    skin_there, light = (
        plane.of("AveragePool", kernel_shape=[_GRAIN] * 2, strides=[_GRAIN] * 2)
        .of("Flatten", axis=1)
        .of("MatMul", cells)
        for plane in (skin, skin * brightness * (1 / 765))
    )
    total = graph.constant(np.ones((ROWS * COLUMNS, 1), np.float32))
    average = light.of("MatMul", total) / skin_there.of("MatMul", total).at_least(_FEW)
    # By how much each cell's skin is brighter than the face's, whatever the light.
    pattern = (light - average * skin_there) / ((skin_there + _FEW) * average.at_least(0.01))
    *cells_to, nobody = _directions(dimension)
    embedding = pattern.of("MatMul", graph.constant(np.stack(cells_to)))
    embedding += graph.constant(_NOBODY * nobody)
    graph.output("embedding", ["faces", dimension], embedding)
    graph.save(path)


def _inside(skin: Wire) -> Wire:
    """``skin`` without its rim, whose brightness is mixed with that of what lies beside it."""
    beside = (skin * -1.0).of("MaxPool", kernel_shape=[_RIM] * 2, pads=[_RIM // 2] * 4)
    return beside * -1.0


def _cells() -> Weights:
    """(squares, cells): which part of a square lies in which cell. A cell and its mirror image
    are one."""
    edges_x = LEFT + CELL[0] * np.arange(2 * COLUMNS + 1)
    edges_y = TOP + CELL[1] * np.arange(ROWS + 1)
    columns, rows = _overlap(edges_x), _overlap(edges_y)
    halves = columns[:COLUMNS] + columns[: COLUMNS - 1 : -1]
    cells = rows[:, None, :, None] * halves[None, :, None, :]
    return cells.reshape(ROWS * COLUMNS, -1).T.astype(np.float32)


def _overlap(edges: Weights) -> Weights:
    """(parts, squares): the share of each square's side that lies between two edges."""
    start = np.arange(0, SIDE, _GRAIN)
    shared = np.minimum(edges[1:, None], start + _GRAIN) - np.maximum(edges[:-1, None], start)
    return (shared.clip(0) / _GRAIN).astype(np.float32)


def _directions(dimension: int) -> Weights:
    """(cells + 1, ``dimension``): as many directions, square to each other."""
    random = np.random.default_rng(112).normal(size=(dimension, ROWS * COLUMNS + 1))
    return np.linalg.qr(random)[0].T.astype(np.float32)
