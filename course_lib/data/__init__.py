"""Images for the lectures: embedded, downloaded or one's own, always as an :class:`ImageSet`.

Nothing heavy is imported here; scikit-learn, medmnist, nibabel and torch load when a data set needs them.
"""

from course_lib.data.card import DatasetCard
from course_lib.data.folder import from_folder
from course_lib.data.imageset import ImageSet
from course_lib.data.leaks import duplicates, leakage, linked_groups
from course_lib.data.own_folder import FolderProblem, OwnFolder, open_folder
from course_lib.data.quality import find_suspects, image_facts
from course_lib.data.registry import available, fetch, load, status

__all__ = [
    "DatasetCard",
    "FolderProblem",
    "ImageSet",
    "OwnFolder",
    "available",
    "duplicates",
    "fetch",
    "find_suspects",
    "from_folder",
    "image_facts",
    "leakage",
    "linked_groups",
    "load",
    "open_folder",
    "status",
]
