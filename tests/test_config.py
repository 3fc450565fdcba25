from pathlib import Path

import pytest
import torch

from course_lib import config

VARIABLES = ("COURSE_DEVICE", "COURSE_PRECISION", "COURSE_SEED", "COURSE_BUDGET", "COURSE_DATA")


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    config._native_bfloat16.cache_clear()
    yield
    config._native_bfloat16.cache_clear()


def machine(monkeypatch, cuda=0, mps=False):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(2, True, "cuda"), (0, True, "mps"), (0, False, "cpu")])
def test_auto_takes_the_fastest_kind_there_is(monkeypatch, cuda, mps, expected):
    machine(monkeypatch, cuda, mps)
    assert config.device() == config.device("auto") == torch.device(expected)


def test_the_environment_decides_and_an_argument_overrides_it(monkeypatch):
    machine(monkeypatch, cuda=2)
    monkeypatch.setenv("COURSE_DEVICE", "cuda:1")
    assert config.device() == torch.device("cuda", 1)
    assert config.device("cpu") == torch.device("cpu")
    assert config.device(torch.device("cuda", 0)) == torch.device("cuda", 0)


def test_a_device_that_is_not_there_is_refused_with_what_is_allowed(monkeypatch):
    machine(monkeypatch)
    with pytest.raises(ValueError, match="choice: 'cuda' is not available here; allowed are auto, cpu"):
        config.device("cuda")
    monkeypatch.setenv("COURSE_DEVICE", "tpu")
    with pytest.raises(ValueError, match="COURSE_DEVICE: 'tpu' is not available"):
        config.device()
    machine(monkeypatch, cuda=1)
    with pytest.raises(ValueError, match="'cuda:1' is not available"):
        config.device("cuda:1")


@pytest.mark.parametrize(("units", "expected"), [(True, "bf16-mixed"), (False, "32-true")])
def test_a_cpu_trains_in_bfloat16_only_where_it_has_the_units(monkeypatch, units, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": units}, raising=False)
    assert config.precision("cpu") == expected


@pytest.mark.parametrize(("native", "expected"), [(True, "bf16-mixed"), (False, "32-true")])
def test_a_gpu_that_only_emulates_bfloat16_trains_in_float32(monkeypatch, native, expected):
    machine(monkeypatch, cuda=1)
    asked = []

    def supported(including_emulation=True):
        asked.append(including_emulation)
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    monkeypatch.setattr(torch.cuda, "device", lambda name: torch.device("cpu"))  # a device is a context, too
    assert config.precision() == config.precision("cuda") == expected
    assert asked == [False]  # asked once


def test_mps_trains_in_float32(monkeypatch):
    machine(monkeypatch, mps=True)
    assert config.precision() == "32-true"


def test_the_precision_can_be_chosen_from_outside(monkeypatch):
    monkeypatch.setenv("COURSE_PRECISION", "bf16-mixed")
    assert config.precision("cpu") == "bf16-mixed"
    monkeypatch.setenv("COURSE_PRECISION", "fast")
    with pytest.raises(ValueError, match="COURSE_PRECISION: 'fast' is not allowed; choose from 32-true"):
        config.precision()


def test_seed_and_budget_have_defaults_and_are_checked(monkeypatch):
    assert (config.seed(), config.budget()) == (0, "quick")
    monkeypatch.setenv("COURSE_SEED", "7")
    monkeypatch.setenv("COURSE_BUDGET", "full")
    assert (config.seed(), config.budget()) == (7, "full")
    monkeypatch.setenv("COURSE_BUDGET", "huge")
    with pytest.raises(ValueError, match=r"COURSE_BUDGET: 'huge' .* quick, full"):
        config.budget()
    for wrong in ("-1", "1.5", "x", "²", str(2**32)):
        monkeypatch.setenv("COURSE_SEED", wrong)
        with pytest.raises(ValueError, match="COURSE_SEED"):
            config.seed()


def test_the_checkout_is_the_folder_with_notebooks_and_project_file():
    root = Path(__file__).resolve().parents[1]
    assert config.checkout() == root
    assert config.cache_folder() == root / "data" / "cache"


def test_an_installed_package_has_no_checkout_and_keeps_data_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(config, "__file__", str(tmp_path / "site-packages" / "course_lib" / "config.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert config.checkout() is None
    assert config.cache_folder().name == config.APPLICATION
    assert tmp_path not in config.cache_folder().parents or config.cache_folder().parent == tmp_path / "cache"


def test_course_data_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert config.cache_folder() == tmp_path.resolve()


def test_copies_go_beside_the_data_unless_that_folder_may_only_be_read(tmp_path):
    assert config.scratch_folder(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "shared").mkdir(mode=0o555)
    assert tmp_path not in config.scratch_folder(tmp_path / "shared").parents


def test_nothing_else_in_the_library_names_a_device():
    library = Path(config.__file__).parent
    named = [
        path.name for path in library.rglob("*.py") if path.name != "config.py" and "cuda" in path.read_text("utf-8")
    ]
    assert named == []
