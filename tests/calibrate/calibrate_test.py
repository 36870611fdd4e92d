# labels: unit accuracy
# needs: scipy yaml
"""scripts/calibrate finds a parameter again that was changed, and refuses what figures do not say."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from program import ROOT, SNSIM
CARD = ROOT / 'scenarios/profiles/cards/dsc-100.yaml'
WHY = ('--few-figures', 'the data sheet has no more')


class Calibrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix='snsim-calibrate-')
        cls.addClassCleanup(scratch.cleanup)
        cls.here = pathlib.Path(scratch.name)
        text = CARD.read_text(encoding='utf-8')
        cls.clock = float(re.search(r'^  clock: ([\d.]+) MHz', text, re.M)[1])
        cls.perturbed = cls.here / 'perturbed.yaml'
        cls.perturbed.write_text(re.sub(r'(?m)^  clock: [\d.]+ MHz', '  clock: 650 MHz', text),
                                 encoding='utf-8')

    def calibrate(self, figures, *parameters, more=WHY, section='host0.card', profile=None):
        words = [sys.executable, ROOT / 'scripts/calibrate', '--profile',
                 profile or self.perturbed, '--section', section, '--figures', figures, *more]
        for parameter in parameters:
            words += ['--parameter', parameter]
        return subprocess.run([str(word) for word in words], text=True, capture_output=True,
                              check=False, env={**os.environ, 'SNSIM': str(SNSIM)}, timeout=600)

    def refused(self, text, *arguments, **options):
        done = self.calibrate(*arguments, **options)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(text, done.stderr)

    def test_a_clock_that_is_17_percent_off_comes_back_and_twice_the_same(self):
        texts = []
        for name in ('one.yaml', 'two.yaml'):
            done = self.calibrate('DSC-00[78]', 'asic.clock', more=(*WHY, '--out', self.here / name))
            self.assertEqual(done.returncode, 0, done.stderr)
            texts.append((self.here / name).read_text(encoding='utf-8'))
        self.assertEqual(*texts)
        fitted = re.search(r'(?m)^  clock: ([\d.]+) MHz +# (.*)$', texts[0])
        self.assertLess(abs(float(fitted[1]) / self.clock - 1), 0.01)
        self.assertEqual(fitted[2], 'fitted to DSC-007, DSC-008 by scripts/calibrate '
                         '(the data sheet has no more)')
        self.assertRegex(done.stdout, r'DSC-008 +-1\d\.\d+% +-?0\.\d+% +\+1\.00')

        def without_clock(text):
            return re.sub(r'(?m)^  clock: .*$', '', text)
        self.assertEqual(without_clock(texts[0]),
                         without_clock(self.perturbed.read_text(encoding='utf-8')))

    def test_parameters_that_figures_do_not_determine_are_refused(self):
        self.refused('asic.memory.tcam_latency is not determined', 'DSC-008',
                     'asic.memory.tcam_latency')
        # Both add to the latency of a read that misses the cache, and nothing tells them apart.
        self.refused('root.latency and card.pcie.latency are not determined', 'PCI-073',
                     'root.latency', 'card.pcie.latency', section='host0',
                     profile='hosts/bdw-e5-2630v4')

    def test_more_parameters_than_a_third_of_the_figures_are_refused(self):
        self.refused('more than a third of 2 figures', 'DSC-00[78]', 'asic.clock', more=())

    def test_only_a_profile_of_the_same_kind_is_replaced(self):
        other = self.here / 'study.yaml'
        other.write_text('scenario: dsc100-line-rate\n', encoding='utf-8')
        binary = self.here / 'x.h5'
        binary.write_bytes(b'\x89HDF\r\n\x1a\n')
        for out, why in ((self.perturbed, 'is the profile that is read'), (other, 'something else'),
                         (binary, 'something else')):
            before = out.read_bytes()
            self.refused(why, 'DSC-00[78]', 'asic.clock', more=(*WHY, '--out', out))
            self.assertEqual(out.read_bytes(), before)

    def test_the_given_profile_is_what_runs_and_stands_for_the_cases_own(self):
        half = self.here / 'half.yaml'
        text = CARD.read_text(encoding='utf-8')
        half.write_text(text.replace('    engines: 4                  # estimate: four',
                                     '    engines: 2                  # estimate: four'), encoding='utf-8')
        self.assertNotEqual(half.read_text(encoding='utf-8'), text)
        done = self.calibrate('DSC-008', 'asic.clock', profile=half)
        self.assertEqual(done.returncode, 0, done.stderr)
        fitted = re.search(r'asic.clock +781.25 MHz +([\d.]+) MHz', done.stdout)
        self.assertAlmostEqual(float(fitted[1]) / self.clock, 2, delta=0.1)
        self.refused('the case of DSC-008 has cards/dsc-100 at host0.card, not cards/dsc-25', 'DSC-008',
                     'asic.clock', profile='cards/dsc-25')

    def test_mistakes_are_told_before_the_work(self):
        self.refused('is given twice', 'DSC-008', 'asic.clock', 'asic.clock=1 MHz..2 GHz')
        self.refused('there is no such folder', 'DSC-008', 'asic.clock',
                     more=(*WHY, '--out', self.here / 'none/x.yaml'))
        self.refused('is one line', 'DSC-008', 'asic.clock', more=('--few-figures', 'a\nb: c'))

    def test_figures_of_other_roles_are_refused(self):
        self.refused('DSC-010 (unverified)', 'DSC-0[01]*', 'asic.clock')

    def test_figures_of_several_machines_are_refused(self):
        self.refused('of one machine', 'DSC-008,PCI-003', 'asic.clock')

    def test_counts_unknown_parameters_and_values_the_profile_does_not_state_are_refused(self):
        self.refused('is a count', 'DSC-008', 'asic.cost.dispatch')
        self.refused("'host0.card.asic.clok' is not a parameter", 'DSC-008', 'asic.clok')
        self.refused('states one value for asic.port0.rate and asic.port1.rate', 'DSC-008',
                     'asic.port1.rate', more=(*WHY, '--out', self.here / 'x.yaml'))


if __name__ == '__main__':
    unittest.main()
