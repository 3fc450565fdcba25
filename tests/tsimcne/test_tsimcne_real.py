"""The whole pipeline on real blood cells, where the files for tests are."""

import numpy as np

from course_lib.data import ImageSet
from course_lib.tsimcne import TSimCNE
from course_lib.tsimcne.baselines import map_quality, tsne


def test_a_map_of_real_cells_beats_that_of_their_pixels(test_data):
    with np.load(test_data / "blood" / "pbc_28.npz", allow_pickle=False) as file:
        rows = np.random.default_rng(0).permutation(len(file["labels"]))[:900]
        cells = ImageSet(
            file["images"][rows], file["labels"][rows].astype(np.int64), tuple(map(str, file["class_names"]))
        )
    learned, new = cells[:700], cells[700:]
    fitted = TSimCNE.for_two_cores(augmentations="right-angles", epochs=(12, 2, 12), progress=False).fit(learned)
    ours, pixels = map_quality(fitted.embedding_, learned.labels), map_quality(tsne(learned), learned.labels)
    assert ours["knn_accuracy"] > pixels["knn_accuracy"] - 0.1 and ours["silhouette"] > pixels["silhouette"]
    assert fitted.transform(new).shape == (200, 2)
