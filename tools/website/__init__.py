"""The website: what stands in the repository as pages, built offline (`python -m tools.website`, or `make site`).

docs/          written by hand: the guides, the glossary, the settings (conf.py) and styles
build/site/    source/ (docs, and the pages made from notebooks, docstrings and data/reference), html/ (the website)
"""
