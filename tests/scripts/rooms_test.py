"""The check of the rooms: on small projects, and on this one."""

import contextlib
import io
import unittest
from pathlib import Path

from nonzero_scripts.program import PROJECT
from nonzero_scripts.rooms import check
from support import FolderTest


class RoomsTest(FolderTest):
    def checked(self, files: dict[str, str]) -> tuple[int, str]:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = check(self.folder)
        return status, said.getvalue()

    def test_arrows_that_go_down(self) -> None:
        status, said = self.checked(
            {
                "workloads/layer.h": "#include <vector>\n",
                "models/scnn/sequencer.cpp": '#include <systemc>\n#include "models/engine/layer_engine.h"\n#include "workloads/layer.h"\n',
                "models/engine/layer_engine.h": '#include "models/dma/dma.h"\n',
                "models/dma/dma.h": "#include <tlm>\n",
                "sc_main/run.cpp": '#include "models/scnn/sequencer.h"\n',
            }
        )
        self.assertEqual((status, said), (0, "rooms: the includes of 5 files are in order\n"))

    def test_arrows_that_turn(self) -> None:
        for file, included in (
            ("models/dma/dma.h", "models/host/engine.h"),
            ("models/scnn/sequencer.cpp", "models/dcnn/geometry.h"),
            ("workloads/layer.cpp", "study/cost.h"),
            ("lowering/lowering.cpp", "platforms/registry.h"),
            ("study/cost.cpp", "sc_main/options.h"),
            ("models/gemm/plan.cpp", "models/pe_array/layer_plan.h"),
        ):
            with self.subTest(file):
                status, said = self.checked({file: f'#include <vector>\n  #  include "{included}"\n'})
                self.assertEqual(status, 1)
                self.assertIn(f"{file}:2: {str(Path(file).parent)} includes {included}\n", said)

    def test_files_of_no_room(self) -> None:
        status, said = self.checked({"models/attic/a.h": "", "models/scnn/b.h": '#include "models/attic/a.h"\n#include "b.h"\n'})
        self.assertEqual(status, 1)
        for line in (
            "models/attic/a.h: is in no room\n",
            "models/scnn/b.h:1: includes models/attic/a.h, which is in no room\n",
            "models/scnn/b.h:2: includes b.h, which is in no room\n",
        ):
            self.assertIn(line, said)

    def test_plain_files_reach_no_systemc(self) -> None:
        status, said = self.checked(
            {
                "models/scnn/CMakeLists.txt": "target_sources(nonzero_kernels PRIVATE\n    geometry.cpp)\n"
                "target_sources(nonzero_models PRIVATE sequencer.cpp)\n",
                "models/scnn/geometry.cpp": '#include "models/scnn/geometry.h"\n',
                "models/scnn/geometry.h": '#include "models/base/clocking.h"\n',
                "models/scnn/sequencer.cpp": "#include <tlm_utils/simple_target_socket.h>\n",
                "models/base/clocking.h": "#include <systemc>\n",
                "lowering/a.cpp": '#include "models/scnn/geometry.h"\n',
            }
        )
        self.assertEqual((status, said.count("\n")), (1, 2), said)
        for way in ("geometry.cpp -> models/scnn/geometry.h", "lowering/a.cpp -> models/scnn/geometry.h"):
            self.assertIn(f"{way} -> models/base/clocking.h -> <systemc>: ", said)

    def test_the_rooms_of_this_project(self) -> None:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = check(PROJECT)
        self.assertEqual(status, 0, said.getvalue())


if __name__ == "__main__":
    unittest.main()
