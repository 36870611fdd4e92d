# labels: interop
# needs: h5py pandas matplotlib xarray h5netcdf
"""Results files open with h5py, pandas and xarray as the docs say; the script and notebook run."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np
import pandas as pd
import xarray

from program import ROOT, SNSIM
WRITER = SNSIM.parent / "tests" / "observers_results_file_test"
QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"


def run(*command, **environment):
    done = subprocess.run([str(c) for c in command], cwd=ROOT, text=True, capture_output=True,
                          env={**os.environ, **environment}, timeout=600)
    if done.returncode:
        raise AssertionError(f"{command} exits {done.returncode}: {done.stdout}{done.stderr}")


class Reading(unittest.TestCase):
    """What holds for every results file; the subclasses say which."""

    @classmethod
    def setUpClass(cls):
        if cls is Reading:
            raise unittest.SkipTest("a base")
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.here = pathlib.Path(cls.scratch.name)
        cls.path = cls.here / "run.h5"
        cls.write()

    def setUp(self):
        self.file = h5py.File(self.path, "r")
        self.addCleanup(self.file.close)

    def tables(self):
        found = []
        self.file.visititems(lambda path, item: found.append(item) if isinstance(
            item, h5py.Dataset) and item.dtype.names else None)
        return found

    def test_three_lines_give_the_latency_distribution(self):
        for name in self.file["latency"]:
            rows = pd.DataFrame(self.file[f"latency/{name}"][:])
            share = rows["count"].cumsum() / rows["count"].sum()
            self.assertAlmostEqual(share.iloc[-1], 1)
            self.assertTrue((rows["lower"] < rows["upper"]).all())

    def test_tables_describe_their_columns(self):
        self.assertIn("/summary", [table.name for table in self.tables()])
        for table in self.tables():
            names = [name.decode() for name in table.attrs["columns"]]
            self.assertEqual(names, list(pd.DataFrame(table[:]).columns), table.name)
            self.assertEqual(len(table.attrs["units"]), len(names))
            self.assertEqual(len(table.attrs["descriptions"]), len(names))
            self.assertTrue(table.attrs["description"])
            for name in names:
                if table.dtype[name].kind == "f":
                    self.assertFalse(np.isnan(table[name]).any(), f"{table.name} {name}")

    def test_root_says_what_ran(self):
        attributes = self.file.attrs
        self.assertEqual(attributes["schema_version"], 1)
        self.assertTrue(attributes["complete"])
        self.assertIn(b"name:", attributes["scenario_text"])
        for name in attributes["profiles"]:
            self.assertTrue(self.file["profiles"].attrs[name.decode()])

    def test_flags_are_truth_values(self):
        audit = pd.DataFrame(self.file["audit"][:])
        self.assertEqual(audit["ok"].dtype, bool)
        self.assertTrue(audit["ok"].all())

    def test_xarray_opens_every_group_of_series(self):
        groups = set()
        self.file["series"].visititems(lambda path, item: groups.add(item.parent.name)
                                       if isinstance(item, h5py.Dataset) else None)
        length = len(self.file["series/time"])
        for group in groups:
            with xarray.open_dataset(self.path, group=group, engine="h5netcdf") as data:
                self.assertEqual(dict(data.sizes), {"time": length}, group)
                for series in data.data_vars.values():
                    self.assertIn("unit", series.attrs)

    def test_the_script_plots(self):
        picture = self.here / "cdf.png"
        run(sys.executable, ROOT / "scripts" / "plot_latency_cdf.py", self.path, "-o", picture)
        self.assertGreater(picture.stat().st_size, 5000)

    def test_the_notebook_runs(self):
        if shutil.which("jupyter-nbconvert") is None:
            self.skipTest("needs jupyter-nbconvert")
        run("jupyter-nbconvert", "--to", "notebook", "--execute",
            ROOT / "scripts" / "notebooks" / "first_look.ipynb", "--output-dir", self.here,
            "--output", "looked.ipynb", SNSIM_RESULTS=str(self.path))
        self.assertIn("image/png", (self.here / "looked.ipynb").read_text(encoding="utf-8"))


class Sample(Reading):
    @classmethod
    def write(cls):
        if not WRITER.exists():
            raise unittest.SkipTest(f"needs {WRITER}")
        run(WRITER, "--gtest_filter=*WritesASampleForOtherReaders", SNSIM_SAMPLE_FILE=str(cls.path))

    def test_values(self):
        stations = pd.DataFrame(self.file["stations"][:])
        self.assertEqual(stations["path"][1].decode("utf-8"), "naïve – 東")
        self.assertEqual(list(stations["arrivals"]), [14880, -1])
        with xarray.open_dataset(self.path, group="/series/host0/card/asic",
                                 engine="h5netcdf") as data:
            np.testing.assert_array_equal(data["power"], 0.5 * np.arange(1, 3001))


class Quickstart(Reading):
    @classmethod
    def write(cls):
        if not (SNSIM.exists() and QUICKSTART.exists()):
            raise unittest.SkipTest(f"needs {SNSIM} and {QUICKSTART}")
        run(SNSIM, "run", QUICKSTART, "-o", cls.path, SNSIM_HOME=str(ROOT))


if __name__ == "__main__":
    unittest.main()
