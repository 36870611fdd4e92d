# labels: unit
"""The command line: exit codes, where output goes, messages, and what each command prints."""
import json
import os
import subprocess
import unittest

from program import ROOT, SNSIM, ScratchCase

GOOD = """\
name: demo
hosts:
  - name: host0
    card: {asic: {clock: 900 MHz}}
functions:
  - {name: fw, kind: firewall, where: asic, at: host0.card}
traffic:
  - {name: clients, from: host0.wire0, to: host0.wire1, frame_size: 64 B, rate: 50 %}
"""


class CommandLine(ScratchCase):
    def setUp(self):
        super().setUp()
        (self.here / "demo.yaml").write_text(GOOD)

    def snsim(self, *arguments, exits=0, **environment):
        env = {k: v for k, v in os.environ.items() if not k.startswith("SYSTEMC_")}
        env.update({"SNSIM_HOME": str(ROOT), **environment})
        done = subprocess.run([SNSIM, *arguments], cwd=self.here, env=env, text=True,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, exits, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertNotIn("SystemC", done.stdout + done.stderr)
        return done

    def error(self, *arguments, exits=2):
        done = self.snsim(*arguments, exits=exits)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    # usage

    def test_help_goes_to_standard_output_and_teaches(self):
        for arguments in (["--help"], ["-h"], ["help"]):
            done = self.snsim(*arguments)
            self.assertIn("snsim run quickstart", done.stdout)
            self.assertIn("130 interrupted", done.stdout)
            self.assertEqual(done.stderr, "")
        for command in ("run", "sweep", "check", "params", "schema", "list", "new", "completion"):
            done = self.snsim(command, "--help")
            self.assertIn(f"usage: snsim {command}", done.stdout)
            self.assertIn("Examples:", done.stdout)
            self.assertEqual(self.snsim("help", command).stdout, done.stdout)

    def test_no_command_is_wrong_usage(self):
        done = self.snsim(exits=2)
        self.assertEqual(done.stdout, "")
        self.assertIn("usage: snsim COMMAND", done.stderr)

    def test_version_names_the_build(self):
        self.assertRegex(self.snsim("--version").stdout, r"^snsim \d+\.\d+\.\d+ \(.+\)\n$")

    def test_misspelt_words_are_suggested(self):
        self.assertIn("did you mean 'check'?", self.error("chek", "demo.yaml"))
        self.assertIn("did you mean '--resolved'?", self.error("check", "demo.yaml", "--resolvd"))
        self.assertIn("unknown option '--res'", self.error("check", "demo.yaml", "--res"))
        self.assertIn("did you mean 'scenarios'?", self.error("list", "scenaros"))
        self.assertIn("unknown option '--frobnicate'", self.error("--frobnicate"))

    def test_wrong_arguments_exit_2(self):
        self.assertIn("needs SCENARIO", self.error("run"))
        self.assertIn("needs SWEEP", self.error("sweep"))
        self.assertIn("too many arguments", self.error("check", "demo.yaml", "more.yaml"))
        self.assertIn("--progress is auto, always or never",
                      self.error("run", "demo.yaml", "--progress", "sometimes"))
        self.assertIn("has no search 'x'", self.error("run", "demo.yaml", "--find", "x"))
        self.assertIn("--format is text, json or md", self.error("params", "--format", "xml"))

    def test_an_option_without_its_value_is_an_error(self):
        for option in ("--seed", "--output", "--pcap", "--find", "--progress"):
            self.assertIn(f"{option} needs a value", self.error("run", "demo.yaml", option, ""))
        self.assertFalse((self.here / "results").exists())

    # standard streams

    def test_a_reader_may_go_away(self):
        for arguments in (["params"], ["params", "--format", "json"], ["list"], ["--help"],
                          ["check", "demo.yaml", "--resolved"]):
            process = subprocess.Popen([SNSIM, *arguments], cwd=self.here, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            process.stdout.close()
            self.assertEqual(process.stderr.read(), "")
            process.stderr.close()
            self.assertEqual(process.wait(timeout=60), 0, arguments)

    def test_output_that_finds_no_room_exits_3(self):
        for arguments in (["params"], ["list"], ["schema"], ["check", "demo.yaml"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([SNSIM, *arguments], cwd=self.here, stdout=full, text=True,
                                      stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, 3, arguments)
            self.assertRegex(done.stderr, "^error: .*No space left on device\n$")

    def test_commands_to_come_say_so(self):
        for command in ("report", "compare"):
            self.assertIn("not yet available", self.error(command, "x"))
        self.assertNotIn("  compare ", self.snsim("--help").stdout)

    # check

    def test_check_is_content_with_a_good_scenario(self):
        done = self.snsim("check", "demo.yaml")
        self.assertEqual(done.stdout, "demo.yaml: fine (1 host, 1 function, 1 traffic class)\n")
        self.assertEqual(done.stderr, "")

    def test_check_prints_all_errors_with_their_places(self):
        (self.here / "bad.yaml").write_text(
            GOOD.replace("900 MHz", "900").replace("frame_size", "frame_sise"))
        lines = self.error("check", "bad.yaml", "--set", "seed=x").splitlines()
        self.assertRegex(lines[0], r"^error: bad.yaml:4:26: host0.card.asic.clock: '900' needs a "
                                   r"unit of frequency \(default .*Hz, range .*Hz to .*Hz\)$")
        self.assertEqual(lines[1], "error: bad.yaml:8:57: clients.frame_sise: unknown key; did you "
                                   "mean 'frame_size'?")
        self.assertRegex(lines[2], r"^error: --set #1: seed: 'x' is not a whole number")
        self.assertEqual(len(lines), 3)

    def test_check_resolved_shows_every_value_and_its_origin(self):
        done = self.snsim("check", "demo.yaml", "--resolved", "--set", "clients.rate=5 %",
                          "--seed", "9")
        rows = {}
        for line in done.stdout.splitlines():
            path, rest = line.split(" = ", 1)
            rows[path.strip()] = " ".join(rest.split())
        self.assertEqual(rows["host0.card.asic.clock"], "900 MHz demo.yaml:4")
        self.assertEqual(rows["clients.rate"], "5 % --set #1")
        self.assertEqual(rows["seed"], "9 --seed")
        self.assertEqual(rows["windows.measure"], "1 ms default")
        self.assertEqual(len({line.index(" = ") for line in done.stdout.splitlines()}), 1)

    def test_a_missing_scenario_exits_2(self):
        self.assertIn("there is no scenario 'nosuch.yaml'", self.error("check", "nosuch.yaml"))

    def test_captures_are_read_before_any_simulation(self):
        capture = ROOT / "scenarios" / "captures" / "web.pcap"
        replay = ("hosts: [{name: host0}]\n"
                  "traffic: [{name: r, from: host0.wire0, to: host0.wire1, capture: c.pcap}]\n")
        (self.here / "replay.yaml").write_text(replay)
        whole = capture.read_bytes()
        (self.here / "c.pcap").write_bytes(whole)
        self.snsim("check", "replay.yaml")
        (self.here / "c.pcap").write_bytes(whole[:-5])
        self.assertIn("error: replay.yaml:2:66: r.capture: ",
                      self.error("check", "replay.yaml", exits=3))
        self.snsim("check", "replay.yaml", "--set", "r.allow_truncated=true")
        (self.here / "c.pcap").write_bytes(b"GIF89a" * 20)
        self.error("check", "replay.yaml")

    def test_tables_without_room_are_found_where_they_are_written(self):
        for change, message in (
                ("clients.flows=1000000", "demo.yaml:6:5: fw: no room for the 1000000 established "
                                          "connections of clients"),
                ("fw={capacity: 67108864, memory: sram}",
                 "demo.yaml:4:18: host0.card.asic.memory.sram: 4294967296 B of "),
                ("routes=[{generate: 5000, prefix_lengths: 16, to: host0.wire1}]",
                 "--set #1: routes.0.generate: there are no 5000 more prefixes of these lengths")):
            error = self.error("check", "demo.yaml", "--set", change)
            self.assertTrue(error.startswith("error: " + message), error)
            self.assertEqual(self.error("run", "demo.yaml", "--set", change), error)
        many = ", ".join(f"{{name: f{i}, kind: firewall, at: host0.card}}" for i in range(20))
        error = self.error("check", "demo.yaml", "--set", f"functions=[{many}]")
        self.assertRegex(error, "^error: --set #1: functions: .*at most 7")

    # params, schema, list

    def test_params_lists_and_picks(self):
        everything = self.snsim("params").stdout
        self.assertIn("<traffic>.frame_size", everything)
        self.assertIn("<host>.card.asic.clock", everything)
        for query in ("traffic.rate", "clients.rate", "traffic.0.rate", "<traffic>.rate"):
            self.assertTrue(self.snsim("params", query).stdout.startswith("<traffic>.rate\n"))
        for query in ("host0.card.asic", "hosts.0.card.asic", "hosts.card.asic"):
            paths = [line.split()[0] for line in self.snsim("params", query).stdout.splitlines()]
            self.assertTrue(all(p.startswith("<host>.card.asic.") for p in paths), paths)
            self.assertIn("<host>.card.asic.clock", paths)
        self.assertIn("did you mean 'traffic'?", self.error("params", "trafic"))
        self.assertIn("did you mean 'clock'?", self.error("params", "host0.card.asic.clokc"))
        self.assertIn("not yet modelled", self.error("params", "guests"))
        self.assertIn("not yet modelled", self.error("params", "host0.card.arm"))

    def test_params_come_as_json_and_markdown(self):
        rows = json.loads(self.snsim("params", "--format", "json").stdout)
        by_path = {(row["path"], row.get("condition")): row for row in rows}
        self.assertEqual(len(by_path), len(rows))
        measure = by_path["windows.measure", None]
        self.assertEqual((measure["default"], measure["lower"]), ("1 ms", "1 us"))
        self.assertEqual(by_path["<function>.stateful", "kind: firewall"]["default"], "true")
        for row in rows:
            self.assertTrue("witness" in row or row["no_witness"], row["path"])
        markdown = self.snsim("params", "windows", "--format", "md").stdout
        self.assertIn("| `measure` | duration | 1 ms | 1 us to 1000 s |", markdown)

    def test_schema_is_json_with_every_section(self):
        schema = json.loads(self.snsim("schema").stdout)
        self.assertEqual(schema["required"], ["hosts"])
        self.assertFalse(schema["additionalProperties"])
        traffic = schema["properties"]["traffic"]["items"]
        self.assertEqual(traffic["required"], ["name", "from", "to"])
        self.assertEqual(traffic["properties"]["arrival"]["enum"], ["constant", "poisson", "on-off"])
        self.assertEqual(len(traffic["properties"]["flows"]["anyOf"]), 2)

    def test_lists(self):
        self.assertIn("firewall", self.snsim("list", "functions").stdout)
        for what in ("scenarios", "sweeps", "profiles", "services", "metrics"):
            self.snsim("list", what)
        (self.here / "home" / "scenarios").mkdir(parents=True)
        (self.here / "home" / "scenarios" / "first.yaml").write_text(
            "# What a card forwards. More.\n" + GOOD)
        listed = self.snsim("list", SNSIM_HOME="home").stdout
        self.assertEqual(listed, "first  What a card forwards\n")
        self.snsim("check", "first", SNSIM_HOME="home")

    # new, completion

    def test_new_scenarios_pass_check(self):
        self.snsim("new", "scenario", "mine")
        self.assertIn("fine", self.snsim("check", "mine.yaml").stdout)
        self.assertIn("exists already", self.error("new", "scenario", "mine"))
        self.assertIn("is no name", self.error("new", "scenario", "My One"))
        self.assertIn("can start a scenario", self.error("new", "card", "x"))

    def test_completion_is_a_valid_script(self):
        script = self.snsim("completion", "bash").stdout
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        completed = subprocess.run(
            ["bash", "-c", script + "COMP_WORDS=(snsim ch); COMP_CWORD=1; _snsim; "
                                    "echo ${COMPREPLY[@]}"],
            text=True, capture_output=True, check=True)
        self.assertEqual(completed.stdout, "check\n")
        self.assertIn("#compdef snsim", self.snsim("completion", "zsh").stdout)
        self.assertIn("did you mean 'bash'?", self.error("completion", "bsh"))


if __name__ == "__main__":
    unittest.main()
