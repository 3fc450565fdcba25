"""The checks of `course doctor`."""

from dataclasses import replace
from pathlib import Path

import pytest

from course_lib import doctor, machine
from course_lib.doctor import GIB, Facts

HEALTHY = Facts(
    python="3.12.4",
    requires_python=">=3.11,<3.14",
    versions={
        "torch": "2.9.0",
        "torchvision": "0.24.0",
        "jupyterlab": "4.5.0",
        "ipywidgets": "8.1.8",
        "anywidget": "0.9.21",
        "jupyterlab-widgets": "3.0.16",
        "widgetsnbextension": "4.0.15",
    },
    requirements={
        "torchvision": ["numpy", "torch (==2.9.0)", 'gdown ; extra == "gdown"'],
        "ipywidgets": ["widgetsnbextension~=4.0.14", "jupyterlab_widgets~=3.0.15"],
    },
    lab_parts={"anywidget": "0.9.21", "@jupyter-widgets/jupyterlab-manager": "5.0.15"},
    data={"breastmnist.npz": True},
)


def with_version(**versions):
    return replace(HEALTHY, versions={**HEALTHY.versions, **{k.replace("_", "-"): v for k, v in versions.items()}})


def without(*names):
    return replace(HEALTHY, versions={name: v for name, v in HEALTHY.versions.items() if name not in names})


def test_a_healthy_machine_has_only_good_lines_and_nothing_to_do():
    assert [(line.status, line.remedy) for line in doctor.diagnose(HEALTHY)] == [("ok", "")] * 8


@pytest.mark.parametrize(("python", "status"), [("3.10.9", "problem"), ("3.11.0", "ok"), ("3.14.0", "problem")])
def test_python_must_be_one_that_the_package_allows(python, status):
    assert doctor.check_python(replace(HEALTHY, python=python)).status == status


def test_torchvision_must_be_made_for_this_torch():
    line = doctor.check_torch(with_version(torch="2.8.0"))
    assert line.status == "problem"
    assert line.text == "torchvision 0.24.0 needs torch==2.9.0, found 2.8.0"
    assert "together" in line.remedy


@pytest.mark.parametrize("torch", ["2.9.0", "2.9.0+cpu", "2.9.0+cu128"])
def test_a_build_for_another_device_is_the_same_torch(torch):
    assert doctor.check_torch(with_version(torch=torch)).status == "ok"


def test_a_requirement_of_another_python_or_of_an_extra_does_not_count():
    needs = ["torch==2.9.0", 'torch==1.0 ; python_version < "3"', 'torch==1.1 ; extra == "old"']
    facts = replace(HEALTHY, requirements={"torchvision": needs})
    assert doctor.check_torch(facts).status == "ok"


def test_an_absent_torchvision_is_named():
    line = doctor.check_torch(without("torchvision"))
    assert (line.status, line.text) == ("problem", "torchvision not installed")


def test_compiled_operators_that_do_not_load_are_a_problem():
    line = doctor.check_torch(replace(HEALTHY, operators="operator torchvision::nms does not exist"))
    assert (line.status, line.text) == ("problem", "operator torchvision::nms does not exist")


def test_an_unavailable_device_is_a_problem_in_its_own_words():
    line = doctor.check_device(replace(HEALTHY, device_error="COURSE_DEVICE: 'tpu' is not available here"))
    assert (line.status, line.text) == ("problem", "COURSE_DEVICE: 'tpu' is not available here")


@pytest.mark.parametrize(("memory", "status"), [(GIB // 2, "problem"), (1.5 * GIB, "warning"), (4 * GIB, "ok")])
def test_little_memory_is_said_before_it_hurts(memory, status):
    line = doctor.check_memory(replace(HEALTHY, memory=memory))
    assert line.status == status
    assert bool(line.remedy) == (status != "ok")


def test_a_full_disk_is_a_warning_because_lectures_start_without_downloads():
    line = doctor.check_disk(replace(HEALTHY, disk=GIB))
    assert line.status == "warning"
    assert "COURSE_DATA" in line.remedy


def test_a_cache_that_cannot_be_written_is_a_warning():
    assert doctor.check_disk(replace(HEALTHY, writable=False)).text == "cache cannot be written"


def test_widget_packages_of_two_generations_are_a_problem():
    line = doctor.check_widgets(with_version(jupyterlab_widgets="1.1.7"))
    assert line.status == "problem"
    assert "ipywidgets 8.1.8 needs jupyterlab-widgets~=3.0.15, found 1.1.7" in line.text


def test_an_absent_widget_package_is_a_problem():
    assert "found none" in doctor.check_widgets(without("widgetsnbextension")).text


@pytest.mark.parametrize(("part", "owner"), doctor.LAB_PARTS.items())
def test_a_part_that_jupyterlab_does_not_find_is_a_problem(part, owner):
    parts = {name: version for name, version in HEALTHY.lab_parts.items() if name != part}
    line = doctor.check_widgets(replace(HEALTHY, lab_parts=parts))
    assert (line.status, line.text) == ("problem", f"JupyterLab lacks {owner}'s part")


def test_an_anywidget_of_another_version_in_jupyterlab_is_a_problem():
    parts = {**HEALTHY.lab_parts, "anywidget": "0.8.1"}
    line = doctor.check_widgets(replace(HEALTHY, lab_parts=parts))
    assert line.text == "anywidget is 0.9.21 in the kernel and 0.8.1 in JupyterLab"


def test_without_jupyterlab_there_is_a_warning_only():
    assert doctor.check_widgets(without("jupyterlab")).status == "warning"


def test_a_damaged_file_is_a_problem_and_says_how_to_mend_it():
    line = doctor.check_data(replace(HEALTHY, data={"breastmnist.npz": False, "mnist.gz": True}))
    assert line.status == "problem"
    assert line.text == "damaged or incomplete: breastmnist.npz"
    assert "course data verify" in line.remedy


def test_no_download_yet_is_fine():
    assert doctor.check_data(replace(HEALTHY, data={})).status == "ok"


def test_a_misspelt_variable_is_a_warning_with_the_right_name():
    (line,) = doctor.check_variables(replace(HEALTHY, variables={"COURSE_BUGDET": "full"}))
    assert line.status == "warning"
    assert line.remedy == "Did you mean COURSE_BUDGET?"


def test_a_variable_that_cannot_be_read_is_a_problem():
    facts = replace(HEALTHY, variables={"COURSE_SEED": "x"}, variable_errors={"COURSE_SEED": "not a whole number"})
    (line,) = doctor.check_variables(facts)
    assert (line.status, line.text) == ("problem", "not a whole number")


def test_a_data_folder_that_is_not_there_may_be_meant_for_downloads():
    facts = replace(HEALTHY, variables={"COURSE_DATA": "x"}, variable_errors={"COURSE_DATA": "x is not a folder"})
    (line,) = doctor.check_variables(facts)
    assert (line.status, line.text) == ("warning", "x is not a folder")


def test_a_damaged_download_is_seen(tmp_path, monkeypatch):
    (tmp_path / "breastmnist.npz").write_bytes(b"half of it")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert machine.gather().data == {"breastmnist.npz": False}


def test_variables_that_are_set_are_listed_with_their_values():
    facts = replace(HEALTHY, variables={"COURSE_SEED": "3", "COURSE_BUDGET": "full"})
    assert [(line.name, line.text) for line in doctor.check_variables(facts)] == [
        ("COURSE_BUDGET", "full"),
        ("COURSE_SEED", "3"),
    ]


def test_this_environment_is_seen_as_it_is(monkeypatch):
    import torch

    monkeypatch.setenv("COURSE_SEED", "x")
    facts = machine.gather()
    assert facts.versions["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert facts.operators == ""
    assert any(text.startswith("torch") for text in facts.requirements["torchvision"])
    assert facts.memory > 0
    assert facts.disk > 0
    assert set(facts.lab_parts) == set(doctor.LAB_PARTS)
    assert "whole number" in facts.variable_errors["COURSE_SEED"]
    assert doctor.check_python(facts).status == "ok"


def test_a_containers_memory_is_its_limit_less_what_is_in_use(tmp_path):
    group = {"memory.max": 900, "memory.current": 700, "memory.stat": "anon 100\ninactive_file 300\n"}
    for name, text in group.items():
        (tmp_path / name).write_text(str(text))
    assert machine.available_memory(tmp_path) == 900 - (700 - 300)


def test_without_a_limit_the_hosts_memory_counts(tmp_path):
    host = machine.available_memory(tmp_path)
    (tmp_path / "memory.max").write_text("max\n")
    assert host > 2**20
    assert machine.available_memory(tmp_path) > 2**20


def test_a_cache_that_does_not_exist_yet_is_judged_by_the_folder_above_it(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "not" / "yet"))
    facts = machine.gather()
    assert facts.cache == Path(tmp_path / "not" / "yet").resolve()
    assert facts.disk > 0
