import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from course_lib.data import from_folder

RNG = np.random.default_rng(0)


def picture(path, shape=(6, 5), dtype=np.uint8, values=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = RNG.integers(0, np.iinfo(dtype).max, shape, dtype=dtype) if values is None else values
    Image.fromarray(image).save(path, **options)
    return image


def test_subfolders_are_classes_and_files_come_in_the_order_of_their_names(tmp_path):
    made = {
        name: picture(tmp_path / name) for name in ("sick/b.png", "healthy/10.png", "healthy/2.PNG", "sick/deep/a.png")
    }
    data = from_folder(tmp_path, labels="folders")
    assert data.extras["file"].tolist() == sorted(made)
    assert data.class_names == ("healthy", "sick")
    assert data.labels.tolist() == [0, 0, 1, 1]
    for image, file in zip(data.images, data.extras["file"], strict=True):
        np.testing.assert_array_equal(image, made[file])


def test_without_labels_there_are_none_and_other_files_are_not_read(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "._a.png").write_bytes(b"x")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.png").write_bytes(b"x")
    data = from_folder(tmp_path)
    assert len(data) == 1 and data.labels is None


@pytest.fixture
def table(tmp_path):
    for name in ("a.png", "b.png", "c.png"):
        picture(tmp_path / name)
    return pd.DataFrame(
        {"file": ["c.png", "a.png", "b.png"], "label": ["x", "y", "x"], "who": [3, 1, 1], "age": [9, 7, 8]}
    )


@pytest.mark.parametrize("as_csv", [True, False])
def test_a_table_gives_labels_groups_and_covariates_whatever_its_order(tmp_path, table, as_csv):
    table.to_csv(tmp_path / "labels.csv", index=False)
    data = from_folder(tmp_path, tmp_path / "labels.csv" if as_csv else table, groups="who")
    assert [data.class_names[label] for label in data.labels] == ["y", "x", "x"]
    assert data.groups.tolist() == [1, 1, 3]
    assert data.covariates["age"].tolist() == [7, 8, 9]
    assert list(data.covariates) == ["age"]


@pytest.mark.parametrize(
    ("values", "labels", "names"),
    [
        ([2, 7, 2], [0, 1, 0], ("2", "7")),
        ([41.5, 60.0, 33.25], [41.5, 60.0, 33.25], ()),
        ([True, False, True], [1, 0, 1], ("False", "True")),
    ],
)
def test_whole_numbers_are_classes_and_others_measurements(tmp_path, table, values, labels, names):
    data = from_folder(tmp_path, dict(zip(("a.png", "b.png", "c.png"), values, strict=True)))
    assert data.labels.tolist() == labels
    assert data.class_names == names


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda t: t.iloc[:2], ValueError, r"labels: no row for b\.png \(1 such files\)"),
        (
            lambda t: t.assign(file=["d.png", "a.png", "b.png"]),
            FileNotFoundError,
            r"labels: d\.png is in the table, but not in",
        ),
        (lambda t: t.assign(file="a.png"), ValueError, r"labels: a\.png stands twice"),
        (lambda t: t.assign(label=["x", None, "y"]), ValueError, r"labels: a\.png has no label"),
        (lambda t: t.assign(label=["x", [0, 1], "y"]), ValueError, r"labels: \[0, 1\] came; allowed are numbers and"),
        (
            lambda t: t.rename(columns={"label": "class"}),
            ValueError,
            "labels: no column 'label'; there are file, class",
        ),
        (lambda t: t.drop(columns="who"), ValueError, "labels: no column 'who'"),
        (lambda t: t.assign(who=[1, None, 2]), ValueError, "groups: missing for 1"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path, table, change, error, message):
    with pytest.raises(error, match=message):
        from_folder(tmp_path, change(table), groups="who")


def test_a_missing_folder_table_or_image_is_named(tmp_path, table):
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        from_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no image in .*empty; looked for \.png"):
        from_folder(tmp_path / "empty")
    with pytest.raises(FileNotFoundError, match=r'labels: .*x\.csv is not a file; allowed are "folders"'):
        from_folder(tmp_path, tmp_path / "x.csv")
    with pytest.raises(ValueError, match=r'"folders" was asked for, but a\.png is in no subfolder'):
        from_folder(tmp_path, "folders")


def test_the_first_file_of_another_shape_is_named_and_a_size_offered(tmp_path):
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png", (7, 5))
    with pytest.raises(ValueError, match=r"b\.png: shape \(7, 5\) .* a\.png has \(6, 5\) .*; size="):
        from_folder(tmp_path)
    assert from_folder(tmp_path, size=4).images.shape == (2, 4, 4)
    assert from_folder(tmp_path, size=(4, 3)).images.shape == (2, 4, 3)
    with pytest.raises(ValueError, match="size: 0 came"):
        from_folder(tmp_path, size=0)


def test_gray_and_color_are_not_mixed(tmp_path):
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png", (6, 5, 3))
    with pytest.raises(ValueError, match=r"b\.png: shape \(6, 5, 3\)"):
        from_folder(tmp_path)


def test_duplicates_with_other_labels_and_patients_on_two_sides_are_reported(tmp_path):
    image = picture(tmp_path / "a.png")
    picture(tmp_path / "b.png", values=image)
    picture(tmp_path / "c.png")
    table = pd.DataFrame(
        {"file": ["a.png", "b.png", "c.png"], "label": [0, 1, 0], "who": [1, 2, 1], "split": ["train", "test", "test"]}
    )
    with pytest.warns(UserWarning) as caught:
        from_folder(tmp_path, table, groups="who")
    said = [str(warning.message) for warning in caught]
    assert said == [
        "1 exact duplicates, such as a.png and b.png",
        "labels: 1 images stand there twice with different labels, such as a.png",
        "groups: 1 images stand there twice with different groups, such as a.png",
        "split: 1 images stand there twice with different split, such as a.png",
        "groups: 1 stand on two sides of the split column, such as 1",
    ]
    assert all(warning.filename == __file__ for warning in caught)


def test_a_clean_folder_says_nothing(tmp_path, table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = from_folder(tmp_path, table, groups="who")
    assert data.split((0.5, 0.5))[0].groups.size
