#pragma once
// Holds the packed weights of a layer and moves the slots of a job, with their metadata, to the array: once into its
// multipliers where weights are stationary, else past them in every pass. A target without time of its own; what the
// array needs for them comes back in the delay.
//
// Counters: slot_words (slots moved, those without a weight too), slot_bytes (with metadata). Not modelled: capacity
// and banks of the buffer.

#include <systemc>

#include <optional>
#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/systolic/messages.h"
#include "models/systolic/parameters.h"

namespace nonzero::systolic {

class WeightBuffer : public sc_core::sc_module {
  public:
    WeightBuffer(sc_core::sc_module_name name, const ArrayParameters& parameters, Statistics& statistics);

    StreamTarget<WeightLoad> load;
    StreamTarget<SlotRequest> requests;
    StreamInitiator<SlotBlock> slots;

  private:
    void take(WeightLoad& message);
    void move(const SlotRequest& request, sc_core::sc_time& delay);

    const ArrayParameters parameters_;
    const ArrayGeometry* geometry_ = nullptr;
    LayerSize size_;
    std::optional<PackedWeights> weights_;
    // The slots of a job side by side.
    std::vector<std::int16_t> values_;
    std::vector<std::uint8_t> places_;

    Counter& slot_words_;
    Counter& slot_bytes_;
};

}  // namespace nonzero::systolic
