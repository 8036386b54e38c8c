#include <cstdlib>
#include <string>
#include <systemc>
#include <vector>

#include "sc_main/command.h"
#include "sc_main/standard_streams.h"
#include "study/failure.h"

int sc_main(int argc, char* argv[]) {
    return nonzero::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
}

int main(int argc, char* argv[]) {
    nonzero::expect_memory_to_run_out("nonzero: ", "--jobs\n");
    nonzero::prepare_standard_streams();
    ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);  // the standard output is for results
    return sc_core::sc_elab_and_sim(argc, argv);
}
