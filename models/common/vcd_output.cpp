#include "models/common/vcd_output.h"

#include <fmt/format.h>
#include <sysc/tracing/sc_tracing_ids.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "workloads/error.h"

namespace nonzero {

namespace {

const std::string kSuffix = ".vcd";

// The kernel samples when time advances, so what happens at the last time of a simulation is sampled by hand.
struct Sampler : sc_core::sc_trace_file {
    using sc_core::sc_trace_file::cycle;
};

}  // namespace

VcdOutput::VcdOutput(const std::string& file) : file_(file) {
    if (file_.ends_with(kSuffix)) {
        file_.erase(file_.size() - kSuffix.size());
    }
    // The kernel ends the program when it cannot open the file, so try before it does.
    const std::string path = file_ + kSuffix;
    std::error_code ignored;
    const bool existed = std::filesystem::exists(path, ignored);
    errno = 0;
    if (file_.empty() || !std::ofstream(path, std::ios::app)) {
        throw InputError(fmt::format("cannot write the VCD file '{}': {}", path,
                                     file_.empty() ? "it has no name" : std::strerror(errno)));
    }
    if (!existed) {
        std::filesystem::remove(path, ignored);
    }
}

VcdOutput::~VcdOutput() {
    close();
}

void VcdOutput::close() {
    if (trace_file_ != nullptr) {
        (trace_file_->*(&Sampler::cycle))(false);
        sc_core::sc_close_vcd_trace_file(trace_file_);
        trace_file_ = nullptr;
    }
}

void VcdOutput::finish() {
    if (trace_file_ == nullptr) {
        return;
    }
    close();
    // The kernel keeps to itself whether its writes succeeded. Where they did not, a last line does not either.
    const std::string path = file_ + kSuffix;
    std::ofstream out(path, std::ios::app);
    out << '\n' << std::flush;
    if (!out) {
        throw InputError(fmt::format("the VCD file '{}' could not be written whole: is the disk full?", path));
    }
}

std::size_t VcdOutput::declare(const std::string& name, unsigned bits) {
    if (trace_file_ != nullptr || bits < 1 || bits > 64 || !names_.insert(name).second) {
        throw std::logic_error(
            fmt::format("signal '{}' of {} bits: declared late, twice or with a wrong width", name, bits));
    }
    variables_.push_back({name, bits, 0});
    return variables_.size() - 1;
}

void VcdOutput::begin() {
    trace_file_ = sc_core::sc_create_vcd_trace_file(file_.c_str());
    // The finest time there is: every cycle and every fraction of one is exact. The kernel announces it on the standard
    // output, which belongs to the program's results.
    const sc_core::sc_actions before = sc_core::sc_report_handler::set_actions(
        sc_core::SC_ID_TRACING_TIMESCALE_UNIT_, sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    trace_file_->set_time_unit(std::round(sc_core::sc_get_time_resolution().to_seconds() * 1e15), sc_core::SC_FS);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_TRACING_TIMESCALE_UNIT_, sc_core::SC_INFO, before);
    for (const Variable& variable : variables_) {
        sc_core::sc_trace(trace_file_, variable.value, variable.name, static_cast<int>(variable.bits));
    }
}

bool VcdOutput::quiet() const {
    return std::all_of(variables_.begin(), variables_.end(), [](const Variable& each) { return each.value == 0; });
}

void VcdOutput::clear() {
    for (Variable& variable : variables_) {
        variable.value = 0;
    }
}

}  // namespace nonzero
