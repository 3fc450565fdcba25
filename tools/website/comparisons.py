"""The comparisons of published numbers with ours, lecture by lecture."""

from collections.abc import Iterator

import numpy as np

from course_lib.published import published
from tools.website.numbers import Row

MEASURED = "measured beforehand"


def rows() -> Iterator[Row]:
    """All comparisons, lecture by lecture; the live ones are computed here, in seconds."""
    yield from _networks()
    yield from _metrics()
    yield from _chest_xray()
    yield from _brain_age()
    yield from _intrinsic_dimension()
    yield from _maps()


def _networks() -> Iterator[Row]:
    from course_lib import cnn

    facts, lecture = published("cnn"), "01_cnn_fundamentals"
    names = ["LeNet-5", "AlexNet", "VGG-16", "VGG-19", "ResNet-18", "ResNet-50", "ResNet-152"]
    for name in [*names, "DenseNet-121", "DenseNet-201"]:
        fact, ours = facts[f"{name.lower().replace('-', '')}.total"], int(cnn.network_table(name)["parameters"].sum())
        yield Row(lecture, f"{name}, parameters", fact.value, ours, 0, "counted in the built network", fact.source)


def _trainable(network) -> int:
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def _metrics() -> Iterator[Row]:
    from course_lib.metrics import ConfusionCounts

    facts, lecture = published("metrics"), "02_classification_metrics"
    counts, slide = facts["roc_example.counts"].value, facts["roc_example.slide"]
    for name in ("A", "B", "C"):
        ours = ConfusionCounts(**counts[name])
        what = f"Classifier {name} of the slide on ROC: F1"
        yield Row(lecture, what, slide.value[name]["f1"], ours.f1, 0.0051, "computed from the counts", slide.source)
    prevalences, fact = facts["prevalence.prevalences"].value, facts["prevalence.ppv"]
    test = ConfusionCounts(tp=90, fn=10, fp=10, tn=90)  # sensitivity and specificity .9, as published
    for p, published_ppv, ours in zip(prevalences, fact.value, test.at_prevalence(prevalences).ppv, strict=True):
        what = f"PPV at a prevalence of {100 * p:g} %"
        yield Row(lecture, what, published_ppv, float(ours), 5e-5, "from the counts, by prevalence", fact.source)


def _chest_xray() -> Iterator[Row]:
    from course_lib.chest_xray import CheXNet

    facts, lecture = published("chest_xray"), "03_chest_xray"
    key = "chexnet.parameters"
    network = CheXNet()
    yield Row(
        lecture,
        "CheXNet, parameters",
        facts[key].value,
        _trainable(network),
        0,
        "counted in the built network",
        facts[key].source,
    )
    means = facts["auroc.means"].value
    for who, name in {"wang": "Wang", "yao": "Yao", "chexnet": "CheXNet"}.items():
        ours = float(np.mean(list(facts[f"auroc.{who}"].value.values())))
        what = f"Mean AUROC of fourteen findings, {name}"
        yield Row(lecture, what, means[who], ours, 5.1e-4, "mean of the published column", facts[f"auroc.{who}"].source)
    readers = facts["f1.readers"].value
    yield Row(
        lecture,
        "F1 of four radiologists, mean",
        facts["f1.readers_mean"].value,
        float(np.mean(list(readers.values()))),
        5.1e-4,
        "mean of the published four",
        facts["f1.readers_mean"].source,
    )


def _brain_age() -> Iterator[Row]:
    from course_lib.brain_age import SFCN

    facts, lecture = published("brain_age"), "04_brain_age"
    key = "sfcn.parameters"
    yield Row(
        lecture,
        "SFCN, parameters",
        facts[key].value,
        _trainable(SFCN()),
        0,
        "counted in the built network",
        facts[key].source,
    )
    mae, r2 = facts["bintsi.mae"].value, facts["bintsi.r2"].value
    spread = [mae[name] / np.sqrt(2 / np.pi) / np.sqrt(1 - r2[name]) for name in mae]
    for which, end, ours in zip(("lowest", "highest"), facts["age_sd"].value, (min(spread), max(spread)), strict=True):
        what = f"SD of the test people's ages that MAE and R² imply, {which} (years)"
        yield Row(lecture, what, end, ours, 0.051, "computed from the published pairs", facts["age_sd"].source)


def _intrinsic_dimension() -> Iterator[Row]:
    from course_lib.data import load
    from course_lib.intrinsic_dimension import MLE, TwoNN, ball, generalization_fit, swiss_roll

    facts, lecture = published("intrinsic_dimension"), "05_intrinsic_dimension"
    clouds = {
        "ball_5": ("A ball of five dimensions", ball(5, 5000, seed=0), 0.3),
        "swiss_roll": ("The Swiss roll", swiss_roll(2500, seed=0), 0.0051),
        "digits": ("Handwritten digits", load("digits").images, 0.01),
    }
    for key, (what, points, tolerance) in clouds.items():
        fact = facts[f"estimates.{key}"]
        for name, estimator in {"mackay-ghahramani": MLE(k=20), "twonn": TwoNN()}.items():
            ours = estimator.fit(np.asarray(points).reshape(len(points), -1)).dimension_
            label = "TwoNN" if name == "twonn" else "MLE"
            yield Row(
                lecture,
                f"{what}, {label}",
                fact.value[name],
                ours,
                tolerance,
                "computed; another draw of points: within .3" if key == "ball_5" else "computed: within .01",
                fact.source,
            )
    table, told = facts["konz.accuracy"].value, facts["konz.dimension"].value
    for domain in ("radiological", "natural"):
        names = facts[f"konz.{domain}"].value
        last = np.array([table[name][-1] for name in names])
        if domain == "radiological":  # that table is rounded: what was rounded were shares of 750 test images
            last = np.round(last * facts["konz.test_images"].value) / facts["konz.test_images"].value
        how = "refitted to the published table" + (
            ", put back to shares of 750 images" if domain == "radiological" else ""
        )
        fit = generalization_fit(last, [told[name] for name in names])
        for key, ours, tolerance in (("slope", fit.slope, 6e-6), ("r2", fit.r2, 5.1e-4)):
            fact = facts[f"konz.{key}"]
            what = (
                f"{domain.capitalize()} images, 2,000 for training: {'R²' if key == 'r2' else 'accuracy per dimension'}"
            )
            yield Row(lecture, what, fact.value[domain][-1], ours, tolerance, how, fact.source)
    real = facts["measured.real"].value["MNIST"]
    low, high = real["MLE"][1:]
    yield Row(
        lecture,
        "MNIST, MLE",
        told["MNIST"],
        real["MLE"][0],
        np.nan,
        f"{MEASURED}: {real['n']} images, not 7,500, [{low}, {high}]; few points tell too little",
        facts["konz.dimension"].source,
    )


def _maps() -> Iterator[Row]:
    import torch

    from course_lib.tsimcne import contrastive_loss, learning_rates

    facts, lecture = published("tsimcne"), "06_tsimcne"
    schedule, loss = facts["schedule"], facts["loss"]
    for stage, name in {1: "first", 2: "second", 3: "third"}.items():
        rates = learning_rates(stage, schedule.value["epochs"][stage - 1], schedule.value["batch_size"])
        for epoch, rate in schedule.value[name].items():
            what = f"Learning rate, stage {stage}, epoch {epoch}"
            yield Row(lecture, what, rate, rates[int(epoch)], rate * 1e-5, "computed", schedule.source)
    views = [torch.tensor(loss.value[view], dtype=torch.float64) for view in ("view1", "view2")]
    yield Row(
        lecture,
        "Loss of two small views, Cauchy kernel",
        loss.value["cauchy"],
        float(contrastive_loss(*views)),
        1e-6,
        "computed",
        loss.source,
    )
    knn, real = facts["knn"], facts["measured.real"].value
    differs = f"{MEASURED}: a quarter of the width, 50 epochs instead of 1,500, one training"
    yield Row(
        lecture,
        "BloodMNIST, t-SNE of pixels, k-NN accuracy (%)",
        knn.value["t-SNE of pixels"]["BloodMNIST"],
        100 * real["t-SNE of pixels"]["knn_accuracy"][0],
        1.0,
        f"{MEASURED}, without 500 images: within one point",
        knn.source,
    )
    for name in ("t-SimCNE", "t-SimCNE, right angles"):
        yield Row(
            lecture,
            f"BloodMNIST, {name}, k-NN accuracy (%)",
            knn.value[name]["BloodMNIST"],
            100 * real[name]["knn_accuracy"][0],
            np.nan,
            differs,
            knn.source,
        )
