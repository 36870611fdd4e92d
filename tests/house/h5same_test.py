# labels: unit
# needs: h5py
"""h5same finds each kind of difference, and none between equal files of different provenance."""
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "h5same"
LOADER = importlib.machinery.SourceFileLoader("h5same", str(SCRIPT))
h5same = importlib.util.module_from_spec(importlib.util.spec_from_loader("h5same", LOADER))
LOADER.exec_module(h5same)

SUMMARY = np.dtype([("metric", "S16"), ("value", "<f8"), ("count", "<u4")])


def nothing(_):
    pass


def write(path, change=nothing, before=nothing):
    with h5py.File(path, "w") as file:
        before(file)
        file.attrs["schema"] = 1
        file.attrs["scenario"] = "name: toy"
        file["summary"] = np.array([(b"rate", 1.5, 3), (b"absent", np.nan, 0)], dtype=SUMMARY)
        file["summary"].attrs["columns"] = np.array([b"metric", b"value", b"count"])
        file["series/time"] = np.arange(100_000) * 1e-6
        file["series/time"].make_scale("time")
        file["series/port0/depth"] = np.zeros((100_000,), "<i4")
        file["series/port0/depth"].dims[0].attach_scale(file["series/time"])
        file["scalar"] = 7
        file["text"] = "variable length"
        file["empty"] = np.zeros((0,), "<f8")
        file.require_group("provenance").attrs["date"] = str(path)
        file["provenance/wall_time"] = 1.0
        change(file)


class H5Same(unittest.TestCase):
    def compare(self, change_a, change_b, before_b=nothing):
        with tempfile.TemporaryDirectory() as folder:
            a, b = pathlib.Path(folder, "a.h5"), pathlib.Path(folder, "b.h5")
            write(a, change_a)
            write(b, change_b, before_b)
            with h5py.File(a, "r") as file_a, h5py.File(b, "r") as file_b:
                return list(h5same.differences(file_a, file_b))

    def assert_same(self, change_a=nothing, change_b=nothing, before_b=nothing):
        self.assertEqual(self.compare(change_a, change_b, before_b), [])

    def assert_differs(self, change, *starts):
        for pair in ((nothing, change), (change, nothing)):
            lines = self.compare(*pair)
            self.assertEqual(len(lines), len(starts), lines)
            for line, start in zip(lines, starts):
                self.assertTrue(line.startswith(start), f"{line!r} should start with {start!r}")

    def test_equal_files_are_the_same(self):
        self.assert_same()

    def test_provenance_may_differ(self):
        def change(file):
            del file["provenance/wall_time"]
            file["provenance/host"] = "elsewhere"
            file["provenance"].attrs["commit"] = 5
        self.assert_same(change_b=change)

    def test_provenance_may_be_missing(self):
        def change(file):
            del file["provenance"]
        self.assert_same(change_b=change)

    def test_only_the_top_provenance_is_ignored(self):
        def change(file):
            file["series/provenance"] = 1
        self.assert_differs(change, "/series/provenance: only in ")

    def test_a_value_differs(self):
        def change(file):
            file["series/port0/depth"][99_999] = 1
        self.assert_differs(change, "/series/port0/depth[99999]: ")

    def test_a_field_of_a_table_differs(self):
        def change(file):
            rows = file["summary"][:]
            rows[0]["count"] = 4
            file["summary"][...] = rows
        self.assert_differs(change, "/summary[0]: ")

    def test_many_values_differ_and_are_counted(self):
        def change(file):
            file["series/port0/depth"][10:30] = 1
        self.assert_differs(change, *[f"/series/port0/depth[{i}]: " for i in (10, 11, 12)],
                            "/series/port0/depth: 20 elements")

    def test_scalars_and_texts_differ(self):
        def change(file):
            file["scalar"][...] = 8
            file["text"][...] = "other text"
        self.assert_differs(change, "/scalar[]: ", "/text[]: ")

    def test_nan_equals_nan_and_differs_from_a_number(self):
        def change(file):
            rows = file["summary"][:]
            rows[1]["value"] = 0.0
            file["summary"][...] = rows
        self.assert_differs(change, "/summary[1]: ")

    def test_minus_zero_differs_from_zero(self):
        def change(file):
            file["series/time"][0] = -0.0
        self.assert_differs(change, "/series/time[0]: ")

    def test_a_type_differs(self):
        def change(file):
            del file["scalar"]
            file["scalar"] = np.int32(7)
        self.assert_differs(change, "/scalar: type ")

    def test_a_byte_order_differs(self):
        def change(file):
            del file["empty"]
            file["empty"] = np.zeros((0,), ">f8")
        self.assert_differs(change, "/empty: type ")

    def test_a_shape_differs(self):
        def change(file):
            del file["empty"]
            file["empty"] = np.zeros((1,), "<f8")
        self.assert_differs(change, "/empty: shape ")

    def test_a_dataset_is_missing(self):
        def change(file):
            del file["scalar"]
        self.assert_differs(change, "/scalar: only in ")

    def test_a_group_is_not_a_dataset(self):
        def change(file):
            del file["scalar"]
            file.create_group("scalar")
        self.assert_differs(change, "/scalar: ")

    def test_an_attribute_is_missing(self):
        def change(file):
            del file["summary"].attrs["columns"]
        self.assert_differs(change, "/summary@columns: only in ")

    def test_attributes_of_the_root_count(self):
        def change(file):
            file.attrs["scenario"] = "name: other"
            file.attrs["schema"] = 1.0
        self.assert_differs(change, "/@scenario: ", "/@schema: type ")

    def test_an_attribute_of_another_shape(self):
        def change(file):
            file["summary"].attrs["columns"] = np.array([b"metric", b"value"])
        self.assert_differs(change, "/summary@columns: shape ")

    def test_objects_at_other_addresses_are_the_same(self):
        def shift(file):  # what follows lands elsewhere, and so do references to it
            file["provenance/padding"] = np.zeros(5000)
        self.assert_same(before_b=shift)

    def test_a_scale_attached_to_another_dataset_differs(self):
        def change(file):
            file["scale2"] = file["series/time"][:]
            depth = file["series/port0/depth"]
            depth.dims[0].detach_scale(file["series/time"])
            depth.dims[0].attach_scale(file["scale2"])
        lines = self.compare(nothing, change)
        self.assertTrue(any(line.startswith("/series/port0/depth@DIMENSION_LIST: ")
                            for line in lines), lines)

    def test_the_exit_code_tells_same_from_different(self):
        def change(file):
            file["scalar"][...] = 8
        with tempfile.TemporaryDirectory() as folder:
            for name, how in (("a", nothing), ("b", nothing), ("c", change)):
                write(pathlib.Path(folder, name), how)
            for other, code, output in (("b", 0, ""), ("c", 1, "/scalar[]: 7 != 8\n")):
                result = subprocess.run([sys.executable, SCRIPT, "a", other], cwd=folder,
                                        capture_output=True, text=True)
                self.assertEqual((result.returncode, result.stdout, result.stderr),
                                 (code, output, ""))

    def test_an_unreadable_file_exits_2(self):
        with tempfile.TemporaryDirectory() as folder:
            a = pathlib.Path(folder, "a.h5")
            write(a)
            for other in (pathlib.Path(folder, "none.h5"), SCRIPT):
                result = subprocess.run([sys.executable, str(SCRIPT), str(a), str(other)],
                                        capture_output=True, text=True)
                self.assertEqual(result.returncode, 2)
                self.assertTrue(result.stderr.startswith("error: "))


if __name__ == "__main__":
    unittest.main()
