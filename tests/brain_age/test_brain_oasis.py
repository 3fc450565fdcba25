from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nibabel
import numpy as np
import pandas as pd
import pytest
from nilearn import datasets
from nilearn.datasets import load_mni152_gm_template

from course_lib.brain_age.anatomy import template
from course_lib.brain_age.oasis import load_oasis, without_dementia

PEOPLE = ["OAS1_0001_MR1", "OAS1_0002_MR1", "OAS1_0003_MR1"]
TABLE = pd.DataFrame(
    {
        "ID": [*PEOPLE, "OAS1_0004_MR1"],
        "M/F": ["F", "F", "M", "M"],
        "Hand": "R",
        "Age": [74, 55, 73, 28],
        "MMSE": [29, 29, 27, np.nan],
        "CDR": [0, 0, 0.5, np.nan],
    }
)


@pytest.fixture(scope="module")
def gray():
    return load_mni152_gm_template(resolution=3)


@pytest.fixture
def folder(gray, tmp_path):
    """What nilearn leaves behind after a download of three people."""
    for number, name in enumerate(PEOPLE):
        place = tmp_path / "oasis1" / name
        place.mkdir(parents=True)
        values = gray.get_fdata(dtype=np.float32) * (1 + number)  # modulated: three times as much gray matter
        for tissue in (1, 2):
            file = place / f"mwrc{tissue}{name}_mpr_anon_fslswapdim_bet.nii.gz"
            nibabel.save(nibabel.Nifti1Image(values, gray.affine), file)
    TABLE.to_csv(tmp_path / "oasis1" / "oasis_cross-sectional.csv", index=False)
    (tmp_path / "oasis1" / "data_usage_agreement.txt").write_text("terms")
    return tmp_path


@pytest.fixture
def network(monkeypatch):
    """nilearn's fetcher, watched: which calls might have gone to the network."""
    calls, original = [], datasets.fetch_oasis_vbm

    def watched(**kwargs):
        calls.append(kwargs)
        return original(**kwargs)

    monkeypatch.setattr(datasets, "fetch_oasis_vbm", watched)
    return calls


def test_what_nilearn_has_downloaded_is_read_without_a_network(folder, network):
    data = load_oasis(3, folder=folder, progress=False)
    assert data.labels.tolist() == [74, 55, 73] and data.labels.dtype == np.float32
    assert data.groups.tolist() == PEOPLE and data.images.shape == (3, 40, 48, 40)
    assert data.covariates["sex"].tolist() == ["F", "F", "M"] and data.covariates["cdr"].tolist() == [0, 0, 0.5]
    assert data.covariates["mmse"].tolist() == [29, 29, 27] and data.covariates["age"].tolist() == [74, 55, 73]
    assert all(call["url"].startswith("file:///") for call in network)
    assert "use agreement" in data.card.license and "Marcus" in data.card.citation and not data.card.simulated


def test_how_much_gray_matter_somebody_has_is_not_scaled_away(folder):
    """255 is a density of 1.5 in everybody: the second has twice the first's, until it is cut off."""
    first, second, _ = load_oasis(3, folder=folder, progress=False).images.astype(float)
    np.testing.assert_allclose(second[first < 120], 2 * first[first < 120], atol=1.01)
    truth = template(4).gray * 255 / 1.5
    assert np.corrcoef(first.ravel(), truth.ravel())[0, 1] > 0.98
    assert first.sum() == pytest.approx(truth.sum(), rel=0.05)


def test_fewer_people_are_the_first_ones(folder):
    data = load_oasis(1, resolution_mm=2, folder=folder, progress=False)
    assert data.groups.tolist() == PEOPLE[:1] and data.images.shape == (1, 80, 96, 80)


def test_rows_are_matched_to_files_by_name_not_by_order(folder, monkeypatch):
    def shuffled(**kwargs):
        files = [str(next((folder / "oasis1" / name).glob("mwrc1*"))) for name in PEOPLE]
        table = TABLE.iloc[[2, 3, 0, 1]].rename(columns=lambda name: name.lower().replace("/", ""))
        return SimpleNamespace(gray_matter_maps=files, ext_vars=table)

    monkeypatch.setattr(datasets, "fetch_oasis_vbm", shuffled)
    assert load_oasis(3, folder=folder, download=True, progress=False).labels.tolist() == [74, 55, 73]


def test_nothing_is_downloaded_nor_made_without_being_asked(tmp_path, network):
    with pytest.raises(FileNotFoundError) as told:
        load_oasis(folder=tmp_path)
    message = str(told.value)
    assert "no oasis_cross-sectional.csv and no data_usage_agreement.txt in" in message
    assert str(tmp_path / "oasis1") in message and "load_oasis(download=True)" in message
    assert network == [] and list(tmp_path.iterdir()) == []


def test_the_default_place_is_the_courses_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "here"))
    with pytest.raises(FileNotFoundError, match=r"here/oasis1"):
        load_oasis()


def test_too_few_maps_are_counted(folder, network):
    with pytest.raises(FileNotFoundError, match=r"only 3 of 403 maps .*mwrc1\*"):
        load_oasis(folder=folder)
    assert network == []


def test_half_a_download_is_said_to_be_incomplete(folder):
    for file in (folder / "oasis1").rglob("mwrc2*"):  # nilearn asks for the white matter, too
        file.unlink()
    with pytest.raises(FileNotFoundError, match=r"OASIS: its files are not complete .*\nWith a network"):
        load_oasis(3, folder=folder)


@pytest.mark.parametrize("problem", [OSError("no route to host"), ConnectionError("refused"), TimeoutError("20 s")])
def test_a_download_that_fails_says_what_to_do_by_hand(tmp_path, monkeypatch, problem):
    def unreachable(**kwargs):
        assert "url" not in kwargs and Path(kwargs["data_dir"]) == tmp_path
        raise problem

    monkeypatch.setattr(datasets, "fetch_oasis_vbm", unreachable)
    with pytest.raises(FileNotFoundError, match=r"could not be downloaded \(.*\).\n.*\nBy hand: .*fetch_oasis_vbm"):
        load_oasis(2, folder=tmp_path, download=True)


@pytest.mark.parametrize("n", [0, 404, -1, 2.5, True, "3"])
def test_a_number_of_people_that_there_is_not_is_refused(tmp_path, n):
    with pytest.raises(ValueError, match=r"n_subjects: got .*, allowed are 1 to 403"):
        load_oasis(n, folder=tmp_path)


def test_people_without_a_row_or_an_age_are_named(folder):
    place = folder / "oasis1" / "oasis_cross-sectional.csv"
    TABLE.drop(index=1).to_csv(place, index=False)
    with pytest.raises(ValueError, match=r"OASIS: its table has no row for OAS1_0002_MR1 \(1 such files\)"):
        load_oasis(3, folder=folder)
    TABLE.assign(Age=[74, np.nan, 73, 28]).to_csv(place, index=False)
    with pytest.raises(ValueError, match="no plausible age for OAS1_0002_MR1"):
        load_oasis(3, folder=folder)


def test_a_damaged_map_is_named(folder):
    file = next((folder / "oasis1" / PEOPLE[1]).glob("mwrc1*"))
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ValueError, match=f"{file.name}: not readable as a NIfTI image"):
        load_oasis(3, folder=folder, progress=False)


def test_without_dementia_are_those_rated_zero_or_not_at_all(folder):
    everybody = load_oasis(3, folder=folder, progress=False)
    kept = without_dementia(everybody)
    assert kept.groups.tolist() == PEOPLE[:2] and kept.labels.tolist() == [74, 55]
    np.testing.assert_array_equal(kept.images, everybody.images[:2])
    assert "of 2 people" in kept.card.description and "left out are those who have a dementia" in kept.card.description
    assert "about a quarter" in everybody.card.description and "about a quarter" not in kept.card.description
    unrated = replace(everybody, covariates=everybody.covariates.assign(cdr=[np.nan, 0.5, 1]))
    assert without_dementia(unrated).groups.tolist() == PEOPLE[:1]


def test_where_all_are_ill_or_nobody_was_rated_it_is_said(folder):
    everybody = load_oasis(3, folder=folder, progress=False)
    with pytest.raises(ValueError, match="people: got 1 people, all of whom have a dementia"):
        without_dementia(everybody[2])
    with pytest.raises(ValueError, match="people: got no covariate 'cdr'"):
        without_dementia(replace(everybody, covariates=None))
