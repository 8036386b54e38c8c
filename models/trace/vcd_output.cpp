#include "models/trace/vcd_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sysc/tracing/sc_tracing_ids.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

// The kernel samples when time advances, so what happens at the last time of a simulation is sampled by hand.
struct Sampler : sc_core::sc_trace_file {
    using sc_core::sc_trace_file::cycle;
};

}  // namespace

VcdOutput::VcdOutput(const std::string& file) : file_(file) {
    if (file_.ends_with(kSuffix)) {
        file_.erase(file_.size() - std::string_view(kSuffix).size());
    }
    if (file_.empty()) {
        throw InputError(failure() + ": it has no name");
    }
    check_stream(file_ + kSuffix, failure());
}

VcdOutput::~VcdOutput() {
    close();
}

std::string VcdOutput::failure() const {
    return fmt::format("cannot write the VCD file {}", quoted_name(file_ + kSuffix));
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
    FileDescriptor file = open_output(file_ + kSuffix, O_APPEND);
    int error = file.is_open() ? write_whole(file.number(), "\n", 1) : errno;
    error = error == 0 ? file.close() : error;
    if (error != 0) {
        throw_system_failure(failure() + " whole", error);
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
    open_stream(file_ + kSuffix, failure());  // the kernel ends the program when it cannot open a file
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
