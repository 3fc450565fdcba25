"""The loaders of brains, radiographs and thickness, given broken files and tables."""

import gzip

import numpy as np
import pandas as pd
import pytest
from allowed_answers import REFUSED, answer, cases
from broken_files import DTYPES, MODES, broken_header, damaged, nifti, picture, put
from hypothesis import given
from hypothesis import strategies as st
from odd_values import NUMBERS, arrays
from test_bad_files import ENCODINGS, ERRORS, folder, frame, generator

from course_lib.brain_age import from_folder, load_ixi, load_oasis, load_thickness
from course_lib.brain_age.anatomy import affine, template
from course_lib.chest_xray import load_boxes, load_nih
from course_lib.chest_xray.findings import FINDINGS

PEOPLE = (
    "file,age,who\na.nii,61,1\n",
    "file,age\na.nii,161\n",
    "file,age\na.nii,\n",
    "file,age\nb.nii,50\n",
    "file\tage\na.nii\t61\n",
    "file,years\na.nii,61\n",
    "file,age\n",
    "",
    "file,age,age\na.nii,61,62\n",
)
NIH = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n"
ENTRIES = (
    NIH + "a.png,Mass|Pleural_Thickening,0,1,58,M,PA\n",
    NIH + "a.png,No Finding,0,1,058Y,M,PA\nb.png,Hernia,1,1,013D,F,AP\n",
    NIH + "a.png,Cough,0,1,58,M,PA\n",
    NIH + "a.png,,0,1,58,M,PA\n",
    NIH + "a.png,Mass,0,1e300,58,M,PA\n",
    NIH + "a.png,Mass,0,-1,58,M,PA\n",
    NIH + "a.png,Mass,nan,1,inf,M,PA\n",
    NIH + "a.png,Mass\n",
    NIH + "a.png,Mass,0,1,58,M,PA\n" * 2,
    NIH.replace(",", ";"),
    NIH,
)
BOXES = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"


@pytest.fixture(scope="module")
def brain() -> bytes:
    """One brain that looks the part, at 4 mm."""
    import nibabel

    values = np.ascontiguousarray(template(4).t1.T, np.float32)
    return nibabel.Nifti1Image(values, affine(4)).to_bytes()


@cases(40)
@given(data=st.data())
def test_a_folder_of_broken_brains_is_read_or_the_file_is_named(brain, data):
    harm, text = data.draw(st.one_of(broken_header(), damaged())), data.draw(st.sampled_from(PEOPLE))
    small = data.draw(st.sampled_from((False, False, True)))
    content = harm(nifti(generator(data), dtype=data.draw(st.sampled_from(DTYPES))) if small else brain)
    whole = data.draw(st.booleans())
    with folder() as place:
        put(place / "a.nii", content)
        table = put(
            place / data.draw(st.sampled_from(("t.csv", "t.tsv", "t.xlsx"))), data.draw(damaged())(text.encode())
        )
        odd = data.draw(st.sampled_from((table, frame(file=["a.nii"], age=data.draw(arrays(1, "ages"))), 3)))
        subject = data.draw(st.sampled_from((None, "who", "x")))
        read = lambda: from_folder(place, odd, subject=subject, skull_stripped=whole, progress=False)  # noqa: E731
        people = answer(read, ("a.nii", "t.csv", "t.tsv", "t.xlsx", "table", "skull"), (*ERRORS, ImportError))
        if people is not REFUSED:
            assert people.images.shape[1:] == (40, 48, 40) and (people.labels >= 0).all()


@cases(25)
@given(data=st.data())
def test_ixi_of_broken_parts_is_read_or_the_part_is_named(brain, data):
    name = data.draw(st.sampled_from(("IXI002-Guys-0828-T1.nii", "IXI2.nii", "x.nii", "IXI002-HH-1-T1.nii.gz")))
    lines = "IXI_ID,SEX_ID,AGE\n", "2,2,35.8\n", "x,1,30\n", "2,1,x\n", "2,2,36\n", "99999999999999999999,1,40\n"
    text = "".join(data.draw(st.lists(st.sampled_from(lines), max_size=4)))
    with folder() as place:
        content = data.draw(damaged())(brain)
        put(place / name, gzip.compress(content) if name.endswith("gz") else content)
        put(place / "IXI.csv", data.draw(damaged())((lines[0] + text).encode(data.draw(ENCODINGS), "replace")))
        names = ("folder", "table", "path", "IXI", "IXI.csv", name)
        people = answer(lambda: load_ixi(place, progress=False), names, ERRORS)
        assert people is REFUSED or np.isfinite(people.labels).all()


@cases(15)
@given(data=st.data())
def test_oasis_of_broken_parts_is_read_or_the_part_is_named(brain, data):
    person, header = "OAS1_0001_MR1", "ID,M/F,Hand,Age,Educ,SES,MMSE,CDR,eTIV,nWBV,ASF,Delay\n"
    row = data.draw(st.sampled_from((",F,R,74,2,3,29,0,1344,0.743,1.306,\n", ",F,R,,,,,,,,,\n", ",F\n", "\n")))
    with folder() as place:
        harm = data.draw(damaged())
        for tissue in (1, 2):
            content = gzip.compress(data.draw(st.one_of(broken_header(), damaged()))(brain))
            put(place / "oasis1" / person / f"mwrc{tissue}{person}_mpr_anon_fslswapdim_bet.nii.gz", content)
        put(place / "oasis1" / "oasis_cross-sectional.csv", harm((header + person + row).encode()))
        put(place / "oasis1" / "data_usage_agreement.txt", b"terms")
        n = data.draw(st.sampled_from((1, 1, 1, 2, None, 0, True, "x", 1.5)))
        names = ("OASIS", "n_subjects", "table", f"mwrc1{person}_mpr_anon_fslswapdim_bet.nii.gz")
        people = answer(lambda: load_oasis(n, folder=place, progress=False), names, ERRORS)
        assert people is REFUSED or people.images.shape == (1, 40, 48, 40)


@cases(30)
@given(data=st.data())
def test_thickness_in_a_broken_table_is_read_or_the_table_is_named(data):
    written = "sub_id,age,lh_thickness,rh_thickness,site\na,50,2.5,2.4,x\nb,60,2.4,2.5,y\n\u00e4,,1e400,-inf,\n"
    with folder() as place:
        path = put(place / "t.csv", data.draw(damaged())(written.encode(data.draw(ENCODINGS), "replace")))
        packed = put(place / "t.csv.gz", data.draw(damaged())(gzip.compress(written.encode())))
        columns = {name: data.draw(arrays(3, "ages", "text")) for name in ("sub_id", "age", "lh_thickness")}
        first = data.draw(st.sampled_from((path, packed, frame(**columns))))
        second = data.draw(st.sampled_from((None, None, path, packed)))
        if first is not None:
            names = ("path", "ages", "age", "subject", "table", "t.csv", "t.csv.gz")
            table = answer(lambda: load_thickness(first, second), names, ERRORS)
            assert table is REFUSED or np.isfinite(table.features.to_numpy()).all()


@cases(50)
@given(data=st.data())
def test_radiographs_of_broken_parts_are_read_or_the_part_is_named(data):
    rng, text = generator(data), data.draw(st.sampled_from(ENTRIES)).encode(data.draw(ENCODINGS), "replace")
    with folder() as place:
        packed = data.draw(st.booleans())
        text = data.draw(damaged())(gzip.compress(text) if packed else text)
        put(place / f"Data_Entry_2017.csv{'.gz' * packed}", text)
        for name in ("a.png", "b.png"):
            put(place / "images" / name, data.draw(damaged())(picture(rng, data.draw(st.sampled_from(MODES)))))
        for part in ("train", "val", "test"):
            lines = data.draw(
                st.sampled_from((b"a.png\n", b"b.png 0 1\n", b"", b"x.png", b"\xff\xfe", b"a.png\nb.png"))
            )
            put(place / f"{part}_list.txt", lines)
        arguments = {
            "images": data.draw(
                st.sampled_from((None, ["a.png"], "a.png", [True], [], ["a.png"] * 2, [3], [[1], [1, 2]]))
            ),
            "split": data.draw(st.sampled_from((None, "train", "x", 3))),
            "size": data.draw(st.sampled_from((8, 8, *NUMBERS))),
            "unknown": data.draw(st.sampled_from(("error", "ignore", "x"))),
        }
        names = (
            *arguments,
            "folder",
            "Finding Labels",
            "Data_Entry_2017.csv",
            "Data_Entry_2017.csv.gz",
            "a.png",
            "b.png",
        )
        names += ("train_list.txt", "val_list.txt", "test_list.txt")
        chests = answer(lambda: load_nih(place, **arguments), names, ERRORS)
        if chests is not REFUSED:
            assert chests.images.dtype == np.uint8 and chests.labels.shape[1] == len(FINDINGS)


@cases(30)
@given(data=st.data())
def test_boxes_in_a_broken_list_are_read_or_the_list_is_named(data):
    rows = (
        "a.png,Mass,1,2,3,4,,,\n",
        "a.png,Infiltrate,1,2,3,4\n",
        "a.png,Cough,1,2,3,4\n",
        "a.png,Mass,nan,2,3,4\n",
        "a,Mass\n",
    )
    text = BOXES + "".join(data.draw(st.lists(st.sampled_from((*rows, "a.png,Mass,1000,2,300,inf\n")), max_size=3)))
    with folder() as place:
        content = data.draw(damaged())(text.encode(data.draw(ENCODINGS), "replace"))
        put(place / "BBox_List_2017.csv", content)
        size = data.draw(st.sampled_from((224, *NUMBERS)))
        boxes = answer(lambda: load_boxes(place, size=size), ("BBox_List_2017.csv", "size", "folder"), ERRORS)
        if boxes is not REFUSED:
            edges = boxes[["x", "y", "width", "height"]].to_numpy()
            assert isinstance(boxes, pd.DataFrame) and np.isfinite(edges).all()
