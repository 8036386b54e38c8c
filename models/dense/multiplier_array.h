#pragma once
// All multipliers of a dense machine, the weights and the tile of activations in front of them, and the adders behind
// them. Zeros are multiplied like any other value. A target: a job adds its cycles to the delay.
//
// Counters in multiplier cycles: busy (products), fragment (taps beyond the kernel or the last channel, and what a
// layer's last cycle has no product for), idle (lanes without a filter, row or pixel). Others: cycles (of jobs), jobs,
// products, weight_words (read from the weight buffer, once for each job). Not modelled: capacity of the buffers.

#include <systemc>

#include <cstdint>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/dense/messages.h"
#include "models/gemm/messages.h"

namespace nonzero::dense {

class MultiplierArray : public sc_core::sc_module {
  public:
    MultiplierArray(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics);

    StreamTarget<WeightLoad> weights;
    StreamTarget<OperandTile> tiles;
    StreamTarget<FilterJob> jobs;
    StreamInitiator<gemm::PsumBlock> psums;  // bind to OutputBuffer::psums

  private:
    void take(WeightLoad& load);
    void take(const OperandTile& tile);
    void work(FilterJob& job, sc_core::sc_time& delay);
    void multiply(int convolution_group, const Range& filters, FilterJob& job);
    template <class Sum>
    void multiply_into(AlignedVector<Sum>& sums, int convolution_group, const Range& filters, const Range& k);
    std::size_t first_word(int convolution_group) const;
    gemm::PsumBlock block_of(int convolution_group, const Range& filters) const;

    const Clocking& clock_;
    const gemm::GemmPlan* plan_ = nullptr;
    std::vector<std::int16_t> weights_;
    int weight_bits_ = 0;
    OperandTile tile_;
    std::vector<std::uint32_t> non_zeros_;  // of the rows of the tile
    AlignedVector<std::int32_t> narrow_sums_;
    AlignedVector<double> wide_sums_;

    Counter& busy_;
    Counter& fragment_;
    Counter& idle_;
    Counter& cycles_;
    Counter& jobs_;
    Counter& products_;
    Counter& weight_words_;
};

}  // namespace nonzero::dense
