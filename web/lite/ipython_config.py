"""Read by IPython when JupyterLite's kernel starts."""

get_config().InteractiveShellApp.extensions = ["book_kernel"]  # noqa: F821 (IPython gives it)
