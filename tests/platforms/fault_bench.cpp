#include "tests/platforms/fault_bench.h"

namespace nonzero::test {

HealthyAndFaulty::HealthyAndFaulty(const std::string& kind, const PlatformOptions& options,
                                   const Complaints& complaints) {
    machines_.add("good", kind, options, [this, complaints](Standalone& machine) { healthy_ = complaints(machine); });
    machines_.add("bad", kind, options, [this, complaints](Standalone& machine) {
        sc_core::wait(sc_core::sc_time(10, sc_core::SC_MS));
        CHECK(healthy_ != "did not run");
        faulty_ = complaints(machine);
    });
}

void HealthyAndFaulty::check() {
    try {
        machines_.run();
    } catch (const std::exception& error) {
        faulty_ = error.what();  // a block noticed it
    }
    CHECK(healthy_.empty());
    INFO(faulty_);
    CHECK_FALSE(faulty_.empty());
    CHECK(faulty_ != "did not run");
}

}  // namespace nonzero::test
