# labels: golden
# needs: h5py
"""Every parameter's witness is run: the changed value changes the metric, table or verdict it names.

A parameter that changes no result must say why. Baselines are shared; runs go two at a time.
"""
import concurrent.futures
import json
import re

import h5py
from support import Checks, SCENARIOS, scratch, snsim

# Short enough to run them all, long enough for every witness to act.
WINDOWS = {
    'quickstart': ('windows.measure=500 us', 'windows.drain=100 us'),
    'capture-replay': ('windows.measure=500 us', 'windows.drain=100 us', 'record.pcap=[]'),
    'pcie-bench': ('windows.measure=100 us',),
    'pcie-switch': ('windows.measure=100 us',),
    'interrupt-moderation': (),
    'dsc100-to-host': ('windows.measure=300 us',),
    'host-to-wire': ('windows.measure=300 us',),
    'tcp-stream': ('windows.warmup=2 ms', 'windows.measure=1 ms'),
    'vnic-sriov': (),
    'interface-events': (),
    'hostile-guest': (),
    'dsc100-line-rate': ('windows.warmup=60 us', 'windows.measure=100 us', 'windows.drain=60 us'),
    'dsc100-rfc2544': ('routes=[]',),
}
# Parameters that may go without a witness; everything else must have one.
WITHOUT = {
    'name', '<host>.name', '<function>.name',            # labels
    '<function>.where', '<function>.direction',          # one choice, or choices alike, so far
    '<find>.name', '<host>.<interface>.name', '<host>.cpu.<idle_state>.name',  # labels
    '<host>.<switch>.name', '<host>.<device>.name',      # labels
    '<host>.<interface>.kind',                           # there is one so far
    '<host>.<interface>.address',                        # only routing looks at it: tests/system
    'events.<n>.action',                                 # each has keys of its own
    'events.<n>.against',                                # nothing happens to whoever is meant
    '<find>.kind',                                       # each kind has keys of its own
    '<traffic>.allow_truncated',                         # needs a damaged file: tests/app
    '<traffic>.access.function',                         # one page table: who asks is alike
    'record.pcap',                                       # writes files: tests/interop
    'sim.batch', 'sim.run_ahead',                        # change nothing: identical_test.py
}
FIRST = {'<host>': 'host0', '<interface>': 'vnic0', '<function>': 'fw', '<traffic>': 'background',
         '<switch>': 'card', '<device>': 'card'}  # whose links have the card's tables
LEAST = 0.001  # a change that a reader of results would see
checks = Checks()


def path_of(row):
    """Where the witness sets its value."""
    given = row['witness'].get('path')
    return given or re.sub(r'<\w+>', lambda match: FIRST[match[0]], row['path'])


class Runs:
    """Each distinct run or search once, two at a time."""

    def __init__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.asked = {}

    def ask(self, scenario, sets, find=''):
        key = (scenario, sets, find)
        if key not in self.asked:
            number = len(self.asked)
            self.asked[key] = self.pool.submit(self.run, scenario, sets, find, number)
        return self.asked[key]

    @staticmethod
    def run(scenario, sets, find, number):
        output = scratch() / f'{number}.h5'
        words = ['run', scenario, '-o', output, '--json', '--progress', 'never']
        for change in sets:
            words += ['--set', change]
        if find:
            words += ['--find', find]
        done = snsim(*words, cwd=SCENARIOS)
        found = {'exit': done.returncode, 'said': done.stderr.strip()[:300]}
        if done.returncode == 0:
            found['metrics'] = {name: metric['value'] for name, metric in
                                json.loads(done.stdout)['metrics'].items()}
            with h5py.File(output, 'r') as file:
                found['tables'] = {f'/{name}': file[name][:].tobytes() for name in file
                                   if isinstance(file[name], h5py.Dataset)}
        output.unlink(missing_ok=True)
        return found


def judge(row, base, changed):
    witness = row['witness']
    what = f"{row['path']}: in {witness['scenario']}, {path_of(row)}={witness['value']}"
    if base['exit'] != 0:
        checks.check(False, f"{what}: the run to compare with fails: {base['said']}")
        return
    if witness['metric'] == 'refused':
        checks.check(changed['exit'] == 2 and changed['said'],
                     f"{what} is refused: {changed['said']}")
        return
    if changed['exit'] != 0:
        checks.check(False, f"{what}: exit code {changed['exit']}: {changed['said']}")
        return
    kind = 'tables' if witness['metric'].startswith('/') else 'metrics'
    before, after = (run[kind].get(witness['metric']) for run in (base, changed))
    if before is None or after is None:
        checks.check(False, f"{what}: there is no {witness['metric']}")
    elif kind == 'tables':
        checks.check(before != after, f"{what} changes {witness['metric']}")
    else:
        change = abs(after - before) / max(abs(after), abs(before), 1e-300)
        checks.check(change >= LEAST, f"{what} changes {witness['metric']} by {change:.2%}, from "
                     f"{before:.6g} to {after:.6g}")


def main():
    rows = json.loads(snsim('params', '--format', 'json').stdout)
    checks.equal('parameters without a witness', sorted(WITHOUT),
                 sorted(row['path'] for row in rows if 'witness' not in row))
    runs = Runs()
    asked = []
    for row in rows:
        if 'witness' not in row:
            continue
        witness = row['witness']
        base = WINDOWS[witness['scenario']] + tuple(witness.get('with', ()))
        change = f"{path_of(row)}={witness['value']}"
        find = path_of(row).split('.')[0] if row['path'].startswith('<find>') else ''
        asked.append((row, runs.ask(witness['scenario'], base, find),
                      runs.ask(witness['scenario'], base + (change,), find)))
    for row, base, changed in asked:
        checks.attempt(row['path'], lambda: judge(row, base.result(), changed.result()))
    print(f'{len(asked)} witnesses, {len(runs.asked)} runs')
    checks.end()


main()
