# labels: long
# needs: h5py
"""What sweeps and searches cost: a point's overhead, two jobs against two runs, RFC 2544."""
import json
import os
import resource
import subprocess
import time
import unittest

from program import ROOT, SNSIM, ScratchCase
RUNS = 8  # of each of two jobs
SHORT = ('windows.warmup=100 us', 'windows.measure=4 ms', 'windows.drain=50 us', 'east.rate=20 %')


class Speed(ScratchCase):
    def setUp(self):
        super().setUp()
        self.options = {'cwd': self.here, 'env': {**os.environ, 'SNSIM_HOME': str(ROOT)},
                        'stdout': subprocess.DEVNULL}

    def seconds(self, *commands):
        """Of commands started together."""
        started = time.monotonic()
        running = [subprocess.Popen(command, **self.options) for command in commands]
        for process in running:
            self.assertEqual(process.wait(), 0)
        return time.monotonic() - started

    def sweep(self, *words):
        return self.seconds([SNSIM, 'sweep', *words])

    def test_two_jobs_are_as_fast_as_two_runs_side_by_side(self):
        sets = ' '.join(f"--set '{change}'" for change in SHORT)
        loop = (f'for i in $(seq {RUNS}); do {SNSIM} run dsc100-line-rate {sets} --seed $i '
                '-o $0.h5 --progress never > /dev/null || exit 1; done')
        changes = ', '.join(change.replace('=', ': ') for change in SHORT)
        (self.here / 's.yaml').write_text(
            f'scenario: dsc100-line-rate\nseeds: {2 * RUNS}\nset: {{{changes}}}\n')
        plain, swept = [], []
        for _ in range(4):  # in turn, since others use the machine as well
            plain.append(self.seconds(*(['bash', '-c', loop, name] for name in ('a', 'b'))))
            swept.append(self.sweep('s.yaml', '-j', '2'))
        print(f'{2 * RUNS} simulations: two runs side by side {min(plain):.2f} s, '
              f'sweep -j 2 {min(swept):.2f} s, {min(plain) / min(swept):.3f} of the rate')
        self.assertGreaterEqual(min(plain) / min(swept), 0.95)

    def test_a_point_costs_little_beyond_its_simulation(self):
        (self.here / 'tiny.yaml').write_text(
            'windows: {warmup: 0 us, measure: 20 us, drain: 0 us}\nhosts: [{name: host0}]\n'
            'traffic: [{name: c, from: host0.wire0, to: host0.wire1, rate: 1 Mpps}]\n')
        (self.here / 's.yaml').write_text('scenario: tiny.yaml\nseeds: 200\n')
        (self.here / 'one.yaml').write_text('scenario: tiny.yaml\nseeds: 1\n')
        each = min((self.sweep('s.yaml', '-j', '1') - self.sweep('one.yaml')) / 199
                   for _ in range(3))
        print(f'{each * 1e3:.1f} ms for a point with next to nothing to simulate')
        self.assertLess(each, 0.06)

    def test_rfc2544_takes_less_than_a_minute(self):
        started = time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([SNSIM, 'run', 'dsc100-rfc2544', '--find', 'throughput', '--json'],
                              cwd=self.here, env=self.options['env'], text=True, check=True,
                              stdout=subprocess.PIPE)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        two_cores = (used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime) / 2
        seconds = min(time.monotonic() - started, two_cores)  # others use the machine as well
        results = json.loads(done.stdout)['find']['results']
        print(f'RFC 2544, seven sizes: {seconds:.1f} s')
        self.assertEqual(len(results), 7)
        self.assertLess(seconds, 60)


if __name__ == '__main__':
    unittest.main(verbosity=2)
