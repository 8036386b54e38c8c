#include "sc_main/failure.h"

#include <cxxabi.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <systemc>

#include "models/base/host_failure.h"
#include "sc_main/exit_status.h"
#include "workloads/error.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr char kOutOfMemory[] = "the host has not enough memory; give it more, lift its limit, or use fewer --jobs";

void tell(const char* text, std::size_t characters) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, characters);
}

bool is_out_of_memory() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    return type != nullptr && *type == typeid(std::bad_alloc);
}

// Nothing may be allocated in these.
[[noreturn]] void end_silently() {
    if (is_out_of_memory()) {
        ::_exit(exit_status::host_failed);
    }
    std::abort();
}
[[noreturn]] void end_with_line() {
    if (is_out_of_memory()) {
        tell("nonzero: ", 9);
        tell(kOutOfMemory, sizeof kOutOfMemory - 1);
        tell("\n", 1);
    }
    end_silently();
}

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

void expect_memory_to_run_out(bool tell) {
    std::set_terminate(tell ? end_with_line : end_silently);
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
