# labels: unit
# needs: h5py pandas matplotlib
"""What the documents show works: their scenarios pass `snsim check`, their code runs, their names
exist."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from program import ROOT, SNSIM
DOCUMENTS = [ROOT / 'README.md', ROOT / 'CONTRIBUTING.md', *sorted((ROOT / 'docs').rglob('*.md'))]

# What a part of a scenario needs around it.
AROUND = {
    'hosts': 'hosts: [{name: host0, card: {profile: dsc-100}}]\n',
    'functions': 'functions: [{name: rt, kind: routing, at: host0.card}]\n',
}


def blocks(kind):
    """[(where, text)] of the blocks that begin with ```kind."""
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding='utf-8')
        for match in re.finditer(rf'^```{kind}\n(.*?)^```$', text, re.M | re.S):
            line = text.count('\n', 0, match.start()) + 1
            found.append((f'{path.relative_to(ROOT)}:{line}', match[1]))
    return found


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix='snsim-documents-')
        cls.addClassCleanup(scratch.cleanup)
        cls.here = pathlib.Path(scratch.name)
        (cls.here / 'captures').symlink_to(ROOT / 'scenarios/captures')
        (cls.here / 'snsim').symlink_to(SNSIM)
        # `python3` in a document is the interpreter that has what this test needs.
        (cls.here / 'bin').mkdir()
        (cls.here / 'bin/python3').symlink_to(sys.executable)
        path = f"{cls.here / 'bin'}:{os.environ.get('PATH', '')}"
        cls.environment = {**os.environ, 'SNSIM_HOME': str(ROOT), 'MPLBACKEND': 'Agg',
                           'PATH': path}

    def call(self, *words, **options):
        done = subprocess.run([str(word) for word in words], cwd=self.here, text=True,
                              env=self.environment, capture_output=True, timeout=300, check=False,
                              **options)
        self.assertEqual(done.returncode, 0, f'{words}: {done.stdout}{done.stderr}')
        return done.stdout

    def check(self, where, text):
        with self.subTest(where):
            (self.here / 'shown.yaml').write_text(text)
            self.call(SNSIM, 'check', 'shown.yaml')

    def test_scenarios_pass_check(self):
        shown = blocks('yaml')
        self.assertTrue(shown)
        for where, text in shown:
            self.check(where, text)

    def test_parts_of_scenarios_pass_check(self):
        shown = blocks('yaml fragment')
        self.assertTrue(shown)
        for where, text in shown:
            missing = [section for key, section in AROUND.items()
                       if not re.search(rf'^{key}:', text, re.M)]
            self.check(where, ''.join(missing) + text)

    def test_sweeps_pass_check(self):
        shown = blocks('yaml sweep')
        self.assertTrue(shown)
        for where, text in shown:
            with self.subTest(where):
                (self.here / 'shown.yaml').write_text(text)
                self.call(SNSIM, 'sweep', 'shown.yaml', '--check')

    def test_code_runs_on_the_results_of_a_sweep(self):
        self.call(SNSIM, 'sweep', 'dsc100-frame-size')
        for where, text in blocks('python sweep'):
            with self.subTest(where):
                self.assertIn('1518', self.call(sys.executable, '-c', text))

    def test_code_runs_on_the_results_of_the_quickstart(self):
        self.call(SNSIM, 'run', 'quickstart', '--progress', 'never')
        for where, text in blocks('python'):
            with self.subTest(where):
                self.call(sys.executable, '-c', text)

    def test_shell_commands_run(self):
        for where, text in blocks('sh'):
            with self.subTest(where):
                self.call('bash', '-euc', text)

    def test_parameters_that_are_named_with_their_path_exist(self):
        known = set()
        for row in json.loads(self.call(SNSIM, 'params', '--format', 'json')):
            known.add(re.sub(r'<\w+>\.', '', row['path']))
        for path in DOCUMENTS:
            text = path.read_text(encoding='utf-8')
            for name in re.findall(r'`((?:windows|record)\.[a-z_.]+)`', text):
                self.assertIn(name, known, path.name)

    def test_pages_that_are_linked_exist(self):
        for path in DOCUMENTS:
            for target in re.findall(r'\]\(([^)#:]+)\)', path.read_text(encoding='utf-8')):
                self.assertTrue((path.parent / target).exists(), f'{path.name}: {target}')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
