"""t-SimCNE and SimCLR as scikit-learn estimators: images in, points of a map (or features) out."""

from __future__ import annotations

from torch import nn

from .base import TWO_CORES, ContrastiveEstimator


class TSimCNE(ContrastiveEstimator):
    """A map of images, learned by telling two random views of each image from all other views.

    Stage 1 learns 128 outputs with the Cauchy loss; stage 2 puts a layer with two outputs in place of the last one and
    trains that alone; stage 3 trains everything.

    Parameters
    ----------
    width, blocks, stem : int, sequence of int, str
        Of the backbone; see `Encoder`. The defaults are ResNet-18 with the paper's stem.
    epochs : (int, int, int), optional
        Of each stage; by default the paper's 1,000, 50 and 450.
    batch_size : int
        Images; each gives two views.
    augmentations : {"natural", "right-angles", "any-angle"} or Augmentation
        See `Augmentation`. Rotations suit images that have no upright, such as those of a microscope.
    recipe : {"paper", "short"} or Recipe
        Optimizer and learning rates: the original's, or those that do better in a hundred epochs.
    random_state : int
        Of weights, order and views. The global random state is left alone.
    device, precision : str, optional
        By default what `course_lib.config` chooses.
    compile : bool
        Compile the network first (`torch.compile`), which pays in long runs on a GPU.
    checkpoint : path, optional
        Rewritten after every epoch; if it is there, the run goes on from it, in whatever stage.
    callback : callable(row, embedding), optional
        After every epoch, with its row of the history and the map as it then is: float32, (N, 128) in stage 1, (N, 2)
        afterwards.
    progress : bool

    Attributes
    ----------
    embedding_ : ndarray, float32, (N, 2)
        The map of the images that were fitted.
    history_ : DataFrame
        stage, epoch (from 1), loss, learning_rate and seconds of each epoch.
    encoder_ : Encoder
    stopped_ : str
        "finished" or "interrupted": the stop button keeps the map of that moment (of 128 dimensions in stage 1, with a
        warning).

    Notes
    -----
    A resumed run gives what the uninterrupted one would have given, bit for bit on the same machine's CPU. Under
    `torchrun --nproc_per_node n` each process takes every n-th image of a batch, and the loss is that of the whole
    batch; only batch normalization differs, which sees its own process's views.

    References
    ----------
    Böhm, J. N., Berens, P. and Kobak, D. (2023). Unsupervised visualization of image datasets using contrastive
    learning. ICLR.

    Examples
    --------
    >>> from course_lib.tsimcne import simulate_blood
    >>> cells = simulate_blood(24, seed=0)
    >>> TSimCNE.for_two_cores(epochs=(1, 1, 1), progress=False, device="cpu").fit_transform(cells).shape
    (24, 2)
    """

    kernel = "cauchy"
    paper_epochs = (1000, 50, 450)

    @classmethod
    def for_two_cores(cls, **changes) -> TSimCNE:
        """A quarter of the width, two blocks, 90 epochs, the short recipe: about a minute for 2,000 small images."""
        return cls(**({"epochs": (40, 5, 45)} | TWO_CORES | changes))


class SimCLR(ContrastiveEstimator):
    """The same network and views with the cosine loss and 128 outputs; its features h are the representation.

    Parameters are those of `TSimCNE`; `epochs` is one number, by default 1,000.

    Attributes
    ----------
    embedding_ : ndarray, float32, (N, n_features)
        h of the images that were fitted, for a t-SNE or a classifier.
    history_, encoder_, stopped_
        As of `TSimCNE`.

    References
    ----------
    Chen, T. et al. (2020). A simple framework for contrastive learning of visual representations. ICML.
    """

    kernel = "cosine"
    paper_epochs = (1000,)

    @classmethod
    def for_two_cores(cls, **changes) -> SimCLR:
        """The network and recipe of `TSimCNE.for_two_cores`, 90 epochs."""
        return cls(**({"epochs": 90} | TWO_CORES | changes))

    def _mapping(self) -> nn.Module:
        return self.encoder_.backbone

    def _n_outputs(self) -> int:
        return self.encoder_.n_features
