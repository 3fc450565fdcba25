"""The k lowest of each row of a large table."""

import torch

MEMBERS = 8  # columns of a group, a power of two


def lowest(table: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The lowest values of each row, and their columns.

    The k lowest lie in those k groups of columns whose lowest members are lowest, so that most columns are only
    compared, and few are sorted.

    Parameters
    ----------
    table : tensor, (Q, R)
    k : int
        All where there are fewer columns.

    Returns
    -------
    (tensor, tensor of int64), (Q, min(k, R)) each
        Values, ascending, and columns.

    Examples
    --------
    >>> values, columns = lowest(torch.tensor([[5, 3, 4]]), 2)
    >>> values.tolist(), columns.tolist()
    ([[3, 4]], [[1, 2]])
    """
    groups = table.shape[1] // MEMBERS
    if groups < 2 * k:
        return tuple(table.topk(min(k, table.shape[1]), largest=False))
    body = table[:, : groups * MEMBERS].unflatten(1, (MEMBERS, groups))  # group g: columns g, g + groups, …
    minima = body
    while minima.shape[1] > 1:  # by halves: amin over whole numbers is many times slower
        minima = torch.minimum(*minima.chunk(2, dim=1))
    best = minima[:, 0].topk(k, largest=False, sorted=False).indices  # (Q, k)
    places = best[:, None] + groups * torch.arange(MEMBERS, device=table.device)[:, None]  # (Q, MEMBERS, k)
    rest = torch.arange(groups * MEMBERS, table.shape[1], device=table.device).expand(len(table), -1)
    columns = torch.cat([places.flatten(1), rest], dim=1)
    found = table.gather(1, columns).topk(k, largest=False)
    return found.values, columns.gather(1, found.indices)
