"""Pages that are written from data: the errata, and the cards of the data sets."""

from course_lib.data.card import DatasetCard
from course_lib.data.registry import sources
from course_lib.published import published


def errata(lectures: dict[str, str]) -> str:
    """The page of all errata. `lectures` gives the title of each lecture's page by the name of its room."""
    parts = [
        "# Errata\n",
        "What the slides, papers and programs that the course is made from get wrong, and where the course shows it. "
        "Each lecture has its own box; here they are together.\n",
    ]
    for room, (name, title) in lectures.items():
        slips = [fact.value for key, fact in published(room).items() if key.startswith("errata.")]
        rows = "".join(f"| {' | '.join(cell(text) for text in slip.values())} |\n" for slip in slips)
        if rows:
            parts.append(
                f"## [{title}](notebooks/{name}.ipynb)\n\n| It says | Right is | Shown in |\n|---|---|---|\n{rows}"
            )
    return "\n".join(parts)


def cell(text: str) -> str:
    """Plain text as a table's cell: what Markdown would read as markup is escaped."""
    return "".join(f"\\{sign}" if sign in "|*_$`<[]" else sign for sign in text).replace("\n", " ")


def cards() -> str:
    """The page of data-set cards: of sets that `load` knows, that lectures read, and that are simulated."""
    from course_lib.brain_age import ixi, oasis, simulate_cohort
    from course_lib.chest_xray import nih, simulate_radiographs
    from course_lib.intrinsic_dimension.rendered import CARD as LESIONS
    from course_lib.tsimcne.simulator.blood import CARD as BLOOD

    by_name = sources()
    embedded = [source.card for source in by_name.values() if source.embedded]
    fetched = [source.card for source in by_name.values() if not source.embedded]
    simulated = [simulate_radiographs(1).card, simulate_cohort(1).card, LESIONS, BLOOD]
    parts = [
        "# Data sets\n",
        "No data are part of the course. What each set is, where it comes from, and what one may do with it:\n",
        _section("Embedded: they come with the course's dependencies", embedded),
        _section("Simulated on the spot", simulated),
        _section("Your own copies, read by a lecture", [nih.CARD, ixi.CARD, oasis.CARD]),
        _section("Downloaded when asked for, and verified", fetched),
    ]
    return "\n".join(parts)


def _section(title: str, shown: list[DatasetCard]) -> str:
    lines = [f"## {title}\n"]
    for card in shown:
        facts = {"Source": card.source, "License": card.license, "Cite": card.citation}
        lines += [f"### {cell(card.title)}\n", f"{cell(card.description)}\n"]
        lines += [f"- **{label}**: {_linked(fact)}" for label, fact in facts.items() if fact]
        lines.append("")
    return "\n".join(lines)


def _linked(text: str) -> str:
    """Plain text, its addresses as links."""
    words = [f"<{word.rstrip(',.;')}>{word[len(word.rstrip(',.;')):]}" if word.startswith("http") else cell(word)
             for word in text.split(" ")]  # fmt: skip
    return " ".join(words)
