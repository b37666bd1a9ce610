"""One 3D convolution of PyTorch, fp32, 'same', channels last: forward, and forward with all gradients.

python-torch pytorch_convolution.py [--batch 16] [--inputs 32] [--outputs 128] [--side 16] [--kernel 5] [--passes 5] [--threads 2]
The allocator matters: run it with LD_PRELOAD=libtcmalloc.so.4 for the peer's best.
"""
from common import arguments, report, timed

options = arguments(__doc__, batch=16, inputs=32, outputs=128, side=16, kernel=5, passes=5)

import torch
from torch.nn import functional

torch.set_num_threads(options.threads)
torch.manual_seed(1)
volume = torch.randn(options.batch, options.inputs, *[options.side] * 3)
volume = volume.to(memory_format=torch.channels_last_3d).requires_grad_()
weight = torch.randn(options.outputs, options.inputs, *[options.kernel] * 3)
weight = weight.to(memory_format=torch.channels_last_3d).requires_grad_()


def forward():
    return functional.conv3d(volume, weight, padding=options.kernel // 2)


def forward_without_gradient():
    with torch.no_grad():
        forward()


gradient = forward().detach()


def both():
    torch.autograd.grad(forward(), (volume, weight), gradient)


forward_seconds = timed(forward_without_gradient, options.passes)
report("pytorch", timed(both, options.passes), version=torch.__version__, forward_seconds=min(forward_seconds),
       batch=options.batch, inputs=options.inputs, outputs=options.outputs, side=options.side, kernel=options.kernel,
       threads=options.threads)
