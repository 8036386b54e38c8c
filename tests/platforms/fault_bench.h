#pragma once
// Two machines in one simulation with the same work, one of them with a fault in a message between two of its blocks,
// which has to be noticed.

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "models/base/stream.h"
#include "tests/platforms/platform_bench.h"

namespace nonzero::test {

// Does the work on a machine and says everything that is wrong with it.
using Complaints = std::function<std::string(Standalone&)>;

template <class Message>
StreamInitiator<Message>& find_stream(const std::string& name) {
    auto* const socket = dynamic_cast<StreamInitiator<Message>*>(sc_core::sc_find_object(name.c_str()));
    REQUIRE(socket != nullptr);
    return *socket;
}

// The healthy machine, and "bad", which does its work when the other is done.
class HealthyAndFaulty {
  public:
    HealthyAndFaulty(const std::string& kind, const PlatformOptions& options, const Complaints& complaints);
    // There are complaints about the faulty machine alone, be they its own blocks'.
    void check();

  private:
    Machines machines_;
    std::string healthy_ = "did not run";
    std::string faulty_ = "did not run";
};

// flip changes a message that leaves the faulty machine's `socket` and returns true, once, when it has found what it
// looks for.
template <class Message>
void check_message_fault(const std::string& kind, const PlatformOptions& options, const std::string& socket,
                         const std::function<bool(Message&)>& flip, const Complaints& complaints) {
    HealthyAndFaulty machines(kind, options, complaints);
    bool flipped = false;
    find_stream<Message>("bad_platform." + socket).set_probe([&](Message& message) {
        flipped = flipped || flip(message);
    });
    machines.check();
    CHECK(flipped);
}

}  // namespace nonzero::test
