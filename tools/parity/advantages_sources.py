"""The reference functions that advantages.py and its neighbours call, taken out of the files they are published in.

verl, OpenRLHF and TRL pull in vLLM, Ray and more at import, so their wheels are not installed. A function is cut out of
its file inside the wheel and executed alone; where a trainer computes amid a long method, the lines themselves are, by
how the first and the last of them begin. rlax is installed whole.

Edited are: `torch.float32` and `np.float32`, which become 64-bit, and `.float()`, which becomes `.double()`, so that the
formula is compared and not the rounding of 32 bits; and decorators, which are dropped.
"""

import __future__
import ast
import textwrap
import zipfile
from pathlib import Path

WHEELS = {
    "verl": "verl-0.9.1-py3-none-any.whl",
    "openrlhf": "openrlhf-0.11.2-cp311-cp311-manylinux1_x86_64.whl",
    "trl": "trl-1.16.0-py3-none-any.whl",
    # The last line of TRL with a PPO trainer, for its whitening and running moments.
    "trl-ppo": "trl-0.23.1-py3-none-any.whl",
    "skyrl": "skyrl-0.4.0-py3-none-any.whl",
}
VERSIONS = {name: file.split("-")[1] for name, file in WHEELS.items()}
FOLDER = Path(".")


def source_of(package, path):
    with zipfile.ZipFile(FOLDER / WHEELS[package]) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith(path)]
        text = wheel.read(name).decode()
    return (
        text.replace("torch.float32", "torch.float64").replace("np.float32", "np.float64").replace(".float()", ".double()")
    )


def definitions(package, path, names, namespace):
    """Executes the named functions, methods and classes of a file, and adds them to `namespace`."""
    found = {}
    for node in ast.walk(ast.parse(source_of(package, path))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names:
            node.decorator_list = [d for d in node.decorator_list if getattr(d, "id", "") == "dataclass"]
            found[node.name] = node
    assert set(found) == set(names), f"{path} lacks {set(names) - set(found)}"
    module = ast.Module(list(found.values()), [])
    # Annotations name types of libraries that are not there.
    exec(compile(module, path, "exec", flags=__future__.annotations.compiler_flag), namespace)


def block(package, path, first, last):
    """The lines from the one that starts with `first` up to the one after it that starts with `last`, as code."""
    lines = source_of(package, path).split("\n")
    begin = next(i for i, line in enumerate(lines) if line.strip().startswith(first))
    end = next(i for i in range(begin, len(lines)) if lines[i].strip().startswith(last))
    return compile(textwrap.dedent("\n".join(lines[begin : end + 1])), path, "exec")
