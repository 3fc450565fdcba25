"""Plausible mistakes in exercise 1: each must lose its own question's points, and no others."""

WRONG = {
    "gradient_step": [
        ("the slide's sign: uphill", "def gradient_step(theta, gradient, eta):\n    return theta + eta * gradient"),
        ("no learning rate", "def gradient_step(theta, gradient, eta):\n    return theta - gradient"),
        (
            "changes theta in place",
            "def gradient_step(theta, gradient, eta):\n    theta -= eta * gradient\n    return theta",
        ),
    ],
    "cross_correlate": [
        (
            "flips the kernel",
            "from scipy.signal import convolve2d\n\ndef cross_correlate(image, kernel):\n"
            "    return convolve2d(image, kernel, mode='valid')",
        ),
        (
            "takes the kernel to be square",
            "def cross_correlate(image, kernel):\n"
            "    k = kernel.shape[0]\n"
            "    rows, columns = image.shape[0] - k + 1, image.shape[1] - k + 1\n"
            "    return np.array([[(image[r:r + k, c:c + k] * kernel).sum() for c in range(columns)] for r in range(rows)])",
        ),
        (
            "forgets the last row and column",
            "def cross_correlate(image, kernel):\n"
            "    h, w = kernel.shape\n"
            "    rows, columns = image.shape[0] - h, image.shape[1] - w\n"
            "    return np.array([[(image[r:r + h, c:c + w] * kernel).sum() for c in range(columns)] for r in range(rows)])",
        ),
        (
            "knows the visible answer by heart",
            "def cross_correlate(image, kernel):\n    return np.array([[12.0, 12, 17], [10, 17, 19], [9, 6, 14]])",
        ),
    ],
    "output_size": [
        ("pads one end only", "def output_size(i, k, p=0, s=1, d=1):\n    return (i + p - d * (k - 1) - 1) // s + 1"),
        ("ignores dilation", "def output_size(i, k, p=0, s=1, d=1):\n    return (i + 2 * p - k) // s + 1"),
        (
            "rounds up",
            "def output_size(i, k, p=0, s=1, d=1):\n    return -(-(i + 2 * p - d * (k - 1) - 1) // s) + 1",
        ),
        (
            "gives a float",
            "def output_size(i, k, p=0, s=1, d=1):\n    return (i + 2 * p - d * (k - 1) - 1) / s + 1",
        ),
    ],
    "receptive_field": [
        (
            "grows the jump first",
            "def receptive_field(layers):\n    field = jump = 1\n    for k, s in layers:\n"
            "        jump *= s\n        field += (k - 1) * jump\n    return field",
        ),
        ("ignores the strides", "def receptive_field(layers):\n    return 1 + sum(k - 1 for k, s in layers)"),
    ],
    "conv_parameters": [
        (
            "ignores the groups",
            "def conv_parameters(c_in, c_out, k, groups=1, bias=True):\n    return c_out * c_in * k * k + (c_out if bias else 0)",
        ),
        (
            "one bias per input map",
            "def conv_parameters(c_in, c_out, k, groups=1, bias=True):\n"
            "    return c_out * (c_in // groups) * k * k + (c_in if bias else 0)",
        ),
        (
            "always counts the bias",
            "def conv_parameters(c_in, c_out, k, groups=1, bias=True):\n    return c_out * (c_in // groups) * k * k + c_out",
        ),
    ],
    "sparse_convolution": [
        (
            "connects everything",
            "def sparse_convolution(maps, kernels, biases, table):\n    return F.conv2d(maps, kernels.transpose(0, 1), biases)",
        ),
        (
            "forgets the biases",
            "def sparse_convolution(maps, kernels, biases, table):\n"
            "    columns = [F.conv2d(maps[:, list(s)], kernels[list(s), j][None]) for j, s in enumerate(table)]\n"
            "    return torch.cat(columns, 1)",
        ),
        (
            "reads the table the wrong way round",
            "def sparse_convolution(maps, kernels, biases, table):\n"
            "    weights = torch.zeros_like(kernels).transpose(0, 1).contiguous()\n"
            "    for j, seen in enumerate(table):\n"
            "        missing = [i for i in range(maps.shape[1]) if i not in seen]\n"
            "        weights[j, missing] = kernels[missing, j]\n"
            "    return F.conv2d(maps, weights, biases)",
        ),
    ],
    "bottleneck_multiplications": [
        (
            "counts the k × k convolution only",
            "def bottleneck_multiplications(height, width, c_in, c_out, k, reduced=None):\n"
            "    return height * width * c_out * k * k * (c_in if reduced is None else reduced)",
        ),
        (
            "takes k for k squared",
            "def bottleneck_multiplications(height, width, c_in, c_out, k, reduced=None):\n"
            "    n = height * width\n"
            "    return n * c_out * k * c_in if reduced is None else n * reduced * (c_in + k * c_out)",
        ),
        (
            "takes the maps to be square",
            "def bottleneck_multiplications(height, width, c_in, c_out, k, reduced=None):\n"
            "    n = height * height\n"
            "    return n * c_out * k * k * c_in if reduced is None else n * reduced * (c_in + k * k * c_out)",
        ),
    ],
    "to_convolution": [
        (
            "leaves the weights random",
            "def to_convolution(linear, channels, height, width):\n"
            "    return nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)",
        ),
        (
            "forgets the bias",
            "def to_convolution(linear, channels, height, width):\n"
            "    layer = nn.Conv2d(channels, linear.out_features, (height, width), bias=False)\n"
            "    layer.weight.data = linear.weight.data.reshape(layer.weight.shape)\n"
            "    return layer",
        ),
        (
            "takes the kernel to be square",
            "def to_convolution(linear, channels, height, width):\n"
            "    layer = nn.Conv2d(channels, linear.out_features, height, bias=linear.bias is not None)\n"
            "    layer.weight.data = linear.weight.data.reshape(layer.weight.shape)\n"
            "    if linear.bias is not None:\n"
            "        layer.bias.data = linear.bias.data\n"
            "    return layer",
        ),
    ],
    "residual_block": [
        (
            "ReLU before the sum",
            "def residual_block(x, branch, shortcut=None):\n"
            "    return torch.relu(branch(x)) + (x if shortcut is None else shortcut(x))",
        ),
        (
            "no ReLU at all",
            "def residual_block(x, branch, shortcut=None):\n    return branch(x) + (x if shortcut is None else shortcut(x))",
        ),
        (
            "the slide's sign: subtracts",
            "def residual_block(x, branch, shortcut=None):\n"
            "    return torch.relu(branch(x) - (x if shortcut is None else shortcut(x)))",
        ),
        (
            "ignores the shortcut",
            "def residual_block(x, branch, shortcut=None):\n    return torch.relu(branch(x) + x)",
        ),
    ],
}
