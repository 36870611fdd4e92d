# labels: unit
"""check_rooms finds every planted violation, at its line, and nothing in a clean tree."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_rooms"

CLEAN = {
    "models/base/clock.h": "#pragma once\n#include <systemc>\n",
    "models/base/clock.cpp": '#include "models/base/clock.h"\nauto t = sc_core::sc_time_stamp();\n',
    "models/protocols/tcp.h": '#pragma once\n#include "models/base/clock.h"\n',
    "models/functions/nat.cpp": '#include "models/protocols/tcp.h"\n',
    "models/asic/port.h": '#pragma once\n#include "models/functions/nat.h"\n',
    "models/asic/port_events.h": "#pragma once\n",
    "models/storage/raid.cpp": '#include "models/nvme/drive.h"\n#include "models/host/cpu.h"\n',
    "models/card/card.cpp": '#include "models/asic/port.h"\n#include "models/storage/raid.h"\n',
    "observers/energy.cpp": '#include "models/asic/port_events.h"\n#include "build_info.h"\n',
    "app/run.cpp": '#include "models/system/system.h"\n#include "observers/energy.h"\n'
                   "#include <random>\nusing namespace std;\n",
    "tests/asic/port_test.cpp": '#include "models/asic/port.h"\n#include "tests/support/bench.h"\n'
                                '#include "observers/energy.h"\n',
    # Words in comments and strings, and names of our own, are no violations.
    "models/arm/core.cpp": "// sc_time_stamp(), std::log(x), rand() and std::shuffle\n"
                           'const char* s = "std::exp(1) rand()";\n'
                           "int n = 1'000'000; int m = my::log(2) + table.pow(3);\n"
                           "/* using namespace std;\n std::sin(1) */ void operand(int);\n"
                           "RandomStream random(seed, path); int b = random(); g.rand();\n",
    "docs/notes.md": "A path like build/release is fine.\n",
}

# file -> (text, [(line, rule)])
PLANTED = {
    "models/base/a.h": ('#pragma once\n#include "models/asic/port.h"\n', [(2, "room")]),
    "models/protocols/a.cpp": ('#include "models/functions/nat.h"\n#include <systemc>\n'
                               "#include <tlm_utils/peq_with_get.h>\n",
                               [(1, "room"), (2, "timeless"), (3, "timeless")]),
    "models/functions/a.cpp": ('#include "models/asic/port.h"\n', [(1, "room")]),
    "models/asic/a.cpp": ('\n#include "models/pcie/link.h"\n', [(2, "room")]),
    "models/host/a.cpp": ('#include "models/storage/raid.h"\n', [(1, "room")]),
    "models/storage/a.cpp": ('#include "models/card/card.h"\n', [(1, "room")]),
    "models/card/a.cpp": ('#include "models/system/system.h"\n', [(1, "room")]),
    "models/system/a.cpp": ('#include "app/run.h"\n#include "observers/energy.h"\n',
                            [(1, "room"), (2, "room")]),
    "models/asic/b.cpp": ('#include "models/gpu/core.h"\n#include "port.h"\n',
                          [(1, "room"), (2, "path")]),
    "models/gpu/core.cpp": ("int x;\n", [(1, "unknown-room")]),
    "observers/a.cpp": ('#include "models/asic/port.h"\n#include "app/run.h"\n',
                        [(1, "events"), (2, "events")]),
    "models/nic/a.cpp": ("void f() {\n    auto t = sc_core::sc_time_stamp();\n}\n",
                         [(2, "kernel-time")]),
    "observers/b.cpp": ("auto t = sc_time_stamp();\n", [(1, "kernel-time")]),
    "models/network/a.cpp": ("#include <random>\nstd::exponential_distribution<> d;\n"
                             "int a = rand() + std::rand();\nstd::mt19937_64 g;\nauto f() { std :: shuffle(a, b, g); }\n",
                             [(1, "random"), (2, "random"), (3, "random"), (4, "random"),
                              (5, "random")]),
    "models/network/b.cpp": ("int a = std::rand();\nvoid g() { ::srand(1); }\n",
                             [(1, "random"), (2, "random")]),
    "models/base/b.cpp": ("double a = std::log(2.0);\ndouble b = exp(1);\ndouble c = ::powf(2, 3);\n"
                          "double d = 1 / std::sin(x);\n",
                          [(1, "libm"), (2, "libm"), (3, "libm"), (4, "libm")]),
    "models/base/c.h": ("#pragma once\nusing namespace sc_core;\n", [(2, "using")]),
    "models/base/d.h": ("int x;\n", [(1, "pragma-once")]),
    "docs/a.md": ("See /" + "work/main.\n", [(1, "machine-path")]),
    "scripts/a.py": ("# TO" + "DO: later\n", [(1, "leftover")]),
    "app/a.cpp": ("int x;  // FIX" + "ME\nint y;  // XX" + "X\n", [(1, "leftover"), (2, "leftover")]),
}


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        result = subprocess.run([sys.executable, str(SCRIPT), root], capture_output=True, text=True)
    found = re.findall(r"^(\S+?):(\d+): \[([\w-]+)\]", result.stdout, re.M)
    return result.returncode, sorted((p, int(n), r) for p, n, r in found), result.stderr


class CheckRooms(unittest.TestCase):
    def test_a_clean_tree_passes(self):
        self.assertEqual(run(CLEAN), (0, [], ""))

    def test_each_violation_is_found_at_its_line_and_nothing_else(self):
        for path, (text, expected) in PLANTED.items():
            with self.subTest(path):
                code, found, errors = run({**CLEAN, path: text})
                self.assertEqual(errors, "")
                self.assertEqual(found, sorted((path, n, rule) for n, rule in expected))
                self.assertEqual(code, 1)

    def test_every_rule_is_planted_at_least_once(self):
        rules = subprocess.run([sys.executable, str(SCRIPT), "--rules"], capture_output=True,
                               text=True, check=True).stdout
        planted = {rule for _, expected in PLANTED.values() for _, rule in expected}
        self.assertEqual({line.split()[0] for line in rules.splitlines()}, planted)


if __name__ == "__main__":
    unittest.main()
