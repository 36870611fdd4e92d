"""Runs one Python test script, or skips it (exit 77) when something it needs is missing.

A script says what it needs in its first lines: `# needs: tshark h5py`. Each word is a program on
PATH or a Python module. The reason of a skip is printed as `SKIP: <reason>`.
"""
import importlib.util
import pathlib
import re
import runpy
import shutil
import sys


def missing(script):
    head = script.read_text(encoding="utf-8").splitlines()[:20]
    needs = [word for line in head if (m := re.match(r"# needs:(.*)", line))
             for word in m[1].split()]
    return [n for n in needs
            if shutil.which(n) is None
            and (not n.isidentifier() or importlib.util.find_spec(n) is None)]


def main():
    script = pathlib.Path(sys.argv[1])
    if lacking := missing(script):
        print("SKIP: needs " + ", ".join(lacking))
        return 77
    sys.argv = sys.argv[1:]
    sys.path[0:0] = [str(script.parent), str(pathlib.Path(__file__).parent)]
    runpy.run_path(str(script), run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
