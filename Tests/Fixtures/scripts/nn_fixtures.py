"""Writes the references of the NN tests: layers, losses and optimizers of PyTorch, in float64.

Usage: python3 nn_fixtures.py OUTPUT_FOLDER      (needs torch, numpy and safetensors; made with torch 2.11.0, safetensors 0.8.0)
"""
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
out = Path(sys.argv[1])


def same_pads(sizes, reaches, strides):
    """TensorFlow's rule, as (before, after) per axis."""
    pads = []
    for n, k, s in zip(sizes, reaches, strides):
        total = max((-(-n // s) - 1) * s + k - n, 0)
        pads.append((total // 2, total - total // 2))
    return pads


def padded(x, pads):
    return F.pad(x, [amount for pair in reversed(pads) for amount in pair])


def record(store, name, y, inputs):
    """Output and the gradients of sum(y * r) for a fixed r."""
    r = torch.randn(y.shape)
    gradients = torch.autograd.grad((y * r).sum(), list(inputs.values()), retain_graph=True)
    store[f"{name}.y"], store[f"{name}.r"] = y.detach(), r
    for (key, value), gradient in zip(inputs.items(), gradients):
        store[f"{name}.{key}"] = value.detach()
        store[f"{name}.grad.{key}"] = gradient


def leaf(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).requires_grad_()


def convolutions():
    torch.manual_seed(1)
    store = {}
    x, w, b = leaf(2, 3, 8, 7, 4), leaf(4, 3, 5, 5, 5), leaf(4)
    pads = same_pads((8, 7, 4), (5, 5, 5), (2, 2, 2))
    record(store, "same_stride", F.conv3d(padded(x, pads), w, b, stride=2), {"x": x, "weight": w, "bias": b})
    x, w = leaf(2, 4, 6, 5, 7), leaf(6, 2, 3, 2, 3)
    pads = same_pads((6, 5, 7), (5, 2, 3), (1, 1, 1))
    record(store, "same_dilated_groups", F.conv3d(padded(x, pads), w, dilation=(2, 1, 1), groups=2), {"x": x, "weight": w})
    x, w, b = leaf(2, 2, 6, 6, 6), leaf(3, 2, 4, 4, 4), leaf(3)
    record(store, "explicit", F.conv3d(x, w, b, stride=2, padding=1), {"x": x, "weight": w, "bias": b})
    record(store, "valid", F.conv3d(x, w, b), {"x": x, "weight": w, "bias": b})
    # A transposed 'same' convolution is the gradient of the 'same' convolution that maps its output to its input.
    for name, k, s in (("transpose_same1", 5, 1), ("transpose_same2", 5, 2), ("transpose_same_gap", 2, 3)):
        x, w, b = leaf(2, 3, 3, 4, 2), leaf(3, 2, k, k, k), leaf(2)
        large = torch.zeros(2, 2, 3 * s, 4 * s, 2 * s, requires_grad=True)
        pads = same_pads(large.shape[2:], (k,) * 3, (s,) * 3)
        y = F.conv3d(padded(large, pads), w, stride=s)
        (up,) = torch.autograd.grad(y, large, x, create_graph=True)
        record(store, name, up + b.view(1, -1, 1, 1, 1), {"x": x, "weight": w, "bias": b})
    x, w, b = leaf(2, 4, 3, 2, 3), leaf(4, 3, 4, 4, 4), leaf(6)
    y = F.conv_transpose3d(x, w, b, stride=3, padding=1, output_padding=1, groups=2)
    record(store, "transpose_explicit", y, {"x": x, "weight": w, "bias": b})
    x, w, b = leaf(3, 2, 5), leaf(4, 5), leaf(4)
    record(store, "linear", F.linear(x, w, b), {"x": x, "weight": w, "bias": b})
    save_file({k: v.detach().contiguous().clone() for k, v in store.items()}, out / "convolution.safetensors")


def penalty(y, x):
    """Mean of (norm of dy/dx per sample - 1)^2: the second-order term of the Wasserstein critics."""
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()


def normalizations():
    torch.manual_seed(2)
    store = {}
    x, w, b = leaf(3, 4, 3, 2, 5), leaf(4), leaf(4)
    mean, variance = torch.randn(4), torch.rand(4) + 0.5
    store["batch.mean0"], store["batch.variance0"] = mean.clone(), variance.clone()
    y = F.batch_norm(x, mean, variance, w, b, training=False, eps=1e-3)
    record(store, "batch_infer", y, {"x": x, "weight": w, "bias": b})
    y = F.batch_norm(x, mean, variance, w, b, training=True, momentum=0.1, eps=1e-3)
    record(store, "batch_train", y, {"x": x, "weight": w, "bias": b})
    store["batch.mean1"], store["batch.variance1"] = mean.clone(), variance.clone()
    store["batch.plain_variance1"] = 0.9 * store["batch.variance0"] + 0.1 * x.detach().var(dim=(0, 2, 3, 4), correction=0)
    x, w, b = leaf(3, 4, 5), leaf(4, 5), leaf(4, 5)
    record(store, "layer_trailing", F.layer_norm(x, (4, 5), w, b, 1e-5), {"x": x, "weight": w, "bias": b})
    x, w, b = leaf(2, 6, 3, 2, 2), leaf(6), leaf(6)
    y = F.layer_norm(x.permute(0, 2, 3, 4, 1), (6,), w, b, 1e-3).permute(0, 4, 1, 2, 3)
    record(store, "layer_channels", y, {"x": x, "weight": w, "bias": b})
    loss = penalty(F.leaky_relu(y, 0.3) ** 2, x)
    store["layer_channels.penalty"] = loss.detach()
    for key, gradient in zip(("x", "weight", "bias"), torch.autograd.grad(loss, (x, w, b))):
        store[f"layer_channels.penalty_grad.{key}"] = gradient
    save_file({k: v.detach().contiguous().clone() for k, v in store.items()}, out / "normalization.safetensors")


def functions():
    torch.manual_seed(3)
    x = torch.linspace(-4.1, 4.1, 42)
    store = {
        "x": x, "identity": x.clone(), "relu": F.relu(x), "leakyReLU(0.3)": F.leaky_relu(x, 0.3),
        "sigmoid": torch.sigmoid(x), "tanh": torch.tanh(x), "hardSigmoidKeras2": (0.2 * x + 0.5).clip(0, 1),
        "hardSigmoidKeras3": F.relu6(x + 3) / 6, "elu": F.elu(x), "softplus": torch.log1p(torch.exp(x)),
    }
    v = torch.randn(2, 3, 6, 5, 4)
    store["volume"] = v
    store["max_pool"] = F.max_pool3d(v, 2)
    store["max_pool_stride"] = F.max_pool3d(v, (3, 2, 2), stride=(1, 2, 1))
    store["average_pool"] = F.avg_pool3d(v, 2)
    store["upsample"] = v.repeat_interleave(2, 2).repeat_interleave(3, 3)
    logits, target = torch.randn(4, 7) * 3, (torch.rand(4, 7) > 0.5).double()
    probabilities = torch.sigmoid(logits)
    probabilities[0, 0], probabilities[0, 1] = 0, 1
    store["logits"], store["target"], store["probabilities"] = logits, target, probabilities
    store["bce_logits"] = F.binary_cross_entropy_with_logits(logits, target)
    store["bce_probabilities"] = F.binary_cross_entropy(probabilities.clip(1e-7, 1 - 1e-7), target)
    store["mse"], store["l1"] = F.mse_loss(logits, target), F.l1_loss(logits, target)
    store["clamped_l1"] = (logits.clip(-0.4, 0.4) - target.clip(-0.4, 0.4)).abs().mean()
    store["clamped_l1_target_only"] = (logits - target.clip(-0.4, 0.4)).abs().mean()
    save_file({k: v.detach().contiguous().clone() for k, v in store.items()}, out / "functions.safetensors")


STEPS, RATES = 6, [0.05, 0.05, 0.05, 0.01, 0.01, 0.01]


def keras_adam(p, grads, rates, b1=0.5, b2=0.999, eps=1e-3):
    """Keras' update, written from its formula; the large epsilon makes its place visible."""
    m, v, history = torch.zeros_like(p), torch.zeros_like(p), []
    for t, (g, rate) in enumerate(zip(grads, rates), 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        p = p - rate * (1 - b2**t) ** 0.5 / (1 - b1**t) * m / (v.sqrt() + eps)
        history.append(p)
    return history


def optimizers():
    torch.manual_seed(4)
    start = [torch.randn(4, 3), torch.randn(5)]
    grads = [[torch.randn(4, 3) * 10.0 ** (t - 3), torch.randn(5) * 0.1] for t in range(STEPS)]
    store = {f"start.{i}": p.clone() for i, p in enumerate(start)}
    store |= {f"gradient.{t}.{i}": g for t, pair in enumerate(grads) for i, g in enumerate(pair)}
    makers = {
        "adam": lambda p: torch.optim.Adam(p, 0.05, betas=(0.5, 0.9), eps=1e-3),
        "adam_decay": lambda p: torch.optim.Adam(p, 0.05, weight_decay=0.1),
        "adamw": lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.1),
        "rmsprop": lambda p: torch.optim.RMSprop(p, 0.05, eps=1e-3),
        "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, 0.05, alpha=0.9, momentum=0.5, weight_decay=0.1),
        "sgd": lambda p: torch.optim.SGD(p, 0.05),
        "sgd_momentum": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=0.1),
        "sgd_nesterov": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=0.1),
    }
    for name, make in makers.items():
        parameters = [p.clone().requires_grad_() for p in start]
        optimizer = make(parameters)
        for t, (pair, rate) in enumerate(zip(grads, RATES)):
            optimizer.param_groups[0]["lr"] = rate
            for p, g in zip(parameters, pair):
                p.grad = g.clone()
            optimizer.step()
            store |= {f"{name}.{t}.{i}": p.detach().clone() for i, p in enumerate(parameters)}
    for i, p in enumerate(start):
        for t, value in enumerate(keras_adam(p, [pair[i] for pair in grads], RATES)):
            store[f"adam_keras.{t}.{i}"] = value
    parameters = [p.clone().requires_grad_() for p in start]
    for p, g in zip(parameters, grads[4]):
        p.grad = g.clone()
    store["clip.norm"] = torch.nn.utils.clip_grad_norm_(parameters, 1.5)
    store |= {f"clip.{i}": p.grad for i, p in enumerate(parameters)}
    save_file({k: v.detach().contiguous().clone() for k, v in store.items()}, out / "optimizers.safetensors")


def every_type():
    """One tensor per element type, a scalar, an empty tensor and text with every kind of escape."""
    store = {
        "float64": torch.tensor([1.5, -2.25]), "float32": torch.arange(6, dtype=torch.float32).reshape(2, 3),
        "bfloat16": torch.tensor([1.0, -0.5], dtype=torch.bfloat16), "float16": torch.tensor([65504.0, 2.0**-24], dtype=torch.float16),
        "int64": torch.tensor([-(2**62), 7]), "int32": torch.tensor([[-5]], dtype=torch.int32),
        "uint8": torch.tensor([0, 255, 3], dtype=torch.uint8), "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(3.0), "empty": torch.zeros(2, 0, 3), "schlüssel \"quoted\"\n": torch.tensor([1.0]),
    }
    save_file(store, out / "every_type.safetensors", metadata={"note": "tab\there, \\ backslash, \u0001 and \U0001f9ca", "": "empty key"})


convolutions()
normalizations()
functions()
optimizers()
every_type()
