"""Start a notebook's kernel without what the system sets for all users of IPython, in /etc."""

import sys

if __name__ == "__main__":
    del sys.path[0]  # this folder; the kernel puts its notebook's in the place
    from ipykernel import kernelapp
    from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS

    ENV_CONFIG_DIRS.clear()
    SYSTEM_CONFIG_DIRS.clear()
    kernelapp.launch_new_instance()
