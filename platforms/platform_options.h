#pragma once
// What a platform is built with. C++17-clean.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nonzero {

// Files that let one see inside, and what of it.
struct TraceFiles {
    std::string vcd_file;       // empty: no waves
    std::string timeline_file;  // empty: no timeline
    std::string trace_scope;    // only names below this instance path, relative to the platform ("pe_0_0")
    std::uint64_t trace_begin_cycle = 0;
    std::uint64_t trace_end_cycle = ~std::uint64_t{0};

    bool any() const { return !vcd_file.empty() || !timeline_file.empty(); }
};

struct PlatformOptions : TraceFiles {
    // Name and value, as with --set; later ones win. Names and ranges: `nonzero params KIND`.
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string config_file;  // JSON, applied before `parameters`
    // That kernels of the platform share, the simulation's own among them: 1 .. kMostThreads. What is simulated does
    // not depend on it.
    std::size_t threads = 1;
    static constexpr std::size_t kMostThreads = 256;
};

}  // namespace nonzero
