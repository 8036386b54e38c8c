#pragma once
// The frame of a bench around one module: what every module is given, and its counters by their short names. The bench
// derives from it, holds the module under test and stubs on its sockets.

#include <cstdint>
#include <string>
#include <systemc>

#include "models/base/clocking.h"
#include "models/base/statistics.h"

namespace nonzero {

class ModuleBench : public sc_core::sc_module {
  public:
    // tested: name of the module under test inside of the bench.
    ModuleBench(sc_core::sc_module_name module_name, const char* tested, double period_ns = 2)
        : sc_module(module_name), clock(sc_core::sc_time(period_ns, sc_core::SC_NS)), tested_(tested) {}

    std::uint64_t counter(const std::string& counter_name) const {
        return statistics.value(std::string(name()) + "." + tested_ + "." + counter_name);
    }

    Clocking clock;
    Statistics statistics;

  private:
    std::string tested_;
};

}  // namespace nonzero
