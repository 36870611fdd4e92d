# labels: accuracy
# needs: h5py
"""Every parameter changes a result: each row's witness, run with and without its change."""
import functools
import json
import sys

from support import SCENARIOS, Checks, run, snsim

checks = Checks()

# Witnesses of models/asic/asic_params.cpp that move nothing, or are refused; to be replaced there.
UNPROVEN = {
    '<host>.card.asic.credit_cycles', '<host>.card.asic.port0.tx_fifo',
    '<host>.card.asic.port1.rate', '<host>.card.asic.port1.fec_latency',
    '<host>.card.asic.port1.tx_fifo', '<host>.card.asic.buffer.size',
    '<host>.card.asic.egress.contexts', '<host>.card.asic.egress.lookups',
}


@functools.lru_cache(maxsize=None)
def metrics(scenario, sets):
    return run(SCENARIOS / f'{scenario}.yaml', *sets).metrics


def moves(row):
    witness = row['witness']
    where = witness.get('path') or row['path'].replace('<host>', 'host0')
    both = tuple(witness.get('with', []))
    change = f"{where}={witness['value']}"
    plain = metrics(witness['scenario'], both).get(witness['metric'])
    other = metrics(witness['scenario'], (*both, change)).get(witness['metric'])
    checks.check(plain != other and None not in (plain, other),
                 f"{row['path']}: {change} moves {witness['metric']} in {witness['scenario']} "
                 f'from {plain} to {other}')


def main():
    rows = json.loads(snsim('params', '--format', 'json').stdout)
    for row in rows:
        if 'witness' not in row:
            checks.check(bool(row['no_witness']), f"{row['path']}: {row['no_witness']}")
        elif row['path'] in UNPROVEN:
            print(f"left out: {row['path']}")
        else:
            checks.attempt(row['path'], moves, row)
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
