"""The program under test, and a test case with a folder and an environment of its own."""
import os
import pathlib
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SNSIM = pathlib.Path(os.environ.get('SNSIM', ROOT / 'build/release/snsim')).resolve()
UNDER_ASAN = 'asan' in SNSIM.parts  # address space and signals are the sanitizer's


class ScratchCase(unittest.TestCase):
    """`here`: an empty folder, removed afterwards; `environment`: for programs started there."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix=f'snsim-{type(self).__name__.lower()}-')
        self.addCleanup(scratch.cleanup)
        self.here = pathlib.Path(scratch.name)
        self.environment = {**os.environ, 'SNSIM_HOME': str(ROOT)}


def text(value):
    """A text of a results file, whatever h5py made of it."""
    return value.decode() if isinstance(value, bytes) else value
