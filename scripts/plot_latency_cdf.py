#!/usr/bin/python3
"""Plots the latency distribution of a results file's traffic classes.

    plot_latency_cdf.py RESULTS.h5 [CLASS...] [-o FILE.png]

Without -o it opens a window. By hand, it takes three lines:

    rows = pd.DataFrame(h5py.File("results/quickstart.h5")["latency/background"][:])
    share = rows["count"].cumsum() / rows["count"].sum()
    plt.step(rows["upper"] * 1e6, share); plt.xlabel("latency (us)"); plt.ylabel("share of frames")
"""
import argparse
import sys

import h5py
import matplotlib
import pandas as pd


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", metavar="RESULTS.h5")
    parser.add_argument("classes", metavar="CLASS", nargs="*", help="default: all")
    parser.add_argument("-o", "--output", metavar="FILE.png", help="or .svg or .pdf")
    arguments = parser.parse_args()
    if arguments.output:
        matplotlib.use("Agg")
    import matplotlib.pyplot as plt  # after the choice of its back end

    try:
        file = h5py.File(arguments.results, "r")
    except OSError as error:
        sys.exit(f"error: {arguments.results}: {error}")
    known = list(file.get("latency", ()))
    if unknown := set(arguments.classes) - set(known):
        sys.exit(f"error: {arguments.results} has no class {', '.join(sorted(unknown))}; "
                 f"it has {', '.join(known) or 'none'}")

    for name in arguments.classes or known:
        rows = pd.DataFrame(file[f"latency/{name}"][:])
        share = rows["count"].cumsum() / rows["count"].sum()
        plt.step(rows["upper"] * 1e6, share, where="post", label=name)
    plt.xlabel("latency (us)")
    plt.ylabel("share of frames")
    plt.ylim(0, 1.02)
    plt.grid(alpha=0.3)
    if known:
        plt.legend()
    if arguments.output:
        plt.savefig(arguments.output, dpi=150, bbox_inches="tight")
    else:
        plt.show()


if __name__ == "__main__":
    main()
