"""Each kind of file, through the door a user takes."""

import builtins
import sys
import warnings

import nibabel
import numpy as np
import pytest
from PIL import Image

from course_lib.data import from_folder

RNG = np.random.default_rng(0)


def picture(path, shape=(6, 5), dtype=np.uint8, values=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = RNG.integers(0, np.iinfo(dtype).max, shape, dtype=dtype) if values is None else values
    Image.fromarray(image).save(path, **options)
    return image


def test_sixteen_bits_become_floats_by_65535(tmp_path):
    image = picture(tmp_path / "a.png", dtype=np.uint16)
    data = from_folder(tmp_path)
    assert data.images.dtype == np.float32
    np.testing.assert_allclose(data.images[0], image / 65535, atol=1e-7)


def test_a_photograph_is_turned_as_its_camera_says_and_palettes_become_colors(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    picture(tmp_path / "jpeg" / "a.jpg", (6, 5, 3), exif=exif)
    assert from_folder(tmp_path / "jpeg").images.shape == (1, 5, 6, 3)
    (tmp_path / "palette").mkdir()
    Image.fromarray(np.full((4, 4, 3), (10, 200, 30), np.uint8)).quantize(2).save(tmp_path / "palette" / "a.png")
    assert from_folder(tmp_path / "palette").images[0, 0, 0].tolist() == [10, 200, 30]


def test_transparency_is_dropped_only_where_there_is_none(tmp_path):
    opaque = np.full((4, 4, 4), 255, np.uint8)
    picture(tmp_path / "a.png", values=opaque)
    assert from_folder(tmp_path).kind == "color"
    opaque[0, 0, 3] = 10
    picture(tmp_path / "a.png", values=opaque)
    with pytest.raises(ValueError, match=r"a\.png: not readable .*partly transparent"):
        from_folder(tmp_path)


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.dcm", "x.nii.gz"])
def test_a_damaged_file_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(ValueError, match=f"{name}: not readable as an image"):
        from_folder(tmp_path)


def test_a_truncated_picture_is_named(tmp_path):
    picture(tmp_path / "x.png", (64, 64))
    (tmp_path / "x.png").write_bytes((tmp_path / "x.png").read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"x\.png: not readable"):
        from_folder(tmp_path)


def test_a_nifti_volume_comes_as_z_y_x_in_standard_orientation_between_0_and_1(tmp_path):
    values = RNG.normal(size=(4, 5, 6)).astype(np.float32)
    nibabel.Nifti1Image(values, np.eye(4)).to_filename(tmp_path / "a.nii.gz")
    nibabel.Nifti1Image(values[::-1].copy(), np.diag([-1, 1, 1, 1.0])).to_filename(tmp_path / "b.nii")
    with pytest.warns(UserWarning, match="1 exact duplicates"):
        data = from_folder(tmp_path)  # the same volume, stored the other way round
    assert data.images.shape == (2, 6, 5, 4) and data.images.dtype == np.float32
    expected = (values - values.min()) / (values.max() - values.min())
    np.testing.assert_allclose(data.images[0], expected.transpose(2, 1, 0), atol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert from_folder(tmp_path, size=3).images.shape == (2, 3, 3, 3)


def test_a_nifti_time_series_is_refused(tmp_path):
    nibabel.Nifti1Image(np.zeros((4, 5, 6, 2), np.float32), np.eye(4)).to_filename(tmp_path / "a.nii")
    with pytest.raises(ValueError, match=r"a\.nii: .*4 axes"):
        from_folder(tmp_path)


def dicom(path, pixels, bits, patient, photometric="MONOCHROME2", signed=False):
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID = SecondaryCaptureImageStorage
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID = generate_uid()
    header.Rows, header.Columns = pixels.shape
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, photometric
    header.BitsAllocated, header.BitsStored, header.HighBit = pixels.dtype.itemsize * 8, bits, bits - 1
    header.PixelRepresentation = int(signed)
    header.PatientID = patient
    header.PixelData = pixels.tobytes()
    header.save_as(path, enforce_file_format=True)


def test_dicom_is_scaled_by_its_stored_bits_and_grouped_by_patient(tmp_path):
    pytest.importorskip("pydicom")
    pixels = RNG.integers(0, 4096, (4, 6), dtype=np.uint16)
    dicom(tmp_path / "a.dcm", pixels, 12, "P1")
    dicom(tmp_path / "b.dcm", pixels, 12, "P2", photometric="MONOCHROME1")
    dicom(tmp_path / "c.dcm", pixels.astype(np.int16) - 2048, 12, "P1", signed=True)
    with pytest.warns(UserWarning, match=r"groups|duplicates") as caught:
        data = from_folder(tmp_path)
    np.testing.assert_allclose(data.images[0], pixels / 4095, atol=1e-6)
    np.testing.assert_allclose(data.images[1], 1 - pixels / 4095, atol=1e-6)
    np.testing.assert_allclose(data.images[2], pixels / 4095, atol=1e-6)
    assert data.groups.tolist() == ["P1", "P2", "P1"]
    assert len(caught) == 1


def test_eight_bit_dicom_stays_uint8(tmp_path):
    pytest.importorskip("pydicom")
    pixels = RNG.integers(0, 256, (4, 6), dtype=np.uint8)
    dicom(tmp_path / "a.dcm", pixels, 8, "", photometric="MONOCHROME1")
    data = from_folder(tmp_path)
    np.testing.assert_array_equal(data.images[0], 255 - pixels)
    assert data.images.dtype == np.uint8 and data.groups is None


def test_dicom_without_pydicom_says_what_to_install(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("pydicom"):
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **options)

    for name in [name for name in sys.modules if name.startswith("pydicom")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    (tmp_path / "a.dcm").write_bytes(b"")
    with pytest.raises(ModuleNotFoundError, match=r"a\.dcm: reading DICOM needs pydicom; pip install pydicom"):
        from_folder(tmp_path)
