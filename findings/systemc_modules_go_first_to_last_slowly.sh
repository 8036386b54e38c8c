#!/usr/bin/env bash
# SystemC 2.3.4 (Debian 2.3.4-2): the order in which modules are destroyed, which for a std::vector of them is that of
# construction.
#
# Expected: the order does not matter; each module leaves the kernel's registries at about the same cost.
# Seen: the registries of ports and exports look for what leaves them from their newest entry on. From the last module to
# the first the search ends at once; from the first to the last it walks over everything that is still there, so that the
# time of a teardown with thousands of sockets is mostly this search. Containers that destroy from the front (std::vector,
# std::deque, std::list) are the slow case, sc_vector destroys from the back.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libsystemc=2.3.4-2 libsystemc-dev=2.3.4-2 2>/dev/null
for package in ./*.deb; do
    dpkg-deb --extract "$package" root
done

cat >teardown.cpp <<'END'
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

struct Module : sc_core::sc_module {
    static constexpr int kSockets = 4;
    explicit Module(sc_core::sc_module_name name)
        : sc_module(name), out("out", kSockets), in("in", kSockets) {
        for (auto& socket : in) {
            socket.register_b_transport(this, &Module::take);
        }
    }
    void take(tlm::tlm_generic_payload&, sc_core::sc_time&) {}
    sc_core::sc_vector<tlm_utils::simple_initiator_socket<Module>> out;
    sc_core::sc_vector<tlm_utils::simple_target_socket<Module>> in;
};

static double teardown(int round, bool from_the_front) {
    std::vector<std::unique_ptr<Module>> modules;
    for (int n = 0; n < 4000; ++n) {
        modules.push_back(std::make_unique<Module>(("m" + std::to_string(round) + "_" + std::to_string(n)).c_str()));
    }
    const auto begin = std::chrono::steady_clock::now();
    if (from_the_front) {
        for (auto& module : modules) {
            module.reset();
        }
    } else {
        while (!modules.empty()) {
            modules.pop_back();
        }
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int sc_main(int, char*[]) {
    double front = 1e9;
    double back = 1e9;
    for (int round = 0; round < 6; ++round) {
        double& best = round % 2 == 0 ? front : back;
        best = std::min(best, teardown(round, round % 2 == 0));
    }
    std::fprintf(stderr, "4,000 modules of 8 sockets: %.2f s from the first to the last, %.2f s from the last to the first\n",
                 front, back);
    std::printf("from the first to the last: %s\n", front > 2 * back ? "over twice as long" : "nearer");
    std::fflush(stdout);
    std::_Exit(0);
}
END
libraries=$(dirname "$(find root -name 'libsystemc*.so' | head -1)")
g++ -std=c++17 -O2 -DSC_INCLUDE_DYNAMIC_PROCESSES -DSC_CPLUSPLUS=201703L -Iroot/usr/include teardown.cpp -o teardown \
    -L"$libraries" -Wl,-rpath,"$folder/$libraries" -lsystemc -pthread
SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 ./teardown | tee seen

cat >expected <<'END'
from the first to the last: over twice as long
END
diff expected seen && echo "as described"
