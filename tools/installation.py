"""Look at what is installed, with the environment's own Python: environment.py calls this.

    python tools/installation.py LIST,LIST MODULE,MODULE PACKAGE

A line is printed for every package of the lists that is missing or has another version, and for
every module that cannot be imported, or not from this environment or the folder of the package.
"""

import importlib
import importlib.metadata
import os
import re
import sys
from pathlib import Path

from pip._vendor.packaging.markers import Marker

PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^ ;\n]+)(?: ; ([^\\\n]+))?")


def versions(text):
    """Return what is wrong with the versions that a list of requirements pins."""
    faults = []
    for name, pin, marker in PIN.findall(text):
        if marker and not Marker(marker).evaluate():
            continue
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            faults.append(f"{name} {pin} is missing")
            continue
        if version.partition("+")[0] != pin.partition("+")[0]:  # torch has a name of its build
            faults.append(f"{name} should be version {pin}, but is {version}")
    return faults


def places(modules, folders):
    """Return what is wrong with modules, which should lie in one of some folders."""
    faults = []
    homes = tuple(os.path.realpath(folder) + os.sep for folder in folders)
    for name in modules:
        try:
            file = importlib.import_module(name).__file__
        except Exception as error:
            faults.append(f"{name} cannot be imported: {type(error).__name__}: {error}")
            continue
        if not os.path.realpath(file or "").startswith(homes):
            faults.append(f"{name} is taken from {file}, not from this environment")
    return faults


def main(lists, modules, package):
    """Print all faults."""
    for path in filter(None, lists.split(",")):
        print("\n".join(versions(Path(path).read_text(encoding="utf-8"))))
    print("\n".join(places(filter(None, modules.split(",")), (sys.prefix, package))))


if __name__ == "__main__":
    del sys.path[0]  # this folder
    main(*sys.argv[1:])
