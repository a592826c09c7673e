# SPDX-License-Identifier: Apache-2.0
"""Compilers and analysers. Each function returns the lines that they complain in; none is good."""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess

import sources

JOBS = len(os.sched_getaffinity(0))
TIDY_CONFIGURATION = [".clang-tidy", "tests/.clang-tidy"]
# clang-tidy's own counting, which says nothing.
NOISE = ("warnings generated", "warning generated", "Suppressed ", "Use -header-filter",
         "warnings treated as errors", "warning treated as error")


def run(*command):
    """Output lines of a command that fails, or none."""
    done = subprocess.run([str(part) for part in command], cwd=sources.ROOT, text=True,
                          errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return []
    return done.stdout.splitlines() or [f"{command[0]}: exit status {done.returncode}"]


def build(preset):
    """The presets make warnings errors, so a build that succeeds had none."""
    return run("cmake", "--preset", preset) or run("cmake", "--build", "--preset", preset)


def preprocessed(entry):
    """What the compiler sees of a file, comments included, or None if it does not get that far."""
    words = shlex.split(entry["command"])
    command = []
    while words:
        word = words.pop(0)
        if word in ("-o", "-MT", "-MF"):
            words.pop(0)
        elif word not in ("-c", "-MD"):
            command.append(word)
    done = subprocess.run([*command, "-E", "-C"], cwd=entry["directory"], capture_output=True)
    return done.stdout if done.returncode == 0 else None


def tidy(preset):
    """A file that was clean is looked at again only when it, its headers or the checks change."""
    folder = sources.ROOT / "build" / preset
    if not (folder / "compile_commands.json").exists():
        return [f"{folder}/compile_commands.json is missing"]
    clean = folder / "tidy-clean"
    clean.mkdir(exist_ok=True)
    entries = json.loads((folder / "compile_commands.json").read_text())
    checks = b"".join((sources.ROOT / name).read_bytes() for name in TIDY_CONFIGURATION)

    def one(entry):
        text = preprocessed(entry)
        mark = clean / hashlib.sha256(checks + (text or b"")).hexdigest()
        if text is not None and mark.exists():
            return []
        lines = run("clang-tidy", "-p", folder, "--quiet", entry["file"])
        if not lines:
            mark.touch()
        return [line for line in lines if not any(noise in line for noise in NOISE)] or lines

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        return [line for lines in pool.map(one, entries) for line in lines]


def cppcheck(paths):
    files = [path for path in paths if path.suffix == ".c"]
    if not files:
        return []
    (sources.ROOT / "build/cppcheck").mkdir(parents=True, exist_ok=True)
    # uninitvar takes a variable whose address is handed on for one that is read; the compilers and
    # clang-tidy know better.
    folders = sorted({f"-I{path.parent}" for path in paths if path.suffix == ".h"})
    return run("cppcheck", "-q", f"-j{JOBS}", "--std=c11", "--library=posix,gnu", "--inline-suppr",
               "--enable=warning,performance,portability", "--error-exitcode=1",
               "--suppress=uninitvar", "--cppcheck-build-dir=build/cppcheck", "-D_GNU_SOURCE",
               *folders, *files)


def clang_format(paths):
    files = [path for path in paths if sources.is_c(path)]
    return run("clang-format", "--dry-run", "-Werror", *files) if files else []


def shellcheck(paths):
    files = [path for path in paths
             if (text := sources.text_of(path)) is not None and sources.is_shell(path, text)]
    return run("shellcheck", *files) if files else []
