"""What a data set is, where it comes from and what one may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class DatasetCard:
    """A data set's identity.

    Attributes
    ----------
    name : str
        Such as "breastmnist".
    source : str
        Who made it, and where it is found.
    license : str
        What one may do with it.
    citation : str
        How to cite it.
    simulated : bool
        Whether the images were made by a program. It is then said wherever the card is shown.
    description : str
        What is in it, and how it was prepared and split.
    """

    name: str
    source: str
    license: str
    citation: str
    simulated: bool
    description: str = ""

    @property
    def title(self) -> str:
        """The name, with the word "simulated" where no patient or camera was involved.

        >>> DatasetCard("cohort", "this course", "MIT", "", simulated=True).title
        'cohort (simulated)'
        """
        return f"{self.name} (simulated)" if self.simulated else self.name

    def _repr_html_(self) -> str:
        facts = {"Source": self.source, "License": self.license, "Cite": self.citation}
        lines = [f"<strong>{escape(self.title)}</strong>", escape(self.description)]
        lines += [f"{label}: {escape(fact)}" for label, fact in facts.items() if fact]
        return "<div>" + "<br>".join(line for line in lines if line) + "</div>"
