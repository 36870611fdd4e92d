# labels: unit
# needs: h5py pandas
"""snsim sweep from outside: points, results, mistakes, failures, and resuming after a kill."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

import h5py
import pandas as pd

from program import ROOT, SNSIM, UNDER_ASAN, ScratchCase, text
H5SAME = ROOT / 'scripts/h5same'

BASE = """\
name: base
seed: 3
windows: {warmup: 20 us, measure: 60 us, drain: 20 us}
hosts:
  - {name: host0, card: {profile: dsc-100}}
functions:
  - {name: fw, kind: firewall, where: asic, at: host0.card}
traffic:
  - {name: clients, from: host0.wire0, to: host0.wire1, frame_size: 64 B, rate: 5 %}
  - {name: servers, from: host0.wire1, to: host0.wire0, frame_size: 64 B, rate: 1 %}
record: {frames: none}
find:
  - {name: rfc, kind: throughput, classes: [clients], frame_sizes: [], resolution: 20 %, frames: 2000}
"""


def children(pid):
    found = []
    for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
        found += [int(word) for word in (task / 'children').read_text().split()]
    return found


class Sweeps(ScratchCase):
    def setUp(self):
        super().setUp()
        (self.here / 'base.yaml').write_text(BASE)

    def write(self, body, name='s.yaml', scenario='base.yaml'):
        (self.here / name).write_text(f'scenario: {scenario}\n{body}')

    def sweep(self, *words, exits=0, file='s.yaml'):
        done = subprocess.run([SNSIM, 'sweep', file, *words], cwd=self.here, env=self.environment,
                              text=True, capture_output=True, timeout=300, check=False)
        self.assertEqual(done.returncode, exits, f'{words}: {done.stdout}{done.stderr}')
        return done

    def start(self, *words):
        process = subprocess.Popen([SNSIM, 'sweep', 's.yaml', *words], cwd=self.here, text=True,
                                   env=self.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.wait(),
                                 process.stdout.close(), process.stderr.close()))
        return process

    def table(self, name, file='results/s.h5'):
        with h5py.File(self.here / file) as results:
            if name not in results:
                return []
            dataset = results[name]
            return [{column: text(row[column]) for column in dataset.dtype.names}
                    for row in dataset[:]]

    def errors(self, body, **options):
        self.write(body, **options)
        done = self.sweep(exits=2)
        self.assertEqual(done.stdout, '')
        self.assertFalse((self.here / 'results').exists())
        return done.stderr

    def assert_same(self, a, b):
        done = subprocess.run([sys.executable, H5SAME, a, b], cwd=self.here, text=True,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        done = subprocess.run(['h5diff', '--exclude-path', '/provenance', a, b], cwd=self.here,
                              text=True, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    # points

    def test_a_grid_combines_all_with_all(self):
        self.write('grid:\n  clients.frame_size: [64 B, 128 B]\n'
                   '  host0.card.asic.clock: {linear: [500 MHz, 1 GHz], steps: 3}\n')
        self.sweep()
        points = self.table('points')
        self.assertEqual([(p['point'], p['clients.frame_size'], p['host0.card.asic.clock'])
                          for p in points],
                         [(0, 64, 5e8), (1, 64, 7.5e8), (2, 64, 1e9),
                          (3, 128, 5e8), (4, 128, 7.5e8), (5, 128, 1e9)])
        self.assertEqual({p['status'] for p in points}, {'fine'})
        self.assertEqual({p['bottleneck'] for p in points}, {'traffic'})
        axes = self.table('axes')
        self.assertEqual([(a['path'], a['unit'], a['values'], a['first'], a['last']) for a in axes],
                         [('clients.frame_size', 'B', 2, '64 B', '128 B'),
                          ('host0.card.asic.clock', 'Hz', 3, '500 MHz', '1 GHz')])
        with h5py.File(self.here / 'results/s.h5') as file:
            self.assertEqual([text(u) for u in file['points'].attrs['units'][2:4]], ['B', 'Hz'])
            self.assertTrue(file.attrs['complete'])
            self.assertIn('cards/dsc-100', file['profiles'].attrs)
            self.assertIn('scenario: base.yaml', text(file.attrs['sweep_text']))
            self.assertIn('churn', text(file.attrs['scenario_text']))

    def test_a_list_runs_as_it_stands_beside_a_grid(self):
        self.write('list:\n  - {clients.rate: 2 %, fw.memory: sram}\n'
                   '  - {clients.rate: 1 Mpps, fw.memory: dram}\n'
                   'grid: {clients.arrival: [poisson, constant]}\nset: {fw.capacity: 8192}\n')
        self.sweep()
        self.assertEqual([(p['clients.rate'], p['fw.memory'], p['clients.arrival'])
                          for p in self.table('points')],
                         [('2 %', 'sram', 'poisson'), ('2 %', 'sram', 'constant'),
                          ('1 Mpps', 'dram', 'poisson'), ('1 Mpps', 'dram', 'constant')])

    def test_a_latin_hypercube_covers_each_axis_evenly_and_repeats(self):
        self.write('latin_hypercube:\n  samples: 8\n  axes:\n    clients.rate: [1 %, 9 %]\n'
                   '    clients.frame_size: {log: [64 B, 1024 B]}\n')
        self.sweep()
        points = self.table('points')
        self.assertEqual(sorted(int((p['clients.rate'] - 0.01) / 0.01) for p in points),
                         list(range(8)))
        sizes = sorted(p['clients.frame_size'] for p in points)
        for i, size in enumerate(sizes):  # eighths of four octaves
            self.assertLessEqual(64 * 2 ** (i / 2) - 1, size)
            self.assertLessEqual(size, 64 * 2 ** ((i + 1) / 2) + 1)
        self.sweep('-o', 'again.h5', '-j', '1')
        self.assert_same('results/s.h5', 'again.h5')
        self.sweep('-o', 'other.h5', '--seed', '9')
        self.assertNotEqual([p['clients.rate'] for p in points],
                            [p['clients.rate'] for p in self.table('points', 'other.h5')])

    def test_profiles_their_keys_and_lists_can_be_varied(self):
        self.write('grid:\n  host0.card.profile: [dsc-100, dsc-25]\n'
                   '  hosts.0.card.power.optics: [1 W, 2 W]\n'
                   '  functions: [[], [{name: r, kind: routing, at: host0.card}]]\n'
                   'keep: [power.card.mean]\n')
        self.sweep()
        points = self.table('points')
        self.assertEqual(len(points), 8)
        self.assertEqual({p['host0.card.profile'] for p in points}, {'dsc-100', 'dsc-25'})
        self.assertEqual({p['host0.card.power.optics'] for p in points}, {1, 2})
        self.assertEqual({p['functions'] for p in points},
                         {'[]', '[{name: r, kind: routing, at: host0.card}]'})
        power = {m['point']: m['value'] for m in self.table('metrics')}
        self.assertAlmostEqual(power[2] - power[0], 2, delta=0.01)  # two ports, 1 W more each

    def test_steps_that_fall_together_are_told(self):
        self.write('grid: {host0.card.asic.parser.engines: {linear: [1, 3], steps: 9}}\n')
        done = self.sweep()
        self.assertIn('note: s.yaml:2:8: host0.card.asic.parser.engines: 9 steps make 3 different',
                      done.stderr)
        self.assertEqual([p['host0.card.asic.parser.engines'] for p in self.table('points')],
                         [1, 2, 3])

    def test_a_sweep_without_axes_runs_its_seeds(self):
        self.write('seeds: [5, 2, 11]\n')
        self.sweep()
        self.assertEqual([(p['point'], p['seed']) for p in self.table('points')],
                         [(0, 5), (0, 2), (0, 11)])

    # metrics

    def test_points_are_what_single_runs_give(self):
        self.write('grid: {clients.rate: [5 %, 20 %]}\nseeds: 2\n')
        self.sweep('-j', '2')
        found = {(m['point'], m['seed'], m['metric']): m['value'] for m in self.table('metrics')}
        for point, rate in enumerate(('5 %', '20 %')):
            for seed in (3, 4):
                done = subprocess.run(
                    [SNSIM, 'run', 'base.yaml', '--set', f'clients.rate={rate}', '--seed',
                     str(seed), '--json', '-o', 'x.h5'], cwd=self.here, env=self.environment,
                    text=True, capture_output=True, check=True)
                single = {name: metric['value'] for name, metric in
                          json.loads(done.stdout)['metrics'].items()
                          if name == 'sim.events' or not name.startswith('sim.')}
                self.assertEqual(single, {name: value for (p, s, name), value in found.items()
                                          if (p, s) == (point, seed)})

    def test_means_have_students_interval_over_seeds(self):
        self.write('seeds: 5\nkeep: [latency.mean]\n')
        self.sweep()
        values = pd.Series([m['value'] for m in self.table('metrics')])
        mean, = self.table('means')
        self.assertEqual(mean['seeds'], 5)
        self.assertAlmostEqual(mean['value'] * 1e9, values.mean() * 1e9, places=9)
        half = 2.7764451052 * values.std() / 5 ** 0.5
        self.assertAlmostEqual((mean['ci_high'] - mean['value']) / half, 1, places=9)
        self.assertAlmostEqual((mean['value'] - mean['ci_low']) / half, 1, places=9)
        by_seed = {m['value']: m['seed'] for m in self.table('metrics')}
        self.assertEqual((mean['lowest'], mean['lowest_seed'], mean['highest'], mean['highest_seed']),
                         (values.min(), by_seed[values.min()], values.max(), by_seed[values.max()]))

    def test_kept_metrics_may_have_wildcards_and_formulas(self):
        self.write('grid: {clients.rate: [5 %, 10 %]}\n'
                   'keep: [clients.latency.p*, power.card.mean]\n'
                   'derive:\n  per_share: power.card.mean / clients.rate\n'
                   '  twice: per_share * 2 - 1 W\n  never: latency.p999 + 1 us\n')
        self.sweep()
        found = {}
        for m in self.table('metrics'):
            found.setdefault(m['point'], {})[m['metric']] = m['value']
        self.assertEqual(set(found[0]), {'clients.latency.p50', 'clients.latency.p90',
                                         'clients.latency.p99', 'power.card.mean', 'per_share',
                                         'twice'})  # p999 needs more frames: absent, not zero
        self.assertEqual(found[1]['per_share'], found[1]['power.card.mean'] / 0.1)
        self.assertEqual(found[1]['twice'], found[1]['per_share'] * 2 - 1)

    def test_derived_metrics_carry_their_unit(self):
        self.write('derive:\n  energy: power.card.mean / throughput.l2\n'
                   '  size: throughput.l2 / rate.delivered / (8 bit / 1 B)\n'
                   '  share: clients.rate.delivered / rate.delivered\n'
                   '  busy: rate.delivered - clients.rate.delivered\n'
                   'objectives: [{min: energy / 2, where: size < 65 B and busy > 0}]\n')
        found = json.loads(self.sweep('--json').stdout)['points'][0]['metrics']
        units = {'energy': 'J/bit', 'size': 'B', 'share': '', 'busy': '1/s'}
        self.assertEqual({name: found[name]['unit'] for name in units}, units)
        self.assertAlmostEqual(found['size']['value'], 64, places=6)
        self.assertEqual({m['metric']: m['unit'] for m in self.table('metrics')
                          if m['metric'] in units}, units)
        with h5py.File(self.here / 'results/s.h5') as file:
            self.assertEqual(text(file['pareto'].attrs['units'][1]), 'J/bit')

    def test_what_has_no_value_is_told_with_its_reason(self):
        self.write('grid: {clients.rate: [1 %, 2 %]}\nseeds: 2\nkeep: [latency.p999, goodput]\n'
                   'derive: {a: latency.p99 / frames.lost, b: latency.p999 * 2, c: goodput / 2}\n')
        expected = [('latency.p999', 'it was not measured', 4),
                    ('a', "'latency.p99 / frames.lost' divides by zero", 4),
                    ('b', 'latency.p999 was not measured', 4)]
        page = self.sweep().stdout
        for metric, why, count in expected:
            self.assertIn(f'absent      {metric} in {count} of 4 simulations: {why}', page)
        self.assertEqual([(a['metric'], a['why'], a['simulations']) for a in self.table('absent')],
                         expected)
        found = json.loads(self.sweep('--json').stdout)
        self.assertEqual([tuple(a.values()) for a in found['absent']], expected)
        self.assertEqual({m['metric'] for m in self.table('metrics')}, {'goodput', 'c'})

    def test_pareto_marks_agree_with_a_search_of_all_pairs(self):
        self.write('grid:\n  host0.card.asic.clock: {linear: [300 MHz, 1200 MHz], steps: 6}\n'
                   '  clients.rate: [10 %, 30 %, 60 %]\nset: {windows.measure: 40 us}\n'
                   'objectives:\n  - {max: rate.delivered}\n'
                   '  - {min: power.card.mean, where: latency.p50 < 20 us and frames.lost < 100}\n'
                   'within: [clients.rate]\n')
        self.sweep()
        rows = self.table('pareto')
        excluded = self.table('excluded')
        self.assertEqual(len(rows) + len(excluded), 18)
        self.assertTrue(rows and excluded)
        means = {(m['point'], m['metric']): m['value'] for m in self.table('means')}
        for row in excluded:
            self.assertIn(row['why'].replace("there is no value for '", 'not ').rstrip("'"),
                          'not latency.p50 < 20 us and frames.lost < 100')
            self.assertFalse(means.get((row['point'], 'latency.p50'), 1) < 20e-6 and
                             means[row['point'], 'frames.lost'] < 100)
        for row in rows:
            rate, power = (row['max rate.delivered'], row['min power.card.mean'])
            self.assertEqual((rate, power), (means[row['point'], 'rate.delivered'],
                                             means[row['point'], 'power.card.mean']))
            beaten = any(other['max rate.delivered'] >= rate and
                         other['min power.card.mean'] <= power and
                         (other['max rate.delivered'] > rate or
                          other['min power.card.mean'] < power)
                         for other in rows if other['clients.rate'] == row['clients.rate'])
            self.assertEqual(bool(row['front']), not beaten)
        self.assertLess(sum(bool(row['front']) for row in rows), len(rows))

    def test_a_search_runs_at_every_point(self):
        self.write('grid: {host0.card.asic.clock: [400 MHz, 800 MHz]}\nfind: rfc\n'
                   'keep: [find.*]\n')
        self.sweep()
        found = {(m['point'], m['metric']): m['value'] for m in self.table('metrics')}
        slow, fast = found[0, 'find.rfc.pass'], found[1, 'find.rfc.pass']
        self.assertAlmostEqual(fast / slow, 2, delta=0.5)
        self.assertGreater(self.table('provenance/simulations')[0]['wall_time'], 0)
        trials = self.table('find')
        self.assertEqual([sum(t['point'] == p for t in trials) for p in (0, 1)],
                         [found[0, 'find.rfc.trials'], found[1, 'find.rfc.trials']])
        self.sweep('-j', '1', '-o', 'one.h5')
        self.assert_same('results/s.h5', 'one.h5')

    def test_pandas_reads_it_in_three_lines(self):
        self.write('grid: {clients.rate: [5 %, 10 %], clients.frame_size: [64 B, 256 B]}\n')
        self.sweep()
        means = pd.DataFrame(h5py.File(self.here / 'results/s.h5')['means'][:])
        power = means[means.metric == b'power.card.mean']
        table = power.pivot(index='clients.rate', columns='clients.frame_size', values='value')
        self.assertEqual(table.shape, (2, 2))
        self.assertFalse(table.isna().any().any())

    # whatever order and number of jobs

    def test_jobs_change_nothing(self):
        self.write('grid:\n  clients.rate: [1 %, 40 %, 3 %, 20 %]\n  clients.arrival: '
                   '[poisson, constant]\nseeds: 2\nderive: {x: 1 / latency.mean}\n'
                   'objectives: [{max: x}]\n')
        for jobs in ('1', '2', '5'):
            self.sweep('-j', jobs, '-o', f'{jobs}.h5')
        self.assert_same('1.h5', '2.h5')
        self.assert_same('1.h5', '5.h5')

    # mistakes

    def test_mistakes_come_all_at_once_with_their_places(self):
        found = self.errors('grid:\n  clients.frame_size: [64 B, 20 B]\n'
                            '  clients.rat: [5 %]\n'
                            '  host0.card.asic.clock: {log: [1 GHz, 2 GHz], stps: 3}\n'
                            'sedes: 3\nobjectives: [{maximise: x}]\n')
        self.assertIn("s.yaml:5:48: grid.host0.card.asic.clock.stps: unknown key; did you mean "
                      "'steps'?", found)
        self.assertIn("s.yaml:6:1: sedes: unknown key; did you mean 'seed", found)
        self.assertIn('s.yaml:7:15: objectives.0.maximise: unknown key', found)
        found = self.errors('grid:\n  clients.frame_size: [64 B, 20 B]\n  clients.rat: [5 %, 6 %]\n'
                            '  fw.memory: [sram, hbm]\nset: {fw.capcity: 2}\n')
        self.assertIn("s.yaml:3:30: clients.frame_size: '20 B' is no frame size", found)
        self.assertIn("s.yaml:4:3: clients.rat: unknown key; did you mean 'rate'?", found)
        self.assertIn("s.yaml:5:21: fw.memory: 'hbm' is not known here", found)
        self.assertIn("s.yaml:6:7: fw.capcity: unknown key; did you mean 'capacity'?", found)
        self.assertIn('(with clients.frame_size = 20 B', found)
        self.assertNotIn('(with', next(line for line in found.splitlines() if 'capcity' in line))

    def test_combinations_that_break_a_scenario_are_named(self):
        found = self.errors('set: {clients.ip: v6}\ngrid: {clients.frame_size: [64 B, 128 B]}\n')
        self.assertIn('clients.frame_size', found)
        self.assertIn("too small: IPv6 with TCP", found)
        self.assertIn('(with clients.frame_size = 64 B)', found)

    def test_formulas_and_metrics_are_checked(self):
        found = self.errors('keep: [latency.p9, "pwoer.*"]\nderive:\n'
                            '  a: latency.p99 / latncy.p50\n  b: (1 + 2\n  latency.p50: 3\n'
                            'objectives: [{max: rate.delivered, where: latency.p99}]\n')
        self.assertIn("s.yaml:2:8: keep.0: there is no metric 'latency.p9'; did you mean "
                      "'latency.p90'?", found)
        self.assertIn("s.yaml:2:20: keep.1: there is no metric 'pwoer.*'", found)
        self.assertIn("s.yaml:4:20: derive.a: 'latncy.p50' is not known; did you mean "
                      "'latency.p50'?", found)
        self.assertIn("s.yaml:5:12: derive.b: a ')' is missing here", found)
        self.assertIn("s.yaml:6:3: derive.latency.p50: the name 'latency.p50' is taken", found)
        self.assertIn('s.yaml:7:54: objectives.0.where: a condition compares', found)

    def test_units_are_checked(self):
        found = self.errors('derive:\n  a: latency.p99 + 5 B\n  b: a * 2\n'
                            '  c: throughput.l2 / 8 - rate.delivered\n  d: latency.p99 + 5\n'
                            '  e: throughput.l2 / rate.delivered - 20 B\n  "f g": latency.p99\n'
                            '  and: latency.p99\n  find.x: latency.p99\n  sim.wall_time: 1\n'
                            'objectives:\n  - {max: rate.delivered, where: latency.p99 < 5 GB}\n'
                            '  - {min: "min(latency.p99, power.card.mean)"}\n  - {min: b}\n')
        self.assertEqual(found.splitlines(), [
            "error: s.yaml:3:20: derive.a: '5 B' is in B, 'latency.p99' is in s",
            "error: s.yaml:5:26: derive.c: 'rate.delivered' is in 1/s, 'throughput.l2 / 8' is in "
            "bit/s",
            "error: s.yaml:6:20: derive.d: '5' needs a unit, for 'latency.p99' is in s",
            "error: s.yaml:7:39: derive.e: '20 B' is in B, 'throughput.l2 / rate.delivered' is in "
            "bit ('8 bit / 1 B' converts)",
            "error: s.yaml:8:3: derive.f g: a name is letters, digits, '_', '.' and '-', a letter "
            "first",
            "error: s.yaml:9:3: derive.and: the name 'and' has a meaning in formulas",
            "error: s.yaml:10:3: derive.find.x: the name 'find.x' is taken by a metric or an axis",
            "error: s.yaml:11:3: derive.sim.wall_time: the name 'sim.wall_time' is taken by a "
            "metric or an axis",
            "error: s.yaml:13:48: objectives.0.where: '5 GB' is in B, 'latency.p99' is in s",
            "error: s.yaml:14:29: objectives.1.min: 'power.card.mean' is in W, 'latency.p99' is in "
            "s"])

    def test_metrics_of_searches_are_checked(self):
        found = self.errors('find: rfc\nkeep: [find.rfc.pas, rate.delivered, find.rfc.pass]\n'
                            'derive: {a: find.rfc.pass / find.rfc.rate.delivered, b: '
                            'find.rfc.64.pass}\n')
        self.assertIn("s.yaml:3:8: keep.0: there is no metric 'find.rfc.pas'; did you mean "
                      "'find.rfc.pass'?", found)
        self.assertIn("s.yaml:3:22: keep.1: there is no metric 'rate.delivered'; did you mean "
                      "'find.rfc.rate.delivered'?", found)
        self.assertIn("s.yaml:4:57: derive.b: 'find.rfc.64.pass' is not known; did you mean "
                      "'find.rfc.pass'?", found)
        self.assertEqual(len(found.splitlines()), 3)
        self.assertIn('there is no metric', self.errors('keep: [find.rfc.pass]\n'))

    def test_axes_that_undo_each_other_are_refused_with_both_places(self):
        list_of = '[[{name: clients, from: host0.wire0, to: host0.wire1, rate: 1 %}]]'
        fw = '{name: fw, kind: firewall, at: host0.card}'
        for body, message in {
                f'grid:\n  clients.rate: [1 %, 2 %]\n  traffic: {list_of}':
                    "s.yaml:4:3: traffic: holds 'clients.rate' (s.yaml:3:3), which would then have "
                    'no effect',
                f'grid:\n  traffic: {list_of}\n  clients.rate: [1 %, 2 %]':
                    "s.yaml:4:3: clients.rate: lies in 'traffic' (s.yaml:3:3), and one of the two",
                f'grid:\n  fw.stateful: [true, false]\nlist:\n  - functions: []\n'
                f'  - functions: [{fw}]': "s.yaml:3:3: fw.stateful: lies in 'functions' (s.yaml:5:5)",
                'grid:\n  windows.measure: [50 us]\n  windows: [{measure: 60 us}]':
                    "s.yaml:4:3: windows: holds 'windows.measure' (s.yaml:3:3)",
                'grid:\n  clients.rate: [1 %]\n  traffic.0.rate: [2 %]':
                    "s.yaml:4:3: clients.rate: is given its values elsewhere already, as "
                    "'clients.rate' (s.yaml:3:3)",
                'grid:\n  clients.frame_size: [64 B]\n  clients.frame_size.0: [64 B]':
                    "s.yaml:4:3: clients.frame_size",
                f'set:\n  clients.rate: 1 %\ngrid:\n  traffic: {list_of}':
                    "s.yaml:5:3: traffic: holds 'clients.rate' (s.yaml:3:3), which would then have",
                'set:\n  windows.drain: 1 us\n  windows: {drain: 2 us}':
                    "s.yaml:4:3: windows: holds 'windows.drain' (s.yaml:3:3)",
                'find: rfc\ngrid: {clients.rate: [1 %, 2 %]}':
                    "every trial of the search 'rfc' sets clients.rate",
                'find: rfc\ngrid: {windows: [{measure: 1 us}]}':
                    "every trial of the search 'rfc' sets windows.measure",
                'grid: {rfc.resolution: [10 %, 20 %]}': 'this sweep runs none'}.items():
            with self.subTest(body):
                self.assertIn(message, self.errors(body + '\n'))

    def test_what_is_set_may_be_varied_inside(self):
        self.write('set: {functions: [{name: f2, kind: firewall, where: asic, at: host0.card, '
                   'capacity: 8192}]}\n'
                   'grid: {f2.memory: [sram, dram]}\nkeep: [latency.p50]\n')
        self.sweep()
        sram, dram = (m['value'] for m in self.table('metrics'))
        self.assertNotEqual(sram, dram)

    def test_ctrl_c_while_points_are_checked_leaves_nothing(self):
        self.write('grid: {clients.rate: {linear: [1 %, 9 %], steps: 900}, clients.flows: '
                   '{linear: [1, 900], steps: 900}}\n')
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start('--progress', 'always')
            time.sleep(3)
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
            self.assertEqual((process.returncode, out), (130, ''), err)
            self.assertRegex(err, r'checking points: \d+ of 810000\n')
            self.assertIn('nothing is simulated', err)
            self.assertFalse((self.here / 'results').exists())

    def test_odd_axes_are_refused(self):
        for body, message in {
                'grid: {clients.rate: []}': 'an axis without values',
                'grid: {clients.rate: 5 %}': 'an axis is a list of values',
                'grid: {clients.rate: [5 %, 5 %]}': 'the value 5 % twice',
                'grid: {clients.frame_size: [64 B, 0.064 kB]}': 'the value 0.064 kB twice',
                'grid: {clients.frame_size: [[64 B, 128 B], [64B, 128B]]}': 'twice',
                'list: [{clients.rate: 1 %}, {clients.rate: 1%}]': 'this point stands twice',
                'grid: {clients.rate: [1 %, ~]}': 'nothing stands where a value is wanted',
                'list: [{clients.rate: ~}]': 'nothing stands where a value is wanted',
                'set: {clients.rate: ~}': 'nothing stands where a value is wanted',
                'seed: 1\nseeds: [2, 3]': "has no effect beside 'seeds'",
                'objectives: [{min: latency.p99, where: ""}]': 'an empty condition',
                'set: {record.pcap: [host0.card.asic.port0]}': 'a sweep writes no captures',
                'grid: {seed: [1, 2]}': 'seeds are no axis',
                'grid: {clients.rate: {log: [0 %, 5 %], steps: 3}}': 'begins and ends above zero',
                'grid: {clients.rate: {linear: [1 %, 1 Mpps], steps: 3}}': 'not of one kind',
                'grid: {clients.arrival: {linear: [poisson, constant], steps: 3}}':
                    "'poisson' is no quantity",
                'grid: {clients.rate: {linear: [1 %, 2 %], steps: 1}}': 'no number of steps',
                'grid: {clients.rate: {linear: [1 %], steps: 2}}': 'a range is [first, last]',
                'grid: {clients.rate: [1 %]}\nset: {traffic.0.rate: 2 %}':
                    'is given its values elsewhere already',
                'list: [{clients.rate: 1 %}, {servers.rate: 1 %}]':
                    'the rows before do not give this path',
                'seeds: 0': 'no number of seeds', 'seeds: [1, 1]': 'the seed 1 twice',
                'seeds: many': "'many' is not a",
                'latin_hypercube: {samples: 3}': "needs the key 'axes'",
                'latin_hypercube: {axes: {clients.rate: [1 %, 2 %]}}': "needs the key 'samples'",
                'within: [clients.rate]': 'is no axis of this sweep',
                'find: rfx': "has no search 'rfx'; did you mean 'rfc'?",
                'limit: {wall_time: 0 s}': 'too small',
                'seeds: 10000\ngrid: {clients.rate: {linear: [1 %, 2 %], steps: 1000}}':
                    'make 1000 points (1000), which are 10000000 simulations; more than 1000000 '
                    'simulations',
                '- a': 'a list stands where keys are wanted'}.items():
            with self.subTest(body):
                self.write(body + '\n')
                if body == '- a':
                    (self.here / 's.yaml').write_text('- a\n')
                self.assertIn(message, self.errors_of_file())

    def errors_of_file(self):
        done = self.sweep(exits=2)
        self.assertEqual(done.stdout, '')
        for line in done.stderr.splitlines():
            self.assertTrue(line.startswith('error: '), done.stderr)
        return done.stderr

    def test_wrong_words_are_refused(self):
        self.write('seeds: 1\n')
        for words, message in {('--executor', 'slurm'): 'not yet available',
                               ('--executor', 'slrm'): "did you mean 'slurm'",
                               ('-j', '0'): '--jobs is a number', ('-j', 'x'): '--jobs is a number',
                               ('--seed', 'x'): "'x' is no seed",
                               ('--retry', 'failed'): 'goes with --resume',
                               ('--resume', '--retry', 'all'): '--retry is failed',
                               ('--progress', 'x'): '--progress is'}.items():
            self.assertIn(message, self.sweep(*words, exits=2).stderr)
        self.assertIn("there is no sweep 'none.yaml'", self.sweep(exits=2, file='none.yaml').stderr)
        self.write('seeds: 1\n', scenario='bse.yaml')
        self.assertIn("s.yaml:1:11: scenario: there is no scenario 'bse.yaml'",
                      self.sweep(exits=2).stderr)

    def test_an_output_that_cannot_be_written_is_told_first(self):
        self.write('seeds: 1\n')
        self.assertIn('nosuch/x.h5: No such file', self.sweep('-o', 'nosuch/x.h5', exits=3).stderr)

    # what fails

    def test_points_that_do_not_fit_are_recorded_and_the_rest_goes_on(self):
        self.write('set: {clients.flows: 3000}\ngrid: {fw.capacity: [1024, 8192]}\n')
        done = self.sweep(exits=1)
        self.assertIn('failed: point 0 (fw.capacity = 1024): refused: ', done.stderr)
        points = self.table('points')
        self.assertEqual([p['status'] for p in points], ['refused', 'fine'])
        self.assertIn('no room for the 3000', points[0]['message'])
        self.assertEqual({m['point'] for m in self.table('metrics')}, {1})
        self.assertFalse((self.here / 'results/s.h5.journal').exists())

    def test_what_failed_runs_again_on_request(self):
        (self.here / 'c.pcap').write_bytes((ROOT / 'scenarios/captures/web.pcap').read_bytes())
        self.write('grid: {clients.rate: {linear: [1 %, 4 %], steps: 4}}\n'
                   'limit: {wall_time: 60 s}\n')
        self.sweep('-o', 'whole.h5')
        process = self.start('-j', '1')
        journal, failures = (self.here / f'results/s.h5.{end}' for end in ('journal', 'failures'))
        found = []
        while not found:
            found = children(process.pid)
        os.kill(found[0], signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, out + err)
        self.assertIn('1 failed: --resume --retry failed runs them again', err)
        self.assertEqual((journal.exists(), failures.exists()), (False, True))
        self.assertIn('--retry failed would run only what failed', self.sweep(
            '--resume', '-o', 'results/s.h5', exits=0).stderr)  # anew, and nothing fails
        self.assertFalse(failures.exists())
        process = self.start('-j', '1')
        while not children(process.pid):
            pass
        os.kill(children(process.pid)[0], signal.SIGKILL)
        process.communicate(timeout=60)
        done = self.sweep('--resume', '--retry', 'failed')
        self.assertIn('resuming: 3 of 4 simulations are there, 1 that failed run again', done.stderr)
        self.assertEqual((journal.exists(), failures.exists()), (False, False))
        self.assert_same('whole.h5', 'results/s.h5')

    def signalled(self, number):
        """A sweep of two points, of which the slow one gets a signal; standard error."""
        self.write('grid: {windows.measure: [60 us, 100 s]}\n')
        process = self.start('-j', '1')  # the dearest first
        for _ in range(500):
            time.sleep(0.02)
            if found := children(process.pid):
                break
        os.kill(found[0], number)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, out + err)
        points = self.table('points')
        self.assertEqual(points[0]['status'], 'fine')
        self.assertTrue(points[1]['message'])
        return points[1]['status'], points[1]['message'], err

    @unittest.skipIf(UNDER_ASAN, 'the address sanitizer is in the way')
    def test_a_crash_is_recorded(self):
        status, message, err = self.signalled(signal.SIGSEGV)
        self.assertEqual((status, message), ('crashed', 'crashed with SIGSEGV'))
        self.assertIn('failed: point 1 (windows.measure = 100 s): crashed', err)

    def test_a_killed_simulation_is_recorded(self):
        status, message, _ = self.signalled(signal.SIGKILL)
        self.assertEqual(status, 'killed')
        self.assertIn('SIGKILL', message)

    def test_a_point_past_its_limit_is_ended_and_recorded(self):
        self.write('grid: {windows.measure: [60 us, 100 s]}\nlimit: {wall_time: 2 s}\n')
        started = time.monotonic()
        self.sweep(exits=1)
        self.assertLess(time.monotonic() - started, 60)
        self.assertEqual([(p['status'], p['message']) for p in self.table('points')],
                         [('fine', ''), ('timed-out', 'took longer than the 2 s allowed')])

    def test_time_in_which_all_was_stopped_counts_for_no_limit(self):
        self.write('grid: {windows.measure: [100 s]}\nlimit: {wall_time: 2 s}\n')
        started = time.monotonic()
        process = self.start()
        while not (found := children(process.pid)):
            time.sleep(0.02)
        for number, wait in ((signal.SIGSTOP, 3), (signal.SIGCONT, 0)):
            for pid in (process.pid, *found):
                os.kill(pid, number)
            time.sleep(wait)
        process.communicate(timeout=60)
        self.assertEqual(self.table('points')[0]['status'], 'timed-out')
        self.assertGreater(time.monotonic() - started, 4.7)

    def test_small_things_are_said_as_they_are(self):
        self.write('grid: {clients.rate: {linear: [10 %, 50 %], steps: 5}}\n')
        found = json.loads(self.sweep('--check', '--json').stdout)
        self.assertEqual((found['points'], found['simulations']), (5, 5))
        for jobs in ('1.5', '0x2', '0', '5000'):
            self.assertIn('--jobs is a number', self.sweep('-j', jobs, exits=2).stderr)
        done = subprocess.run([SNSIM, 'check', 's.yaml'], cwd=self.here, env=self.environment, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('snsim sweep s.yaml --check', done.stderr)
        self.sweep()
        self.assertEqual([str(p['clients.rate']) for p in self.table('points')],
                         ['0.1', '0.2', '0.3', '0.4', '0.5'])

    def test_a_name_is_no_path(self):
        self.write('name: ../evil\ngrid: {clients.flows: [1, 2]}\n')
        self.assertIn("s.yaml:2:7: name: '../evil' is no name", self.sweep(exits=2).stderr)

    @unittest.skipIf(UNDER_ASAN, 'the address sanitizer is in the way')
    def test_want_of_memory_is_recorded(self):
        self.write('grid: {clients.flows: [1, 16 M]}\nset: {fw.capacity: 16777216}\n')
        done = subprocess.run(['bash', '-c', f'ulimit -v 400000; exec {SNSIM} sweep s.yaml'],
                              cwd=self.here, env=self.environment, text=True, capture_output=True,
                              timeout=300, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        statuses = {p['status'] for p in self.table('points')}
        self.assertIn('io-failed', statuses)
        self.assertIn('not enough memory', self.table('messages')[-1]['message'])

    # stopping and going on

    def test_ctrl_c_keeps_what_is_finished_and_resumes(self):
        self.write('grid: {clients.rate: {linear: [1 %, 9 %], steps: 9}}\nseeds: 4\n'
                   'set: {windows.measure: 2 ms}\n')
        self.sweep('-o', 'whole.h5')
        process = self.start('-j', '2')
        journal = self.here / 'results/s.h5.journal'
        for _ in range(2000):
            time.sleep(0.005)
            if journal.exists() and journal.stat().st_size > 20000:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, out + err)
        self.assertIn('--resume goes on from', err)
        self.assertFalse((self.here / 'results/s.h5').exists())
        with h5py.File(self.here / 'results/s.partial.h5') as partial:
            self.assertFalse(partial.attrs['complete'])
            statuses = {text(s) for s in partial['points']['status']}
        self.assertEqual(statuses, {'fine', 'not-run'})
        self.assertIn('resume it with --resume', self.sweep(exits=2).stderr)
        done = self.sweep('--resume')
        self.assertIn('resuming: ', done.stderr)
        self.assert_same('whole.h5', 'results/s.h5')
        self.assertFalse(journal.exists())

    def test_a_sweep_killed_at_three_moments_resumes_to_the_same(self):
        self.write('grid: {clients.rate: {linear: [1 %, 10 %], steps: 50}}\nseeds: 4\n'
                   'keep: [rate.delivered, latency.p99]\nobjectives: [{min: latency.p99}]\n')
        self.sweep('-o', 'whole.h5')
        journal = self.here / 'results/s.h5.journal'
        size = None
        for share in (0.1, 0.5, 0.9):
            process = self.start('-j', '2')
            while process.poll() is None:
                time.sleep(0.002)
                if journal.exists() and journal.stat().st_size > share * (size or 200 * 4000):
                    process.kill()
                    break
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, -signal.SIGKILL)
            if share == 0.5:  # and the disk was full, or the machine lost power: a torn record
                with open(journal, 'r+b') as file:
                    file.truncate(journal.stat().st_size - 7)
            done = self.sweep('--resume', '-j', '2')
            before = int(done.stderr.split('resuming: ')[1].split()[0])
            self.assertGreater(before, 200 * share / 3)
            self.assertLess(before, 200)
            self.assertEqual('damaged' in done.stderr, share == 0.5)
            self.assert_same('whole.h5', 'results/s.h5')
            with h5py.File(self.here / 'results/s.h5') as file:
                self.assertEqual(file['provenance'].attrs['resumed'], before)
            (self.here / 'results/s.h5').unlink()

    def stopped(self):
        """Leaves a journal of an unfinished sweep behind."""
        process = self.start('-j', '1')
        journal = self.here / 'results/s.h5.journal'
        for _ in range(1000):
            time.sleep(0.01)
            if journal.exists() and journal.stat().st_size > 4000:
                break
        process.kill()
        process.communicate(timeout=60)
        self.assertTrue(journal.exists())
        return journal

    def test_resuming_refuses_what_has_changed_and_says_what(self):
        (self.here / 'rules.yaml').write_text('rules: [{action: deny, protocol: udp}]\n')
        (self.here / 'c.pcap').write_bytes((ROOT / 'scenarios/captures/web.pcap').read_bytes())
        (self.here / 'profiles/cards').mkdir(parents=True)
        profile = self.here / 'profiles/cards/mine.yaml'
        profile.write_text('profile: dsc-100\n')
        scenario = BASE.replace('profile: dsc-100', 'profile: mine')
        scenario = scenario.replace('at: host0.card}', 'at: host0.card, rules: rules.yaml}')
        scenario = scenario.replace('record:', '  - {name: r, from: host0.wire0, to: host0.wire1, '
                                    'capture: c.pcap}\nrecord:')
        (self.here / 'base.yaml').write_text(scenario)
        self.write('grid: {clients.rate: [1 %, 2 %, 3 %, 4 %]}\nset: {windows.measure: 20 ms}\n')
        self.stopped()
        for name in ('base.yaml', 's.yaml', 'rules.yaml', 'c.pcap', 'profiles/cards/mine.yaml'):
            with self.subTest(name):
                path = self.here / name
                was = path.read_bytes()
                path.write_bytes(was + (b'\n' if name != 'c.pcap' else b''))
                if name == 'c.pcap':
                    path.write_bytes(was[:-1] + bytes([was[-1] ^ 1]))
                told = self.sweep('--resume', exits=2).stderr
                self.assertIn('cannot be resumed: ', told)
                self.assertIn(f'{name} has changed', told)
                self.assertEqual(told.count('has changed'), 1)
                path.write_bytes(was)
        self.assertIn('the list of seeds has changed',
                      self.sweep('--resume', '--seed', '8', exits=2).stderr)
        self.sweep('--resume')

    def test_a_signal_to_all_of_them_leaves_nothing_killed(self):
        self.write('grid: {clients.rate: {linear: [1 %, 9 %], steps: 9}}\nseeds: 2\n'
                   'set: {windows.measure: 5 ms}\n')
        self.sweep('-o', 'whole.h5')
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number):
                process = subprocess.Popen([SNSIM, 'sweep', 's.yaml', '-j', '2'], cwd=self.here,
                                           env=self.environment, text=True, start_new_session=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                journal = self.here / 'results/s.h5.journal'
                while not journal.exists() or journal.stat().st_size < 20000:
                    time.sleep(0.005)
                os.killpg(process.pid, number)
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130, out + err)
                self.assertNotIn('failed', out + err)
                self.assertEqual({p['status'] for p in self.table('points', 'results/s.partial.h5')},
                                 {'fine', 'not-run'})
                self.sweep('--resume')
                self.assert_same('whole.h5', 'results/s.h5')
                self.assertFalse((self.here / 'results/s.partial.h5').exists())

    def test_children_ended_before_their_parent_are_not_killed(self):
        self.write('grid: {clients.rate: [1 %, 2 %]}\nset: {windows.measure: 10 s}\n')
        process = self.start('-j', '2')
        while len(children(process.pid)) < 2:
            time.sleep(0.005)
        for child in children(process.pid):
            os.kill(child, signal.SIGTERM)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, out + err)
        self.assertEqual({p['status'] for p in self.table('points', 'results/s.partial.h5')},
                         {'not-run'})

    def test_the_end_of_a_journal_may_be_torn_or_zero(self):
        self.write('grid: {clients.rate: [1 %, 2 %, 3 %]}\nset: {windows.measure: 20 ms}\n')
        self.sweep('-o', 'whole.h5')
        for harm in (lambda b: b + bytes(4096), lambda b: b + bytes(16), lambda b: b + b'x',
                     lambda b: b[:-3]):
            journal = self.stopped()
            journal.write_bytes(harm(journal.read_bytes()))
            said = self.sweep('--resume').stderr
            self.assertIn('damaged from some record on; the last ', said)
            self.assertIn('resuming: ', said)
            self.assert_same('whole.h5', 'results/s.h5')

    def test_a_damaged_journal_is_refused(self):
        self.write('grid: {clients.rate: [1 %, 2 %, 3 %]}\nset: {windows.measure: 20 ms}\n')
        journal = self.stopped()
        whole = journal.read_bytes()
        for content, why in ((b'x' * 100, 'is no journal of a sweep'), (b'', 'is empty'),
                             (bytes(200), 'is no journal'), (whole[:40], 'its start is damaged'),
                             (b'\1' + whole[1:], 'its start is damaged')):
            journal.write_bytes(content)
            said = self.sweep('--resume', exits=2).stderr
            self.assertIn(why, said)
            self.assertIn('remove the file to start anew', said)
            self.assertEqual(journal.read_bytes(), content)

    def test_results_replace_no_input(self):
        self.write('seeds: 1\n')
        for name in ('s.yaml', 'base.yaml'):
            before = (self.here / name).read_text()
            self.assertIn('no HDF5 file', self.sweep('-o', name, exits=2).stderr)
            self.assertEqual((self.here / name).read_text(), before)
            self.assertFalse((self.here / f'{name}.journal').exists())

    def test_two_sweeps_do_not_share_a_journal(self):
        self.write('grid: {windows.measure: [60 us, 100 s]}\n')
        process = self.start()
        journal = self.here / 'results/s.h5.journal'
        for _ in range(500):
            time.sleep(0.02)
            if journal.exists() and journal.stat().st_size > 4000:
                break
        self.assertIn('another sweep is writing it', self.sweep('--resume', exits=3).stderr)
        process.kill()
        process.communicate(timeout=60)

    def test_nothing_to_resume_starts_anew(self):
        self.write('seeds: 1\n')
        self.assertIn('nothing to resume', self.sweep('--resume').stderr)

    # what is printed

    def test_json_is_one_object(self):
        self.write('grid: {clients.rate: [1 %, 2 %], fw.memory: [sram, dram]}\nseeds: 2\n'
                   'keep: [rate.delivered]\nobjectives: [{max: rate.delivered}]\n'
                   'set: {fw.capacity: 8192}\n')
        done = self.sweep('--json')
        self.assertEqual(done.stderr, '')
        found = json.loads(done.stdout)
        self.assertEqual((found['sweep'], found['simulations'], found['failed'], found['output']),
                         ('s', 8, 0, 'results/s.h5'))
        self.assertEqual(found['points'][3]['axes'], {'clients.rate': 0.02, 'fw.memory': 'dram'})
        self.assertEqual(found['points'][3]['status'], ['fine', 'fine'])
        self.assertEqual(found['points'][3]['metrics']['rate.delivered']['seeds'], 2)
        self.assertTrue(found['pareto'])

    def test_progress_is_shown_when_asked_for(self):
        self.write('seeds: 3\n')
        self.assertIn('3 of 3 done', self.sweep('--progress', 'always').stderr)
        self.assertEqual(self.sweep().stderr, '')


if __name__ == '__main__':
    unittest.main(verbosity=2)
