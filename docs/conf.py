"""Sphinx's settings; `make site` builds with them."""

import shutil
from importlib.metadata import distribution
from pathlib import Path

from course_lib import __version__

project = "AI in Medicine"
author = "The AI in Medicine course authors"
copyright = f"2026, {author}, MIT license"
version = release = __version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "tools.website.docstrings",
]
nb_execution_mode = "off"  # the committed notebooks carry their outputs
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "attrs_block"]
myst_heading_anchors = 3
exclude_patterns = ["_generated"]
suppress_warnings = ["mystnb.unknown_mime_type", "ref.python"]
autodoc_typehints = "none"  # the docstrings say it in words, with shapes
autodoc_member_order = "bysource"
autosummary_generate = False
napoleon_use_rtype = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_favicon = "_static/mark.svg"
html_title = "AI in Medicine"
html_static_path = ["_static"]
html_extra_path = ["_extra"]  # copies of the notebooks for Colab
html_css_files = ["course.css"]
html_show_sourcelink = False
# Pages that stand alone have no section to navigate in.
ALONE = ("index", "glossary", "gallery", "students", "lecturers", "own_data", "install", "numbers", "errata", "data")
html_sidebars = {name: [] for name in (*ALONE, "faults", "licenses", "maintainers", "lectures", "exercises")}
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": True,
    "show_toc_level": 1,
    "navigation_with_keys": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "secondary_sidebar_items": ["page-toc"],
}

mathjax_path = "mathjax/tex-chtml-full.js"  # a copy beside the pages: nothing is asked of another host
MATHJAX = Path(distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static/mathjax"))


def copy_mathjax(app, failure):
    """Put the formulas' typesetter and its fonts beside the pages."""
    if failure is None and app.builder.format == "html":
        to = Path(app.outdir) / "_static" / "mathjax"
        for name in ("tex-chtml-full.js", "output/chtml/fonts"):
            source = MATHJAX / name
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, to / name, dirs_exist_ok=True)
            else:
                shutil.copy(source, to / name)


def setup(app):
    """Called by Sphinx."""
    app.connect("build-finished", copy_mathjax)
