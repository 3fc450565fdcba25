"""Plausible mistakes in exercise 6: each must lose its own question's points, and no others."""

RIGHT = {
    "cauchy_loss": """\
def cauchy_loss(view1, view2):
    z, n = np.concatenate([view1, view2]), len(view1)
    total = 0.0
    for i in range(2 * n):
        q = 1 / (1 + ((z - z[i]) ** 2).sum(axis=1))
        others = np.delete(q, i)
        total += np.log(others.sum()) - np.log(q[(i + n) % (2 * n)])
    return total / (2 * n)
""",
    "cosine_loss": """\
def cosine_loss(view1, view2, temperature):
    z, n = np.concatenate([view1, view2]), len(view1)
    z = z / np.linalg.norm(z, axis=1)[:, None]
    q = np.exp(z @ z.T / temperature)
    np.fill_diagonal(q, 0)
    rows = np.arange(2 * n)
    return -np.log(q[rows, (rows + n) % (2 * n)] / q.sum(axis=1)).mean()
""",
    "two_views": """\
def two_views(images, augment):
    n = len(images)
    first = [augment(image) for image in images]
    second = [augment(image) for image in images]
    return np.array(first + second), np.roll(np.arange(2 * n), n)
""",
    "crowding": """\
def crowding(n, temperature):
    circle = np.cos(2 * np.pi * np.arange(1, n) / n)
    simplex = -np.ones(n - 1) / (n - 1)

    def loss(cosines):
        others = 2 * np.exp(cosines / temperature).sum()
        return np.log(np.exp(1 / temperature) + others) - 1 / temperature

    return loss(circle), loss(simplex)
""",
    "border_color": """\
def border_color(images):
    top, bottom = images[:, 0], images[:, -1]
    left, right = images[:, 1:-1, 0], images[:, 1:-1, -1]
    border = np.concatenate([top, bottom, left, right], axis=1)
    return border.mean(axis=1).mean(axis=0) / 255
""",
    "begin_stage_2": """\
def begin_stage_2(network):
    network.requires_grad_(False)
    layer = nn.Linear(network.head[-1].in_features, 2)
    nn.init.normal_(layer.weight)
    network.head[-1] = layer
    network.train()
    return layer.weight.numel() + layer.bias.numel()
""",
    "rates": """\
def rates(n, warmup, peak):
    found = []
    for e in range(n):
        if e < warmup:
            found.append(peak * e / (warmup - 1))
        else:
            found.append(peak / 2 * (1 + np.cos(np.pi * (e - warmup) / (n + 1 - warmup))))
    return np.array(found)
""",
    "knn_accuracy": """\
def knn_accuracy(points, labels, test, k):
    known, known_labels, right = points[~test], labels[~test], 0
    for point, label in zip(points[test], labels[test]):
        near = np.argsort(np.linalg.norm(known - point, axis=1))[:k]
        values, counts = np.unique(known_labels[near], return_counts=True)
        right += values[counts.argmax()] == label
    return right / test.sum()
""",
    "silhouette": """\
def silhouette(points, labels):
    away, scores = np.linalg.norm(points[:, None] - points[None], axis=2), []
    for i in range(len(points)):
        same = labels == labels[i]
        same[i] = False
        if not same.any():
            scores.append(0.0)
            continue
        a = away[i, same].mean()
        b = min(away[i, labels == other].mean() for other in set(labels.tolist()) - {labels[i]})
        scores.append((b - a) / max(a, b))
    return sum(scores) / len(scores)
""",
    "added_error": """\
def added_error(images, labels, changes):
    def error(change):
        wrong = 0
        for i, image in enumerate(images):
            away = ((images - change(image)) ** 2).sum(axis=(1, 2))
            away[i] = np.inf
            wrong += labels[away.argmin()] != labels[i]
        return wrong / len(images)

    return {name: error(change) - error(lambda image: image) for name, change in changes.items()}
""",
}


def _but(name: str, *changes: tuple[str, str]) -> str:
    """The right answer with something else in it."""
    source = RIGHT[name]
    for old, new in changes:
        assert old in source, f"{name}: {old!r} is not there to be changed"
        source = source.replace(old, new)
    return source


WRONG = {
    "cauchy_loss": [
        ("itself is in the sum", _but("cauchy_loss", ("np.delete(q, i)", "q"))),
        ("the partner is not in the sum", _but("cauchy_loss", ("np.delete(q, i)", "np.delete(q, [i, (i + n) % (2 * n)])"))),
        ("distances not squared", _but("cauchy_loss", ("((z - z[i]) ** 2).sum(axis=1)", "np.sqrt(((z - z[i]) ** 2).sum(axis=1))"))),
        ("Gauss in place of Cauchy", _but("cauchy_loss", ("1 / (1 + ((z - z[i]) ** 2).sum(axis=1))", "np.exp(-((z - z[i]) ** 2).sum(axis=1))"))),
        ("the neighbor in the list for the partner", _but("cauchy_loss", ("(i + n) % (2 * n)", "i ^ 1"))),
        ("a sum, not a mean", _but("cauchy_loss", ("total / (2 * n)", "total"))),
        ("a mean over images", _but("cauchy_loss", ("total / (2 * n)", "total / n"))),
        ("the sign turned", _but("cauchy_loss", ("return total", "return -total"))),
        ("logarithm to base 2", _but("cauchy_loss", ("np.log(", "np.log2("))),
        ("only from the first views", _but("cauchy_loss", ("range(2 * n)", "range(n)"), ("total / (2 * n)", "total / n"))),
        ("negatives among the other views only", _but("cauchy_loss", ("np.delete(q, i)", "q[n:] if i < n else q[:n]"))),
        ("the mean of the others", _but("cauchy_loss", ("others.sum()", "others.mean()"))),
        ("forgets the 1", _but("cauchy_loss", ("1 / (1 + ((z - z[i]) ** 2).sum(axis=1))", "1 / (1e-9 + ((z - z[i]) ** 2).sum(axis=1))"))),
        ("centers the argument in place", _but("cauchy_loss", ("    total = 0.0", "    view1 -= view1.mean(axis=0)\n    total = 0.0"))),
    ],
    "cosine_loss": [
        ("inner products, lengths and all", _but("cosine_loss", ("    z = z / np.linalg.norm(z, axis=1)[:, None]\n", ""))),
        ("times the temperature", _but("cosine_loss", ("/ temperature", "* temperature"))),
        ("always temperature ½", _but("cosine_loss", ("/ temperature", "/ 0.5"))),
        ("no temperature", _but("cosine_loss", (" / temperature", ""))),
        ("itself is in the sum", _but("cosine_loss", ("    np.fill_diagonal(q, 0)\n", ""))),
        ("1 for itself in the sum", _but("cosine_loss", ("np.fill_diagonal(q, 0)", "np.fill_diagonal(q, 1)"))),
        ("columns brought to length 1", _but("cosine_loss", ("np.linalg.norm(z, axis=1)[:, None]", "np.linalg.norm(z, axis=0)"))),
        ("all divided by one length", _but("cosine_loss", ("np.linalg.norm(z, axis=1)[:, None]", "np.linalg.norm(z)"))),
        ("squared lengths", _but("cosine_loss", ("np.linalg.norm(z, axis=1)[:, None]", "(z**2).sum(axis=1)[:, None]"))),
        ("the next row for the partner", _but("cosine_loss", ("(rows + n) % (2 * n)", "(rows + 1) % (2 * n)"))),
        ("the sign turned", _but("cosine_loss", ("return -np", "return np"))),
        ("the sum", _but("cosine_loss", (".mean()", ".sum()"))),
        ("a part not of the others, but of the negatives", _but("cosine_loss", ("q.sum(axis=1)", "(q.sum(axis=1) - q[rows, (rows + n) % (2 * n)] + 1e-12)"))),
    ],
    "two_views": [
        ("pairs one behind the other", "def two_views(images, augment):\n    n = len(images)\n    views = [augment(image) for image in images for _ in range(2)]\n    return np.array(views), np.arange(2 * n) ^ 1\n"),
        ("the same views twice", _but("two_views", ("second = [augment(image) for image in images]", "second = first"))),
        ("the images themselves for first views", _but("two_views", ("first = [augment(image) for image in images]", "first = [image for image in images]"))),
        ("the second view is a view of the first", _but("two_views", ("second = [augment(image) for image in images]", "second = [augment(image) for image in first]"))),
        ("the whole batch at once", _but("two_views", ("first = [augment(image) for image in images]", "first = list(augment(images))"), ("second = [augment(image) for image in images]", "second = list(augment(images))"))),
        ("each its own partner", _but("two_views", ("np.roll(np.arange(2 * n), n)", "np.arange(2 * n)"))),
        ("partners of the first half only", _but("two_views", ("np.roll(np.arange(2 * n), n)", "np.arange(n, 2 * n)"))),
        ("the second half in reverse", _but("two_views", ("second = [augment(image) for image in images]", "second = [augment(image) for image in images[::-1]]"))),
        ("partners in reverse", _but("two_views", ("np.roll(np.arange(2 * n), n)", "np.arange(2 * n)[::-1]"))),
        ("i + n without the way back", _but("two_views", ("np.roll(np.arange(2 * n), n)", "np.arange(2 * n) + n"))),
        ("image numbers for partners", _but("two_views", ("np.roll(np.arange(2 * n), n)", "np.tile(np.arange(n), 2)"))),
        ("one call for nothing", _but("two_views", ("    n = len(images)\n", "    n = len(images)\n    augment(images[0])\n"))),
        ("the two the wrong way around", _but("two_views", ("return np.array(first + second), np.roll(np.arange(2 * n), n)", "return np.roll(np.arange(2 * n), n), np.array(first + second)"))),
    ],
    "crowding": [
        ("one view of each other image", _but("crowding", ("2 * np.exp(cosines", "np.exp(cosines"))),
        ("the partner is not in the sum", _but("crowding", ("np.exp(1 / temperature) + others", "others"))),
        ("itself is in the sum, too", _but("crowding", ("np.exp(1 / temperature) + others", "2 * np.exp(1 / temperature) + others"))),
        ("right angles for the simplex", _but("crowding", ("-np.ones(n - 1) / (n - 1)", "np.zeros(n - 1)"))),
        ("1/n in the simplex", _but("crowding", ("-np.ones(n - 1) / (n - 1)", "-np.ones(n - 1) / n"))),
        ("the simplex without its sign", _but("crowding", ("-np.ones(n - 1)", "np.ones(n - 1)"))),
        ("half a circle", _but("crowding", ("2 * np.pi * np.arange", "np.pi * np.arange"))),
        ("n images besides it", _but("crowding", ("np.arange(1, n) / n", "np.arange(1, n + 1) / n"))),
        ("the two the wrong way around", _but("crowding", ("return loss(circle), loss(simplex)", "return loss(simplex), loss(circle)"))),
        ("the sum over all views", _but("crowding", ("return loss(circle), loss(simplex)", "return 2 * n * loss(circle), 2 * n * loss(simplex)"))),
        ("always temperature ½", _but("crowding", ("def crowding(n, temperature):\n", "def crowding(n, temperature):\n    temperature = 0.5\n"))),
        ("the partner's cosine not taken off", _but("crowding", (" - 1 / temperature", ""))),
        ("sines", _but("crowding", ("np.cos", "np.sin"))),
    ],
    "border_color": [
        ("corners twice", _but("border_color", ("images[:, 1:-1, 0], images[:, 1:-1, -1]", "images[:, :, 0], images[:, :, -1]"))),
        ("the whole image", "def border_color(images):\n    return images.mean(axis=(0, 1, 2)) / 255\n"),
        ("corners only", "def border_color(images):\n    corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1]]\n    return corners.mean(axis=(0, 1)) / 255\n"),
        ("top and bottom only", _but("border_color", ("[top, bottom, left, right]", "[top, bottom]"))),
        ("left and right without corners", _but("border_color", ("[top, bottom, left, right]", "[left, right]")).replace("border.mean(axis=1).mean(axis=0)", "border.sum(axis=1).mean(axis=0) / max(border.shape[1], 1)")),
        ("from 0 to 255", _but("border_color", (" / 255", ""))),
        ("divided by 256", _but("border_color", ("/ 255", "/ 256"))),
        ("one gray for all colors", _but("border_color", ("border.mean(axis=1).mean(axis=0) / 255", "np.full(3, border.mean()) / 255"))),
        ("the median over images", _but("border_color", ("border.mean(axis=1).mean(axis=0)", "np.median(border.mean(axis=1), axis=0)"))),
        ("one color for each image", _but("border_color", ("border.mean(axis=1).mean(axis=0)", "border.mean(axis=1)"))),
        ("the first image only", _but("border_color", ("border.mean(axis=1).mean(axis=0)", "border.mean(axis=1)[0]"))),
        ("a mean of the four sides' means", "def border_color(images):\n    sides = [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]]\n    return np.mean([side.mean(axis=(0, 1)) for side in sides], axis=0) / 255\n"),
        ("a sum that overflows", _but("border_color", ("border.mean(axis=1).mean(axis=0)", "(border.sum(axis=1, dtype=np.uint8) / border.shape[1]).mean(axis=0)"))),
        ("rounded to whole gray values", _but("border_color", ("border.mean(axis=1).mean(axis=0)", "border.mean(axis=1).mean(axis=0).round()"))),
    ],
    "begin_stage_2": [
        ("nothing frozen", _but("begin_stage_2", ("    network.requires_grad_(False)\n", ""))),
        ("all frozen", _but("begin_stage_2", ("    network.requires_grad_(False)\n", ""), ("    network.train()\n", "    network.requires_grad_(False)\n    network.train()\n"))),
        ("the head learns", _but("begin_stage_2", ("    network.train()\n", "    network.head.requires_grad_(True)\n    network.train()\n"), ("layer.weight.numel() + layer.bias.numel()", "sum(p.numel() for p in network.head.parameters())"))),
        ("evaluation mode", _but("begin_stage_2", ("network.train()", "network.eval()"))),
        ("left in the mode it was in", _but("begin_stage_2", ("    network.train()\n", ""))),
        ("PyTorch's own weights", _but("begin_stage_2", ("    nn.init.normal_(layer.weight)\n", ""))),
        ("a normal bias, too", _but("begin_stage_2", ("    network.head[-1] = layer\n", "    nn.init.normal_(layer.bias)\n    network.head[-1] = layer\n"))),
        ("bias 0", _but("begin_stage_2", ("    network.head[-1] = layer\n", "    nn.init.zeros_(layer.bias)\n    network.head[-1] = layer\n"))),
        ("no bias", _but("begin_stage_2", ("in_features, 2)", "in_features, 2, bias=False)"), (" + layer.bias.numel()", ""))),
        ("one layer more, not another one", _but("begin_stage_2", ("nn.Linear(network.head[-1].in_features, 2)", "nn.Linear(network.head[-1].out_features, 2)"), ("network.head[-1] = layer", "network.head.append(layer)"))),
        ("the old layer keeps its 128 outputs", _but("begin_stage_2", ("layer = nn.Linear(network.head[-1].in_features, 2)", "layer = nn.Linear(network.head[-1].in_features, network.head[-1].out_features)"))),
        ("counts tensors, not numbers", _but("begin_stage_2", ("layer.weight.numel() + layer.bias.numel()", "len(list(layer.parameters()))"))),
        ("counts everything", _but("begin_stage_2", ("layer.weight.numel() + layer.bias.numel()", "sum(p.numel() for p in network.parameters())"))),
        ("forgets to put the layer in", _but("begin_stage_2", ("    network.head[-1] = layer\n", ""))),
        ("SD of 0.01", _but("begin_stage_2", ("nn.init.normal_(layer.weight)", "nn.init.normal_(layer.weight, 0, 0.01)"))),
        ("only the weights learn", _but("begin_stage_2", ("    network.train()\n", "    layer.bias.requires_grad_(False)\n    network.train()\n"))),
    ],
    "rates": [
        ("the warm-up reaches its peak one epoch late", _but("rates", ("e / (warmup - 1)", "e / warmup"))),
        ("the warm-up begins at 1", _but("rates", ("e / (warmup - 1)", "(e + 1) / warmup"))),
        ("the cosine over all epochs", _but("rates", ("(e - warmup) / (n + 1 - warmup)", "e / (n + 1)"))),
        ("the last rate is 0", _but("rates", ("(n + 1 - warmup)", "max(n - 1 - warmup, 1)"))),
        ("n − w in the cosine", _but("rates", ("(n + 1 - warmup)", "max(n - warmup, 1)"))),
        ("the cosine without its half", _but("rates", ("peak / 2 *", "peak *"))),
        ("half a cosine, from 1 to 0", _but("rates", ("peak / 2 * (1 + np.cos(np.pi * (e - warmup) / (n + 1 - warmup)))", "peak * np.cos(np.pi / 2 * (e - warmup) / (n + 1 - warmup))"))),
        ("a line down", _but("rates", ("peak / 2 * (1 + np.cos(np.pi * (e - warmup) / (n + 1 - warmup)))", "peak * (1 - (e - warmup) / (n + 1 - warmup))"))),
        ("a sine", _but("rates", ("np.cos", "np.sin"))),
        ("one epoch more", _but("rates", ("range(n)", "range(n + 1)"))),
        ("epochs from 1", _but("rates", ("range(n)", "range(1, n + 1)"))),
        ("no warm-up", _but("rates", ("if e < warmup", "if e < 0"))),
        ("always a peak of 0.12", _but("rates", ("def rates(n, warmup, peak):\n", "def rates(n, warmup, peak):\n    peak = 0.12\n"))),
    ],
    "knn_accuracy": [
        ("held-out points are neighbors, too", _but("knn_accuracy", ("points[~test], labels[~test], 0", "points, labels, 0"))),
        ("held-out points know one another", _but("knn_accuracy", ("points[~test], labels[~test], 0", "points[test], labels[test], 0"))),
        ("the nearest only", _but("knn_accuracy", ("[:k]", "[:1]"))),
        ("one neighbor too many", _but("knn_accuracy", ("[:k]", "[: k + 1]"))),
        ("the nearest left out", _but("knn_accuracy", ("[:k]", "[1 : k + 1]"))),
        ("the farthest", _but("knn_accuracy", ("[:k]", "[-k:]"))),
        ("the higher label in a tie", _but("knn_accuracy", ("values[counts.argmax()]", "values[::-1][counts[::-1].argmax()]"))),
        ("the mean label", _but("knn_accuracy", ("values[counts.argmax()]", "round(known_labels[near].mean())"))),
        ("right if any neighbor is", _but("knn_accuracy", ("values[counts.argmax()] == label", "label in values"))),
        ("the mean share of relatives", _but("knn_accuracy", ("values[counts.argmax()] == label", "(known_labels[near] == label).mean()"))),
        ("distance along the first axis", _but("knn_accuracy", ("np.linalg.norm(known - point, axis=1)", "np.abs(known - point)[:, 0]"))),
        ("a share of all points", _but("knn_accuracy", ("right / test.sum()", "right / len(test)"))),
        ("in percent", _but("knn_accuracy", ("right / test.sum()", "100 * right / test.sum()"))),
        ("the error", _but("knn_accuracy", ("right / test.sum()", "1 - right / test.sum()"))),
        ("tests the known ones", _but("knn_accuracy", ("zip(points[test], labels[test])", "zip(points[~test], labels[~test])"), ("test.sum()", "(~test).sum()"))),
    ],
    "silhouette": [
        ("itself among its class", _but("silhouette", ("a = away[i, same].mean()", "a = away[i, labels == labels[i]].mean()"))),
        ("the farthest other class", _but("silhouette", ("b = min(", "b = max("))),
        ("all other points together", _but("silhouette", ("b = min(away[i, labels == other].mean() for other in set(labels.tolist()) - {labels[i]})", "b = away[i, labels != labels[i]].mean()"))),
        ("the nearest point of another class", _but("silhouette", ("b = min(away[i, labels == other].mean() for other in set(labels.tolist()) - {labels[i]})", "b = away[i, labels != labels[i]].min()"))),
        ("a − b", _but("silhouette", ("(b - a) / max(a, b)", "(a - b) / max(a, b)"))),
        ("divided by b", _but("silhouette", ("(b - a) / max(a, b)", "(b - a) / b"))),
        ("divided by a", _but("silhouette", ("(b - a) / max(a, b)", "(b - a) / a"))),
        ("divided by the sum", _but("silhouette", ("(b - a) / max(a, b)", "(b - a) / (a + b)"))),
        ("1 for a point alone", _but("silhouette", ("scores.append(0.0)", "scores.append(1.0)"))),
        ("a point alone left out", _but("silhouette", ("            scores.append(0.0)\n", ""))),
        ("the sum", _but("silhouette", ("sum(scores) / len(scores)", "sum(scores)"))),
        ("the median", _but("silhouette", ("sum(scores) / len(scores)", "float(np.median(scores))"))),
        ("squared distances", _but("silhouette", ("np.linalg.norm(points[:, None] - points[None], axis=2)", "((points[:, None] - points[None]) ** 2).sum(axis=2)"))),
        ("distances to the classes' centers", _but("silhouette", ("away[i, labels == other].mean() for", "np.linalg.norm(points[i] - points[labels == other].mean(axis=0)) for"))),
        ("the mean of the classes' means", _but("silhouette", ("return sum(scores) / len(scores)", "scores = np.array(scores)\n    return np.mean([scores[labels == one].mean() for one in set(labels.tolist())])"))),
    ],
    "added_error": [
        ("the image itself is its neighbor", _but("added_error", ("            away[i] = np.inf\n", ""))),
        ("nothing taken off", _but("added_error", (" - error(lambda image: image)", ""))),
        ("the difference turned", _but("added_error", ("error(change) - error(lambda image: image)", "error(lambda image: image) - error(change)"))),
        ("neighbors among the changed ones", _but("added_error", ("((images - change(image)) ** 2)", "((np.stack([change(one) for one in images]) - change(image)) ** 2)"))),
        ("the unchanged image's neighbor", _but("added_error", ("images - change(image)", "images - image"))),
        ("the accuracy in place of the error", _but("added_error", ("!= labels[i]", "== labels[i]"))),
        ("a number, not a share", _but("added_error", ("wrong / len(images)", "wrong"))),
        ("in percent", _but("added_error", ("wrong / len(images)", "100 * wrong / len(images)"))),
        ("the farthest image", _but("added_error", ("away[i] = np.inf", "away[i] = -np.inf"), ("argmin", "argmax"))),
        ("the difference of brightness only", _but("added_error", ("((images - change(image)) ** 2).sum(axis=(1, 2))", "np.abs(images.sum(axis=(1, 2)) - change(image).sum())"))),
        ("the first row of pixels", _but("added_error", ("((images - change(image)) ** 2).sum(axis=(1, 2))", "((images - change(image)) ** 2)[:, 0].sum(axis=1)"))),
        ("never below 0", _but("added_error", ("error(change) - error(lambda image: image)", "max(error(change) - error(lambda image: image), 0)"))),
        ("a list of errors", _but("added_error", ("{name: error(change) - error(lambda image: image) for name, change in changes.items()}", "[error(change) - error(lambda image: image) for change in changes.values()]"))),
        ("names by their error", _but("added_error", ("return {", "found = {")).rstrip() + "\n    return dict(sorted(found.items(), key=lambda item: -item[1]))\n"),
    ],
}  # fmt: skip
