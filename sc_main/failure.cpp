#include "sc_main/failure.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <system_error>
#include <systemc>

#include "models/common/host_failure.h"
#include "sc_main/exit_status.h"
#include "workloads/error.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr const char* kOutOfMemory =
    "the host has not enough memory; give it more, lift its limit, or use fewer --jobs";

}  // namespace

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    std::replace(text.begin(), text.end(), '\n', ' ');
    return printable(text);
}

Failure current_failure() {
    try {
        throw;
    } catch (const InputError& error) {
        return {exit_status::bad_input, one_line(error.what())};
    } catch (const HostError& error) {
        return {exit_status::host_failed, one_line(error.what())};
    } catch (const sc_core::sc_report& report) {
        const bool host = is_host_failure(report);
        return {host ? exit_status::host_failed : exit_status::internal_error,
                one_line(host ? report.get_msg() : report.what())};
    } catch (const std::bad_alloc&) {
        return {exit_status::host_failed, kOutOfMemory};
    } catch (const std::length_error&) {  // a size that no address space holds
        return {exit_status::host_failed, kOutOfMemory};
    } catch (const std::system_error& error) {
        const bool host = is_host_failure(error.code().value());
        return {host ? exit_status::host_failed : exit_status::internal_error, one_line(error.what())};
    } catch (const std::exception& error) {
        return {exit_status::internal_error, one_line(error.what())};
    } catch (...) {
        return {exit_status::internal_error, "an exception of unknown type"};
    }
}

void throw_failure(const Failure& failure) {
    switch (failure.status) {
        case exit_status::bad_input:
            throw InputError(failure.text);
        case exit_status::host_failed:
            throw HostError(failure.text);
        default:
            throw std::runtime_error(failure.text);
    }
}

}  // namespace nonzero
