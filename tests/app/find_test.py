# labels: unit
# needs: h5py
"""snsim run --find from outside: limits of a known card, files, output and mistakes."""
import json
import signal
import subprocess
import sys
import time
import unittest

import h5py

from program import ROOT, SNSIM, ScratchCase, text
CYCLES = 78  # of the longest program in a stage: routing and stateful firewall on a DSC-100
STAGES = 781.25e6 * 4 / CYCLES


class Find(ScratchCase):
    def run_find(self, name, *words, exits=0, scenario='dsc100-rfc2544'):
        done = subprocess.run([SNSIM, 'run', scenario, '--find', name, *words], cwd=self.here,
                              env=self.environment, text=True, capture_output=True, timeout=300,
                              check=False)
        self.assertEqual(done.returncode, exits, done.stdout + done.stderr)
        return done

    def test_throughput_is_the_lesser_of_stages_and_line(self):
        done = self.run_find('throughput', '--json', '--set', 'throughput.resolution=2 %',
                             '--set', 'throughput.frames=40000',
                             '--set', 'throughput.frame_sizes=[64 B, 256 B, 512 B, 1518 B]')
        found = json.loads(done.stdout)
        for result in found['find']['results']:
            size = int(result['frame_size'].split()[0])
            line = 100e9 / 8 / (size + 20)
            limit = min(STAGES / line, 1)
            self.assertLessEqual(result['pass'], limit * 1.001, size)
            self.assertGreaterEqual(result['pass'], limit * 0.98, size)
            self.assertTrue(result['monotone'])
            if limit == 1:
                self.assertIsNone(result['fail'])
            else:
                self.assertGreater(result['fail'], limit * 0.999)
                self.assertLessEqual(result['fail'] - result['pass'], 0.02 * result['fail'])
            delivered = found['metrics'][f'find.throughput.{size}.rate.delivered']['value']
            self.assertAlmostEqual(delivered / (result['pass'] * line), 1, delta=0.005)
        self.assertEqual(found['bottleneck']['path'], 'host0.card.asic.ingress')
        self.assertTrue(found['audit']['ok'])

    def test_results_hold_every_trial_and_why(self):
        done = self.run_find('one-size')
        self.assertIn('results     results/dsc100-rfc2544-one-size.h5', done.stdout)
        self.assertIn('host0.card.asic.ingress engines', done.stdout)
        with h5py.File(self.here / 'results/dsc100-rfc2544-one-size.h5') as file:
            self.assertIn('one-size', text(file.attrs['scenario_text']))
            self.assertNotIn('series', file)
            summary = {text(row['metric']): row['value'] for row in file['summary'][:]}
            trials = [{name: text(row[name]) for name in file['find'].dtype.names}
                      for row in file['find'][:]]
            audit, = file['audit'][:]
        self.assertEqual((text(audit['law']), audit['expected'], bool(audit['ok'])),
                         ('trials', len(trials), True))
        self.assertEqual(summary['find.one-size.trials'], len(trials))
        self.assertEqual([t['value'] for t in trials], sorted(t['value'] for t in trials))
        passed = [t['value'] for t in trials if t['passes']]
        failed = [t['value'] for t in trials if not t['passes']]
        self.assertEqual((max(passed), min(failed)),
                         (summary['find.one-size.pass'], summary['find.one-size.fail']))
        for trial in trials:
            self.assertTrue(trial['decided'])
            self.assertEqual(trial['why'] == '', bool(trial['passes']), trial)
            self.assertGreater(trial['window'], 0)
        self.assertTrue(any('queues grow' in t['why'] for t in trials), 'a buffer hides loss')
        self.assertTrue(any('lost' in t['why'] for t in trials))

    def test_latency_bounds_and_connection_rates_are_found(self):
        poisson = ('--set', 'east.arrival=poisson', '--set', 'west.arrival=poisson')
        tight, loose = (json.loads(self.run_find('fast', '--json', '--set', f'fast.below={bound}',
                                                 *poisson).stdout)['find']['results'][0]
                        for bound in ('2500 ns', '20 us'))
        self.assertLess(tight['pass'], loose['pass'])
        found = json.loads(self.run_find('connections', '--json').stdout)
        result, = found['find']['results']
        self.assertEqual(result['unit'], '1/s')
        # Eight frames a connection, and the class's flows, share the stages.
        flows = 0.1 * 100e9 / 8 / 84
        self.assertLess(result['pass'] * 8 + flows, STAGES)
        self.assertGreater(result['fail'] * 8 + flows, 0.85 * STAGES)

    def test_equal_searches_give_equal_files(self):
        for name in ('a.h5', 'b.h5'):
            self.run_find('one-size', '-o', name)
        done = subprocess.run([sys.executable, ROOT / 'scripts/h5same', 'a.h5', 'b.h5'],
                              cwd=self.here, text=True, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    def test_mistakes_are_found_before_any_trial(self):
        for change, message in {
                'one-size.frame_sizes=[32 B]': "'32 B' is no frame size",
                'one-size.low=2 Mpps': 'rates of different kinds',
                'one-size.low=100 %': "'low' is not below 'high'",
                'one-size.frame_sizes=[64 B, 64B]': 'the size 64B twice',
                'record.pcap=[host0.card.asic.port0]': 'a search writes no captures',
                'one-size.high=300 Mpps': 'rates of different kinds',
                'one-size.frames=1000': 'too few to tell a rate that is 2 %',
                'one-size.classes=[eats]': "did you mean 'east'",
                'one-size.kind=punt-collapse': 'not yet modelled',
                'one-size.below=2 us': 'is a key of kind: latency-bound',
                'connections.high=100 /s': "'low' is not below 'high'"}.items():
            with self.subTest(change):
                done = self.run_find('one-size', '--set', change, exits=2)
                self.assertIn(message, done.stderr)
        self.assertIn("did you mean 'fast'", self.run_find('fsat', exits=2).stderr)
        self.assertIn("searches stand under 'find:'",
                      self.run_find('x', exits=2, scenario='quickstart').stderr)
        self.assertIn('leave out --pcap', self.run_find('fast', '--pcap', 'x', exits=2).stderr)
        self.assertIn('No such file', self.run_find('fast', '-o', 'no/x.h5', exits=3).stderr)
        self.assertFalse((self.here / 'results').exists())

    def test_values_that_every_trial_replaces_are_told(self):
        done = self.run_find('one-size', '--set', 'windows.measure=1 ms', '--set',
                             'one-size.resolution=50 %')
        self.assertEqual(done.stderr, "note: --set windows.measure=1 ms has no effect: every trial "
                         "of the search 'one-size' sets windows.measure\n")

    def test_a_bound_above_line_rate_is_told(self):
        done = self.run_find('one-size', '--set', 'one-size.low=1 Mpps', '--set',
                             'one-size.high=300 Mpps', exits=2)
        self.assertIn("is above line rate", done.stderr)
        self.assertIn("search 'one-size' at rate 300 M/s", done.stderr)

    def test_ctrl_c_gives_up_and_writes_nothing(self):
        process = subprocess.Popen([SNSIM, 'run', 'dsc100-rfc2544', '--find', 'throughput'],
                                   cwd=self.here, env=self.environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, ''))
        self.assertIn('nothing is written', err)
        self.assertRegex(err, r'so far: 64 B: rate .*\(\d+ trials')
        self.assertEqual(err.count('so far: '), 7)
        self.assertEqual(list((self.here / 'results').iterdir()), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
