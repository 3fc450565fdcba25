import sys

import nibabel
import numpy as np
import pandas as pd
import pytest
from nilearn.datasets import load_mni152_template

from course_lib.brain_age.ixi import ixi_people, load_ixi
from course_lib.brain_age.nifti import brain_on_grid

FILES = ["IXI002-Guys-0828-T1.nii.gz", "IXI012-HH-1211-T1_brain.nii", "deeper/IXI035-IOP-0873-T1.nii.gz"]
OFFICIAL = """IXI_ID,"SEX_ID (1=m, 2=f)",HEIGHT,WEIGHT,AGE
2,2,164,58,35.80013689
12,1,175,70,38.7816564
35,1,180,80,61.5
"""
TIDY = """participant_id,age,sex,site
sub-IXI002,35.80013689,2,ixi
sub-IXI012,38.7816564,1,ixi
sub-IXI035,61.5,1,ixi
"""


@pytest.fixture
def folder(tmp_path):
    """Three people's brains, laid out and named as IXI's, with a table like IXI's."""
    place = tmp_path / "ixi"
    (place / "deeper").mkdir(parents=True)
    brain = load_mni152_template(resolution=3)
    for file in FILES:
        nibabel.save(brain, place / file)
    (place / "IXI.csv").write_text(OFFICIAL)
    return place


def load(folder, **kwargs):
    return load_ixi(folder, progress=False, **kwargs)


def rows(folder, *written):
    (folder / "IXI.csv").write_text("\n".join([OFFICIAL.splitlines()[0], *written]) + "\n")


def test_images_and_table_are_joined_by_number_and_the_hospital_is_in_the_name(folder):
    data = load(folder)
    np.testing.assert_allclose(data.labels, [35.80013689, 38.7816564, 61.5])
    assert data.groups.tolist() == [2, 12, 35] and data.labels.dtype == np.float32
    assert data.covariates["sex"].tolist() == ["F", "M", "M"]
    assert data.covariates["site"].tolist() == ["Guys", "HH", "IOP"]
    np.testing.assert_allclose(data.covariates["age"], data.labels)
    assert data.extras["file"].tolist() == FILES
    np.testing.assert_array_equal(data.images[2], brain_on_grid(folder / FILES[2]))
    assert data.card.license == "CC BY-SA 3.0" and not data.card.simulated


def test_a_tidied_copy_of_the_table_says_the_same(folder, tmp_path):
    (tmp_path / "tidy.csv").write_text(TIDY)
    pd.testing.assert_frame_equal(ixi_people(tmp_path / "tidy.csv"), ixi_people(folder / "IXI.csv"), check_dtype=False)
    assert load(folder, table=tmp_path / "tidy.csv").labels.tolist() == load(folder).labels.tolist()


def test_a_table_whose_numbers_came_as_floats_is_read_as_well(folder):
    table = pd.DataFrame({"IXI_ID": [2.0, 12.0, 35.0], "SEX_ID (1=m, 2=f)": [2.0, np.nan, 1.0], "AGE": [20, 30, 40.5]})
    data = load(folder, table=table)
    assert data.groups.tolist() == [2, 12, 35] and data.labels.tolist() == [20, 30, 40.5]
    assert data.covariates["sex"].isna().tolist() == [False, True, False]


def test_people_without_a_certain_age_are_left_out_and_it_is_said_how_many(folder):
    extra = "IXI050-Guys-0711-T1.nii.gz", "IXI051-HH-1328-T1.nii.gz"
    for file in extra:
        (folder / file).write_bytes((folder / FILES[0]).read_bytes())
    rows(
        folder,
        "2,2,,,35.8",
        "2,2,,,35.8",
        "12,1,,,38.8",
        "12,1,,,43.1",
        "35,1,,,",
        "50,2,,,50.5",
        "999,1,,,70",
        "998,1,,,",
    )
    told = "IXI: left out are 1 without a plausible age, 1 with two ages, 1 without a row in the table"
    with pytest.warns(UserWarning, match=told) as caught:
        data = load(folder)
    assert data.groups.tolist() == [2, 50] and "1 with two ages" in data.card.description
    assert len(caught) == 1


def test_if_nobody_is_left_that_is_an_error(folder):
    rows(folder, "3,1,,,40")
    with pytest.raises(ValueError, match="table: knows the age of none of the 3 people"):
        load(folder)


def test_missing_files_are_named_with_where_they_come_from_and_belong(folder, tmp_path):
    told = r"none of IXI.csv, IXI.tsv, IXI.xls, IXI.xlsx is in .*\nGet IXI-T1.tar .* from https://brain-development.org"
    (folder / "IXI.csv").rename(tmp_path / "away.csv")
    with pytest.raises(FileNotFoundError, match=told):
        load(folder)
    with pytest.raises(FileNotFoundError, match=r"folder: .*nowhere is not a folder\nGet IXI-T1.tar"):
        load(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no image in .*empty.*\nGet IXI-T1.tar .*strip the skulls"):
        load(tmp_path / "empty", table=tmp_path / "away.csv")


def test_the_spreadsheet_without_its_reader_says_how_to_do_without(folder, monkeypatch):
    (folder / "IXI.csv").rename(folder / "IXI.xls")
    monkeypatch.setitem(sys.modules, "xlrd", None)
    with pytest.raises(ModuleNotFoundError, match=r"needs xlrd; pip install xlrd, or .* save it as IXI.csv beside it"):
        load(folder)


def test_the_spreadsheet_is_read_by_pandas(folder, monkeypatch):
    table = pd.read_csv(folder / "IXI.csv")
    (folder / "IXI.csv").rename(folder / "IXI.xls")
    monkeypatch.setattr(pd, "read_excel", lambda path, **how: table if path.name == "IXI.xls" else None)
    assert load(folder).groups.tolist() == [2, 12, 35]


def test_a_column_that_is_missing_and_a_number_that_is_none_are_named(folder):
    with pytest.raises(ValueError, match="table: no column 'AGE'; there are IXI_ID"):
        load(folder, table=pd.read_csv(folder / "IXI.csv").drop(columns="AGE"))
    wrong = pd.read_csv(folder / "IXI.csv").astype({"IXI_ID": object})
    wrong.loc[1, "IXI_ID"] = "twelve"
    with pytest.raises(ValueError, match="table: row 2 has 'twelve' as IXI_ID, allowed is IXI's number"):
        load(folder, table=wrong)


def test_two_images_of_one_person_are_not_chosen_by_chance(folder):
    (folder / "IXI002-Guys-0828-T1_head.nii.gz").write_bytes((folder / FILES[0]).read_bytes())
    with pytest.raises(ValueError, match=r"IXI002-Guys-0828-T1\S*.nii.gz and \S* are images of one person; keep one"):
        load(folder)


def test_an_image_with_another_name_is_named(folder):
    (folder / "mask.nii.gz").write_bytes((folder / FILES[0]).read_bytes())
    with pytest.raises(ValueError, match=r"folder: mask.nii.gz has no number such as IXI002 in its name \(1 such"):
        load(folder)


def test_a_name_without_the_hospital_leaves_the_site_open(folder):
    (folder / FILES[0]).rename(folder / "sub-IXI002_T1w.nii.gz")
    assert load(folder).covariates["site"].isna().tolist() == [True, False, False]


def test_whole_heads_as_ixi_gives_them_out_are_refused(folder):
    brain = nibabel.load(folder / FILES[1])
    nibabel.save(nibabel.Nifti1Image(brain.get_fdata() + 0.3, brain.affine), folder / FILES[1])
    with pytest.raises(ValueError, match=r"IXI012-HH-1211-T1_brain.nii: .* strip the skull first"):
        load(folder)


def test_the_real_table_repeats_25_people_two_of_them_with_another_age(test_data):
    people = ixi_people(test_data / "ageing" / "IXI_age_gender.csv")
    once = people.drop_duplicates()
    assert (len(people), people["subject"].nunique()) == (590, 565)
    assert once["subject"][once["subject"].duplicated()].tolist() == [219, 328]
    assert people["sex"].isin(["F", "M"]).all()
