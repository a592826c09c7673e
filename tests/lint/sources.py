# SPDX-License-Identifier: Apache-2.0
"""The files of the repository: tracked ones and new ones that are not ignored."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPT_SUFFIXES = {".py", ".sh"}
C_SUFFIXES = {".c", ".h"}
OTHER_SOURCES = {"CMakeLists.txt", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore"}


def all_files():
    output = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    paths = (pathlib.Path(name) for name in sorted(set(output.split("\0"))) if name)
    return [path for path in paths if (ROOT / path).is_file()]


def text_of(path):
    """The file's text, or None for a file that is not text."""
    data = (ROOT / path).read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def is_c(path):
    return path.suffix in C_SUFFIXES


def has_shebang(text):
    return text.startswith("#!")


def is_source(path, text):
    """Whether people write code in it: it needs a licence line and keeps its promises."""
    return (path.suffix in C_SUFFIXES | SCRIPT_SUFFIXES | {".cmake"} or path.name in OTHER_SOURCES
            or has_shebang(text))


def is_shell(path, text):
    first = text.split("\n", 1)[0]
    return path.suffix == ".sh" or (has_shebang(text) and first.endswith(("sh", "bash")))
