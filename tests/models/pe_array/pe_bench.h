#pragma once
// The frame of a bench around a PE: its IARAM and its post-processing unit as stubs.

#include <cstdint>
#include <utility>
#include <vector>

#include "models/pe_array/messages.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/common/sram_stub.h"

namespace nonzero::pe_array {

struct FinishedSums {
    int pe;
    int k_begin;
    int k_count;
    std::uint64_t outputs;
    std::vector<std::int64_t> sums;
    bool operator==(const FinishedSums&) const = default;
};

struct PeBenchFrame : ModuleBench {
    PeBenchFrame(sc_core::sc_module_name module_name, int pe_id) : ModuleBench(module_name, "pe"), id(pe_id) {}

    int id;
    MemoryStub iaram{"iaram"};
    StreamTarget<PsumBlock> ppu{
        "ppu", [this](PsumBlock& block, sc_core::sc_time&) {
            std::vector<std::int64_t> sums(block.sums.begin(), block.sums.end());
            sums.insert(sums.end(), block.narrow_sums.begin(), block.narrow_sums.end());
            finished.push_back({block.pe, block.k_begin, block.k_count, block.outputs, std::move(sums)});
        }};
    std::vector<FinishedSums> finished;
};

}  // namespace nonzero::pe_array
