"""The published frame GAN in PyTorch, channels last: a training step (critic with gradient penalty, then encoder and generator).

python-torch pytorch_framegan.py [--past 1|3] [--batch 32] [--steps 2] [--threads 2] [--precision fp32|bf16]
                                 [--reuse 0|1] [--compile 0]
Variant preres, base width 256, codes of 256, kernel 5, dropout 0.2, three Adams 1e-4, 0.5/0.999.
As published, the frames are made anew for the second half of a step; with --reuse 1 the same ones are judged again.
The allocator matters: run it with LD_PRELOAD=libtcmalloc.so.4 for the peer's best.
"""
from common import arguments, cavity_like, report, timed

options = arguments(__doc__, batch=32, steps=2, past=1, precision="fp32", reuse=0, compile=0)
if options.compile:
    raise SystemExit("torch.compile has no second derivative (aot_autograd), which the gradient penalty needs: --compile 0")

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(options.threads)
torch.manual_seed(1)
BASE, CODE, KERNEL, DROPOUT, PENALTY = 256, 256, 5, 0.2, 100


def batch_norm(channels):
    return nn.BatchNorm3d(channels, eps=1e-3, momentum=0.01)


class ChannelNorm(nn.LayerNorm):
    """Keras' layer norm: over the channels only, which are last in memory."""

    def __init__(self, channels):
        super().__init__(channels, eps=1e-3)

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 4, 1)).permute(0, 4, 1, 2, 3)


class DownBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        self.skip = nn.Sequential(nn.AvgPool3d(2) if stride == 2 else nn.Identity(), nn.Conv3d(inputs, outputs, 1))
        self.before = nn.Sequential(norm(inputs), nn.LeakyReLU(0.3), nn.Dropout(DROPOUT))
        # 'same' of a stride of two pads one voxel less before than after.
        self.pads = (1, 2) * 3 if stride == 2 else None
        self.conv = nn.Conv3d(inputs, outputs, KERNEL, stride, padding=0 if self.pads else KERNEL // 2)

    def forward(self, x):
        main = self.before(x)
        return self.skip(x) + self.conv(functional.pad(main, self.pads) if self.pads else main)


class Trunk(nn.Module):
    """Encoder and critic: frames to a row of numbers."""

    def __init__(self, inputs, outputs, norm):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv3d(inputs, BASE // 8, KERNEL, padding=KERNEL // 2),
            DownBlock(BASE // 8, BASE // 4, 2, norm), DownBlock(BASE // 4, BASE // 2, 2, norm),
            DownBlock(BASE // 2, BASE, 1, norm), norm(BASE), nn.LeakyReLU(0.3), nn.Dropout(DROPOUT))
        self.dense = nn.Linear(BASE * 4**3, outputs)

    def forward(self, x):
        return self.dense(self.layers(x).permute(0, 2, 3, 4, 1).flatten(1))


class UpBlock(nn.Module):
    def __init__(self, inputs, outputs, scale):
        super().__init__()
        grow = nn.Upsample(scale_factor=scale) if scale > 1 else nn.Identity()
        self.skip = nn.Sequential(grow, nn.Conv3d(inputs, outputs, 1))
        self.main = nn.Sequential(
            batch_norm(inputs), nn.ReLU(), grow, nn.ConvTranspose3d(inputs, outputs, KERNEL, padding=KERNEL // 2))

    def forward(self, x):
        return self.skip(x) + self.main(x)


class Generator(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.dense = nn.Linear(inputs, BASE * 4**3)
        self.layers = nn.Sequential(
            UpBlock(BASE, BASE // 2, 1), UpBlock(BASE // 2, BASE // 4, 2), UpBlock(BASE // 4, BASE // 8, 2),
            batch_norm(BASE // 8), nn.ReLU(), nn.ConvTranspose3d(BASE // 8, 1, KERNEL, padding=KERNEL // 2), nn.Sigmoid())

    def forward(self, code):
        return self.layers(self.dense(code).view(-1, 4, 4, 4, BASE).permute(0, 4, 1, 2, 3))


encoder = Trunk(1, CODE, batch_norm).to(memory_format=torch.channels_last_3d)
generator = Generator(options.past * CODE).to(memory_format=torch.channels_last_3d)
critic = Trunk(2, 1, ChannelNorm).to(memory_format=torch.channels_last_3d)
# The published three-frame encoder is in inference mode even while it learns.
encoder.train(options.past == 1)
players = [encoder, generator, critic]
encoder_parameters, generator_parameters, critic_parameters = [list(player.parameters()) for player in players]
adam = lambda parameters: torch.optim.Adam(parameters, 1e-4, betas=(0.5, 0.999), eps=1e-7, fused=True)
critic_optimizer, player_optimizers = adam(critic_parameters), [adam(encoder_parameters), adam(generator_parameters)]
series = torch.from_numpy(cavity_like(options.batch, options.past + 1))[:, :, None]
past, target = series[:, :-1], series[:, -1]
losses = []


def autocast():
    return torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16")


def predicted():
    """The next frame; all past frames of a series in one pass of the encoder."""
    return generator(encoder(past.flatten(0, 1)).view(len(past), -1))


def judged(frame):
    """The critic's opinion; it sees the frame that is to be predicted, too."""
    return critic(torch.cat([frame, target], 1)).float()


def gradient_norms(frame):
    critic.eval()
    frame.requires_grad_()
    with autocast():
        opinion = judged(frame)
    slope, = torch.autograd.grad(opinion.sum(), frame, create_graph=True)
    critic.train()
    return slope.flatten(1).norm(dim=1)


def update(optimizers, parameters, loss):
    loss.backward(inputs=parameters)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()


def step():
    with torch.set_grad_enabled(bool(options.reuse)), autocast():
        made = predicted()
    fake = made.detach().float()
    alpha = torch.rand(len(target), 1, 1, 1, 1)
    with autocast():
        gap = judged(fake).mean() - judged(target).mean()
    critic_loss = gap + PENALTY * ((gradient_norms(target + alpha * (fake - target)) - 1) ** 2).mean()
    update([critic_optimizer], critic_parameters, critic_loss)
    with autocast():
        generator_loss = -judged(made if options.reuse else predicted()).mean()
    update(player_optimizers, encoder_parameters + generator_parameters, generator_loss)
    losses.append([critic_loss.item(), generator_loss.item()])


def count(network):
    """Batch norm's running statistics are counted, too, as Keras does."""
    return sum(value.numel() for value in network.state_dict().values() if value.is_floating_point())


seconds = timed(step, options.steps)
with open("/proc/self/maps") as maps:
    allocator = "tcmalloc" if "tcmalloc" in maps.read() else "libc"
report("pytorch", seconds, version=torch.__version__, batch=options.batch, past=options.past, threads=options.threads,
       precision=options.precision, reuse=bool(options.reuse), allocator=allocator,
       parameters=[count(player) for player in players], losses=losses)
