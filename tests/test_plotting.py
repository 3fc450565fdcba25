"""The course's look: legible in both themes, for every kind of color vision."""

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from course_lib import plotting

TEXT = ("ink", "muted")
# Machado, Oliveira & Fernandes (2009), IEEE TVCG 15(6), severity 1.0, on linear RGB
COLOR_VISION = {
    "trichromat": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]


def linear(color) -> np.ndarray:
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other) -> float:
    """WCAG 2.2: (L1 + .05) / (L2 + .05)."""
    dark, light = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(linear_rgb) -> np.ndarray:
    """CIE 1976 L*a*b*, white point D65."""
    x, y, z = np.cbrt(np.array(XYZ) @ np.clip(linear_rgb, 1e-3, 1) / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.fixture(params=["light", "dark"])
def theme(request, monkeypatch):
    monkeypatch.delenv("COURSE_THEME", raising=False)
    with mpl.rc_context():
        plotting.use(request.param)
        yield request.param
        plotting.use("light")


def test_the_contrast_oracle_knows_black_and_white():
    assert contrast("black", "white") == pytest.approx(21)


def test_text_stands_out_from_the_card(theme):
    for name in TEXT:
        assert contrast(plotting.COLORS[name], plotting.COLORS["card"]) >= 4.5, name


def test_lines_stand_out_from_the_card(theme):
    assert all(contrast(color, plotting.COLORS["card"]) >= 3 for color in plotting.CYCLE)


@pytest.mark.parametrize("vision", COLOR_VISION)
def test_no_two_colors_look_alike(theme, vision):
    seen = [lab(COLOR_VISION[vision] @ linear(color)) for color in plotting.CYCLE]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) >= 12


def test_the_card_is_opaque_and_the_type_large_and_the_figure_small(theme):
    figure = Figure()
    assert figure.get_facecolor() == (*to_rgb(plotting.COLORS["card"]), 1.0)
    assert figure.dpi == 80
    sizes = ("font.size", "axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
    assert min(mpl.rcParams[name] for name in sizes) >= 12


def test_the_environment_chooses_the_theme_before_the_notebook(monkeypatch):
    monkeypatch.setenv("COURSE_THEME", "dark")
    with mpl.rc_context():
        plotting.use("light")
        assert plotting.COLORS["card"] == plotting.THEMES["dark"]["card"]
        monkeypatch.delenv("COURSE_THEME")
        plotting.use("light")
    assert plotting.COLORS["card"] == plotting.THEMES["light"]["card"]


def test_an_unknown_theme_is_refused(monkeypatch):
    monkeypatch.delenv("COURSE_THEME", raising=False)
    with pytest.raises(ValueError, match=r"theme: got 'pink', allowed are \['dark', 'light'\]"):
        plotting.use("pink")


def test_style_leaves_the_settings_outside_alone():
    before = dict(mpl.rcParams)
    with plotting.style():
        assert mpl.rcParams["axes.titlelocation"] == "left"
    assert dict(mpl.rcParams) == before


def test_what_the_first_figure_switches_on_inside_stays_on():
    with mpl.rc_context({"interactive": False}):
        with plotting.style():
            mpl.rcParams["interactive"] = True
        assert mpl.rcParams["interactive"]


def test_figure_gives_one_axes_or_an_array_of_them():
    import matplotlib.pyplot as plt

    one, ax = plotting.figure()
    many, axes = plotting.figure((2, 3), size=(6, 4))
    assert ax.get_title() == "" and axes.shape == (2, 3)
    assert tuple(many.get_size_inches()) == (6, 4)
    plt.close(one)
    plt.close(many)


def test_an_image_has_no_ticks():
    ax = Figure().subplots()
    plotting.image_axes(ax, np.eye(3), "Identity", vmin=0, vmax=2)
    assert list(ax.get_xticks()) == [] == list(ax.get_yticks())
    assert ax.get_title() == "Identity" and ax.images[0].get_clim() == (0, 2)


def test_numbers_stand_out_from_their_cells():
    ax = Figure().subplots()
    values = np.linspace(-1, 1, 25).reshape(5, 5)
    plotting.image_axes(ax, values, cmap=plotting.DIVERGING)
    plotting.annotate_matrix(ax, values, form="{:.1f}")
    cells = ax.images[0].to_rgba(values).reshape(-1, 4)
    assert [text.get_text() for text in ax.texts][:2] == ["-1.0", "-0.9"]
    assert min(contrast(t.get_color(), cell[:3]) for t, cell in zip(ax.texts, cells, strict=True)) >= 4.5


def test_empty_cells_stay_empty():
    ax = Figure().subplots()
    plotting.annotate_matrix(ax, [[1.0, np.nan]])
    plotting.annotate_matrix(ax, [["", "a"]])
    assert [text.get_text() for text in ax.texts] == ["1", "a"]


def test_a_table_shows_numbers_as_people_write_them_and_escapes_text():
    shown = plotting.table([{"layer": "<C1>", "weights": 61_470, "share": 0.123456}], caption="A & B")
    assert all(part in shown._repr_html_() for part in ("61,470", "0.1235", "&lt;C1&gt;", "A &amp; B"))
    assert shown.data["weights"].tolist() == [61_470]


def test_a_table_takes_formats_by_column():
    frame = pandas.DataFrame({"a": [0.5], "b": [2]})
    shown = plotting.table(frame, formats={"a": "{:.0%}", "b": lambda n: f"{n} px"})
    assert "50%" in shown.html and "2 px" in shown.html
    with pytest.raises(ValueError, match=r"formats: no column is called \['c'\]"):
        plotting.table(frame, formats={"c": "{}"})


def test_errata_name_the_slip_the_truth_and_the_proof():
    box = plotting.errata([("i = 56 < 55", "55", "cell 3")])
    assert "i = 56 &lt; 55" in box.html and box.data.iloc[0].tolist() == ["i = 56 < 55", "55", "cell 3"]
