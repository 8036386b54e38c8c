#pragma once
// Holds the packed weights of a layer and streams the rows of a tile to the multiply-add array, one slot of N {weight,
// memory row} entries per cycle, no bubbles between rows (demm_facts.md P4, P11). A target: it returns its time.
//
// Counters: slots, entry_bytes (weights and addresses streamed, padding too). Not modelled: capacity and banks of the
// buffer; the same weights are streamed again for every tile of columns of B.

#include <systemc>

#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/demm/messages.h"
#include "models/demm/parameters.h"

namespace nonzero::demm {

class RowStreamer : public sc_core::sc_module {
  public:
    RowStreamer(sc_core::sc_module_name name, const DemmParameters& parameters, Statistics& statistics);

    StreamTarget<WeightLoad> weights;
    StreamTarget<TileJob> jobs;
    StreamInitiator<RowBlock> rows;

  private:
    bool take(WeightLoad& load);
    bool take_packed(WeightLoad& load, std::size_t tiles);
    bool take_counts(WeightLoad& load, std::size_t tiles);
    void stream(TileJob& job, sc_core::sc_time& delay);
    RowRule rule_of(const WeightLoad& load, std::size_t tile) const;

    const DemmParameters parameters_;
    const NmTileFormat format_;
    int k_tiles_ = 0;
    int weight_bits_ = 1;
    std::vector<PackedRows> tiles_;  // [convolution group][k-tile]

    Counter& slots_;
    Counter& entry_bytes_;
};

}  // namespace nonzero::demm
