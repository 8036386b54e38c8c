#pragma once
// Brute-force oracle of DeMM(N, M, C, k), written from demm_facts.md alone (10, "Numbers", and
// 10.1; the rest where these are silent). It steps through every cycle: one write port, N read ports, one or two banks,
// the pipeline behind them and the accumulators; every value moves.
//
// Readings where it is silent:
//  - the accumulator behind a tree holds at most k slots of a row, then it adds to the partial sums in the output
//    buffer: this is the number of psum row updates;
//  - naive: after the last slot of a tile D cycles pass until its results have left the pipeline, then the next preload
//    begins; they count as drain;
//  - a cycle in which a slot is issued is attributed to the slot (busy, column fragment, port idle), whatever is
//    written in it; any other cycle to the preload if a row is written in it, else to the drain.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracles/gemm_problem.h"

namespace nonzero::oracle {

struct DemmConfig {
    enum Preload { serial, hidden, naive };

    int N = 8;
    int M = 128;
    int C = 64;
    int k = 8;
    int D = 6;
    Preload preload = serial;
    // rho = pattern for pattern_n:pattern_m; with 0 rho = per_row.
    int pattern_n = 0;
    int pattern_m = 0;
};

struct DemmResult {
    // Not empty when the pattern does not fit this machine or a row holds more than the pattern; then nothing else is
    // meaningful.
    std::string refusal;

    std::vector<std::int64_t> Y;  // (groups * Mo) x P
    std::uint64_t cycles = 0;
    std::uint64_t tiles = 0;
    std::uint64_t slots = 0;      // issue cycles
    std::uint64_t writes = 0;     // rows of B written: preload cycles, hidden or not
    std::uint64_t reads = 0;      // rows of B read: stored weights times p-tiles
    std::uint64_t port_idle = 0;  // N * slots - reads
    std::uint64_t products = 0;   // reads times real columns
    std::uint64_t beyond_k = 0;   // row jobs (p-tile, k-tile, row) of more than k slots
    std::uint64_t psum_updates = 0;

    // MAC-cycles; they sum to N * C * cycles.
    std::uint64_t mac_busy = 0;
    std::uint64_t mac_column_fragment = 0;
    std::uint64_t mac_port_idle = 0;
    std::uint64_t mac_preload = 0;
    std::uint64_t mac_drain = 0;

    bool refused() const { return !refusal.empty(); }
};

// Cycle by cycle. std::logic_error when more than one write or N reads fall into a cycle, or a bank sees both.
DemmResult simulate_demm(const GemmProblem& problem, const DemmConfig& config);

// The same without Y, from the closed forms of 10.1; looks at A alone, and at its shape alone where A is empty and a
// pattern is given (reads, port_idle and products are then 0, and mac_* are not meaningful).
DemmResult count_demm(const GemmProblem& problem, const DemmConfig& config);

// Whether the categories of r sum to N * C * cycles.
bool attribution_closes(const DemmResult& r, const DemmConfig& config);

}  // namespace nonzero::oracle
