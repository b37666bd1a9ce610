"""The surface of a published generator as its own code takes it: the network at every point of a grid, then scikit-image.

python-torch pytorch_shape_surface.py --weights FILE --code CODE.npy [--resolution 256] [--level 0.04] [--share 1] [--threads 2]
Points go through in batches of 100,000 rows [x, y, z, code]; marching cubes (Lewiner) runs on the grid, padded by one sample of 1.
With a share below 1 only that share of the batches is evaluated, drawn with a fixed seed, and their time is divided by it;
scikit-image then runs in full on a grid that the network gave at every eighth point, enlarged.
"""
from common import arguments, report, timed

options = arguments(__doc__, weights=None, code=None, resolution=256, level=0.04, share=1.0)

import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(options.threads)
BATCH = 100_000


class SDFNet(nn.Module):
    """Rows through four layers, and again beside their features through four more; tanh."""

    def __init__(self, state):
        super().__init__()
        width, row = state["layers1.0.weight"].shape
        half = sum(key.startswith("layers1") for key in state) // 2
        before = [nn.Linear(width if index else row, width) for index in range(half)]
        behind = [nn.Linear(width if index else width + row, width if index < half - 1 else 1) for index in range(half)]
        self.layers1 = nn.Sequential(*[part for layer in before for part in (layer, nn.ReLU())])
        self.layers2 = nn.Sequential(*[part for layer in behind for part in (layer, nn.ReLU())][:-1], nn.Tanh())

    def forward(self, points, code):
        rows = torch.cat([points, code.repeat(len(points), 1)], dim=1)
        return self.layers2(torch.cat([self.layers1(rows), rows], dim=1)).squeeze(1)


class SDFGenerator(nn.Module):
    """Points through layers with layer norm; the code is added before the first and the middle one."""

    def __init__(self, state):
        super().__init__()
        count, width = sum(key.startswith("lins") for key in state) // 2, len(state["lins.0.weight"])
        inputs = lambda index: 3 if index == 0 else width + 3 if index == count // 2 else width
        outputs = lambda index: width if index < count - 1 else 1
        self.lins = nn.ModuleList([nn.Linear(inputs(index), outputs(index)) for index in range(count)])
        self.norms = nn.ModuleList([nn.LayerNorm(outputs(index)) for index in range(count)])
        self.z_lin1, self.z_lin2 = [nn.Linear(state["z_lin1.weight"].shape[1], width) for _ in range(2)]

    def forward(self, points, code):
        x, middle = points, len(self.lins) // 2
        for index, (layer, norm) in enumerate(zip(self.lins, self.norms)):
            x = layer(torch.cat([x, points], dim=1) if index == middle else x)
            x = x + self.z_lin1(code) if index == 0 else x + self.z_lin2(code) if index == middle else x
            if index < len(self.lins) - 1:
                x = torch.relu(norm(x))
        return x.squeeze(1)


def load(path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    network = (SDFNet if "layers1.0.weight" in state else SDFGenerator)(state)
    network.load_state_dict(state)
    return network.eval()


def grid(side):
    axis = torch.linspace(-1, 1, side)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1).reshape(-1, 3)


@torch.no_grad()
def evaluate(network, code, side, share=1.0):
    """Values, and seconds for all of them."""
    points, values = grid(side), torch.zeros(side**3)
    starts = np.arange(0, len(points), BATCH)
    if share < 1:
        starts = np.sort(np.random.default_rng(1).choice(starts[:-1], max(1, round(share * len(starts))), replace=False))
    network(points[:BATCH], code)
    done, start = 0, time.perf_counter()
    for first in starts:
        batch = points[first : first + BATCH]
        values[first : first + BATCH] = network(batch, code)
        done += len(batch)
    return values.reshape(side, side, side), (time.perf_counter() - start) * len(points) / done


network, code = load(options.weights), torch.from_numpy(np.load(options.code).astype(np.float32))[None]
side = options.resolution
values, seconds = evaluate(network, code, side, options.share)
if options.share < 1:
    coarse = evaluate(network, code, side // 8)[0]
    values = nn.functional.interpolate(coarse[None, None], size=(side,) * 3, mode="trilinear", align_corners=True)[0, 0]
padded = np.pad(values.numpy(), 1, constant_values=1)
mesh = {}


def scikit_image():
    from skimage.measure import marching_cubes
    mesh["vertices"], mesh["faces"], _, _ = marching_cubes(padded, options.level, spacing=(2 / (side - 1),) * 3)


surface = min(timed(scikit_image, 1))
import skimage

report("pytorch and scikit-image", [seconds + surface], version=f"{torch.__version__} and {skimage.__version__}",
       numbers=dict(resolution=side, share=options.share, networkSeconds=seconds, surfaceSeconds=surface,
                    vertices=len(mesh["vertices"]), faces=len(mesh["faces"])))
