#pragma once
// Holds the weights of a layer and multiplies their rows with a column of B, a slot of N products a cycle. A target: it
// adds the slots to the delay; the D cycles of its pipeline are the sequencer's.
//
// Counters in MAC-cycles: busy (a multiplier has a weight), fragment (it is behind the end of a row). Others: products,
// weight_words (read from its buffer). Not modelled: capacity of that buffer.

#include <systemc>

#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/gemm/messages.h"
#include "tests/toy_machine/messages.h"
#include "tests/toy_machine/parameters.h"

namespace nonzero::toy {

class MultiplierRow : public sc_core::sc_module {
  public:
    MultiplierRow(sc_core::sc_module_name name, const ToyParameters& parameters, const Clocking& clock,
                  Statistics& statistics);

    StreamTarget<WeightLoad> weights;
    StreamTarget<ColumnJob> jobs;
    StreamInitiator<gemm::PsumBlock> psums;  // bind to OutputBuffer::psums

  private:
    bool take(const WeightLoad& load);
    void work(ColumnJob& job, sc_core::sc_time& delay);

    const ToyParameters parameters_;
    const Clocking& clock_;
    GemmShape shape_;
    std::vector<std::int16_t> weights_;
    std::vector<std::uint32_t> row_of_slot_;
    std::vector<double> sums_;

    Counter& busy_;
    Counter& fragment_;
    Counter& products_;
    Counter& weight_words_;
};

}  // namespace nonzero::toy
