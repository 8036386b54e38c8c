// Memory that would answer behind the end of simulated time.

#include <catch2/catch.hpp>

#include "models/memory/dram.h"
#include "tests/models/common/dma_bench.h"
#include "tests/models/common/end_of_time_report.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::sc_time;

namespace {

DramParameters slow(const sc_time& latency, double bytes_per_ns) {
    DramParameters result;
    result.latency = latency;
    result.bytes_per_ns = bytes_per_ns;
    return result;
}

// Reads until simulated time is at its end.
void read_for_ever(DmaProtocol protocol, const DramParameters& memory) {
    Dram dram("dram", memory);
    DmaParameters parameters;
    parameters.protocol = protocol;
    DmaBench bench("bench", parameters);
    bench.engine.memory.bind(dram.socket);
    std::uint64_t rounds = 0;
    sc_time before;
    bool went_back = false;
    const Process process("process", [&] {
        for (; rounds < 100; ++rounds) {
            Job job(false, 0, 1, 64, 0);
            bench.start(job);
            job.wait();
            went_back = went_back || sc_core::sc_time_stamp() < before;
            before = sc_core::sc_time_stamp();
        }
    });
    const std::string report = end_of_time_report([] { sc_core::sc_start(); });
    CHECK_THAT(report, Catch::Contains("dram_latency") && Catch::Contains("a response of memory"));
    CHECK_FALSE(went_back);
    CHECK(rounds > 0);
    CHECK(rounds < 100);
}

}  // namespace

TEST_CASE("a memory whose latency runs into the end of simulated time says so, in LT") {
    read_for_ever(DmaProtocol::lt, slow(sc_time::from_value(std::uint64_t{1} << 60), 50));
}

TEST_CASE("a memory whose latency runs into the end of simulated time says so, in AT") {
    read_for_ever(DmaProtocol::at, slow(sc_time::from_value(std::uint64_t{1} << 60), 50));
}

TEST_CASE("a memory whose bandwidth runs into the end of simulated time says so") {
    read_for_ever(DmaProtocol::lt, slow(ns(1), 1e-14));
}
