# labels: golden
# needs: h5py
"""Each seeded fault makes the audit law that watches for it fail, and only laws it touches.

Needs a build with faults: `cmake --preset faults && cmake --build --preset faults`, or another
program in $SNSIM_FAULTS_BIN.
"""
import os
import pathlib
import sys

import support
from support import Checks, ROOT, SCENARIOS, run

FAULTS = {
    # fault: (law that must fail, laws that may fail with it)
    'lost_frame': ('conservation.frames', {'conservation.bytes', 'occupancy'}),
    'double_service': ('occupancy', {'utilisation'}),
    'leaked_credit': ('credits', set()),
    'unpriced_event': ('energy', set()),
    'lost_work': ('energy', set()),
    'lost_time': ('journey.gaps', set()),
}
PCIE_FAULTS = {  # in pcie-bench
    'lost_flow_credit': ('pcie.credits', set()),
    'lost_tag': ('pcie.dma.tags', set()),
    'lost_dma_bytes': ('pcie.dma.bytes', set()),
    'lost_tlp_bytes': ('pcie.bytes', set()),
    'lost_operation': ('occupancy', set()),
}
SWITCH_FAULTS = {  # in pcie-switch
    'lost_switch_tlp': ('pcie.switch', set()),
    'lost_replay_room': ('pcie.replay', set()),
}
HOST_FAULTS = {  # in interrupt-moderation
    'lost_cycles': ('cycles', set()),
    'lost_bin_cycles': ('cycles.bins', set()),
    'lost_idle_time': ('core.time', set()),
}
EVERY = {'dsc100-line-rate': FAULTS, 'pcie-bench': PCIE_FAULTS, 'pcie-switch': SWITCH_FAULTS,
         'interrupt-moderation': HOST_FAULTS}
CHANGES = ('windows.warmup=100 us', 'windows.measure=200 us')
LONGER = {'lost_idle_time': ('windows.measure=20 ms',)}  # a core sleeps less often than others count
checks = Checks()


def failed_laws(done):
    return {row['law'] for row in done.table('audit') if not row['ok']}


def seeded(fault, law, others, scenario):
    done = run(SCENARIOS / f'{scenario}.yaml', *CHANGES, *LONGER.get(fault, ()), exits=(0, 1),
               name=fault, SNSIM_FAULT=fault)
    failed = failed_laws(done)
    checks.check(law in failed, f'{fault}: law {law} fails ({", ".join(sorted(failed)) or "none"} '
                 'of them do)')
    checks.check(failed <= {law} | others, f'{fault}: no law fails that does not watch for it')
    checks.equal(f'{fault}: exit code', 1, done.exit)
    checks.equal(f'{fault}: audit in the JSON', (False, failed),
                 (done.audit['ok'], {entry.split('@')[0] for entry in done.audit['failed']}))
    for row in done.table('audit'):
        if not row['ok']:
            checks.check(row['expected'] != row['found'],
                         f"{fault}: {row['law']} at {row['where']}: expected "
                         f"{row['expected']:.15g}, found {row['found']:.15g}")
            break


def none():
    every = set()
    for scenario in (*EVERY, 'quickstart'):
        done = run(SCENARIOS / f'{scenario}.yaml', *CHANGES, name='none')
        checks.equal(f'no fault, {scenario}: exit code, audit, laws that fail', (0, True, set()),
                     (done.exit, done.audit['ok'], failed_laws(done)))
        every |= {row['law'] for row in done.table('audit')}
    faults = {law for table in EVERY.values() for law, _ in table.values()}
    watched = faults | {law for table in EVERY.values() for _, others in table.values()
                        for law in others}
    checks.equal('laws that no seeded fault makes fail', set(), every - watched)
    checks.check(faults <= every, f'every law with a fault is checked ({faults - every})')


def main():
    program = pathlib.Path(os.environ.get('SNSIM_FAULTS_BIN', ROOT / 'build/faults/snsim'))
    if not program.exists():
        print(f'SKIP: no build with seeded faults ({program}; SNSIM_FAULTS_BIN names another)')
        sys.exit(77)
    support.SNSIM = program.resolve()
    checks.attempt('no fault', none)
    for scenario, table in EVERY.items():
        for fault, (law, others) in table.items():
            checks.attempt(fault, seeded, fault, law, others, scenario)
    checks.end()


main()
