"""The settings with which pip and uv install: how the reader's network works, and nothing else.

A reader's own settings, in variables or files, say where the packages come from: a mirror, a
proxy, a certificate, a cache.  That is respected.  They may also say where packages go (user,
target, prefix), which are taken (constraint, only-binary, pre) or whether anything is installed
(require-virtualenv, dry-run), and then no environment would come of it.  So of all settings only
those that are listed here are handed on, and files are not read by the installers themselves.

Like tools/environment.py this runs on the Python that is on the machine, with nothing installed.
"""

import ast
import os
import re
import subprocess

try:
    import tomllib
except ImportError:  # before Python 3.11; tools/environment.py then asks for a newer one
    tomllib = None

PIP = (
    "cache-dir", "cert", "client-cert", "default-timeout", "extra-index-url", "find-links",
    "index-url", "keyring-provider", "no-cache-dir", "no-index", "proxy", "retries", "timeout",
    "trusted-host",
)  # fmt: skip
UV = (
    "UV_ALLOW_INSECURE_HOST", "UV_CACHE_DIR", "UV_CONCURRENT_DOWNLOADS", "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT", "UV_INDEX",
    "UV_INDEX_URL", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_LINK_MODE", "UV_NATIVE_TLS",
    "UV_NO_CACHE", "UV_NO_INDEX", "UV_OFFLINE", "UV_REQUEST_TIMEOUT", "UV_SYSTEM_CERTS",
)  # fmt: skip
FROM_TOML = {  # the same in a file
    "allow-insecure-host": "UV_INSECURE_HOST", "cache-dir": "UV_CACHE_DIR",
    "extra-index-url": "UV_EXTRA_INDEX_URL", "find-links": "UV_FIND_LINKS",
    "index-url": "UV_INDEX_URL", "keyring-provider": "UV_KEYRING_PROVIDER",
    "link-mode": "UV_LINK_MODE", "native-tls": "UV_NATIVE_TLS", "no-index": "UV_NO_INDEX",
    "offline": "UV_OFFLINE", "system-certs": "UV_SYSTEM_CERTS",
}  # fmt: skip
CREDENTIALS = re.compile(r"UV_INDEX_\w+_(USERNAME|PASSWORD)")
# What decides which Python runs and what it imports.
PYTHON = re.compile(r"PYTHON\w*|VIRTUAL_ENV|CONDA_PREFIX|__PYVENV_LAUNCHER__")


def pip_settings(environ, listing):
    """Return pip's settings that are handed on, without the variables' PIP_.

    Parameters
    ----------
    environ : mapping
        The variables.
    listing : str
        What ``pip config list`` prints: the settings in files.
    """
    lines = re.findall(r"(?m)^(global|install)\.([\w-]+)=(.*)$", listing)
    settings = {}
    for section in ("global", "install"):  # as pip does, the second overrides the first
        for where, name, value in lines:
            if where == section and name in PIP:
                settings[name] = str(ast.literal_eval(value))
    for name in PIP:
        value = environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            settings[name] = value
    return settings


def uv_files(environ):
    """Return the files in which uv looks for settings, those that count most last."""
    if environ.get("UV_CONFIG_FILE"):
        return [environ["UV_CONFIG_FILE"]]
    if os.name == "nt":
        folders = [environ.get("PROGRAMDATA"), environ.get("APPDATA")]
    else:
        folders = ["/etc", *reversed(environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"))]
        home = environ.get("HOME") or os.path.expanduser("~")
        folders.append(environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"))
    return [os.path.join(folder, "uv", "uv.toml") for folder in folders if folder]


def uv_settings(environ):
    """Return uv's settings that are handed on, as variables."""
    settings = {}
    if tomllib is not None and not environ.get("UV_NO_CONFIG"):
        for path in uv_files(environ):
            try:
                with open(path, "rb") as file:
                    table = tomllib.load(file)
            except (OSError, ValueError):
                continue
            settings.update(from_toml(table))
    for name, value in environ.items():
        if name in UV or CREDENTIALS.fullmatch(name):
            settings[name] = value
    return settings


def from_toml(table):
    """Return the settings of one of uv's files, as variables."""
    settings = {}
    for name, value in [*table.items(), *table.get("pip", {}).items()]:
        if name in FROM_TOML:
            separator = "," if name == "find-links" else " "
            if isinstance(value, list):
                value = separator.join(map(str, value))
            text = str(value)
            settings[FROM_TOML[name]] = text.lower() if isinstance(value, bool) else text
    indexes = table.get("index", [])
    for variable, default in (("UV_DEFAULT_INDEX", True), ("UV_INDEX", False)):
        urls = [
            "%s=%s" % (index["name"], index["url"]) if "name" in index else index["url"]
            for index in indexes
            if bool(index.get("default")) == default and not index.get("explicit")
        ]
        if urls:
            settings[variable] = " ".join(urls)
    return settings


def environment(environ, listing=""):
    """Return the variables with which pip, uv and the environment's Python are run.

    pip's mirror, folders of wheels, proxy and certificate serve uv too, unless uv has its own.
    """
    variables = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("PIP_", "UV_")) and not PYTHON.fullmatch(name)
    }
    pip, uv = pip_settings(environ, listing), uv_settings(environ)
    variables.update({"PIP_" + k.upper().replace("-", "_"): v for k, v in pip.items()})
    if "index-url" in pip and not {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & set(uv):
        uv["UV_INDEX_URL"] = pip["index-url"]
    if "find-links" in pip:  # separated by blanks there
        uv.setdefault("UV_FIND_LINKS", ",".join(pip["find-links"].split()))
    variables.update(uv)
    if "cert" in pip:
        variables.setdefault("SSL_CERT_FILE", pip["cert"])
    if "proxy" in pip and not {"ALL_PROXY", "HTTPS_PROXY", "https_proxy"} & set(variables):
        variables["ALL_PROXY"] = pip["proxy"]
    variables.update(PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1")
    variables.update(UV_NO_CONFIG="1", UV_NO_PROGRESS="1", PYTHONNOUSERSITE="1")
    return variables


def listing(python):
    """Return what ``pip config list`` says of the settings in files, with a Python that has pip."""
    environ = {name: value for name, value in os.environ.items() if not PYTHON.fullmatch(name)}
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "config", "list"]
    process = subprocess.run(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return process.stdout.decode("utf-8", "replace")


REASONS = (  # in the order in which they are looked for
    (r"(?i)no space left on device|os error 28\b", "the disk is full"),
    (r"(?i)permission denied|read-only file system", "a file or folder may not be written"),
    (r"(?i)do not match the hashes|hash mismatch", "a package is not the one that was locked"),
    (
        r"(?i)proxy|connection|connect error|resolve|timed out|timeout|dns|certificate|"
        r"failed to fetch|network|from versions: none",
        "the package index did not answer (network, proxy or mirror?)",
    ),
    (r"(?i)no matching distribution|no solution settings", "the index does not have a version"),
)


def reason(text):
    """Return in a few words why an installer failed, as far as its messages say so."""
    for pattern, words in REASONS:
        if re.search(pattern, text):
            return words
    return "the messages above say why"
