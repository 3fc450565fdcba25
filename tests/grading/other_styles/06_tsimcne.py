"""Exercise 6 answered in other styles: each is right, and must earn what the solution earns."""

RIGHT = {
    "cauchy_loss": [
        (
            "torch, pair by pair with cdist",
            """def cauchy_loss(view1, view2):
    z = torch.cat([torch.as_tensor(view1), torch.as_tensor(view2)]).double()
    q = 1 / (1 + torch.cdist(z, z, compute_mode="donot_use_mm_for_euclid_dist") ** 2)
    q = q - torch.diag(torch.diagonal(q))
    B = len(view1)
    own = torch.stack([q[i, (i + B) % (2 * B)] for i in range(2 * B)])
    return float((q.sum(1).log() - own.log()).mean())""",
        ),
        (
            "two loops",
            """import math

def cauchy_loss(view1, view2):
    z = [*view1, *view2]
    n = len(z)
    def q(i, k):
        return 1 / (1 + sum((a - b) ** 2 for a, b in zip(z[i], z[k])))
    total = 0.0
    for i in range(n):
        total += math.log(sum(q(i, k) for k in range(n) if k != i)) - math.log(q(i, (i + n // 2) % n))
    return total / n""",
        ),
    ],
    "cosine_loss": [
        (
            "torch's cross entropy",
            """def cosine_loss(view1, view2, temperature):
    z = nn.functional.normalize(torch.tensor(np.vstack([view1, view2]), dtype=torch.float64))
    scores = z @ z.T / temperature
    scores = scores.masked_fill(torch.eye(len(z), dtype=torch.bool), float("-inf"))
    partner = torch.arange(len(z)).roll(len(view1))
    return nn.functional.cross_entropy(scores, partner).item()""",
        ),
        (
            "logsumexp over the others",
            """from scipy.special import logsumexp

def cosine_loss(view1, view2, temperature):
    z = np.vstack([view1, view2])
    B, losses = len(view1), []
    for i, a in enumerate(z):
        cosines = np.array([a @ b / np.sqrt((a @ a) * (b @ b)) for b in z]) / temperature
        losses.append(logsumexp(np.delete(cosines, i)) - cosines[(i + B) % len(z)])
    return sum(losses) / len(losses)""",
        ),
    ],
    "two_views": [
        (
            "a place made beforehand",
            """def two_views(images, augment):
    n = len(images)
    views = np.empty((2 * n, *images.shape[1:]))
    for row in range(2 * n):
        views[row] = augment(images[row % n])
    return views, np.r_[np.arange(n, 2 * n), np.arange(n)]""",
        ),
        (
            "comprehensions, a list of partners",
            """def two_views(images, augment):
    rounds = [np.array([augment(one) for one in images]) for _ in ("first", "second")]
    numbers = np.arange(2 * len(images))
    return np.concatenate(rounds, axis=0), np.roll(numbers, len(images))""",
        ),
    ],
    "crowding": [
        (
            "the views themselves, through the loss",
            """def crowding(n, temperature):
    def loss(cosines):
        table = np.tile(cosines, (2, 2)) / temperature
        np.fill_diagonal(table, -np.inf)
        return float(np.log(np.exp(table).sum(axis=1)).mean() - 1 / temperature)
    angle = 2 * np.pi * np.arange(n) / n
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    simplex = np.full((n, n), -1 / (n - 1))
    np.fill_diagonal(simplex, 1)
    return loss(points @ points.T), loss(simplex)""",
        ),
        (
            "sums of exponentials relative to the partner",
            """import math

def crowding(n, temperature):
    relative = lambda cosine: math.exp((cosine - 1) / temperature)
    on_circle = 1 + 2 * sum(relative(math.cos(2 * math.pi * j / n)) for j in range(1, n))
    in_space = 1 + 2 * (n - 1) * relative(-1 / (n - 1))
    return math.log(on_circle), math.log(in_space)""",
        ),
    ],
    "border_color": [
        (
            "four edges joined",
            """def border_color(images):
    edges = [images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]]
    return np.concatenate(edges, axis=1).astype(float).mean(axis=1).mean(axis=0) / 255.0""",
        ),
        (
            "a set of places, image by image",
            """def border_color(images):
    _, H, W, _ = images.shape
    places = sorted({(r, c) for r in range(H) for c in range(W) if r in (0, H - 1) or c in (0, W - 1)})
    means = [np.mean([image[r, c] / 255 for r, c in places], axis=0) for image in images]
    return sum(means) / len(means)""",
        ),
    ],
    "begin_stage_2": [
        (
            "everything frozen at once, the layer thawed",
            """def begin_stage_2(network):
    network.requires_grad_(False).train()
    last = len(network.head) - 1
    network.head[last] = nn.Linear(network.head[last].in_features, 2)
    nn.init.normal_(network.head[last].weight, mean=0.0, std=1.0)
    return 2 * network.head[last].in_features + 2""",
        ),
        (
            "weights drawn without nn.init",
            """def begin_stage_2(network):
    old = network.head[-1]
    new = nn.Linear(old.weight.shape[1], 2)
    with torch.no_grad():
        new.weight.copy_(torch.randn(2, old.weight.shape[1]))
    network.head[-1] = new
    learning = {id(p) for p in new.parameters()}
    count = 0
    for p in network.parameters():
        p.requires_grad = id(p) in learning
        count += p.nelement() if p.requires_grad else 0
    network.train(True)
    return count""",
        ),
    ],
    "rates": [
        (
            "epoch by epoch",
            """import math

def rates(n, warmup, peak):
    out = []
    for e in range(n):
        if e < warmup:
            out.append(peak * e / (warmup - 1))
        else:
            out.append(peak / 2 * (1 + math.cos(math.pi * (e - warmup) / (n + 1 - warmup))))
    return np.array(out)""",
        ),
        (
            "two pieces joined",
            """def rates(n, warmup, peak):
    up = np.linspace(0, peak, warmup)
    down = peak * np.cos(np.pi / 2 * np.arange(n - warmup) / (n + 1 - warmup)) ** 2
    return np.hstack([up, down])""",
        ),
    ],
    "knn_accuracy": [
        (
            "scikit-learn's neighbors",
            """from sklearn.neighbors import KNeighborsClassifier

def knn_accuracy(points, labels, test, k):
    judge = KNeighborsClassifier(n_neighbors=k).fit(points[~test], labels[~test])
    return judge.score(points[test], labels[test])""",
        ),
        (
            "a table of distances and bincount",
            """def knn_accuracy(points, labels, test, k):
    names, number = np.unique(labels, return_inverse=True)
    away = np.linalg.norm(points[test][:, None] - points[~test][None], axis=-1)
    near = number[~test][np.argpartition(away, k - 1, axis=1)[:, :k]]
    votes = np.stack([np.bincount(row, minlength=len(names)) for row in near])
    return float(np.mean(names[votes.argmax(axis=1)] == labels[test]))""",
        ),
    ],
    "silhouette": [
        (
            "scikit-learn's silhouette_score",
            """from sklearn.metrics import silhouette_samples

def silhouette(points, labels):
    if len(np.unique(labels)) == len(labels):
        return 0.0
    return float(silhouette_samples(points, labels).mean())""",
        ),
        (
            "sums by class, as one matrix product",
            """def silhouette(points, labels):
    from scipy.spatial.distance import cdist
    kinds, own = np.unique(labels, return_inverse=True)
    member = np.eye(len(kinds))[own]
    total, size = cdist(points, points) @ member, member.sum(axis=0)
    rows = np.arange(len(points))
    with np.errstate(all="ignore"):
        a = total[rows, own] / (size[own] - 1)
        b = np.where(member == 1, np.inf, total / size).min(axis=1)
        s = (b - a) / np.maximum(a, b)
    return np.where(size[own] == 1, 0, s).mean()""",
        ),
    ],
    "added_error": [
        (
            "image by image",
            """def added_error(images, labels, changes):
    def error(change):
        wrong = 0
        for i in range(len(images)):
            changed = change(images[i])
            away = [np.sum((changed - other) ** 2) if j != i else np.inf for j, other in enumerate(images)]
            wrong += int(labels[int(np.argmin(away))] != labels[i])
        return wrong / len(images)
    plain = error(lambda image: image)
    added = {}
    for name in changes:
        added[name] = error(changes[name]) - plain
    return added""",
        ),
        (
            "torch's cdist",
            """def added_error(images, labels, changes):
    def flat(stack):
        return torch.as_tensor(np.asarray(stack)).flatten(1).double()
    known, truth = flat(images), torch.as_tensor(labels)
    def error(stack):
        away = torch.cdist(flat(stack), known).fill_diagonal_(float("inf"))
        return float((truth[away.argmin(dim=1)] != truth).double().mean())
    base = error(images)
    return {name: error([change(image) for image in images]) - base for name, change in changes.items()}""",
        ),
    ],
}
