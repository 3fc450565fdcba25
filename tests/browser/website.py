"""The built website: its pages, and what their links lead to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse


@dataclass
class Page(HTMLParser):
    """What a page of the website offers and asks for."""

    file: Path
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    pictures: list[dict] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.feed(self.file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        """Collect what the tag leads to and what can be led to."""
        given = dict(attrs)
        self.anchors.update(filter(None, (given.get("id"), given.get("name") if tag == "a" else None)))
        self.links += [given[name] for name in ("href", "src") if given.get(name)]
        if tag == "img":
            self.pictures.append(given)


def pages(folder: Path) -> list[Page]:
    """Every page under `folder`; the decks have tests of their own."""
    own = (file for file in sorted(folder.rglob("*.html")) if not {"_static", "slides"} & set(file.parts))
    return [Page(file) for file in own]


def broken_links(folder: Path, found: list[Page]) -> Iterator[str]:
    """Links inside the website that lead to no file, or to an anchor that its page lacks."""
    anchors = {page.file.resolve(): page.anchors for page in found}
    for page in found:
        for link in page.links:
            address, anchor = urldefrag(link)
            if urlparse(link).scheme or link.startswith("//"):
                continue
            target = (
                (page.file.parent / unquote(address.partition("?")[0])).resolve() if address else page.file.resolve()
            )
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{page.file.relative_to(folder)}: {link} leads nowhere"
            elif anchor and target in anchors and unquote(anchor) not in anchors[target]:
                yield f"{page.file.relative_to(folder)}: {link}: no such anchor"
