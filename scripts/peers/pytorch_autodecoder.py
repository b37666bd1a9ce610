"""A training step of the article's autodecoder in PyTorch: SDFNet 256 x 8 and a code of 128 for each shape.

python-torch pytorch_autodecoder.py [--batch 16384] [--shapes 50] [--samples 20000] [--steps 10] [--threads 2]
                                    [--precision fp32|bf16] [--fused 1]
Samples of all shapes lie in memory and are mixed; rows are [x, y, z, code]; mean absolute error against the clipped distance plus
0.01 times the mean square of the rows' codes; Adam for the network and another for the codes, as published (there unfused).
"""
from common import arguments, report, timed

options = arguments(__doc__, batch=16384, shapes=50, samples=20000, steps=10, precision="fp32", fused=1)

import torch
from torch import nn

torch.set_num_threads(options.threads)
torch.manual_seed(1)
WIDTH, CODE = 256, 128


class SDFNet(nn.Module):
    def __init__(self):
        super().__init__()
        row = 3 + CODE
        before = [nn.Linear(WIDTH if index else row, WIDTH) for index in range(4)]
        behind = [nn.Linear(WIDTH if index else WIDTH + row, WIDTH if index < 3 else 1) for index in range(4)]
        self.layers1 = nn.Sequential(*[part for layer in before for part in (layer, nn.ReLU())])
        self.layers2 = nn.Sequential(*[part for layer in behind for part in (layer, nn.ReLU())][:-1], nn.Tanh())

    def forward(self, points, codes):
        rows = torch.cat([points, codes], dim=1)
        return self.layers2(torch.cat([self.layers1(rows), rows], dim=1)).squeeze(1)


network, codes = SDFNet(), (1e-4 * torch.randn(options.shapes, CODE)).requires_grad_()
adam = lambda parameters: torch.optim.Adam(parameters, 1e-5, fused=bool(options.fused))
optimizers = [adam(network.parameters()), adam([codes])]
points = torch.rand(options.shapes * options.samples, 3) * 2 - 1
radii = torch.linspace(0.3, 0.9, options.shapes).repeat_interleave(options.samples)
distances = (points.norm(dim=1) - radii).clamp(-0.1, 0.1)
order, position, losses = torch.randperm(len(points)), 0, []


def step():
    global position
    if position + options.batch > len(order):
        position = 0
    rows = order[position : position + options.batch]
    position += options.batch
    batch_codes = codes[rows // options.samples]
    with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
        output = network(points[rows], batch_codes)
    loss = (output.float() - distances[rows]).abs().mean() + 0.01 * batch_codes.square().mean()
    for optimizer in optimizers:
        optimizer.zero_grad()
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
    losses.append(loss.item())


seconds = timed(step, options.steps, warmup=2)
with open("/proc/self/maps") as maps:
    allocator = "tcmalloc" if "tcmalloc" in maps.read() else "libc"
report("pytorch", seconds, version=torch.__version__, batch=options.batch, precision=options.precision, allocator=allocator,
       threads=options.threads, parameters=sum(p.numel() for p in network.parameters()), losses=losses)
