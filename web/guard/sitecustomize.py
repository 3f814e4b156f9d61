"""Stop what a notebook of this book never does: write outside its folder, or go online.

web/notebooks.py puts this folder first in PYTHONPATH when it executes a notebook, so that
Python runs this file as it starts, in the kernel and in every process that a notebook starts.
A file may be opened for writing, made, renamed or removed in the notebook's own folder, where
temporary files go, and where Jupyter, IPython, Matplotlib and Keras keep their own settings;
connections stay on this computer.  It is a tripwire against accidents, not a prison.

And Matplotlib takes no settings from the notebook's folder, where it would look first.
"""

import os
import sys
import tempfile
from importlib.machinery import PathFinder

_HOME = os.path.expanduser("~")
_SETTINGS = (".cache", ".config", ".ipython", ".jupyter", ".keras", ".local/share/jupyter")
_PLACES = [os.getcwd(), tempfile.gettempdir(), "/dev", "/proc/self"]
_PLACES += [os.path.join(_HOME, name) for name in (*_SETTINGS, "Library")]
_PLACES += [
    os.environ[name]
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR",
                 "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    if os.environ.get(name)
]  # fmt: skip
_ALLOWED = tuple({os.path.join(os.path.realpath(place), "") for place in _PLACES})
_CHANGES = {"os.mkdir": (0,), "os.remove": (0,), "os.rename": (0, 1), "os.rmdir": (0,),
            "os.link": (1,), "os.symlink": (1,), "os.truncate": (0,)}  # fmt: skip
_HERE = ("localhost", "127.", "::1", "0.0.0.0", "::ffff:127.")


def _write(path):
    """Raise an error if a path lies where a notebook has no business."""
    if isinstance(path, int):  # a file that is open already
        return
    path = os.path.realpath(os.fsdecode(path))
    if not (os.path.join(path, "")).startswith(_ALLOWED):
        raise PermissionError(f"a notebook should write in its own folder only, not to {path}")


def _watch(event, arguments):
    """Look at what Python is about to do (an audit hook, PEP 578)."""
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        if writes or any(letter in (mode or "") for letter in "wax+"):
            _write(path)
    elif event in _CHANGES:
        for place in _CHANGES[event]:
            _write(arguments[place])
    elif event in ("socket.connect", "socket.getaddrinfo"):
        host = arguments[0]  # a name to look up
        if event == "socket.connect":  # an address; that of a local socket is its path
            host = arguments[1][0] if isinstance(arguments[1], tuple) else None
        if host and not str(host).startswith(_HERE):
            raise PermissionError(f"a notebook should not go online, but asks {host}")


class _MatplotlibFinder:
    """Has Matplotlib imported in its own folder: it reads its settings then."""

    def find_spec(self, name, path=None, target=None):
        """Return Matplotlib's spec, with a loader that changes the folder for the moment."""
        if name != "matplotlib":
            return None
        spec = PathFinder.find_spec(name)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module):
                folder = os.getcwd()
                os.chdir(os.environ["MPLCONFIGDIR"])
                try:
                    run(module)
                finally:
                    os.chdir(folder)

            spec.loader.exec_module = exec_module
        return spec


sys.addaudithook(_watch)
if "MPLCONFIGDIR" in os.environ:  # as web/kernel_environment.py sets it
    sys.meta_path.insert(0, _MatplotlibFinder())
