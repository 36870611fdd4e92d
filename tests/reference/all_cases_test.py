# labels: accuracy
"""Every case of the repository is within its budget, and where it was at the last baseline."""
import json
import os
import subprocess
import sys

from program import ROOT, SNSIM


def main():
    done = subprocess.run([SNSIM, 'validate', '--json'], text=True, capture_output=True,
                          check=False, env={**os.environ, 'SNSIM_HOME': str(ROOT)})
    if done.returncode not in (0, 1):
        print(done.stderr)
        return 1
    found = json.loads(done.stdout)
    for row in found['rows']:
        if not row['ok']:
            print(f"{row['id']} {row['case']}: published {row['published']}, simulated "
                  f"{row['simulated']}: {row['problem']}")
    for what in ('failures', 'curves', 'drift'):
        failed = found[what] if what == 'failures' else found[what]['failed']
        for item in failed:
            print(what, item)
    for component in found['components']:
        head = f"{component['component']} {component['role']}: {component['rows']} rows"
        if component['mean'] is None:
            print(f'{head}, none of which was simulated')
        else:
            print(f"{head}, mean {component['mean']:.3%}, worst {component['worst']:.3%}")
    counts = found['figures']
    print(counts)
    if counts['bound'] + counts['excluded'] + counts['no_model'] != counts['published']:
        print('the counts do not add up')
        return 1
    return done.returncode


if __name__ == '__main__':
    sys.exit(main())
