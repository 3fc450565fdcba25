import gzip
import json
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from course_lib.chest_xray import nih_images
from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.nih import load_boxes, load_nih
from course_lib.chest_xray.nih_images import read_radiograph
from course_lib.published import published

HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,Extra[x,y],"
ROWS = [
    "00000001_000.png,Cardiomegaly|Pleural_Thickening,0,1,58,M,PA,1,2,",
    "00000001_001.png,No Finding,1,1,059Y,M,AP,1,2,",
    "00000002_000.png,Hernia,0,2,013M,F,PA,1,2,",
    "00000003_000.png,Mass|Atelectasis,0,3,414,F,AP,1,2,",
    "00000004_000.png,No Finding,0,4,0,M,PA,1,2,",
]
NAMES = [row.split(",")[0] for row in ROWS]
LISTS = {"train": NAMES[:2], "val": NAMES[2:3], "test": NAMES[3:]}


@pytest.fixture
def folder(tmp_path):
    """Five radiographs laid out as NIH's archives unpack, with a table of 2017."""
    place = tmp_path / "nih"
    rng = np.random.default_rng(0)
    for number, name in enumerate(NAMES):
        archive = place / f"images_{number % 2 + 1:03}" / "images"
        archive.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (32, 32), np.uint8)).save(archive / name)
    write_table(place, ROWS)
    return place


def write_table(place, rows, header=HEADER, encoding="utf-8"):
    (place / "Data_Entry_2017.csv").write_text("\n".join([header, *rows]) + "\n", encoding=encoding)


def write_lists(place, **lists):
    place.mkdir(exist_ok=True)
    for stem, names in lists.items():
        (place / f"{stem}_list.txt").write_text("".join(f"{name} 0 1 0\n" for name in names))


def test_labels_patients_and_covariates_are_those_of_the_table(folder):
    data = load_nih(folder, size=16)
    named = [{FINDINGS[column] for column in np.flatnonzero(row)} for row in data.labels]
    assert named == [{"Cardiomegaly", "Pleural Thickening"}, set(), {"Hernia"}, {"Mass", "Atelectasis"}, set()]
    assert data.class_names == FINDINGS and data.labels.dtype == np.uint8 and data.task == "multi-label"
    assert data.groups.tolist() == [1, 1, 2, 3, 4]
    assert data.extras["image_index"].tolist() == NAMES
    assert data.covariates["sex"].tolist() == ["M", "M", "F", "F", "M"]
    assert data.covariates["view"].tolist() == ["PA", "AP", "PA", "AP", "PA"]
    assert data.covariates["follow_up"].tolist() == [0, 1, 0, 0, 0]
    assert not data.card.simulated


def test_ages_in_years_or_months_are_read_and_impossible_ones_are_left_out_and_counted(folder):
    data = load_nih(folder, size=16)
    np.testing.assert_allclose(data.covariates["age"], [58, 59, 13 / 12, np.nan, 0])
    assert "Ages above 120 in the table were left out (1)" in data.card.description


def test_images_are_pillows_and_memory_mapped(folder):
    data = load_nih(folder, size=16)
    for image, name in zip(data.images, NAMES, strict=True):
        picture = Image.open(next(folder.rglob(name)))
        np.testing.assert_array_equal(image, picture.resize((16, 16), Image.Resampling.BICUBIC))
    assert isinstance(data.images.base, np.memmap) and not data.images.flags.writeable


def test_a_flat_folder_and_a_compressed_table_do_as_well(folder, tmp_path):
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in folder.rglob("*.png"):
        path.rename(flat / path.name)
    (flat / "Data_Entry_2017_v2020.csv.gz").write_bytes(gzip.compress((folder / "Data_Entry_2017.csv").read_bytes()))
    assert load_nih(flat, size=8).groups.tolist() == [1, 1, 2, 3, 4]


def test_a_byte_order_mark_and_windows_line_ends_are_not_part_of_the_table(folder):
    write_table(folder, [row + "\r" for row in ROWS], HEADER + "\r", encoding="utf-8-sig")
    assert load_nih(folder, size=8).labels.sum() == 5


def test_names_choose_and_order_images(folder):
    data = load_nih(folder, images=[NAMES[3], NAMES[0]], size=16)
    assert data.extras["image_index"].tolist() == [NAMES[3], NAMES[0]]
    whole = load_nih(folder, size=16)
    np.testing.assert_array_equal(data.images, whole.images[[3, 0]])
    np.testing.assert_array_equal(data.labels, whole.labels[[3, 0]])


def test_a_mask_chooses_rows_of_the_table(folder):
    data = load_nih(folder, images=np.array([False, True, False, False, True]), size=8)
    assert data.extras["image_index"].tolist() == [NAMES[1], NAMES[4]]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("00000001_000.png", "images: the text '00000001_000.png' came"),
        (["00000001_000.png", "a.png", "b.png"], "images: 2 are not in the table, such as a.png, b.png"),
        ([NAMES[0], NAMES[0]], "images: 00000001_000.png stands there twice"),
        ([True, False], r"images: a mask of shape \(2,\) does not fit the table's 5 rows"),
        ([], "images: none was chosen"),
    ],
)
def test_a_wrong_choice_is_named(folder, images, message):
    with pytest.raises(ValueError, match=message):
        load_nih(folder, images=images)


def test_missing_images_are_counted_and_the_first_three_named(folder):
    for name in NAMES[:4]:
        next(folder.rglob(name)).unlink()
    told = r"4 of 5 images are not in .*, such as 00000001_000.png, 00000001_001.png, 00000002_000.png; .*\(1 here\)"
    with pytest.raises(FileNotFoundError, match=told):
        load_nih(folder)
    assert len(load_nih(folder, images=NAMES[4:], size=8)) == 1


def test_an_image_that_is_there_twice_is_not_chosen_by_chance(folder):
    Image.new("L", (32, 32)).save(folder / NAMES[0])
    with pytest.raises(ValueError, match=r"00000001_000.png is there twice"):
        load_nih(folder)


@pytest.mark.parametrize("place", ["", "lists"])
@pytest.mark.parametrize(("split", "stem"), [("train", "train"), ("validation", "val"), ("test", "test")])
def test_a_part_of_the_split_is_what_its_list_names(folder, place, split, stem):
    write_lists(folder / place, **LISTS)
    data = load_nih(folder, split=split, size=8)
    assert data.extras["image_index"].tolist() == LISTS[stem]
    assert repr(split) in data.card.description


def test_a_part_can_be_restricted_further(folder):
    write_lists(folder, **LISTS)
    data = load_nih(folder, split="test", images=[NAMES[4], NAMES[0]], size=8)
    assert data.extras["image_index"].tolist() == [NAMES[4]]
    with pytest.raises(ValueError, match="images: none is in the part 'validation'"):
        load_nih(folder, split="validation", images=NAMES[:1])


def test_without_lists_there_is_no_split_and_nothing_takes_its_place(folder):
    with pytest.raises(FileNotFoundError, match=r"train_list.txt, val_list.txt, test_list.txt .*github.com/arnoweng"):
        load_nih(folder, split="train")
    write_lists(folder, train_val=NAMES[:3], test=NAMES[3:])
    with pytest.raises(FileNotFoundError, match=r"split: train_list.txt"):
        load_nih(folder, split="test")
    assert load_nih(folder, split="nih-test", size=8).groups.tolist() == [3, 4]
    assert load_nih(folder, split="nih-train-validation", size=8).groups.tolist() == [1, 1, 2]


def test_a_patient_on_two_sides_is_refused(folder):
    write_lists(folder, train=NAMES[:1], val=NAMES[1:3], test=NAMES[3:])
    with pytest.raises(ValueError, match=r"1 patients, such as 1, are in train_list.txt and in val_list.txt"):
        load_nih(folder, split="test")


def test_a_list_of_other_images_is_refused(folder):
    write_lists(folder, train=NAMES[:2], val=["00009999_000.png"], test=NAMES[3:])
    with pytest.raises(ValueError, match=r"val_list.txt: 1 images are not in the table, such as 00009999_000.png"):
        load_nih(folder, split="train")


def test_an_unknown_split_is_refused(folder):
    with pytest.raises(ValueError, match="split: 'val' is not allowed; choose from train, validation, test"):
        load_nih(folder, split="val")


def test_unknown_findings_are_named_or_counted_in_the_card(folder):
    write_table(folder, [*ROWS[:4], "00000004_000.png,Fracture|Edema,0,4,0,M,PA,1,2,"])
    with pytest.raises(ValueError, match=r"unknown are 'Fracture' \(1 images\)"):
        load_nih(folder)
    data = load_nih(folder, unknown="ignore", size=8)
    assert data.labels[4].sum() == 1 and "Ignored findings: Fracture (1)" in data.card.description
    with pytest.raises(ValueError, match=r'unknown: .drop. is not allowed; "error" or "ignore"'):
        load_nih(folder, unknown="drop")


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (ROWS, HEADER.replace("Patient ID", "Subject"), "no column 'Patient ID'; .* has Image Index, Finding Labels"),
        (ROWS, HEADER.replace(",", ";"), "no column 'Image Index'"),
        ([*ROWS, ROWS[0]], HEADER, "00000001_000.png stands there twice"),
        ([ROWS[0].replace(",58,", ",old,")], HEADER, "row 1 has 'old' as its Patient Age"),
        ([ROWS[0].split(",")[0]], HEADER, "row 1 has '' as its Follow-up #"),
        ([ROWS[0].replace(",1,58", ",,58")], HEADER, "row 1 has '' as its Patient ID"),
        ([ROWS[0].replace("Cardiomegaly|Pleural_Thickening", "")], HEADER, "Finding Labels: empty for 1 images"),
        ([], "", "not readable as a table"),
    ],
)
def test_a_wrong_table_is_refused_by_name(folder, rows, header, message):
    write_table(folder, rows, header)
    with pytest.raises(ValueError, match=message):
        load_nih(folder)


def test_a_last_comma_that_only_the_rows_have_is_no_column(folder, recwarn):
    write_table(folder, ROWS, HEADER.removesuffix(","))
    assert load_nih(folder, size=8).groups.tolist() == [1, 1, 2, 3, 4] and not recwarn.list


def test_two_releases_of_the_table_are_not_chosen_between(folder):
    (folder / "Data_Entry_2017_v2020.csv").write_text("x")
    with pytest.raises(ValueError, match=r"Data_Entry_2017.csv, Data_Entry_2017_v2020.csv are all in .*keep one"):
        load_nih(folder)


def test_a_folder_without_a_table_or_no_folder_says_where_it_comes_from(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no Data_Entry_2017\*.csv .*nihcc.app.box.com"):
        load_nih(tmp_path)
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder"):
        load_nih(tmp_path / "nowhere")


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "224"])
def test_a_size_is_a_positive_whole_number(folder, size):
    with pytest.raises(ValueError, match=r"size: .* is not allowed"):
        load_nih(folder, size=size)


GRAY = np.random.default_rng(1).integers(0, 256, (8, 8), np.uint8)
MODES = {
    "L": Image.fromarray(GRAY),
    "RGB": Image.fromarray(np.repeat(GRAY[..., None], 3, 2)),
    "RGBA": Image.fromarray(np.dstack([GRAY, GRAY, GRAY, np.full_like(GRAY, 255)])),
    "LA": Image.merge("LA", [Image.fromarray(GRAY), Image.new("L", (8, 8), 255)]),
    "P": Image.fromarray(GRAY).convert("P"),
    "16-bit": Image.fromarray(GRAY.astype(np.uint16) * 257),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_gray_png_gives_the_same_radiograph(tmp_path, mode):
    MODES[mode].save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_radiograph(tmp_path / "a.png", 8), GRAY)


def test_a_16_bit_image_is_resized_before_it_is_rounded(tmp_path):
    deep = np.random.default_rng(2).integers(0, 65536, (64, 64)).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "a.png")
    small = Image.fromarray((deep / 257).astype(np.float32)).resize((16, 16), Image.Resampling.BICUBIC)
    np.testing.assert_allclose(read_radiograph(tmp_path / "a.png", 16), small, atol=0.51)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (Image.new("RGB", (8, 8), (9, 8, 9)), "it is in color"),
        (Image.new("RGBA", (8, 8), (9, 9, 9, 100)), "partly transparent"),
        (Image.new("L", (8, 6)), "8×6 px came; NIH's images are square"),
    ],
)
def test_what_is_no_radiograph_is_refused_by_name(folder, picture, message):
    picture.save(next(folder.rglob(NAMES[2])))
    with pytest.raises(ValueError, match=rf"00000002_000.png: .*{message}"):
        load_nih(folder)


def test_a_damaged_file_is_named_and_leaves_no_cache(folder):
    path = next(folder.rglob(NAMES[2]))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ValueError, match=r"00000002_000.png: not readable"):
        load_nih(folder)
    assert not list(folder.rglob("*.npy"))


@pytest.fixture
def reads(monkeypatch):
    """The names of the files that are read from now on."""
    names = []

    def read(path, size):
        names.append(path.name)
        return read_radiograph(path, size)

    monkeypatch.setattr(nih_images, "read_radiograph", read)
    return names


def test_the_second_time_no_png_is_read_nor_needed(folder, reads):
    first = np.array(load_nih(folder, size=16).images)
    assert sorted(reads) == NAMES
    for path in folder.rglob("*.png"):
        path.unlink()
    np.testing.assert_array_equal(load_nih(folder, size=16).images, first)
    assert len(reads) == 5


def test_another_size_list_order_or_folder_is_another_cache(folder, reads, tmp_path):
    kept = tmp_path / "kept"
    load_nih(folder, size=16, cache=kept)
    load_nih(folder, size=8, cache=kept)
    load_nih(folder, size=16, images=NAMES[::-1], cache=kept)
    other = folder.rename(tmp_path / "other")
    load_nih(other, size=16, cache=kept)
    assert len(reads) == 4 * 5 and len(list(kept.glob("*.npy"))) == 4


def test_a_folder_that_moves_takes_its_cache_with_it(folder, reads, tmp_path):
    load_nih(folder, size=16)
    load_nih(folder.rename(tmp_path / "moved"), size=16)
    assert len(reads) == 5


@pytest.mark.parametrize("harm", ["cut", "no note", "another note", "no json"])
def test_a_cache_that_is_not_what_its_note_says_is_made_again(folder, reads, harm):
    right = np.array(load_nih(folder, size=16).images)
    file, note = next(folder.rglob("nih-16-*.npy")), next(folder.rglob("nih-16-*.json"))
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    elif harm == "no note":
        note.unlink()
    else:
        note.write_text("[]" if harm == "no json" else json.dumps(json.loads(note.read_text()) | {"images": 4}))
    np.testing.assert_array_equal(load_nih(folder, size=16).images, right)
    assert len(reads) == 10


def test_a_disk_too_full_is_said_before_anything_is_written(folder, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with pytest.raises(OSError, match=r"cache: 0.00 GB are to be written"):
        load_nih(folder, size=16)
    assert not list(folder.rglob("*.part"))


PROCESS = """
    import os, signal, sys
    from course_lib.chest_xray import nih_images
    from course_lib.chest_xray.nih import load_nih
    read, last = nih_images.read_radiograph, int(sys.argv[3])
    def logged(path, size):
        with open(sys.argv[2], "a") as log:
            log.write(path.name + "\\n")
        if sum(1 for line in open(sys.argv[2])) > last:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(path, size)
    nih_images.read_radiograph, nih_images.CHUNK = logged, 1
    print(load_nih(sys.argv[1], size=16).images.sum())
"""


def start(folder, log, last=10**6):
    command = [sys.executable, "-c", textwrap.dedent(PROCESS), str(folder), str(log), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_nothing_under_the_name_and_the_next_one_continues(folder, tmp_path, reads):
    killed = start(folder, tmp_path / "log", last=3)
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert not list(folder.rglob("*.npy")) and len(list(folder.rglob("*.part"))) == 1
    data = load_nih(folder, size=16)
    assert reads == NAMES[3:]
    expected = np.stack([read_radiograph(next(folder.rglob(name)), 16) for name in NAMES])
    np.testing.assert_array_equal(data.images, expected)
    assert not list(folder.rglob("*.part*"))


def test_two_processes_take_turns_and_each_image_is_read_once(folder, tmp_path):
    both = [start(folder, tmp_path / "log") for _ in range(2)]
    told = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0] and told[0] == told[1]
    assert sorted((tmp_path / "log").read_text().split()) == NAMES


BOXES = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n00000001_000.png,Infiltrate,512,256,128,64,,,\n"


def test_boxes_are_scaled_to_the_images(tmp_path):
    (tmp_path / "BBox_List_2017.csv").write_text(BOXES, encoding="utf-8-sig")
    assert load_boxes(tmp_path, size=128).values.tolist() == [["00000001_000.png", "Infiltration", 64, 32, 16, 8]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Infiltrate", "Fracture", "the finding 'Fracture' is unknown"),
        ("512,", "1000,", r"row 1 has the box \[1000, 256, 128, 64\], which is not in 1024×1024"),
        ("512,", "left,", r"row 1 has the box \[nan"),
        ("Bbox [x,y", "box x,y", r"no column 'Bbox \[x'"),
    ],
)
def test_a_wrong_list_of_boxes_is_refused(tmp_path, old, new, message):
    (tmp_path / "BBox_List_2017.csv").write_text(BOXES.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_boxes(tmp_path)


@pytest.fixture
def real(test_data):
    return test_data / "nih_cxr14"


def test_the_real_radiographs_are_those_of_the_starter_set(real, tmp_path):
    with np.load(real / "nih_starter_621_128px.npz", allow_pickle=False) as starter:
        names = sorted(path.name for path in (real / "png").glob("*.png"))
        rows = [starter["image_index"].tolist().index(name) for name in names]
        data = load_nih(real, images=names, split="test", size=128, cache=tmp_path)
        np.testing.assert_array_equal(data.labels, starter["labels"][rows])
        assert data.groups.tolist() == starter["patient_id"][rows].tolist()
        assert data.covariates["age"].tolist() == starter["age"][rows].tolist()
        assert data.covariates["sex"].tolist() == starter["sex"][rows].tolist()
        away = np.abs(data.images.astype(int) - starter["images"][rows])
    assert len(data) == 3 and away.mean() < 1  # another filter made the starter set


def test_the_real_folder_is_read_only_so_the_cache_goes_to_the_users(real, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *names, **options: tmp_path)
    before = sorted(map(str, real.rglob("*")))
    load_nih(real, images=["00000075_000.png"], size=64)
    assert sorted(map(str, real.rglob("*"))) == before
    assert [path.name for path in tmp_path.rglob("*.npy")] and (tmp_path / "nih-cache").is_dir()


def test_the_real_folder_lacks_most_images_and_says_so(real, tmp_path):
    with pytest.raises(FileNotFoundError, match="112,117 of 112,120 images are not in"):
        load_nih(real, cache=tmp_path)


@pytest.mark.parametrize("split", ["train", "validation", "test", "nih-train-validation", "nih-test"])
def test_the_real_lists_have_the_published_sizes(real, split):
    from course_lib.chest_xray import nih_table

    facts = published("chest_xray")
    patients = nih_table.entries(real).set_index("image_index")["patient"]
    names = nih_table.split_names(real, split, patients)
    room, part = ("nih_split", split.removeprefix("nih-").replace("-", "_")) if "nih" in split else ("split", split)
    assert len(names) == facts[f"{room}.images"].value[part]
    assert patients[names].nunique() == facts[f"{room}.patients"].value[part]


def test_the_real_tables_findings_are_the_published_ones(real):
    from course_lib.chest_xray import nih_table

    labels, ignored = nih_table.one_hot(nih_table.entries(real)["findings"], FINDINGS)
    assert not ignored
    assert dict(zip(FINDINGS, labels.sum(axis=0).tolist(), strict=False)) == published("chest_xray")["positives"].value


def test_the_real_boxes_fit_their_images(real):
    boxes = load_boxes(real, size=1024)
    assert boxes["finding"].value_counts().to_dict() == published("chest_xray")["boxes"].value
    raw = pd.read_csv(real / "BBox_List_2017.csv.gz").iloc[:, 2:6].to_numpy()
    np.testing.assert_allclose(boxes[["x", "y", "width", "height"]], raw)
