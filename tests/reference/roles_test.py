# labels: house
# needs: yaml
"""roles.csv is what the rule gives, and the rule keeps its promises."""
import collections
import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "results" / "reference"


def table(name):
    with open(REFERENCE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check(root):
    return subprocess.run([sys.executable, root / "scripts" / "reference_roles", "--check"],
                          capture_output=True, text=True, check=False)


class Roles(unittest.TestCase):
    def test_the_file_is_what_the_rule_gives(self):
        done = check(ROOT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_figure_moved_by_hand_is_found(self):
        with tempfile.TemporaryDirectory() as place:
            copy = pathlib.Path(place)
            shutil.copytree(REFERENCE, copy / "results" / "reference")
            (copy / "scripts").mkdir()
            shutil.copy(ROOT / "scripts" / "reference_roles", copy / "scripts")
            roles = copy / "results" / "reference" / "roles.csv"
            text = roles.read_text(encoding="utf-8")
            roles.write_text(text.replace(",predict,", ",fit,", 1), encoding="utf-8")
            done = check(copy)
            self.assertEqual(done.returncode, 1)
            self.assertIn("docs/decisions", done.stdout)

    def test_there_are_633_figures_each_with_one_role(self):
        ids = [row["id"] for row in table("measurements.csv")]
        self.assertEqual(len(ids), 633)
        self.assertEqual(len(set(ids)), 633)
        self.assertEqual(ids, [row["id"] for row in table("roles.csv")])

    def test_at_least_half_of_the_measured_figures_of_a_machine_are_predicted(self):
        counts = collections.defaultdict(collections.Counter)
        measured = {row["id"] for row in table("measurements.csv") if row["kind"] == "measured"}
        for row in table("roles.csv"):
            if row["id"] in measured and row["role"] in ("fit", "predict"):
                counts[row["component"], row["machine"]][row["role"]] += 1
        self.assertGreater(len(counts), 10)
        for machine, roles in counts.items():
            self.assertGreaterEqual(roles["predict"], roles["fit"], machine)

    def test_figures_of_one_run_share_one_role(self):
        roles = collections.defaultdict(set)
        for row in table("roles.csv"):
            roles[row["group"]].add(row["role"])
        self.assertEqual([group for group, found in roles.items() if len(found) > 1], [])

    def test_what_nobody_saw_at_its_source_is_neither_predicted_nor_datasheet(self):
        unseen = {row["id"] for row in table("measurements.csv") if row["seen"] == "no"}
        roles = {row["role"] for row in table("roles.csv") if row["id"] in unseen}
        self.assertEqual(roles, {"unverified", "closed", "fit"})

    def test_every_exclusion_names_a_figure_and_a_reason(self):
        ids = {row["id"] for row in table("measurements.csv")}
        excluded = table("excluded.csv")
        self.assertEqual(len({row["id"] for row in excluded}), len(excluded))
        for row in excluded:
            self.assertIn(row["id"], ids)
            self.assertGreater(len(row["reason"]), 20, row["id"])


class Page(unittest.TestCase):
    def test_the_page_on_accuracy_shows_the_baseline(self):
        done = subprocess.run([sys.executable, ROOT / "scripts" / "accuracy_page", "--check"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
