"""run_tests.py MODULE: its tests. The exit status is 77 where one was skipped and none failed, as CTest shows it then."""

import sys
import unittest

SKIPPED = 77  # SKIP_RETURN_CODE in CMakeLists.txt

result = unittest.main(module=None, argv=["run_tests.py", *sys.argv[1:]], exit=False, verbosity=1).result
for test, reason in result.skipped:
    print(f"skipped: {test.id()}: {reason}")
if not result.wasSuccessful() or result.testsRun == 0:
    sys.exit(1)
sys.exit(SKIPPED if result.skipped else 0)
