"""The glossary's terms, and where a page first speaks of them."""

import re
from dataclasses import dataclass

GLOSSARY = re.compile(r"^```\{glossary\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What is no prose: fenced code, code, formulas, links and pictures, tags, headings, and rows of a table.
APART = re.compile(
    r"(```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|!?\[[^\]]*\]\([^)]*\)|<[^>\n]+>|^#{1,6} [^\n]*$|^\|[^\n]*$)",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Term:
    """A term of the glossary: its name there, and the other words that mean it."""

    name: str
    words: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern:
        """Finds the term in prose, also in the plural; capitals matter only in abbreviations."""
        return re.compile("|".join(rf"(?<![\w-]){_spelled(word)}(?:e?s)?(?![\w-])" for word in self.words))


def terms(glossary: str) -> list[Term]:
    """The terms of a glossary, longest first, so that "macro AUROC" is found before "AUROC".

    Parameters
    ----------
    glossary : str
        Markdown with one ``{glossary}`` directive; lines that are not indented are terms, several in a row are names of
        the same one.

    Examples
    --------
    >>> terms("```{glossary}\\nAUROC\\nAUC\\n  Area under the ROC curve.\\n```\\n")
    [Term(name='AUROC', words=('AUROC', 'AUC'))]
    """
    found, names = [], []
    body = GLOSSARY.search(glossary)
    for line in body[1].splitlines() if body else []:
        if line.strip() and not line.startswith(" "):
            names.append(line.strip())
        elif names:
            found.append(Term(names[0], tuple(names)))
            names = []
    return sorted(found, key=lambda term: -len(term.name))


def linked(prose: str, waiting: list[Term]) -> tuple[str, list[Term]]:
    """The prose with the first mention of each waiting term linked, and the terms still waiting.

    Examples
    --------
    >>> linked("The AUC, `AUC`, is an AUC.", [Term("AUROC", ("AUROC", "AUC"))])
    ('The {term}`AUC <AUROC>`, `AUC`, is an AUC.', [])
    """
    pieces, left = APART.split(prose), []
    for term in waiting:
        for place in range(0, len(pieces), 2):  # odd ones are what stands apart
            if match := term.pattern.search(pieces[place]):
                text = pieces[place]
                link = f"{{term}}`{match[0]} <{term.name}>`"
                pieces[place : place + 1] = [text[: match.start()], link, text[match.end() :]]
                break
        else:
            left.append(term)
    return "".join(pieces), left


def _spelled(word: str) -> str:
    """An abbreviation as it stands; any other word with a small or a capital first letter."""
    if word[:2].isupper() or not word[0].isalpha():
        return re.escape(word)
    return f"[{word[0].lower()}{word[0].upper()}]{re.escape(word[1:])}"
