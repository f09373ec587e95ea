import datetime as dt
from itertools import combinations

import numpy as np
import pytest
from matplotlib import get_backend, rcParams
from matplotlib import pyplot as plt

from workshop.colors import PAPER, contrast
from workshop.i18n import Translator
from workshop.views.style import (
    OUTCOME_SIGNS,
    SIGNS,
    UNDECIDED,
    house_style,
    money_axis,
    month_axis,
    number_axis,
    percent_axis,
    points_axis,
)

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB
VISION = {
    "trichromat": np.eye(3),
    "protanope": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranope": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanope": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(color, vision):
    part = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0, 1)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    scaled = to_xyz @ seen / np.array([0.95047, 1, 1.08883])
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_signs_are_apart_for_every_kind_of_color_vision(vision):
    for one, other in combinations(SIGNS, 2):
        distance = np.linalg.norm(lab(one.color, vision) - lab(other.color, vision))
        assert distance > 15, (one.color, other.color)


def test_signs_differ_without_color_too():
    for look in ("marker", "dashes", "hatch"):
        assert len({getattr(sign, look) for sign in SIGNS}) == len(SIGNS)


def test_marks_stand_out_from_paper():
    assert all(contrast(sign.color, PAPER) >= 3 for sign in (*SIGNS, UNDECIDED))


def test_what_is_undecided_is_no_result():
    assert OUTCOME_SIGNS["open"] is UNDECIDED
    assert UNDECIDED.color not in {sign.color for sign in SIGNS}


def test_house_style_is_over_at_the_end_of_the_block():
    get_backend()  # settles the one setting that the first use of pyplot would
    before = rcParams.copy()
    with house_style("#1f4e79") as palette:
        assert palette.brand == "#1f4e79"
        assert rcParams["svg.hashsalt"] == "samenspel"
    assert rcParams == before


@pytest.fixture
def axis():
    figure, ax = plt.subplots()
    yield ax.xaxis
    plt.close(figure)


@pytest.mark.parametrize(
    ("label", "language", "value", "text"),
    [
        (number_axis, "nl", 1500.0, "1.500"),
        (number_axis, "en", 1500.0, "1,500"),
        (percent_axis, "nl", 0.29, "29%"),
        (lambda axis, t: percent_axis(axis, t, 1), "nl", 0.285, "28,5%"),
        (points_axis, "nl", -0.2, "−20"),
        (lambda axis, t: money_axis(axis, t, "EUR"), "nl", 50000.0, "€ 50.000"),
        (lambda axis, t: money_axis(axis, t, "EUR"), "en", 50000.0, "€50,000"),
        (month_axis, "nl", float((dt.date(2026, 3, 1) - dt.date(1970, 1, 1)).days), "mrt 2026"),
    ],
)
def test_axes_speak_the_reader_s_language(axis, label, language, value, text):
    label(axis, Translator(language))
    assert axis.get_major_formatter()(value, 0).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [((0, 0.25, 0.5), ["0%", "25%", "50%"]), ((0, 0.025, 0.05), ["0.0%", "2.5%", "5.0%"])],
)
def test_a_percentage_stands_where_its_tick_stands(axis, ticks, labels):
    axis.set_ticks(ticks)
    percent_axis(axis, Translator("en"))
    assert axis.get_major_formatter().format_ticks(ticks) == labels


def test_a_whole_number_axis_has_no_fractions(axis):
    number_axis(axis, Translator("nl"))
    axis.axes.set_xlim(0, 3)
    assert all(tick == int(tick) for tick in axis.get_majorticklocs())
