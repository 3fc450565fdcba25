"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path, *, shared: bool = False) -> Iterator[Path]:
    """A path beside `path` to write to; what was written there takes the final name when the block ends well.

    Under the final name there is always a whole file: the old one, or the new one. Folders are made. If the block
    raises, what it wrote is removed and the old file stays; if the process is killed, the next writer overwrites it.

    Parameters
    ----------
    path : Path
    shared : bool
        Whether several processes may write it at the same time, such as a cache: then each writes beside on its own,
        and the last one's file stays. What a killed process leaves is then not overwritten.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "answer.txt")
    ...     with whole(target) as beside:
    ...         _ = beside.write_text("42")
    ...         target.exists()
    ...     target.read_text()
    False
    '42'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.partial" if shared else f"{path.name}.partial")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())  # on the disk before the name says so
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
