# labels: accuracy long
# needs: yaml
"""A calibrated parameter that changes by 20 % trips the drift gate, in its own component.

Calibrated is what a profile says was fitted, and what gives the hosts with the most figures their
latencies. Each is changed in a copy of the scenarios; `snsim validate` of the copy must name a case of the
component. At least 90 % have to.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import yaml

from program import ROOT, SNSIM
PROFILES = ROOT / 'scenarios/profiles'
COMPONENT = {'dsc-25': 'nic-asic', 'dsc-100': 'nic-asic', 'plain-25g': 'host-net',
             'plain-100g': 'host-net', 'xeon-e5-1650v4': 'host-net', 'xeon-6128': 'host-net'}  # others: pcie
# Queues and cables have no profile; a few of their cases show that they stay as they are.
CASES = {'nic-asic': ['nic-asic/*', 'wire-10g-1518', 'mm1-50'], 'pcie': ['PCI-*', 'mm1-50'],
         'host-net': ['host-net/*', 'mm1-50']}
HOSTS = {'bdw-e5-2630v4', 'hsw-e5-2637v3'}
FITTED_TOGETHER = {('dsc-25', 'dispatch'), ('dsc-100', 'dispatch')}  # with the clock, as the profiles' heads say
OF_HOSTS = {'root.latency', 'memory.llc_latency', 'iommu.walk', 'iommu.walkers'}
QUANTITY = re.compile(r'([\d.]+)( ?)([a-zA-Z/%]*)$')


def scalars(node, path=()):
    """(path, node) of every value of a profile."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from scalars(value, path + (key.value,))
    elif isinstance(node, yaml.ScalarNode):
        yield path, node


def changed(text):
    """20 % more, in whole numbers where it is one; None for what is no quantity."""
    match = QUANTITY.match(text)
    if not match:
        return None
    number = float(match[1]) * 1.2
    if match[3] in ('', 'B', 'KiB', 'MiB', 'mW'):
        number = max(round(number), int(float(match[1])) + 1)
    return f'{number:.6g}{match[2]}{match[3]}'


def calibrated():
    """[(file, dotted path, old, new, text of the changed profile)]"""
    found = []
    for file in sorted(PROFILES.rglob('*.yaml')):
        text = file.read_text(encoding='utf-8')
        lines = text.splitlines()
        for path, node in scalars(yaml.compose(text)):
            fitted = re.search(r'#.*\bfit(ted)?\b', lines[node.start_mark.line])
            new = changed(node.value)
            of_host = file.stem in HOSTS and '.'.join(path) in OF_HOSTS
            if new is None or not (fitted or of_host or (file.stem, path[-1]) in FITTED_TOGETHER):
                continue
            begin, end = node.start_mark.index, node.end_mark.index
            found.append((file, '.'.join(path), node.value, new, text[:begin] + new + text[end:]))
    return found


def trips(parameter, place):
    """Components that drifted, or why it did not run."""
    file, _, _, _, text = parameter
    component = COMPONENT.get(file.stem, 'pcie')
    home = pathlib.Path(tempfile.mkdtemp(dir=place))
    shutil.copytree(ROOT / 'scenarios', home / 'scenarios')
    shutil.copytree(ROOT / 'results/reference', home / 'results/reference')
    shutil.copytree(ROOT / 'results/baseline', home / 'results/baseline')
    (home / file.relative_to(ROOT)).write_text(text, encoding='utf-8')
    words = [SNSIM, 'validate', '--json', '-j', '1']
    for glob in CASES[component]:
        words += ['--case', glob]
    done = subprocess.run(words, text=True, capture_output=True, check=False,
                          env={**os.environ, 'SNSIM_HOME': str(home)})
    shutil.rmtree(home)
    if done.returncode not in (0, 1):
        return component, set(), done.stderr.strip()
    found = json.loads(done.stdout)
    if found['failures']:
        return component, set(), found['failures'][0]
    return component, {drift['component'] for drift in found['drift']['failed']}, ''


def main():
    parameters = calibrated()
    tripped, wrong = 0, []
    with tempfile.TemporaryDirectory(prefix='snsim-drift-') as place, ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda parameter: trips(parameter, place), parameters))
    for (file, path, old, new, _), (component, components, problem) in zip(parameters, results):
        good = component in components and 'queueing' not in components
        tripped += good
        if problem or 'queueing' in components:
            wrong.append(path)
        print(f'{"ok  " if good else "MISS"} {file.stem} {path}: {old} -> {new}: '
              f'{problem or ", ".join(sorted(components)) or "no drift"}')
    share = tripped / len(parameters)
    print(f'{tripped} of {len(parameters)} parameters trip the gate ({share:.0%})')
    if len(parameters) < 20 or share < 0.9 or wrong:
        print('at least 20 parameters, 90 % of them, and none that does not run are wanted')
        sys.exit(1)


if __name__ == '__main__':
    main()
