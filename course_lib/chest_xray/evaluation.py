"""What an evaluation found, and how it may stand beside published numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from course_lib.metrics import Bootstrap, MacroMean, Threshold


@dataclass(frozen=True)
class Macro(MacroMean):
    """The mean over findings of an AUROC, with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
    n_used, n_labels : int
        How many findings the mean is over, and how many there are.
    missing : tuple of str
        The findings left out, for want of a class.
    """

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How well a model answers for every finding.

    Attributes
    ----------
    table : DataFrame
        A row per finding: ``finding``, ``n_positive``, ``auroc``, ``low``, ``high`` (95 %), ``average_precision``,
        ``threshold`` (chosen on validation images; NaN without them), and with it ``sensitivity``, ``specificity``,
        ``ppv``, ``f1``.
    calibration : DataFrame
        A row per finding: ``finding``, ``predicted`` (mean probability), ``observed`` (share of positives), ``ece``,
        and ``ece_baseline``, that of telling everybody the validation images' prevalence. Without those it is the test
        images' own prevalence, whose error is 0 by construction.
    bootstrap : Bootstrap
        Of the AUROC; two models on the same images are compared with ``a.bootstrap.minus(b.bootstrap)``.
    threshold : Threshold or None
    """

    table: pd.DataFrame
    calibration: pd.DataFrame
    bootstrap: Bootstrap = field(repr=False)
    threshold: Threshold | None = field(repr=False)

    @property
    def macro(self) -> Macro:
        """The mean AUROC over the findings for which it is defined, and its interval."""
        macro = self.bootstrap.macro
        low, high = macro.interval()
        return Macro(macro.estimate, macro.n_used, macro.n_labels, macro.missing, low=float(low), high=float(high))

    @property
    def unit(self) -> str:
        """What the intervals rest on, "patient" or "image"."""
        return "patient" if self.bootstrap.unit == "group" else "image"

    def summary(self) -> str:
        """The macro AUROC in one sentence, with what it rests on."""
        macro, bootstrap = self.macro, self.bootstrap
        images = f"{bootstrap.n:,} images"
        if self.unit == "patient":
            images += f" of {bootstrap.n_units:,} patients"
            drawn = "bootstrap of patients"
        else:
            drawn = "bootstrap of images, too narrow if patients come back"
        missing = f" (undefined: {', '.join(macro.missing)})" if macro.missing else ""
        return (
            f"Macro AUROC {macro.value:.3f}, 95 % interval {macro.low:.3f} to {macro.high:.3f}, over {macro.n_used} of "
            f"{macro.n_labels} findings{missing} on {images} ({drawn}, {len(bootstrap.replicates):,} replicates, seed "
            f"{bootstrap.seed})."
        )

    def beside(
        self, published: Mapping[str, Mapping[str, float]], *, not_comparable: str | Mapping[str, str]
    ) -> pd.DataFrame:
        """The AUROCs beside published ones, or beside the reason why these must not be compared.

        Parameters
        ----------
        published : {column: {finding: AUROC}}
            Such as ``{"CheXNet": published("chest_xray")["auroc.chexnet"].value}``.
        not_comparable : str or {column: str}
            Why, such as "simulated images" or "another split": one reason for all columns, or one each for some of
            them. ``{}`` says that all are comparable; nothing says so by default.

        Returns
        -------
        DataFrame
            ``finding``, ``auroc``, ``low``, ``high`` and the columns; each value of a column that is not comparable
            reads "not comparable: " and the reason. The last row is the mean over the findings that have an AUROC here.
            A finding that a column lacks is NaN, and so is that column's mean.

        Raises
        ------
        ValueError
            If a reason is empty, or is given for a column that is not there.

        Examples
        --------
        >>> from course_lib.chest_xray.evaluate import evaluate
        >>> result = evaluate([[0], [1]] * 20, [[-1], [2]] * 20, names=["Mass"], n_replicates=20)
        >>> table = result.beside({"CheXNet": {"Mass": 0.8676}}, not_comparable="simulated images")
        >>> table["CheXNet"].tolist()
        ['not comparable: simulated images', 'not comparable: simulated images']
        """
        reasons = dict.fromkeys(published, not_comparable) if isinstance(not_comparable, str) else not_comparable
        if unknown := [name for name in reasons if name not in published]:
            raise ValueError(f"not_comparable: got {unknown[0]!r}, allowed are {', '.join(published)}")
        if empty := [name for name, reason in reasons.items() if not reason.strip()]:
            raise ValueError(f"not_comparable: got no reason for {empty[0]!r}; leave it out if it is comparable")
        macro = self.macro
        own = self.table[["finding", "auroc", "low", "high"]]
        mean = f"Mean of {macro.n_used}", macro.value, macro.low, macro.high
        table = pd.concat([own, pd.DataFrame([mean], columns=own.columns)], ignore_index=True)
        for name, values in published.items():
            if name in reasons:
                table[name] = f"not comparable: {reasons[name]}"
            else:
                column = np.array([values.get(finding, np.nan) for finding in own["finding"]], float)
                judged = column[own["auroc"].notna()]
                table[name] = [*column, judged.mean() if len(judged) else np.nan]
        return table
