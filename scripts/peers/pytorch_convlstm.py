"""The published ConvLSTM3D in PyTorch, channels last: a training step (Adam 1e-3, 19 frames of 16^3) or a prediction.

python-torch pytorch_convlstm.py [--mode train|predict] [--batch 16] [--frames 20] [--steps 2] [--threads 2]
                                 [--precision fp32|bf16] [--compile 0|1]
The frames are those of a series; the network sees all but the last.
The allocator matters: run it with LD_PRELOAD=libtcmalloc.so.4 for the peer's best.
"""
from common import arguments, cavity_like, report, timed

options = arguments(__doc__, batch=16, steps=2, frames=20, precision="fp32", mode="train", compile=0)

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(options.threads)
torch.manual_seed(1)


class Cell(nn.Module):
    """A ConvLSTM cell over all frames; the input's part of the gates is computed frame by frame, as in Keras."""

    def __init__(self, inputs, filters, kernel):
        super().__init__()
        self.filters = filters
        self.input = nn.Conv3d(inputs, 4 * filters, kernel, padding=kernel // 2)
        self.state = nn.Conv3d(filters, 4 * filters, kernel, padding=kernel // 2, bias=False)
        nn.init.orthogonal_(self.state.weight)

    def forward(self, frames):
        batch, time, _, *grid = frames.shape
        hidden = cell = frames.new_zeros(batch, self.filters, *grid).to(memory_format=torch.channels_last_3d)
        outputs = []
        for index in range(time):
            gates = self.input(frames[:, index]) + self.state(hidden)
            i, f, candidate, o = gates.chunk(4, dim=1)
            hard = lambda value: torch.clamp(0.2 * value + 0.5, 0, 1)
            cell = hard(f) * cell + hard(i) * torch.relu(candidate)
            hidden = hard(o) * torch.relu(cell)
            outputs.append(hidden)
        return torch.stack(outputs, dim=1)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([Cell(1, 32, 5), Cell(32, 32, 3), Cell(32, 32, 1)])
        self.norms = nn.ModuleList([nn.BatchNorm3d(32, eps=1e-3, momentum=0.01) for _ in range(2)])
        self.output = nn.Conv3d(32, 1, 5, padding=2)

    def forward(self, frames):
        batch, time = frames.shape[:2]
        for index, cell in enumerate(self.cells):
            frames = cell(frames)
            if index < 2:
                frames = self.norms[index](frames.flatten(0, 1)).unflatten(0, (batch, time))
        return self.output(frames.flatten(0, 1)).unflatten(0, (batch, time))


network = Network().to(memory_format=torch.channels_last_3d)
forward = torch.compile(network) if options.compile else network
optimizer = torch.optim.Adam(network.parameters(), 1e-3, eps=1e-7)
series = torch.from_numpy(cavity_like(options.batch, options.frames))[:, :, None]
past, future = series[:, :-1], series[:, 1:]
losses = []


def step():
    optimizer.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
        logits = forward(past)
    loss = functional.binary_cross_entropy_with_logits(logits.float(), future)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())


@torch.no_grad()
def predict():
    with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
        torch.sigmoid(forward(past))


if options.mode == "predict":
    network.eval()
seconds = timed(step if options.mode == "train" else predict, options.steps)
with open("/proc/self/maps") as maps:
    allocator = "tcmalloc" if "tcmalloc" in maps.read() else "libc"
report("pytorch", seconds, version=torch.__version__, batch=options.batch, frames=options.frames - 1,
       threads=options.threads, precision=options.precision, mode=options.mode, compiled=bool(options.compile), allocator=allocator,
       parameters=sum(p.numel() for p in network.parameters()), losses=losses)
