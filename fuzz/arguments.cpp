// Command lines: arguments, one a line, of what a sub-command plans its work from: networks, layers, masks, patterns,
// densities, parameters. Nothing is run, and what names a file stays in the current directory.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fuzz/support.h"
#include "sc_main/workload_options.h"
#include "study/weight_places.h"
#include "study/workload_facts.h"
#include "workloads/nm.h"

using namespace nonzero;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

void plan(const std::vector<std::string>& arguments) {
    Options options("run", {"PLATFORM"});
    add_workload_options(options);
    add_platform_options(options);
    options.parse(arguments);
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine(read_machine(options)));
    const Workload workload = plan_workload(read_workload(options), machines);
    fuzz::require(!workload.layers.empty(), "a plan has layers");
    fuzz::require(!describe_workload(workload).empty(), "a plan can be described");
    fuzz::require(workload.coverage.share(workload.coverage.dense_macs) == 1, "all of the work is all of it");
    fuzz::require(workload.coverage.text().empty() == workload.coverage.left_out.empty(), "what is left out is told");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    std::replace(text.begin(), text.end(), '/', '|');
    std::replace(text.begin(), text.end(), '\0', '0');
    fuzz::accepts([&] {
        const NmPattern pattern = parse_nm_pattern(text);
        fuzz::require(parse_nm_pattern(to_string(pattern)) == pattern, "patterns read as printed");
    });
    fuzz::accepts([&] { parse_places(text); });
    fuzz::accepts([&] { fuzz::require(!split_list(text).empty(), "a list has parts"); });
    fuzz::accepts([&] { plan(lines_of(text)); });
    return 0;
}
