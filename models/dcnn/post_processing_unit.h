#pragma once
// Post-processing unit of a PE of the dense machine: outputs are stored uncompressed, two bytes each.

#include "models/dcnn/parameters.h"
#include "models/pe_array/post_processing_unit.h"

namespace nonzero::dcnn {

class PostProcessingUnit : public pe_array::PeArrayPostProcessingUnit {
  public:
    PostProcessingUnit(sc_core::sc_module_name name, const DcnnParameters& parameters, Statistics& statistics)
        : pe_array::PeArrayPostProcessingUnit(name, parameters.operand_bits, statistics, "outputs written to OARAM") {}

  private:
    void store_planes(std::span<const std::int16_t> values, int) override {
        append(values.data(), values.size_bytes(), values.size());
    }
    void store_neurons(std::span<const std::int16_t> values, bool) override {
        append(values.data(), values.size_bytes(), values.size());
    }
};

}  // namespace nonzero::dcnn
