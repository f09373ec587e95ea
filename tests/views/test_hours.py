"""Working time in words."""

from __future__ import annotations

import math

import pytest

from workshop.i18n import NOTHING, Translator
from workshop.views.hours import agreed, waited

NL, EN = Translator("nl"), Translator("en")


@pytest.mark.parametrize(
    ("hours", "day", "dutch", "english"),
    [
        (4, 8, "4 werkuren", "4 working hours"),
        (1, 8, "1 werkuur", "1 working hour"),
        (0.5, 8, "0,5 werkuren", "0.5 working hours"),
        (8, 8, "1 werkdag", "1 working day"),
        (12, 8, "1,5 werkdagen", "1.5 working days"),
        (16, 8, "2 werkdagen", "2 working days"),
        (10, 8, "10 werkuren", "10 working hours"),
        (16, 8.5, "16 werkuren", "16 working hours"),
        (17, 8.5, "2 werkdagen", "2 working days"),
        (2000, 8, "250 werkdagen", "250 working days"),
    ],
)
def test_a_limit_is_told_as_it_was_agreed(hours, day, dutch, english):
    assert agreed(NL, hours, day) == dutch
    assert agreed(EN, hours, day) == english


@pytest.mark.parametrize(
    ("hours", "dutch"),
    [
        (0, "0 minuten"),
        (1 / 60, "1 minuut"),
        (0.75, "45 minuten"),
        (1.02, "1 werkuur"),
        (3.55, "3,6 werkuren"),
        (8.2, "1 werkdag"),
        (11.5, "1,4 werkdagen"),
        (math.nan, NOTHING),
        (None, NOTHING),
    ],
)
def test_a_measured_wait_is_rounded(hours, dutch):
    assert waited(NL, hours, 8) == dutch
