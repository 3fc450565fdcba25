"""Exercise 1 answered in other styles: each is right, and must earn what the solution earns."""

RIGHT = {
    "gradient_step": [
        (
            "NumPy's functions, other names",
            "def gradient_step(old, slope, rate):\n    return np.subtract(old, np.multiply(rate, slope))",
        ),
        (
            "a copy, changed in place",
            "def gradient_step(theta, gradient, eta):\n    new = np.array(theta, copy=True)\n    new -= eta * np.asarray(gradient)\n    return new",
        ),
    ],
    "cross_correlate": [
        (
            "SciPy's correlate2d",
            "import scipy.signal\n\ndef cross_correlate(image, kernel):\n    return scipy.signal.correlate2d(image, kernel, mode='valid')",
        ),
        (
            "torch, and a tensor back",
            "def cross_correlate(image, kernel):\n"
            "    image, kernel = (torch.as_tensor(a, dtype=torch.float64)[None, None] for a in (image, kernel))\n"
            "    return F.conv2d(image, kernel)[0, 0].numpy()",
        ),
        (
            "torch in 32 bits, a tensor back",
            "def cross_correlate(image, kernel):\n"
            "    image, kernel = torch.tensor(image).float(), torch.tensor(kernel).float()\n"
            "    return F.conv2d(image[None, None], kernel[None, None])[0, 0]",
        ),
        (
            "one shifted image for each weight",
            "def cross_correlate(image, kernel):\n"
            "    h, w = kernel.shape\n"
            "    rows, columns = image.shape[0] - h + 1, image.shape[1] - w + 1\n"
            "    out = np.zeros((rows, columns))\n"
            "    for (r, c), weight in np.ndenumerate(kernel):\n"
            "        out += weight * image[r:r + rows, c:c + columns]\n"
            "    return out",
        ),
    ],
    "output_size": [
        (
            "counts the places where the kernel fits",
            "def output_size(i, k, p=0, s=1, d=1):\n    last = i + 2 * p - (d * (k - 1) + 1)\n    return len(range(0, last + 1, s))",
        ),
        (
            "a rounded-down quotient, as an int",
            "import math\n\ndef output_size(length, kernel, p=0, s=1, d=1):\n"
            "    return int(math.floor((length + 2 * p - d * (kernel - 1) - 1) / s) + 1)",
        ),
    ],
    "receptive_field": [
        (
            "from the last layer down",
            "def receptive_field(layers):\n    seen = 1\n    for k, s in reversed(layers):\n        seen = (seen - 1) * s + k\n    return seen",
        ),
        (
            "a sum over products of strides",
            "def receptive_field(layers):\n"
            "    strides = np.cumprod([1] + [s for _, s in layers])\n"
            "    return 1 + sum((k - 1) * int(jump) for (k, _), jump in zip(layers, strides))",
        ),
    ],
    "conv_parameters": [
        (
            "asks PyTorch",
            "def conv_parameters(c_in, c_out, k, groups=1, bias=True):\n"
            "    layer = nn.Conv2d(c_in, c_out, k, groups=groups, bias=bias)\n"
            "    return sum(p.numel() for p in layer.parameters())",
        ),
        (
            "group by group",
            "def conv_parameters(c_in, c_out, k, groups=1, bias=True):\n"
            "    total = 0\n"
            "    for _ in range(groups):\n"
            "        total += (c_in // groups) * (c_out // groups) * k ** 2\n"
            "    return total + bias * c_out",
        ),
    ],
    "sparse_convolution": [
        (
            "a mask over all kernels",
            "def sparse_convolution(maps, kernels, biases, table):\n"
            "    mask = torch.tensor([[i in seen for seen in table] for i in range(kernels.shape[0])])\n"
            "    weights = (kernels * mask[:, :, None, None].to(kernels.dtype)).permute(1, 0, 2, 3)\n"
            "    return F.conv2d(maps, weights, bias=biases)",
        ),
        (
            "one output map after the other",
            "def sparse_convolution(maps, kernels, biases, table):\n"
            "    out = []\n"
            "    for j in range(len(table)):\n"
            "        one = sum(F.conv2d(maps[:, i:i + 1], kernels[i, j][None, None]) for i in table[j])\n"
            "        out.append(one[:, 0] + biases[j])\n"
            "    return torch.stack(out, dim=1)",
        ),
    ],
    "bottleneck_multiplications": [
        (
            "a conditional expression",
            "def bottleneck_multiplications(height, width, c_in, c_out, k, reduced=None):\n"
            "    per_place = c_in * c_out * k**2 if reduced is None else reduced * (c_in + c_out * k**2)\n"
            "    return height * width * per_place",
        ),
        (
            "a helper for one convolution",
            "def bottleneck_multiplications(height, width, c_in, c_out, k, reduced=None):\n"
            "    def one(inputs, outputs, side):\n"
            "        return int(np.prod([height, width, inputs, outputs, side, side], dtype=np.int64))\n"
            "    layers = [(c_in, c_out, k)] if reduced is None else [(c_in, reduced, 1), (reduced, c_out, k)]\n"
            "    return sum(one(*layer) for layer in layers)",
        ),
    ],
    "to_convolution": [
        (
            "parameters put in place",
            "def to_convolution(linear, channels, height, width):\n"
            "    weight = linear.weight.detach().clone().view(-1, channels, height, width)\n"
            "    layer = nn.Conv2d(channels, weight.shape[0], kernel_size=(height, width), bias=linear.bias is not None)\n"
            "    layer.weight = nn.Parameter(weight)\n"
            "    if linear.bias is not None:\n"
            "        layer.bias = nn.Parameter(linear.bias.detach().clone())\n"
            "    return layer",
        ),
        (
            "a state dict",
            "def to_convolution(linear, channels, height, width):\n"
            "    state = {name: value.clone() for name, value in linear.state_dict().items()}\n"
            "    state['weight'] = state['weight'].unflatten(1, (channels, height, width))\n"
            "    layer = nn.Conv2d(channels, linear.out_features, (height, width), bias='bias' in state)\n"
            "    layer.load_state_dict(state)\n"
            "    return layer",
        ),
    ],
    "residual_block": [
        (
            "clamped at 0",
            "def residual_block(x, branch, shortcut=None):\n"
            "    if shortcut is None:\n        shortcut = nn.Identity()\n"
            "    return torch.clamp(torch.add(branch(x), shortcut(x)), min=0)",
        ),
        (
            "F.relu of a sum of a list",
            "def residual_block(x, branch, shortcut=None):\n"
            "    ways = [branch, shortcut or (lambda same: same)]\n"
            "    return F.relu(sum(way(x) for way in ways))",
        ),
    ],
}
