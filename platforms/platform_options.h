#pragma once
// What a platform is built with. C++17-clean.

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
};

}  // namespace nonzero
