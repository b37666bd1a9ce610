"""Files that torch.save writes, with what is in them as npz, for the tests of the reader. Needs PyTorch 2.11 and NumPy.

python make_torch.py           beside sdfnet_torch.npz in the folder above
"""
import os
import zipfile
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

folder = os.path.dirname(os.path.abspath(__file__))
path = lambda name: os.path.join(folder, name)
torch.manual_seed(71)


def save(name, value, legacy=False, **options):
    torch.save(value, path(name), _use_new_zipfile_serialization=not legacy, **options)


def expect(name, tensors):
    """float32, or int64 where the tensor holds whole numbers."""
    arrays = {key: (value.float() if value.is_floating_point() else value.long()).detach().contiguous().numpy()
              for key, value in tensors.items()}
    np.savez(path(name), **arrays)


def variants():
    base = torch.arange(24, dtype=torch.float32) / 7 - 1
    tensors = OrderedDict()
    tensors["plain"] = base.reshape(4, 6).clone()
    tensors["transposed"] = torch.randn(3, 5).t()
    tensors["permuted"] = torch.randn(2, 3, 4).permute(2, 0, 1)
    tensors["shared"] = base
    tensors["shared_tail"] = base[10:]
    tensors["every_third"] = base[1::3]
    tensors["block"] = base.reshape(4, 6)[1:3, 2:5]
    for kind in ("float64", "float16", "bfloat16"):
        tensors[kind] = torch.tensor([0, -0.0, 1, -2.5, 1e-3, 65504, 3e-8]).to(getattr(torch, kind))
    for kind in ("int64", "int32", "int16", "int8", "uint8"):
        low = 0 if kind == "uint8" else -128
        tensors[kind] = torch.tensor([0, 1, low, 127]).to(getattr(torch, kind))
    tensors["large"] = torch.tensor([2**53 + 1, -(2**62)])
    tensors["bool"] = torch.tensor([[True, False], [False, True]])
    tensors["scalar"] = torch.tensor(3.25)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["parameter"] = nn.Parameter(torch.randn(2, 2))
    return tensors


def deepsdf(width, latent, hidden, skip):
    """DeepSDF's decoder: keys lin0 to lin<hidden>, weight norm on all but the last."""
    row, net = latent + 3, nn.Module()
    for index in range(hidden):
        out = width - row if index == skip - 1 else width
        layer = nn.utils.weight_norm(nn.Linear(row if index == 0 else width, out))
        with torch.no_grad():
            layer.weight_g.mul_(1.5)
        setattr(net, f"lin{index}", layer)
    setattr(net, f"lin{hidden}", nn.Linear(width, 1))

    def forward(rows):
        x = rows
        for index in range(hidden):
            x = torch.relu(getattr(net, f"lin{index}")(torch.cat([x, rows], 1) if index == skip else x))
        return torch.tanh(getattr(net, f"lin{hidden}")(x))[:, 0]

    return net, forward


tensors = variants()
save("variants.pt", tensors)
save("variants.to", tensors, legacy=True)
save("protocol4.pt", tensors, pickle_protocol=4)
expect("variants.npz", tensors)

net, forward = deepsdf(24, 5, 4, 2)
points, codes = torch.rand(40, 3) * 2 - 1, torch.randn(3, 5) / 3
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
forward(torch.cat([codes[:1].expand(40, -1), points], 1)).sum().backward()
optimizer.step()
state = OrderedDict(("module." + key, value) for key, value in net.state_dict().items())
save("deepsdf.pth", {"epoch": 7, "model_state_dict": state})
save("training.pth", {"epoch": 7, "loss": 0.25, "model_state_dict": state, "optimizer_state_dict": optimizer.state_dict()})
sdf = torch.stack([forward(torch.cat([code.expand(40, -1), points], 1)) for code in codes])
expect("deepsdf.npz", {"points": points, "codes": codes, "sdf": sdf})
# The same network with its weight norm in the newer form, and with none.
parametrized = OrderedDict((key.replace("weight_g", "parametrizations.weight.original0")
                            .replace("weight_v", "parametrizations.weight.original1"), value)
                           for key, value in net.state_dict().items())
save("deepsdf_parametrized.pt", parametrized)
for index in range(4):
    nn.utils.remove_weight_norm(getattr(net, f"lin{index}"))
save("deepsdf_plain.pt", OrderedDict(("decoder." + key, value) for key, value in net.state_dict().items()))
save("codes.pth", {"epoch": 7, "latent_codes": {"weight": codes}})
save("codes.to", codes, legacy=True)
save("labels.to", torch.tensor([4, 0, 4]), legacy=True)

reference = np.load(path("../sdfnet_torch.npz"))
part = lambda name: OrderedDict(
    (key[len(name):], torch.from_numpy(reference[key])) for key in reference.files if key.startswith(name))
save("generator.to", part("sdfgenerator.w."), legacy=True)

# Networks of the same publications that are no decoders, and one that is nobody's.
save("voxel_critic.pt", {f"{name}.weight": torch.ones(1) for name in ("optional_layers.0.0", "head.1", "head.3")})
save("point_critic.pt", {f"{name}.weight": torch.ones(1) for name in ("nn1.0", "nn1.2", "nn2.0")})
save("linear.pt", nn.Linear(2, 1).state_dict())

# What is refused.
save("expanded.pt", {"row": torch.ones(1, 3).expand(1000, 3)})
save("numpy.pt", {"weight": torch.ones(2), "loss": np.float64(0.5)})
save("module.pt", nn.Linear(2, 1))
save("sparse.pt", {"weight": torch.eye(3).to_sparse()})
torch.jit.script(nn.Linear(2, 1)).save(path("script.pt"))
with zipfile.ZipFile(path("variants.pt")) as source, zipfile.ZipFile(path("big_endian.pt"), "w") as target:
    for entry in source.namelist():
        target.writestr(entry, b"big" if entry.endswith("byteorder") else source.read(entry))
with zipfile.ZipFile(path("variants.pt")) as source, \
        zipfile.ZipFile(path("deflated.pt"), "w", zipfile.ZIP_DEFLATED) as target:
    for entry in source.namelist():
        target.writestr(entry, source.read(entry))
