from hypothesis import given
from hypothesis import strategies as st

from workshop.colors import NIGHT, PAPER, contrast, palette

colors = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_is_that_of_published_pairs():
    # WebAIM's and the W3C's own examples
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#ffffff", "#ffffff") == 1
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert round(contrast("#0000ff", "#ffffff"), 2) == 8.59


@given(colors, colors)
def test_contrast_has_no_order(one, other):
    assert contrast(one, other) == contrast(other, one) >= 1


@given(colors, st.sampled_from([PAPER, NIGHT]))
def test_a_palette_of_any_brand_can_be_read(brand, paper):
    colors = palette(brand, paper)
    assert contrast(colors.on_brand, colors.brand) >= 4.5
    for background in (paper, colors.tint):
        assert contrast(colors.text, background) >= 4.5
        assert contrast(colors.graphic, background) >= 3


def test_a_dark_brand_is_its_own_text_color():
    assert palette("#1F4E79").text == "#1f4e79"
