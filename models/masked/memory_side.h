#pragma once
// What the sequencers of these machines have towards memory: operands as masks and packed values (packed_operands.h),
// read before the first cycle, and the way of the outputs out of the encoder. What operands hold is checked before use:
// a throw of Fault names the region.
//
// Counters, registered for the sequencer: activation_bytes, weight_bytes (as they are read, masks included; a counted
// layer has the same), output_bytes.

#include <span>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/dma/work_context.h"
#include "models/host/engine.h"
#include "models/masked/filters.h"
#include "models/masked/masked_layer.h"
#include "models/masked/messages.h"

namespace nonzero::masked {

// Where the values of all filters lie; of a counted layer they are none.
nz_region values_region(const nz_descriptor& descriptor, const MaskedLayer& layer, const Filters& filters);

class MemorySide {
  public:
    MemorySide(const sc_core::sc_object& sequencer, Statistics& statistics);

    MaskedTensor read_input(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context);
    // Order and masks; the region is long enough for the values.
    Filters read_filter_masks(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context);
    // With all values.
    Filters read_filters(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context);

    // outputs: to the encoder. The layer is valid until the next one; so are the bytes of its output.
    static void begin(StreamInitiator<OutputCommand>& outputs, const MaskedLayer& layer);
    std::span<const std::uint8_t> finish(StreamInitiator<OutputCommand>& outputs, const MaskedLayer& layer,
                                         Completion& completion);

  private:
    Counter& activation_bytes_;
    Counter& weight_bytes_;
    Counter& output_bytes_;
};

}  // namespace nonzero::masked
