#pragma once
// The activations of a layer in front of a GEMM machine, and the im2col address generator that reads tiles of B out of
// them (workloads/im2col.h): each activation is stored once, however many places of B it has. A target without time of
// its own.
//
// Counters: stored_words (activations written), tile_words (words of B read). Not modelled: capacity, banks, the width
// of its port (the machine takes a row of its tile per cycle, or whatever its own rule says).

#include <systemc>

#include <cstdint>
#include <optional>
#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/gemm/messages.h"
#include "workloads/im2col.h"

namespace nonzero::gemm {

class ActivationBuffer : public sc_core::sc_module {
  public:
    ActivationBuffer(sc_core::sc_module_name name, Statistics& statistics);

    StreamTarget<ActivationLoad> load;
    StreamTarget<ActivationTile> tiles;

  private:
    void store(ActivationLoad& message);
    void read(const ActivationTile& tile);

    std::vector<std::int16_t> activations_;
    std::optional<Im2col> matrix_;

    Counter& stored_words_;
    Counter& tile_words_;
};

}  // namespace nonzero::gemm
