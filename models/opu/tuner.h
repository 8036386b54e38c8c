#pragma once
// The shapes of two cores with the best throughput on a device (opu_facts.md 5, 11 rule 6): best first by a bound,
// which ends the search where no shape left can be better. Plain C++; C++17-clean.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/opu/closed_form.h"
#include "models/opu/device.h"
#include "models/opu/schedule.h"

namespace nonzero::opu {

// Shapes of the search: every width and number of PEs of the regular core with every number of PEs of the other.
struct ShapeSpace {
    std::vector<int> regular_widths{4, 6, 8, 10, 12, 16};
    int regular_pes_first = 16, regular_pes_last = 256, regular_pes_step = 16;
    int depthwise_pes_first = 16, depthwise_pes_last = 160, depthwise_pes_step = 8;
    int window = 9;
};

struct Candidate {
    CoreShape regular, depthwise;
    Area area;
    std::vector<std::int64_t> bounds;  // of the pair time of each network, in units of 1/bandwidth cycle
    std::vector<std::int64_t> times;   // the pair times; empty while it is not evaluated
};

class Tuner {
  public:
    // At least one network.
    Tuner(std::vector<std::vector<LayerWork>> networks, ClosedForm form, Dram dram, Device device,
          ShapeSpace space = {});

    // All shapes that fit the device, by bound; equals by width and PEs of the regular core, then PEs of the other.
    std::vector<Candidate> candidates() const;
    // Finds the pair times of a candidate.
    void evaluate(Candidate& candidate);

    struct Result {
        Candidate best;
        std::size_t shapes = 0;     // in the space
        std::size_t feasible = 0;   // that fit
        std::size_t evaluated = 0;  // that the bound did not rule out
    };
    // std::domain_error where no shape fits.
    Result search();

    // Images a second, the geometric mean over the networks, at a clock of `hertz`.
    double mean_rate(const std::vector<std::int64_t>& pair_times, double hertz) const;
    // Evaluated candidates none of which has fewer DSPs and no less throughput; by DSPs.
    static std::vector<Candidate> pareto(const std::vector<Candidate>& evaluated);

  private:
    LayerTimes times_of(std::size_t network, const Candidate& candidate) const;

    std::vector<std::vector<LayerWork>> networks_;
    ClosedForm form_;
    Dram dram_;
    Device device_;
    ShapeSpace space_;
    PairScheduler scheduler_;
    // Time of every layer of every network on every shape of a core: [shape][network][layer].
    std::vector<CoreShape> shapes_;
    std::vector<std::vector<std::vector<std::int64_t>>> layer_times_;
    std::vector<std::vector<std::int64_t>> layer_bytes_;  // [network][layer]
    std::vector<std::int64_t> macs_;                      // of each network
};

}  // namespace nonzero::opu
