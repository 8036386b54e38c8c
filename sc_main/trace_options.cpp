#include "sc_main/trace_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "sc_main/results_file.h"
#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/natural.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

void read_window(const std::string& text, TraceFiles& traces) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const auto begin = to_natural(text.substr(0, colon));
    const auto end = colon < text.size() ? to_natural(text.substr(colon + 1)) : std::nullopt;
    if (!begin || !end) {
        throw InputError(
            fmt::format("--vcd-window: {} is not of the form A:B, two cycles since the start", quoted_name(text)));
    }
    if (*begin >= *end) {
        throw InputError(fmt::format("--vcd-window: {} is empty, A has to be below B", quoted_name(text)));
    }
    traces.trace_begin_cycle = *begin;
    traces.trace_end_cycle = *end;
}

}  // namespace

void check_distinct_files(const Options& options, bool host_times) {
    std::vector<std::pair<std::string, std::filesystem::path>> files;
    const auto add = [&](const char* option, const std::string& path) {
        std::error_code error;
        auto canonical = std::filesystem::weakly_canonical(path, error);
        if (error) {
            canonical = path;  // refused where it is opened
        }
        for (const auto& [other, file] : files) {
            if (file == canonical) {
                throw InputError(fmt::format("--{} and --{} would both write {}", other, option, quoted_name(path)));
            }
        }
        files.emplace_back(option, canonical);
    };
    for (const char* option : {"json", "timeline"}) {
        if (options.has(option)) {
            add(option, options.text(option));
        }
    }
    if (options.has("vcd")) {
        add("vcd", with_vcd_suffix(options.text("vcd")));
    }
    if (host_times && options.has("json")) {
        add("json", host_times_path(options.text("json")));
    }
}

std::string with_vcd_suffix(const std::string& file) {
    const std::string suffix = ".vcd";
    return file.empty() || file.ends_with(suffix) ? file : file + suffix;
}

void add_trace_options(Options& options) {
    options.section("Seeing inside");
    options.value("vcd", "FILE", "waves of the blocks that have any: PEs or arrays, memories, the sequencer");
    options.value("timeline", "FILE", "Trace Event JSON, for Perfetto");
    options.value("vcd-scope", "NAME", "only blocks whose name begins so, as in pe_0_0; for --timeline too");
    options.value("vcd-window", "A:B",
                  "only cycles A up to, not including, B since the start, set-up included; for --timeline too");
}

TraceFiles read_trace_options(const Options& options) {
    TraceFiles traces;
    check_distinct_files(options, true);
    options.needs("vcd-scope", {"vcd", "timeline"});
    options.needs("vcd-window", {"vcd", "timeline"});
    traces.trace_scope = options.text("vcd-scope");
    if (options.has("vcd-window")) {
        read_window(options.text("vcd-window"), traces);
    }
    traces.vcd_file = with_vcd_suffix(options.text("vcd"));
    traces.timeline_file = options.text("timeline");
    for (const auto& [option, file] : {std::pair{"--vcd", traces.vcd_file}, {"--timeline", traces.timeline_file}}) {
        if (!file.empty()) {
            check_stream(file, fmt::format("{}: cannot write {}", option, quoted_name(file)));
        }
    }
    return traces;
}

}  // namespace nonzero
