"""The pictures of lecture 2: data in, Axes out; a title says what is to be seen."""

from .confusion import draw_confusion_matrix, draw_quantity_map
from .models import draw_metric_comparison, draw_robustness
from .outcomes import OUTCOMES, outcome_color
from .plane import draw_precision_recall, draw_roc, draw_roc_plane
from .prevalence import draw_people, draw_prevalence_curve
from .reliability import draw_reliability
from .scores import draw_score_histograms
from .targets import draw_targets
from .uncertainty import draw_intervals, draw_replicates, draw_training_runs

__all__ = [
    "OUTCOMES",
    "draw_confusion_matrix",
    "draw_intervals",
    "draw_metric_comparison",
    "draw_people",
    "draw_precision_recall",
    "draw_prevalence_curve",
    "draw_quantity_map",
    "draw_reliability",
    "draw_replicates",
    "draw_robustness",
    "draw_roc",
    "draw_roc_plane",
    "draw_score_histograms",
    "draw_targets",
    "draw_training_runs",
    "outcome_color",
]
