"""Runs snsim for the system tests, reads its results, and keeps count of what was checked."""
import fractions
import functools
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import traceback

import h5py

from program import ROOT, SNSIM
SCENARIOS = ROOT / 'scenarios'

UNITS = {
    '': 1, '%': fractions.Fraction(1, 100), 'B': 1, 'KiB': 1 << 10, 'MiB': 1 << 20, 'GiB': 1 << 30,
    'Hz': 1, 'kHz': 10**3, 'MHz': 10**6, 'GHz': 10**9,
    'Mb/s': 10**6, 'Gb/s': 10**9, 'Mpps': 10**6, 'k/s': 10**3, '/s': 1,
    'ps': fractions.Fraction(1, 10**12), 'ns': fractions.Fraction(1, 10**9),
    'us': fractions.Fraction(1, 10**6), 'ms': fractions.Fraction(1, 10**3), 's': 1,
    'mW': fractions.Fraction(1, 10**3), 'W': 1,
    'fJ': fractions.Fraction(1, 10**15), 'pJ': fractions.Fraction(1, 10**12),
    'nJ': fractions.Fraction(1, 10**9),
}


def quantity(text):
    """'781.25 MHz' -> 781250000, exactly."""
    match = re.fullmatch(r'([0-9.]+) ?(\S*)', text)
    if not match or match[2] not in UNITS:
        raise ValueError(f'{text!r} is no quantity')
    return fractions.Fraction(match[1]) * UNITS[match[2]]


def frames_of_pcap(path):
    """Frames of a capture as snsim and tshark write it: little-endian pcap."""
    data, frames, at = path.read_bytes(), [], 24
    while at < len(data):
        length = struct.unpack_from('<I', data, at + 8)[0]
        frames.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return frames


def ones_sum(words):
    """Ones' complement sum of 16-bit words; 0xffff over a header whose checksum is right."""
    total = sum(struct.unpack(f'!{len(words) // 2}H', words))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total


def call(*words, cwd=None, timeout=300, **environment):
    """Runs a command; whatever its exit code is, that is for the caller to judge."""
    env = {**os.environ, 'SNSIM_HOME': str(ROOT), **environment}
    return subprocess.run([str(word) for word in words], cwd=cwd or scratch(), env=env, text=True,
                          capture_output=True, timeout=timeout, check=False)


def snsim(*words, **options):
    return call(SNSIM, *words, **options)


@functools.lru_cache(maxsize=None)
def _scratch():
    return tempfile.TemporaryDirectory(prefix='snsim-test-')


def scratch():
    """A directory of this process that goes with it."""
    return pathlib.Path(_scratch().name)


class Results:
    """What a run printed and wrote."""

    def __init__(self, done, path):
        self.exit = done.returncode
        self.json = json.loads(done.stdout)
        self.path = pathlib.Path(path)
        self.metrics = {name: m['value'] for name, m in self.json['metrics'].items()}
        self.bottleneck = self.json['bottleneck']
        self.audit = self.json['audit']

    def __getitem__(self, metric):
        return self.metrics[metric]

    @property
    def limit(self):
        """'host0.card.asic.ingress engines', 'wire' or 'traffic'"""
        return f"{self.bottleneck['path']} {self.bottleneck['resource'] or ''}".strip()

    def table(self, name):
        """Rows of a table as dicts, text decoded; a table without rows is absent from the file."""
        with h5py.File(self.path, 'r') as file:
            if name not in file:
                return []
            rows = file[name][:]
        plain = lambda v: v.decode() if isinstance(v, bytes) else v.item()
        return [{column: plain(row[column]) for column in rows.dtype.names} for row in rows]

    def by_path(self, name):
        return {row['path']: row for row in self.table(name)}


def run(scenario, *sets, exits=(0,), name='run', pcap=None, seed=None, **environment):
    """Runs a scenario with changes ('PATH=VALUE'); fails unless it exits as expected."""
    output = scratch() / f'{name}.h5'
    words = ['run', scenario, '-o', output, '--json', '--progress', 'never']
    for change in sets:
        words += ['--set', change]
    if pcap:
        words += ['--pcap', pcap]
    if seed is not None:
        words += ['--seed', seed]
    done = snsim(*words, **environment)
    if done.returncode not in exits:
        raise AssertionError(f'exit code {done.returncode} of snsim {" ".join(map(str, words))}: '
                             f'{done.stderr.strip()[:400]}')
    return Results(done, output)


@functools.lru_cache(maxsize=None)
def resolved(scenario, *sets):
    """Every effective value of a scenario, as text, by path."""
    words = ['check', scenario, '--resolved']
    for change in sets:
        words += ['--set', change]
    done = snsim(*words)
    if done.returncode:
        raise AssertionError(f'snsim {" ".join(map(str, words))}: {done.stderr}')
    values = {}
    for line in done.stdout.splitlines():
        match = re.fullmatch(r'(\S+) += (.*?) +(default|--set #\d+|--seed|\S+:\d+)', line)
        if match:
            values[match[1]] = match[2]
    return values


def scenario(name, functions=('firewall', 'routing'), card='dsc-100', size='64 B', ports=1,
             more=''):
    """Writes a scenario: line rate on one or both ports, few flows, tables as they come.

    Its functions are called f0, f1, ...; its classes east (wire0 to wire1) and west.
    """
    lines = [f'name: {name}', 'windows: {warmup: 200 us, measure: 1 ms, drain: 100 us}',
             f'hosts: [{{name: host0, card: {{profile: {card}}}}}]']
    if functions:
        lines += ['functions:']
    for index, function in enumerate(functions):
        kind, _, rest = function.partition(' ')
        lines.append(f'  - {{name: f{index}, kind: {kind}, where: asic, at: host0.card, {rest}}}')
    lines += ['traffic:']
    ways = (('east', 0, 1), ('west', 1, 0))
    for way, here, there in ways[:ports]:
        lines.append(f'  - {{name: {way}, from: host0.wire{here}, to: host0.wire{there}, '
                     f'frame_size: {size}, rate: 100 %, arrival: constant, flows: 1000}}')
    path = scratch() / f'{name}.yaml'
    path.write_text('\n'.join(lines) + '\n' + more)
    return path


class Checks:
    """Prints each check; end() exits 1 if any failed."""

    def __init__(self):
        self.passed = 0
        self.failed = []

    def check(self, good, text):
        """One fact that must hold, said so that both outcomes make sense."""
        print(f'{"ok  " if good else "FAIL"} {text}', flush=True)
        if good:
            self.passed += 1
        else:
            self.failed.append(text)
        return good

    def near(self, what, expected, found, tolerance=0.01):
        expected, found = float(expected), float(found)
        error = abs(found - expected) / abs(expected) if expected else abs(found)
        return self.check(error <= tolerance, f'{what}: expected {expected:.6g}, found '
                          f'{found:.6g} ({error:.2%}, at most {tolerance:.2%})')

    def equal(self, what, expected, found):
        return self.check(expected == found, f'{what}: {found!r}' if expected == found else
                          f'{what}: expected {expected!r}, found {found!r}')

    def attempt(self, what, function, *arguments):
        """Runs a part; what it raises is a failure, and the other parts still run."""
        try:
            return function(*arguments)
        except Exception as error:  # pylint: disable=broad-except
            if not isinstance(error, AssertionError):
                traceback.print_exc(file=sys.stdout)
            self.check(False, f'{what}: {error}')
            return None

    def end(self):
        print(f'{self.passed} checks passed, {len(self.failed)} failed')
        sys.exit(1 if self.failed else 0)
