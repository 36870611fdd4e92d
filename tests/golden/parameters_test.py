# labels: golden
"""docs/parameters.md is what `snsim params --format md` prints."""
import difflib
import subprocess
import sys

from program import ROOT, SNSIM

printed = subprocess.run([SNSIM, 'params', '--format', 'md'], check=True, text=True,
                         capture_output=True).stdout
kept = (ROOT / 'docs/parameters.md').read_text(encoding='utf-8')
if printed != kept:
    print(*difflib.unified_diff(kept.splitlines(), printed.splitlines(), 'docs/parameters.md',
                                'snsim params --format md', lineterm='', n=0), sep='\n')
    sys.exit('docs/parameters.md is out of date: ./snsim params --format md > docs/parameters.md')
print(f'{len(kept.splitlines())} lines are current')
