#include "tests/platforms/comparison.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

namespace nonzero::test {

bool Comparison::finished(const HostOutcome& outcome) {
    if (!outcome.done) {
        text_ += fmt::format(" error {} at {:#x};", int(outcome.error), outcome.fault_address);
    }
    return outcome.done;
}

void Comparison::same(const std::string& what, std::uint64_t ours, std::uint64_t theirs) {
    if (ours != theirs) {
        text_ += fmt::format(" {} {} != {};", what, ours, theirs);
    }
}

void Comparison::holds(const std::string& what, bool condition) {
    if (!condition) {
        text_ += " " + what + ";";
    }
}

void check_none(const std::vector<std::string>& failures) {
    for (const std::string& failure : failures) {
        UNSCOPED_INFO(failure);
    }
    CHECK(failures.empty());
}

}  // namespace nonzero::test
