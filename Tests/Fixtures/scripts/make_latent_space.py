"""Codes with categories, and what scikit-learn makes of them: ../latent_space.json.

Needs numpy and scikit-learn (made with 1.9). Six categories of forty codes of eight numbers: each lies along a curve of
its own, so that neighbourhoods have one dimension and the map has something to keep.
"""

import json
import pathlib

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import euclidean_distances

random = np.random.default_rng(5)
codes, labels = [], []
for category in range(6):
    center = random.normal(0, 1.1, 8)
    first, second = random.normal(0, 0.8, (2, 8))
    for place in np.linspace(-1, 1, 40):
        codes.append(center + place * first + (place**2 - 0.4) * second + random.normal(0, 0.12, 8))
        labels.append(category)
codes = np.round(np.array(codes), 3).astype(np.float32)
labels = np.array(labels)

runs = []
for start, method, seed in [("pca", "exact", 0), ("random", "exact", 1), ("random", "exact", 2), ("pca", "barnes_hut", 0)]:
    model = TSNE(perplexity=30, init=start, method=method, random_state=seed)
    points = model.fit_transform(codes)
    runs.append(
        {
            "start": start,
            "method": method,
            "divergence": round(float(model.kl_divergence_), 5),
            "trustworthiness": round(float(trustworthiness(codes, points, n_neighbors=12)), 5),
        }
    )

part = codes[::8]
squares = euclidean_distances(part.astype(np.float64), squared=True).astype(np.float32)
from scipy.spatial.distance import squareform

pairs = squareform(_joint_probabilities(squares, 5, 0))
components = PCA(2).fit(codes.astype(np.float64))
plane = components.transform(codes.astype(np.float64))
result = {
    "codes": [[round(float(v), 3) for v in row] for row in codes],
    "labels": labels.tolist(),
    "tsne": runs,
    "pairs": [[float(f"{v:.7g}") for v in row] for row in pairs],
    "variances": [round(float(v), 9) for v in components.explained_variance_],
    "plane": [[round(abs(float(v)), 7) for v in row] for row in plane],
    "planeTrustworthiness": round(float(trustworthiness(codes, plane, n_neighbors=12)), 7),
    "silhouette": round(float(silhouette_score(codes, labels)), 7),
    "spread": round(float(KMeans(6, n_init=50, random_state=0).fit(codes).inertia_), 4),
}
path = pathlib.Path(__file__).resolve().parent.parent / "latent_space.json"
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(path.stat().st_size, runs, result["silhouette"], result["spread"], result["variances"], result["planeTrustworthiness"])
