#include "study/failure.h"

#include <cxxabi.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <systemc>

#include "models/base/host_failure.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

const char* line_begin = nullptr;
const char* line_end = nullptr;

void tell(const char* text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
}

bool is_out_of_memory() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    return type != nullptr && *type == typeid(std::bad_alloc);
}

// Nothing may be allocated in it.
[[noreturn]] void end_process() {
    if (!is_out_of_memory()) {
        std::abort();
    }
    if (line_begin != nullptr) {
        tell(line_begin);
        tell(kOutOfMemory);
        tell(line_end);
    }
    ::_exit(kOutOfMemoryStatus);
}

Failure out_of_memory_failure() {
    return {Failure::Of::host, kOutOfMemory + field_name("jobs")};
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
        return {Failure::Of::input, one_line(error.what())};
    } catch (const HostError& error) {
        return {Failure::Of::host, one_line(error.what())};
    } catch (const sc_core::sc_report& report) {
        const bool host = is_host_failure(report);
        return {host ? Failure::Of::host : Failure::Of::program, one_line(host ? report.get_msg() : report.what())};
    } catch (const std::bad_alloc&) {
        return out_of_memory_failure();
    } catch (const std::length_error&) {  // a size that no address space holds
        return out_of_memory_failure();
    } catch (const std::system_error& error) {
        const bool host = is_host_failure(error.code().value());
        return {host ? Failure::Of::host : Failure::Of::program, one_line(error.what())};
    } catch (const std::exception& error) {
        return {Failure::Of::program, one_line(error.what())};
    } catch (...) {
        return {Failure::Of::program, "an exception of unknown type"};
    }
}

void throw_failure(const Failure& failure) {
    switch (failure.of) {
        case Failure::Of::input:
            throw InputError(failure.text);
        case Failure::Of::host:
            throw HostError(failure.text);
        case Failure::Of::program:
            break;
    }
    throw std::runtime_error(failure.text);
}

void expect_memory_to_run_out(const char* begin, const char* end) {
    line_begin = begin;
    line_end = end;
    std::set_terminate(end_process);
}

}  // namespace nonzero
