# labels: interop
# needs: tshark h5py
"""tshark finds no fault in what cards make of packets: segments, and tags taken off and put in."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'system'))
# pylint: disable=wrong-import-position
import dissect
from support import Checks, frames_of_pcap, run, scratch

checks = Checks()


def judged(what, *changes):
    """Frames that leave by the wire, none of which has a fault."""
    run('host-to-wire', 'servers.flows=1', 'servers.rate=100 %', 'host0.vnic0.ring=64',
        'windows.measure=200 us', 'record.pcap=[host0.card.asic.port0]', *changes, pcap=scratch())
    file = scratch() / 'host0.card.asic.port0.tx.pcap'
    checks.equal(f'{what}: frames leave', True, len(frames_of_pcap(file)) > 300)
    checks.check(dissect.check(None, file), f'{what}: tshark finds no fault')


def main():
    for ip in (4, 6):
        for vlan in (0, 7):
            for driver in ('sink', 'interrupt'):
                judged(f'IPv{ip}, VLAN {vlan}, {driver}', 'servers.protocol=tcp', f'servers.ip=v{ip}',
                       f'host0.vnic0.vlan={vlan}', f'host0.vnic0.driver={driver}')
    checks.end()


main()
