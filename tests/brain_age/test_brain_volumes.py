import gzip
import shutil
from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
import pytest
from nibabel.testing import data_path
from nilearn.datasets import load_mni152_template
from nilearn.image import resample_img, smooth_img

from course_lib.brain_age.anatomy import affine, coordinates, template
from course_lib.brain_age.nifti import as_uint8, brain_on_grid, read_nifti, to_grid
from course_lib.brain_age.volumes import from_folder

NIBABEL = Path(data_path)


@pytest.fixture(scope="module")
def mni():
    return load_mni152_template(resolution=1)


@pytest.fixture(scope="module")
def coarse():
    """The template at 3 mm, so that a test reads it in no time."""
    return load_mni152_template(resolution=3)


@pytest.fixture(scope="module")
def expected(mni, tmp_path_factory):
    return brain_on_grid(saved(mni, tmp_path_factory.mktemp("mni") / "brain.nii.gz"))


@pytest.fixture
def folder(coarse, tmp_path):
    """Three brains in two folders, a hidden file, and their table."""
    place = tmp_path / "cohort"
    for name in ("b.nii.gz", "more/a.nii", "c.nii"):
        saved(coarse, place / name)
    (place / "._b.nii.gz").write_bytes(b"what a Mac leaves behind")
    return place


TABLE = pd.DataFrame(
    {"file": ["more/a.nii", "b.nii.gz", "c.nii"], "age": [61.5, 48, 79], "who": ["007", "8", "007"], "sex": list("FMF")}
)


def saved(image, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(image, path)
    return path


def reoriented(image, axes):
    have = nibabel.io_orientation(image.affine)
    return image.as_reoriented(nibabel.orientations.ornt_transform(have, nibabel.orientations.axcodes2ornt(axes)))


def scanned(image, sizes):
    """The same brain in voxels of other sizes, each a mean over its width."""
    matrix = np.diag([*sizes, 1.0])
    matrix[:3, 3] = image.affine[:3, 3] + 0.3  # not on the old voxels
    sigma = np.sqrt(np.maximum(np.square(sizes) - 1, 0) / 12)
    shape = np.ceil(np.array(image.shape) / sizes).astype(int)
    return resample_img(smooth_img(image, 2.3548 * sigma), matrix, shape, interpolation="linear")


def whole(*args, **kwargs):
    return from_folder(*args, progress=False, **kwargs)


@pytest.mark.parametrize("axes", ["LPS", "RAI", "PIR", "ASL", "SPL"])
def test_the_order_and_direction_of_axes_change_nothing(mni, expected, tmp_path, axes):
    turned = reoriented(mni, axes)
    assert nibabel.aff2axcodes(turned.affine) == tuple(axes)
    np.testing.assert_array_equal(brain_on_grid(saved(turned, tmp_path / "brain.nii")), expected)


@pytest.mark.parametrize("sizes", [(2, 2, 2), (1, 1, 3), (3, 3, 3), (0.8, 1.2, 1)])
def test_the_size_of_voxels_changes_little(mni, expected, tmp_path, sizes):
    got = brain_on_grid(saved(scanned(mni, sizes), tmp_path / "brain.nii")).astype(float)
    assert np.abs(got - expected).mean() < 2.5  # of 255
    assert np.corrcoef(got.ravel(), expected.ravel())[0, 1] > 0.998


def test_a_slanted_scan_lies_where_its_header_says(mni, expected, tmp_path):
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.2), -np.sin(0.2)], [np.sin(0.2), np.cos(0.2)]]
    slanted = resample_img(mni, turn @ mni.affine, (240, 260, 189), interpolation="linear")
    got = brain_on_grid(saved(slanted, tmp_path / "brain.nii")).astype(float)
    assert np.corrcoef(got.ravel(), expected.ravel())[0, 1] > 0.999


@pytest.mark.parametrize(("dtype", "slope", "inter"), [(np.uint8, 1, 0), (np.int16, 0.001, 0), (np.int16, 0.002, 0.4)])
def test_stored_numbers_are_brought_back_to_their_scale(mni, expected, tmp_path, dtype, slope, inter):
    stored = mni.get_fdata() * 255 if dtype == np.uint8 else (mni.get_fdata() - inter) / slope
    image = nibabel.Nifti1Image(np.rint(stored).astype(dtype), mni.affine)
    image.header.set_slope_inter(slope, inter)
    got = brain_on_grid(saved(image, tmp_path / "brain.nii"))
    np.testing.assert_allclose(got.astype(float), expected, atol=2)


def test_brightness_and_a_few_spikes_do_not_matter(mni, expected, tmp_path):
    values = mni.get_fdata(dtype=np.float32) * 4000
    values[100:102, 100:102, 100] = 1e6
    got = brain_on_grid(saved(nibabel.Nifti1Image(values, mni.affine), tmp_path / "brain.nii")).astype(float)
    away = np.linalg.norm(coordinates(4) - nibabel.affines.apply_affine(mni.affine, (100, 100, 100)), axis=-1) > 12
    np.testing.assert_allclose(got[away], expected[away], atol=3)


def test_what_spm_writes_outside_a_brain_is_background(mni, expected, tmp_path):
    values = mni.get_fdata(dtype=np.float32)
    values = np.where(values == 0, np.nan, values)
    got = brain_on_grid(saved(nibabel.Nifti1Image(values, mni.affine), tmp_path / "brain.nii"))
    np.testing.assert_array_equal(got, expected)


def test_one_volume_of_a_series_of_one_is_that_volume(coarse, tmp_path):
    series = nibabel.Nifti1Image(coarse.get_fdata(dtype=np.float32)[..., None], coarse.affine)
    alone = brain_on_grid(saved(changed(coarse), tmp_path / "alone.nii"))
    np.testing.assert_array_equal(brain_on_grid(saved(series, tmp_path / "series.nii")), alone)


def test_the_volume_lies_on_the_template_of_the_course(mni, tmp_path):
    image = read_nifti(saved(mni, tmp_path / "brain.nii"))
    for resolution in (4, 2):
        grid = to_grid(image, resolution)
        assert np.corrcoef(grid.ravel(), template(resolution).t1.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("resolution", [4, 2])
@pytest.mark.parametrize("spacing", [1.0, 1.5, 3.0])
def test_a_blob_keeps_its_place_its_amount_and_gets_the_width_of_the_voxel(resolution, spacing):
    """Closed form: a Gaussian of variance v, averaged over voxels of width t, has the variance v + t²/12."""
    center, variance = np.array([17.0, -31.0, 22.0]), 64.0
    matrix = np.diag([spacing] * 3 + [1.0])
    matrix[:3, 3] = -70
    place = nibabel.affines.apply_affine(matrix, np.stack(np.indices([int(150 / spacing)] * 3), axis=-1))
    spread = variance + spacing**2 / 12  # the scanner, too, averages over its voxels
    values = np.exp(-np.sum((place - center) ** 2, axis=-1) / (2 * spread)).astype(np.float32)
    grid = to_grid(nibabel.Nifti1Image(values, matrix), resolution).astype(float)
    where = coordinates(resolution)
    weight = grid[..., None] / grid.sum()
    found = (weight * where).sum(axis=(0, 1, 2))
    np.testing.assert_allclose(found, center, atol=0.1)
    assert grid.sum() * resolution**3 == pytest.approx(values.sum() * spacing**3, rel=0.01)
    width = (weight * (where - found) ** 2).sum(axis=(0, 1, 2))
    np.testing.assert_allclose(width, variance + max(resolution, spacing) ** 2 / 12, rtol=0.03)


def test_left_stays_left(mni, tmp_path):
    values = mni.get_fdata(dtype=np.float32).copy()
    values[mni.shape[0] // 2 :, :, 80:] *= 0.3  # the right half, upper part, goes dark
    grid = brain_on_grid(saved(reoriented(nibabel.Nifti1Image(values, mni.affine), "LAS"), tmp_path / "brain.nii"))
    x, z = coordinates(4)[..., 0], coordinates(4)[..., 2]
    bright = template(4).t1 > 0.4
    dark, lit = grid[bright & (x > 6) & (z > 14)].mean(), grid[bright & (x < -6) & (z > 14)].mean()
    assert dark < 0.5 * lit


def test_two_millimeters_have_eight_times_the_voxels(coarse, tmp_path):
    assert brain_on_grid(saved(coarse, tmp_path / "brain.nii"), 2).shape == (80, 96, 80)


def test_a_cohort_has_ages_people_covariates_and_files_in_the_order_of_its_table(folder):
    before = TABLE.copy()
    data = whole(folder, TABLE, subject="who")
    assert data.images.shape == (3, 40, 48, 40) and data.images.dtype == np.uint8
    assert data.labels.tolist() == [61.5, 48, 79] and data.labels.dtype == np.float32 and data.task == "regression"
    assert data.groups.tolist() == ["007", "8", "007"]
    assert data.covariates.to_dict("list") == {"age": [61.5, 48, 79], "sex": ["F", "M", "F"]}
    assert data.extras["file"].tolist() == TABLE["file"].tolist()
    assert not data.card.simulated and "cohort" in data.card.name
    pd.testing.assert_frame_equal(TABLE, before)
    np.testing.assert_array_equal(data.images[0], data.images[1])


def test_without_a_subject_every_file_is_a_person(folder):
    data = whole(folder, TABLE)
    assert data.groups.tolist() == TABLE["file"].tolist() and "who" in data.covariates


@pytest.mark.parametrize(("name", "separator"), [("t.csv", ","), ("t.tsv", "\t"), ("t.csv.gz", ",")])
def test_a_table_may_be_a_file_and_names_of_digits_stay_names(folder, tmp_path, name, separator):
    TABLE.to_csv(tmp_path / name, sep=separator, index=False)
    data = whole(folder, tmp_path / name, subject="who")
    assert data.groups.tolist() == ["007", "8", "007"] and data.labels.tolist() == [61.5, 48, 79]


def test_columns_may_have_other_names_and_paths_other_slashes(folder):
    other = TABLE.rename(columns={"age": "years", "file": "path"}).replace({"more/a.nii": r".\more\a.nii"})
    other["path"] = other["path"].str.replace(".\\", "./", n=1, regex=False)
    data = whole(folder, other, age="years", file="path")
    assert data.labels.tolist() == [61.5, 48, 79] and data.covariates["age"].tolist() == [61.5, 48, 79]
    with pytest.raises(ValueError, match=r"has the columns 'years' and 'age'"):
        whole(folder, other.assign(age=1), age="years", file="path")


def test_one_brain_is_a_cohort_too(coarse, tmp_path):
    saved(coarse, tmp_path / "a.nii")
    assert len(whole(tmp_path, pd.DataFrame({"file": ["a.nii"], "age": [0]}))) == 1


@pytest.mark.parametrize("age", [np.nan, -1, 121, 1948, "", "unknown", None, np.inf])
def test_an_age_nobody_has_is_named_with_file_and_row(folder, age):
    table = TABLE.astype({"age": object})
    table.loc[1, "age"] = age
    with pytest.raises(ValueError, match=r"table: row 2 \(b.nii.gz\) has the age .*, allowed are 0 to 120 years"):
        whole(folder, table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="age"), "table: no column 'age'; there are file, who, sex"),
        (lambda table: table.drop(columns="file"), "table: no column 'file'"),
        (lambda table: table.drop(columns="who"), "table: no column 'who'"),
        (lambda table: table.iloc[:0], "has no rows"),
        (lambda table: table.iloc[[0, 1, 2, 1]], "table: b.nii.gz stands in row 2 and again in row 4"),
        (lambda table: table.iloc[:2], r"table: no row for c.nii \(1 such files\)"),
        (lambda table: table.assign(who=["a", None, "b"]), r"table: row 2 \(b.nii.gz\) has no who \(1 such rows\)"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(folder, change, message):
    with pytest.raises(ValueError, match=message):
        whole(folder, change(TABLE), subject="who")


def test_what_is_missing_is_named(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"table: row 2 names d.nii, which is not in .* \(1 such rows\)"):
        whole(folder, TABLE.replace({"b.nii.gz": "d.nii"}))
    with pytest.raises(FileNotFoundError, match=r"path: .*nowhere is not a folder"):
        whole(tmp_path / "nowhere", TABLE)
    with pytest.raises(FileNotFoundError, match=r"table: .*t.csv is not a file"):
        whole(folder, tmp_path / "t.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"path: no image in .*looked for .nii, .nii.gz"):
        whole(tmp_path / "empty", TABLE)


def test_a_table_that_is_none_is_named(folder, tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(ValueError, match=r"t.csv.gz: not readable as a table"):
        whole(folder, tmp_path / "t.csv.gz")


@pytest.mark.parametrize("resolution", [3, 0, "4"])
def test_a_grid_that_does_not_exist_is_refused(folder, resolution):
    with pytest.raises(ValueError, match=r"resolution_mm: got .*, allowed are 4, 2"):
        whole(folder, TABLE, resolution_mm=resolution)


def test_a_damaged_file_is_named(folder):
    content = (folder / "b.nii.gz").read_bytes()
    for broken in (content[: len(content) // 2], b"", b"not an image", gzip.compress(b"\0" * 400)):
        (folder / "b.nii.gz").write_bytes(broken)
        with pytest.raises(ValueError, match=r"b.nii.gz: not readable as a NIfTI image"):
            whole(folder, TABLE)


def changed(image, *, values=None, matrix=None, unit=None, codes=None):
    """A copy of an image with something else in it."""
    made = nibabel.Nifti1Image(
        image.get_fdata(dtype=np.float32) if values is None else values, image.affine if matrix is None else matrix
    )
    if unit is not None:
        made.header.set_xyzt_units(unit)
    if codes is not None:
        made.set_sform(made.affine, codes)
        made.set_qform(made.affine, codes)
    return made


@pytest.mark.parametrize(
    ("factor", "unit", "seen"),
    [
        (0.001, "meter", r"got voxels of 0.003 × 0.003 × 0.003 \(the header's unit: meter\)"),
        (1000, "micron", r"got voxels of 3000 × 3000 × 3000 \(the header's unit: micron\)"),
        (1, "meter", r"got voxels of 3 × 3 × 3 \(the header's unit: meter\)"),
        (0.001, None, r"got voxels of 0.003 × 0.003 × 0.003"),
        (5, "mm", r"got voxels of 15 × 15 × 15 .*allowed are 0.3 to 10 mm"),
    ],
)
def test_a_header_in_other_units_is_refused_with_the_number_seen(coarse, tmp_path, factor, unit, seen):
    scale = np.diag([factor] * 3 + [1.0])
    path = saved(changed(coarse, matrix=scale @ coarse.affine, unit=unit), tmp_path / "brain.nii")
    with pytest.raises(ValueError, match=rf"brain.nii: {seen}"):
        brain_on_grid(path)


def test_a_unit_of_space_that_is_none_is_named_and_one_of_time_does_not_matter(coarse, tmp_path):
    image = changed(coarse)
    image.header["xyzt_units"] = 5
    with pytest.raises(ValueError, match=r"odd.nii: got voxels of 3 × 3 × 3 \(the header's unit: code 5\)"):
        read_nifti(saved(image, tmp_path / "odd.nii"))
    image.header["xyzt_units"] = 2 + 56  # mm, and a code that stands for no time
    assert read_nifti(saved(image, tmp_path / "timeless.nii")).shape == coarse.shape


def test_a_header_that_does_not_say_where_is_refused(coarse, tmp_path):
    path = saved(changed(coarse, codes=0), tmp_path / "brain.nii")
    with pytest.raises(ValueError, match="does not say where the image lies"):
        brain_on_grid(path)


def test_axes_that_nearly_coincide_are_refused_but_a_slight_shear_is_not(coarse, tmp_path):
    sheared = np.array(coarse.affine)
    sheared[:3, 1] += 3 * sheared[:3, 0]
    with pytest.raises(ValueError, match=r"the affine is sheared: its unit edges span 0\.32 instead of 1"):
        read_nifti(saved(changed(coarse, matrix=sheared), tmp_path / "much.nii"))
    slight = np.array(coarse.affine)
    slight[0, 1] = 0.1
    assert read_nifti(saved(changed(coarse, matrix=slight), tmp_path / "little.nii")).shape == coarse.shape


def test_several_volumes_and_single_slices_are_no_brain(coarse, tmp_path):
    values = coarse.get_fdata(dtype=np.float32)
    for name, wrong in {
        "two": np.stack([values] * 2, axis=-1),
        "slice": values[:, :, :1],
        "flat": values[:, :, 0],
    }.items():
        path = saved(changed(coarse, values=wrong), tmp_path / f"{name}.nii")
        with pytest.raises(ValueError, match=rf"{name}.nii: got shape \(.*\), allowed is one volume"):
            brain_on_grid(path)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (lambda v: 0 * v, "nothing is to be seen; all values are 0"),
        (lambda v: 0 * v + 7, "nothing is to be seen; all values are 7"),
        (lambda v: -v, "nothing is to be seen"),
        (lambda v: (v - v.mean()) / v.std(), "values down to .* came"),
        (lambda v: np.where(v > 0.8, np.inf, v), "it has infinite values"),
        (lambda v: v * np.nan, "nothing is to be seen"),
        (lambda v: v + 0.2, r"ml are brighter than 5% of the brightest tissue, .* 800 to 2,400 ml; strip the skull"),
        (lambda v: np.where(np.indices(v.shape)[2] < 22, v, 0), "[567][0-9][0-9] ml are brighter"),
    ],
)
def test_what_does_not_look_like_a_stripped_brain_is_refused(coarse, tmp_path, values, message):
    path = saved(changed(coarse, values=values(coarse.get_fdata(dtype=np.float32))), tmp_path / "brain.nii")
    with pytest.raises(ValueError, match=message):
        brain_on_grid(path)


def test_whole_heads_are_taken_where_that_is_asked_for(coarse, folder):
    head = changed(coarse, values=coarse.get_fdata(dtype=np.float32) + 0.2)
    for name in TABLE["file"]:
        saved(head, folder / name)
    with pytest.raises(ValueError, match="skull_stripped=False"):
        whole(folder, TABLE)
    assert whole(folder, TABLE, skull_stripped=False).images.max() == 255


@pytest.mark.parametrize(
    ("millimeters", "message"),
    [
        ((0, 0, 60), r"[2-5][0-9]% of the brain's intensity lie outside the course's grid, allowed are 10%"),
        ((0, 28, 0), r"the brain's center is at \(0, 7, 1[01]\) mm, 28 mm away from MNI's \(0, -21, 11\)"),
    ],
)
def test_a_brain_elsewhere_is_refused_and_told_to_be_registered(coarse, tmp_path, millimeters, message):
    matrix = np.array(coarse.affine)
    matrix[:3, 3] += millimeters
    with pytest.raises(ValueError, match=message + ".*; register the image to MNI space first"):
        brain_on_grid(saved(changed(coarse, matrix=matrix), tmp_path / "brain.nii"))


def test_a_brain_a_few_millimeters_off_is_taken_as_it_lies(coarse, tmp_path):
    matrix = np.array(coarse.affine)
    matrix[0, 3] += 8  # two voxels to the right
    straight, moved = (
        brain_on_grid(saved(changed(coarse, matrix=one), tmp_path / "brain.nii")) for one in (coarse.affine, matrix)
    )
    np.testing.assert_allclose(moved[:, :, 4:].astype(float), straight[:, :, 2:-2], atol=2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("functional.nii", r"got shape \(17, 21, 3, 20\), allowed is one volume"),
        ("example4d.nii.gz", r"got shape \(128, 96, 24, 2\)"),
        ("example_nifti2.nii.gz", r"got shape \(32, 20, 12, 2\)"),
        ("row_major.dconn.nii", "not readable as a NIfTI image"),
        ("anatomical.nii", "nothing is to be seen|ml are brighter"),  # 33 × 41 × 25 voxels of 2 mm: a piece of a brain
        ("standard.nii.gz", "ml are brighter"),
        ("test.mgz", r"got '.mgz', allowed are .nii, .nii.gz"),
    ],
)
def test_the_files_that_come_with_nibabel_are_no_cohort_and_it_is_said_why(name, message):
    with pytest.raises(ValueError, match=f"{name}.*({message})"):
        brain_on_grid(NIBABEL / name)


def test_a_real_scan_of_nibabel_lies_where_its_header_says(tmp_path):
    """anatomical.nii runs from left to right backwards; its copy turned by hand must give the same grid."""
    path = tmp_path / "anatomical.nii"
    shutil.copy(NIBABEL / "anatomical.nii", path)
    original = nibabel.load(path)
    flipped = np.array(original.affine) @ np.diag([-1, 1, 1, 1.0])
    flipped[:3, 3] = nibabel.affines.apply_affine(original.affine, (original.shape[0] - 1, 0, 0))
    by_hand = nibabel.Nifti1Image(np.asarray(original.dataobj, np.float32)[::-1], flipped)
    grid = to_grid(read_nifti(path), 2)
    np.testing.assert_allclose(grid, to_grid(by_hand, 2), atol=1e-3 * grid.max())
    voxel = np.rint(nibabel.affines.apply_affine(np.linalg.inv(affine(2)), (0, 0, 8))).astype(int)
    assert grid[tuple(voxel[::-1])] > 0


def test_what_is_above_and_below_the_range_is_cut_off_and_the_input_stays():
    values = np.array([-5.0, 0, 0.75, 1.5, 9])
    assert as_uint8(values, 1.5).tolist() == [0, 0, 128, 255, 255] and values[0] == -5
