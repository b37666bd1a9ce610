"""metrics_sets.npz: what belongs to the clouds of metrics_clouds.npz beside their Chamfer distances, in float64.

python make_metrics_sets.py      (NumPy 2, SciPy 1.17)

D.mmd, D.cov, D.1nna, D.nearest_reference as the script of metrics_clouds.npz computes them; emd and sinkhorn with SciPy;
jsd as in the published code of Achlioptas et al. (latent_3d_points, src/evaluation_metrics.py), of clouds at half size.
"""
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import entropy

folder = Path(__file__).resolve().parent.parent
clouds = np.load(folder / "metrics_clouds.npz")
sets = {name: clouds[f"clouds.{name}"].astype(np.float64) for name in ("generated", "reference")}
pairs = [("generated", "generated"), ("generated", "reference"), ("reference", "reference")]


def chamfer_squared(d):
    return (d ** 2).min(1).mean() + (d ** 2).min(0).mean()


def chamfer(d):
    return (d.min(1).mean() + d.min(0).mean()) / 2


def emd(d):
    return d[linear_sum_assignment(d)].mean()


def sinkhorn(d, epsilon=0.05, iterations=30):
    n, m = d.shape
    g = np.zeros(m)
    for _ in range(iterations):
        f = -logsumexp(g[None] - d / epsilon, axis=1) - np.log(n)
        g = g - logsumexp(f[:, None] + g[None] - d / epsilon, axis=0) - np.log(m)
    f = -logsumexp(g[None] - d / epsilon, axis=1) - np.log(n)
    return (np.exp(f[:, None] + g[None] - d / epsilon) * d).sum()


def set_metrics(gg, gr, rr):
    everything = np.block([[gg, gr], [gr.T, rr]])
    np.fill_diagonal(everything, np.inf)
    labels = np.array([0] * len(gg) + [1] * len(rr))
    nearest = gr.argmin(axis=1)
    return {"cov": len(set(nearest.tolist())) / len(rr), "mmd": gr.min(axis=0).mean(),
            "1nna": (labels[everything.argmin(axis=1)] == labels).mean(), "nearest_reference": nearest.astype(np.float64)}


def jsd(in_sphere, resolution=28):
    axis = np.arange(resolution) / (resolution - 1) - 0.5
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    if in_sphere:
        grid = grid[np.linalg.norm(grid, axis=1) <= 0.5]
    tree = cKDTree(grid)
    counts = [np.bincount(tree.query(0.5 * sets[name].reshape(-1, 3))[1], minlength=len(grid)) for name in sets]
    p, q = (c / c.sum() for c in counts)
    return entropy((p + q) / 2, base=2) - (entropy(p, base=2) + entropy(q, base=2)) / 2


arrays = {"jsd.ball": np.float64(jsd(True)), "jsd.cube": np.float64(jsd(False))}
for measure in (chamfer_squared, chamfer, emd, sinkhorn):
    tables = [np.array([[measure(cdist(a, b)) for b in sets[second]] for a in sets[first]]) for first, second in pairs]
    # Within a set each pair is measured once: Sinkhorn's distance, stopped early, is not quite symmetric.
    tables = [t if k == 1 else np.triu(t) + np.triu(t, 1).T for k, t in enumerate(tables)]
    for (first, second), table in zip(pairs, tables):
        if measure in (emd, sinkhorn):
            arrays[f"{measure.__name__}.{first}_{second}"] = table
    for name, value in set_metrics(*tables).items():
        arrays[f"{measure.__name__}.{name}"] = np.asarray(value)
np.savez_compressed(folder / "metrics_sets.npz", **arrays)
