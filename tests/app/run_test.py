# labels: unit
# needs: h5py
"""snsim run from outside: exit codes, messages, where results go and what if they cannot."""
import ctypes
import json
import resource
import signal
import struct
import subprocess
import sys
import threading
import time
import unittest

import h5py

from program import ROOT, SNSIM, ScratchCase
WEB = ROOT / 'scenarios/captures/web.pcap'

DEMO = """\
name: demo
seed: 3
windows: {warmup: 50 us, measure: 200 us, drain: 50 us}
hosts:
  - {name: host0, card: {profile: dsc-100}}
functions:
  - {name: fw, kind: firewall, where: asic, at: host0.card}
traffic:
  - {name: clients, from: host0.wire0, to: host0.wire1, frame_size: 64 B, rate: 5 %}
"""
OLD = b'\x89HDF\r\n\x1a\nold'  # as much of an older results file as is looked at
RATE = 0.05 * 100e9 / 8 / 84

REPLAY = """\
name: replay
windows: {warmup: 0 us, measure: 1 ms, drain: 100 us}
hosts: [{name: host0}]
traffic: [{name: r, from: host0.wire0, to: host0.wire1, capture: c.pcap, rate: 1 Mpps}]
"""


class Run(ScratchCase):
    def setUp(self):
        super().setUp()
        (self.here / 'demo.yaml').write_text(DEMO)

    def snsim(self, *words, exits=0, cwd=None, **options):
        done = subprocess.run([SNSIM, *words], cwd=cwd or self.here, env=self.environment,
                              text=True, capture_output=True, timeout=120, check=False, **options)
        self.assertEqual(done.returncode, exits, f'{words}: {done.stdout}{done.stderr}')
        self.assertNotIn('SystemC', done.stdout + done.stderr)
        return done

    def run_demo(self, *words, **options):
        return self.snsim('run', 'demo.yaml', *words, **options)

    def error(self, *words, exits=2, **options):
        """Standard error of a run that fails and prints nothing else."""
        done = self.snsim('run', *words, exits=exits, **options)
        self.assertEqual(done.stdout, '')
        for line in done.stderr.splitlines():
            self.assertTrue(line.startswith('error: '), done.stderr)
        return done.stderr

    def json_of(self, done):
        """The one JSON object of standard output, alone on it."""
        found, end = json.JSONDecoder().raw_decode(done.stdout)
        self.assertEqual(done.stdout[end:], '\n')
        return found

    def left_over(self):
        return sorted(path.name for path in self.here.rglob('*.part'))

    # where results go

    def test_results_go_to_the_folder_results_under_the_scenarios_name(self):
        done = self.run_demo()
        self.assertIn('results/demo.h5', done.stdout)
        self.assertEqual(done.stderr, '')
        with h5py.File(self.here / 'results/demo.h5', 'r') as file:
            self.assertTrue(file.attrs['complete'])
            self.assertEqual(file.attrs['seed'], 3)
        self.assertEqual(sorted(path.name for path in self.here.iterdir()),
                         ['demo.yaml', 'results'])
        self.assertEqual(self.left_over(), [])

    def test_output_names_the_file_and_replaces_an_old_one(self):
        (self.here / 'x.h5').write_bytes(OLD)
        self.run_demo('-o', 'x.h5')
        with h5py.File(self.here / 'x.h5', 'r') as file:
            self.assertIn('summary', file)
        self.assertFalse((self.here / 'results').exists())

    def test_only_results_are_replaced_by_results(self):
        (self.here / 'c.pcap').write_bytes(WEB.read_bytes())
        (self.here / 'replay.yaml').write_text(REPLAY)
        (self.here / 'x.partial.h5').write_text('of somebody else')
        (self.here / 'link.h5').symlink_to('demo.yaml')
        kept = {file: file.read_bytes() for file in self.here.iterdir()}
        for scenario, output in (('demo.yaml', 'demo.yaml'), ('demo.yaml', './demo.yaml'),
                                 ('demo.yaml', 'link.h5'), ('replay.yaml', 'c.pcap'),
                                 ('demo.yaml', 'x.h5')):
            with self.subTest(output):
                said = self.error(scenario, '-o', output)
                self.assertIn('is there and no HDF5 file: results do not replace it', said)
                self.assertEqual({file: file.read_bytes() for file in self.here.iterdir()}, kept)
        (self.here / 'empty').touch()
        self.run_demo('-o', 'empty')

    def test_captures_do_not_replace_what_is_replayed(self):
        (self.here / 'c.pcap').write_bytes(WEB.read_bytes())
        (self.here / 'host0.card.asic.port0.rx.pcap').symlink_to('c.pcap')
        (self.here / 'replay.yaml').write_text(REPLAY + 'record: {pcap: [host0.card.asic.port0]}\n')
        self.assertIn('host0.card.asic.port0.rx.pcap: is replayed in this run; give another folder',
                      self.error('replay.yaml', '--pcap', '.'))
        self.assertEqual((self.here / 'c.pcap').read_bytes(), WEB.read_bytes())

    def test_a_folder_that_is_not_there_is_told_before_simulating(self):
        started = time.monotonic()
        text = self.error('demo.yaml', '-o', 'nosuch/x.h5', '--set', 'windows.measure=100 s',
                          exits=3)
        self.assertLess(time.monotonic() - started, 30)
        self.assertEqual(text, 'error: nosuch/x.h5: No such file or directory\n')
        self.assertFalse((self.here / 'nosuch').exists())
        text = self.error('demo.yaml', '-o', '.', exits=3)
        self.assertEqual(text, 'error: .: Is a directory\n')
        (self.here / 'results').write_text('in the way')
        self.assertEqual(self.error('demo.yaml', exits=3), 'error: results: Not a directory\n')

    def test_results_hold_no_path_of_this_machine_outside_provenance(self):
        (self.here / 'c.pcap').write_bytes(WEB.read_bytes())
        (self.here / 'replay.yaml').write_text(REPLAY)
        self.snsim('run', self.here / 'replay.yaml', '-o', self.here / 'x.h5')
        with h5py.File(self.here / 'x.h5', 'r') as file:
            found = []

            def look(name, thing):
                for key, value in thing.attrs.items():
                    if key in ('DIMENSION_LIST', 'REFERENCE_LIST'):
                        continue
                    if not name.startswith('provenance') and (
                            str(self.here) in str(value) or str(ROOT) in str(value)):
                        found.append(f'/{name}@{key}')
            look('', file)
            file.visititems(look)
        self.assertEqual(found, [])

    # what is printed

    def test_json_is_one_object_alone(self):
        done = self.run_demo('--json', '-o', 'x.h5')
        self.assertEqual(done.stderr, '')
        found = self.json_of(done)
        self.assertLessEqual({'scenario', 'seed', 'metrics', 'bottleneck', 'audit', 'output'},
                             found.keys())
        self.assertEqual((found['scenario'], found['seed'], found['output']), ('demo', 3, 'x.h5'))
        for name, metric in found['metrics'].items():
            self.assertEqual(metric.keys(), {'value', 'unit'}, name)
            self.assertIsInstance(metric['value'], (int, float), name)
        for name, unit in {'rate.delivered': '1/s', 'throughput.l2': 'bit/s', 'latency.p99': 's',
                           'power.card.mean': 'W', 'energy.per_frame': 'J', 'sim.wall_time': 's',
                           'frames.offered': '', 'sim.frames_per_wall_second': '1/s',
                           'sim.memory.peak': 'B', 'sim.events': ''}.items():
            self.assertEqual(found['metrics'][name]['unit'], unit, name)
        self.assertLessEqual({'path', 'resource', 'utilisation', 'gain_if_doubled'},
                             found['bottleneck'].keys())
        self.assertEqual(found['audit'], {'ok': True, 'failed': []})

    def test_the_summary_in_the_file_is_that_of_the_json(self):
        found = self.json_of(self.run_demo('--json', '-o', 'x.h5'))['metrics']
        with h5py.File(self.here / 'x.h5', 'r') as file:
            rows = {row['metric'].decode(): (float(row['value']), row['unit'].decode())
                    for row in file['summary'][:]}
        self.assertEqual(rows, {name: (metric['value'], metric['unit'])
                                for name, metric in found.items()
                                if name not in ('sim.wall_time', 'sim.setup_time',
                                                'sim.frames_per_wall_second',
                                                'sim.memory.peak')})

    def test_several_hosts_have_metrics_of_their_own(self):
        (self.here / 'two.yaml').write_text(
            DEMO.replace('functions:', '  - {name: host1, card: {profile: dsc-25}}\nfunctions:')
            + '  - {name: others, from: host1.wire0, to: host1.wire1, rate: 2 %}\n')
        found = self.json_of(self.snsim('run', 'two.yaml', '-o', 'x.h5', '--json'))['metrics']
        value = {name: metric['value'] for name, metric in found.items()}
        for name in ('frames.offered', 'frames.delivered', 'frames.in_flight', 'throughput.l2',
                     'power.card.mean'):
            self.assertGreater(value[f'host1.{name}'], 0)
            self.assertAlmostEqual(value[f'host0.{name}'] + value[f'host1.{name}'], value[name],
                                   delta=1e-9 * value[name], msg=name)
        self.assertEqual(value['host1.latency.p99'], value['others.latency.p99'])
        blocks = [watts for name, watts in value.items()
                  if name.startswith('host1.power.') and '.card.' not in name]
        self.assertAlmostEqual(sum(blocks), value['host1.power.card.mean'], places=9)

    def test_the_text_shows_the_class_with_its_numbers(self):
        rows = [line.split() for line in self.run_demo().stdout.splitlines()
                if line.startswith(('clients', 'all '))]
        self.assertTrue(rows)
        for row in rows:
            self.assertGreater(len([word for word in row if word[0].isdigit()]), 4, row)

    def test_progress_goes_to_standard_error_and_only_when_asked_for(self):
        self.assertEqual(self.run_demo('--json').stderr, '')
        done = self.run_demo('--json', '--progress', 'always')
        self.assertIn('%', done.stderr)
        self.json_of(done)
        self.assertEqual(self.run_demo('--json', '--progress', 'never').stderr, '')

    def test_a_closed_standard_stream_is_not_the_results_file(self):
        for closed in ('>&-', '2>&-', '>&- 2>&-', '<&- >&- 2>&-'):
            done = subprocess.run(
                ['bash', '-c', f'exec "$0" run demo.yaml -o x.h5 --progress always {closed}',
                 SNSIM], cwd=self.here, env=self.environment, capture_output=True, timeout=120,
                check=False)
            self.assertEqual(done.returncode, 0, (closed, done.stderr))
            with h5py.File(self.here / 'x.h5', 'r') as file:
                self.assertTrue(file.attrs['complete'])
                self.assertEqual(len(file['series/time']), len(file['series/host0/rate.offered']))
            self.assertNotIn(b'of wall time', (self.here / 'x.h5').read_bytes())

    def test_a_reader_that_goes_away_takes_no_results_with_it(self):
        with subprocess.Popen([SNSIM, 'run', 'demo.yaml', '-o', 'x.h5'], cwd=self.here,
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b'')
            self.assertEqual(process.wait(timeout=120), 0)
        with h5py.File(self.here / 'x.h5', 'r') as file:
            self.assertTrue(file.attrs['complete'])

    def test_a_page_that_finds_no_room_exits_3(self):
        for words in ([], ['--json']):
            with open('/dev/full', 'w', encoding='utf-8') as full:
                done = subprocess.run([SNSIM, 'run', 'demo.yaml', *words], cwd=self.here,
                                      env=self.environment, stdout=full, stderr=subprocess.PIPE,
                                      text=True, timeout=120, check=False)
            self.assertEqual(done.returncode, 3)
            self.assertEqual(done.stderr, 'error: standard output: No space left on device\n')

    def test_names_are_whole_where_no_terminal_breaks_lines(self):
        text = self.run_demo().stdout
        limit = [line for line in text.splitlines() if line.startswith('limited by')][0]
        self.assertRegex(limit, r'busiest is host0\.card\.asic\.\S+ \S+, \d+\.\d %$')
        frames = [line for line in text.splitlines() if line.startswith('frames')][0]
        self.assertTrue(frames.endswith(' in flight'), frames)

    # changes

    def test_set_and_seed_change_the_run_and_are_recorded(self):
        plain = self.json_of(self.run_demo('--json', '-o', 'a.h5'))
        other = self.json_of(self.run_demo('--json', '-o', 'b.h5', '--seed', '9', '--set',
                                           'clients.rate=1 Mpps', '--set', 'clients.rate=2 Mpps'))
        self.assertEqual((plain['seed'], other['seed']), (3, 9))
        self.assertAlmostEqual(plain['metrics']['rate.offered']['value'] / RATE, 1, delta=0.1)
        self.assertAlmostEqual(other['metrics']['rate.offered']['value'] / 2e6, 1, delta=0.2)
        with h5py.File(self.here / 'b.h5', 'r') as file:
            text = file.attrs['scenario_text'].decode()
            self.assertEqual(file.attrs['seed'], 9)
        self.assertIn('seed: 9\n', text)
        self.assertRegex(text, r'rate: 2 M(pps|/s)\n')

    def test_the_recorded_scenario_runs_again_alike(self):
        self.run_demo('-o', 'a.h5', '--set', 'clients.rate=2 Mpps')
        with h5py.File(self.here / 'a.h5', 'r') as file:
            (self.here / 'again.yaml').write_bytes(file.attrs['scenario_text'])
        self.snsim('run', 'again.yaml', '-o', 'b.h5')
        with h5py.File(self.here / 'a.h5', 'r') as a, h5py.File(self.here / 'b.h5', 'r') as b:
            self.assertEqual(a['summary'][:].tolist(), b['summary'][:].tolist())
            self.assertEqual(a.attrs['scenario_text'], b.attrs['scenario_text'])

    # errors of usage and scenario: exit 2, all at once, before anything is written

    def test_all_errors_of_a_scenario_come_at_once_with_place_and_suggestion(self):
        (self.here / 'bad.yaml').write_text(
            DEMO.replace('frame_size', 'frame_sise').replace('dsc-100', 'dsc-10')
            .replace('drain: 50 us', 'drain: 50').replace('kind: firewall', 'kind: firewal'))
        lines = self.error('bad.yaml').splitlines()
        self.assertEqual(len(lines), 4, lines)
        for start, words in (
                ('error: bad.yaml:3:50: windows.drain: ', "'50' needs a unit of duration"),
                ('error: bad.yaml:5:35: host0.card.profile: ', "did you mean 'dsc-100'?"),
                ('error: bad.yaml:7:22: fw.kind: ', "did you mean 'firewall'?"),
                ('error: bad.yaml:9:57: clients.frame_sise: ', "did you mean 'frame_size'?")):
            self.assertTrue([line for line in lines if line.startswith(start) and words in line],
                            f'{start}...{words} in {lines}')
        self.assertFalse((self.here / 'results').exists())

    def test_set_errors_cite_which_one(self):
        lines = self.error('demo.yaml', '--set', 'clients.rat=3', '--set', 'seed=4', '--set',
                           'host0.card.asic.clock=900').splitlines()
        self.assertEqual(len(lines), 2, lines)
        self.assertRegex(lines[0], r"^error: --set #1: clients.rat: .*did you mean 'rate'\?")
        self.assertRegex(lines[1], r"^error: --set #3: host0.card.asic.clock: '900' needs a unit")

    def test_a_missing_scenario(self):
        text = self.error('nosuch.yaml')
        self.assertIn("no scenario 'nosuch.yaml'", text)

    def test_options_that_are_not_there(self):
        self.assertIn("did you mean '--output'?", self.error('demo.yaml', '--outptu', 'x.h5'))
        self.assertIn('--frobnicate', self.error('demo.yaml', '--frobnicate'))
        self.assertIn('-o', self.error('demo.yaml', '-o').replace('--output', '-o'))
        self.assertIn('--seed', self.error('demo.yaml', '--seed', 'many'))
        self.assertIn('PATH=VALUE', self.error('demo.yaml', '--set', 'clients.rate'))

    # captures

    def replay(self, content, *words, exits=0):
        (self.here / 'replay.yaml').write_text(REPLAY)
        path = self.here / 'c.pcap'
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        if not exits:
            return self.json_of(self.snsim('run', 'replay.yaml', '-o', 'r.h5', '--json', *words))
        text = self.error('replay.yaml', '-o', 'r.h5', *words, exits=exits)
        self.assertIn('c.pcap', text)
        self.assertTrue(text.startswith('error: replay.yaml:4:66: r.capture: '), text)
        self.assertFalse((self.here / 'r.h5').exists())
        self.assertEqual(self.left_over(), [])
        checked = self.snsim('check', 'replay.yaml', *words, exits=exits)
        self.assertEqual(checked.stderr, text)
        return text

    def test_a_missing_capture(self):
        self.assertIn("no file 'c.pcap'", self.replay(None, exits=2))

    def test_a_cut_capture_names_record_and_byte_unless_that_is_allowed(self):
        whole = WEB.read_bytes()
        at, record = 24, 1  # of the record that is cut
        while record < 40:
            at += 16 + struct.unpack_from('<I', whole, at + 8)[0]
            record += 1
        for cut in (at + 7, at + 20):
            text = self.replay(whole[:cut], exits=3)
            self.assertIn(f'record {record} at byte {at}', text)
        done = self.replay(whole[:at + 20], '--set', 'r.allow_truncated=true')
        self.assertEqual(done['metrics']['frames.offered']['value'], record - 1)
        self.assertEqual(self.replay(whole[:at])['metrics']['frames.offered']['value'], record - 1)

    def test_a_link_that_is_not_ethernet_is_named(self):
        whole = bytearray(WEB.read_bytes())
        for link, name in ((9, 'PPP'), (113, 'LINUX_SLL'), (101, 'RAW')):
            struct.pack_into('<I', whole, 20, link)
            text = self.replay(bytes(whole), exits=2)
            self.assertRegex(text, rf'(?i){name.replace("_", ".")}|link type {link}')
            if link == 9:
                self.assertIn('PPP', text)

    def test_what_is_no_capture(self):
        self.replay(b'GIF89a' * 20, exits=2)
        self.replay(b'', exits=2)

    def test_captures_are_written_where_asked(self):
        points = 'record.pcap=[host0.card.asic.port0, host0.card.asic.port1]'
        self.run_demo('--pcap', 'deep/er', '--set', points)
        names = sorted(path.name for path in (self.here / 'deep/er').iterdir())
        self.assertEqual(names, [f'host0.card.asic.port{p}.{way}.pcap' for p in (0, 1)
                                 for way in ('rx', 'tx')])
        text = self.error('demo.yaml', '--pcap', 'demo.yaml/x', '--set', points, exits=3)
        self.assertRegex(text, r'^error: demo\.yaml/x[^ ]*: [A-Z][a-z ]+\n$')

    def test_a_capture_leaves_where_its_own_class_says(self):
        (self.here / 'c.pcap').write_bytes(WEB.read_bytes())
        head, traffic = REPLAY.split('traffic: ')
        traffic = traffic.replace('to: host0.wire1', 'to: host0.wire0').replace(
            ']', ', {name: g, from: host0.wire0, to: host0.wire1, rate: 1 %}]')
        (self.here / 'replay.yaml').write_text(
            head + 'functions: [{name: rt, kind: routing, at: host0.card}]\n'
            'record: {frames: 1/1}\ntraffic: ' + traffic)
        self.snsim('run', 'replay.yaml', '-o', 'r.h5')
        with h5py.File(self.here / 'r.h5', 'r') as file:
            ways = {(row['class'].decode(), int(row['out_port'])) for row in file['frames'][:]}
        self.assertEqual(ways, {('r', 0), ('g', 1)})

    # disks and interrupts

    def no_space(self, run):
        """A run that fails for want of space leaves the old results, and nothing of its own."""
        (self.here / 'disk').mkdir(exist_ok=True)
        old = self.here / 'disk/x.h5'
        old.write_bytes(OLD)
        done = run()
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertRegex(done.stderr, r'^error: disk/x\.h5: [A-Z].*\n$')
        self.assertEqual(done.stdout, '')
        self.assertEqual(old.read_bytes(), OLD)
        self.assertEqual(sorted(path.name for path in (self.here / 'disk').iterdir()), ['x.h5'])

    def limited(self, *words, limit, **options):
        return subprocess.run(
            [SNSIM, 'run', 'demo.yaml', *words], cwd=self.here, env=self.environment, text=True,
            capture_output=True, timeout=120, check=False, **options,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))

    def test_a_file_that_may_not_grow(self):
        for limit in (100, 4096, 65536):
            with self.subTest(limit=limit):
                self.no_space(lambda: self.limited('-o', 'disk/x.h5', limit=limit))

    def test_a_full_disk(self):
        (self.here / 'disk').mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs',
                                  self.here / 'disk'], capture_output=True, check=False)
        if mounted.returncode:
            self.skipTest('may not mount a small disk')
        try:
            self.no_space(lambda: subprocess.run(
                [SNSIM, 'run', 'demo.yaml', '-o', 'disk/x.h5'], cwd=self.here,
                env=self.environment, text=True, capture_output=True, timeout=120, check=False))
        finally:
            subprocess.run(['umount', self.here / 'disk'], check=True)

    def small_disk(self, options):
        """A file system of its own in the folder disk, or the test is skipped."""
        (self.here / 'disk').mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs',
                                  self.here / 'disk'], capture_output=True, check=False)
        if mounted.returncode:
            self.skipTest('may not mount a small disk')
        self.addCleanup(subprocess.run, ['umount', self.here / 'disk'], check=True)

    def test_a_folder_that_may_not_be_written(self):
        self.small_disk('ro')
        points = 'record.pcap=[host0.card.asic.port0]'
        for words in (['-o', 'disk/x.h5'], ['--pcap', 'disk', '--set', points],
                      ['--pcap', 'disk/deep', '--set', points]):
            text = self.error('demo.yaml', *words, exits=3)
            self.assertRegex(text, r'^error: disk/[^ :]+: .*Read-only file system\n$')
        self.assertEqual(self.left_over(), [])

    def test_a_full_disk_of_captures(self):
        self.small_disk('size=100k')
        text = self.error('demo.yaml', '-o', 'x.h5', '--pcap', 'disk', '--set',
                          'record.pcap=[host0.card.asic.port0]', exits=3)
        self.assertRegex(text, r'^error: disk/\S+\.pcap: .*No space left on device\n$')
        self.assertEqual(list((self.here / 'disk').iterdir()), [])
        self.assertFalse((self.here / 'x.h5').exists())
        self.assertEqual(self.left_over(), [])

    def test_a_capture_that_may_not_grow(self):
        done = self.limited('-o', 'x.h5', '--pcap', 'pcap', '--set', 'windows.measure=5 ms',
                            '--set', 'record.frames=none', '--set', 'record.interval=100 us',
                            '--set', 'record.pcap=[host0.card.asic.port0]', limit=400_000)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertRegex(done.stderr, r'^error: pcap/\S*port0\.[rt]x\.pcap: [^/]*File too large\n$')
        self.assertFalse((self.here / 'x.h5').exists())
        self.assertEqual(self.left_over(), [])

    def interrupt(self, *words, phase, number=signal.SIGINT, times=1):
        """Starts a run that lasts for minutes and stops it once it says it is in `phase`."""

        def as_in_a_terminal():
            for caught in (signal.SIGINT, signal.SIGTERM):
                signal.signal(caught, signal.SIG_DFL)

        with subprocess.Popen(
                [SNSIM, 'run', 'demo.yaml', '-o', 'x.h5', '--json', '--progress', 'always', *words],
                cwd=self.here, env=self.environment, text=True, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, preexec_fn=as_in_a_terminal) as process:
            guard = threading.Timer(60, process.kill)
            guard.start()
            said = ''
            while phase not in said:
                character = process.stderr.read(1)
                if not character:
                    break
                said += character
            time.sleep(0.5)
            for _ in range(times):
                process.send_signal(number)
            stopped = time.monotonic()
            output, _ = process.communicate()
            guard.cancel()
        self.assertEqual(process.returncode, 130, said)
        self.assertLess(time.monotonic() - stopped, 15)
        self.assertEqual(self.left_over(), [])
        return json.loads(output)

    def partial(self):
        with h5py.File(self.here / 'x.partial.h5', 'r') as file:
            self.assertFalse(file.attrs['complete'])
            return {row['metric'].decode(): float(row['value']) for row in file['summary'][:]}

    def test_ctrl_c_writes_what_there_is_and_replaces_nothing(self):
        (self.here / 'x.h5').write_bytes(OLD)
        found = self.interrupt('--set', 'windows.measure=1000 s', phase='measure')
        self.assertEqual((self.here / 'x.h5').read_bytes(), OLD)
        self.assertEqual((found['complete'], found['output']), (False, 'x.partial.h5'))
        metrics = self.partial()
        self.assertAlmostEqual(metrics['rate.delivered'] / RATE, 1, delta=0.05)
        self.assertAlmostEqual(metrics['rate.offered'] / RATE, 1, delta=0.05)
        self.assertGreater(metrics['power.card.mean'], 12.9)  # what an idle card draws
        with h5py.File(self.here / 'x.partial.h5', 'r') as file:
            offered = file['series/host0/rate.offered'][:]
            self.assertEqual(len(offered), len(file['series/time']))
            power = {row['path']: float(row['dynamic']) for row in file['power'][:]}
            busy = {row['path']: float(row['utilisation']) for row in file['stations'][:]}
        # What the whole run would have said, as far as it got.
        whole = self.json_of(self.run_demo('--json', '-o', 'whole.h5', '--set',
                                           'windows.measure=5 ms'))['metrics']
        with h5py.File(self.here / 'whole.h5', 'r') as file:
            for row in file['power'][:]:
                if row['dynamic'] > 0.01:
                    self.assertAlmostEqual(power[row['path']] / row['dynamic'], 1, delta=0.05)
            for row in file['stations'][:]:
                if row['utilisation'] > 0.01:
                    self.assertAlmostEqual(busy[row['path']] / row['utilisation'], 1, delta=0.05)
        self.assertAlmostEqual(metrics['power.card.mean'] / whole['power.card.mean']['value'], 1,
                               delta=0.02)

    def test_captures_of_a_cut_run_replace_no_whole_ones(self):
        name = 'host0.card.asic.port0.rx'
        (self.here / f'{name}.pcap').write_bytes(b'old')
        self.interrupt('--set', 'windows.measure=1000 s', '--set',
                       'record.pcap=[host0.card.asic.port0]', '--pcap', '.', phase='measure')
        self.assertEqual((self.here / f'{name}.pcap').read_bytes(), b'old')
        self.assertGreater((self.here / f'{name}.partial.pcap').stat().st_size, 1000)

    def test_sigterm_is_an_interrupt_too(self):
        self.interrupt('--set', 'windows.measure=1000 s', phase='measure', number=signal.SIGTERM)
        self.partial()
        self.assertFalse((self.here / 'x.h5').exists())

    def test_ctrl_c_in_warm_up_measures_nothing(self):
        found = self.interrupt('--set', 'windows.warmup=1000 s', phase='warm-up')
        self.assertFalse(found['complete'])
        metrics = self.partial()
        for name in ('rate.delivered', 'rate.offered', 'throughput.l2', 'latency.mean'):
            self.assertNotIn(name, metrics)

    def test_ctrl_c_while_queues_settle(self):
        # The first look at the queues comes after 20 intervals.
        found = self.interrupt(
            '--set', 'windows={warmup: auto, warmup_max: 1000 s, measure: 1000 s}', '--set',
            'record.interval=100 ms', phase='warm-up')
        self.assertFalse(found['complete'])
        self.assertNotIn('rate.delivered', self.partial())

    def test_ctrl_c_in_drain_keeps_the_whole_window(self):
        (self.here / 'x.h5').write_bytes(OLD)
        found = self.interrupt('--set', 'windows.drain=1000 s', phase='drain')
        self.assertFalse(found['complete'])
        self.assertEqual((self.here / 'x.h5').read_bytes(), OLD)
        self.assertAlmostEqual(self.partial()['rate.delivered'] / RATE, 1, delta=0.1)

    def test_ctrl_c_hit_twice_leaves_nothing_half_written(self):
        points = 'record.pcap=[host0.card.asic.port0]'
        self.interrupt('--set', 'windows.measure=1000 s', '--pcap', '.', '--set', points,
                       phase='measure', times=3)
        self.partial()

    def test_a_partial_does_not_stand_in_the_way(self):
        (self.here / 'x.partial.h5').write_bytes(OLD)
        self.run_demo('-o', 'x.h5')
        with h5py.File(self.here / 'x.h5', 'r') as file:
            self.assertTrue(file.attrs['complete'])


if __name__ == '__main__':
    # A test that hangs must not outlive its parent.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    unittest.main(argv=sys.argv[:1] + ['-v'] + sys.argv[1:])
