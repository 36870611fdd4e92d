#labels : accuracy
"""Published measurements of hosts against the model: the error of each row, and the mean over those
that nothing was fitted to. Roles are those of results/reference/roles.csv.
"""
import csv
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get('SNSIM_HOME', '.'))
PROGRAM = pathlib.Path(os.environ['SNSIM']).resolve().parent / 'tests/host_published_rows_test'
MOST = 0.12  # mean absolute error over predicted rows


def table(name):
    with open(ROOT / 'results/reference' / name, encoding='utf-8') as file:
        return {row['id']: row for row in csv.DictReader(file)
}

def cases():
    listing = subprocess.run([PROGRAM, '--gtest_list_tests'], capture_output=True, text=True,
                             check=True).stdout
    suite = ''
    for line in listing.splitlines():
        if line.startswith('  '):
            yield suite + line.split()[0]
        elif line.endswith('.'):
            suite = line


def simulated():
    for case in cases():
        done = subprocess.run([PROGRAM, f'--gtest_filter={case}'], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f'{case} failed:\n{done.stdout[-2000:]}')
        for line in done.stdout.splitlines():
            if line.startswith('ROW '):
                _, row, value = line.split()
                yield row, float(value)


def main():
    measured, roles = table('measurements.csv'), table('roles.csv')
    errors = []
    for row, value in sorted(simulated()):
        published = float(measured[row]['value'])
        error = value / published - 1
        role = roles[row]['role']
        print(f'{row} {role:8} {measured[row]["quantity"]:45.45} {published:8.3f} {value:8.3f} '
              f'{measured[row]["unit"]:10} {error:+7.1%}')
        if role == 'predict':
            errors.append(abs(error))
    mean = sum(errors) / len(errors)
    print(f'mean absolute error of {len(errors)} predicted rows: {mean:.1%}, at most {MOST:.0%}')
    return 0 if len(errors) >= 15 and mean <= MOST else 1


if __name__ == '__main__':
    sys.exit(main())
