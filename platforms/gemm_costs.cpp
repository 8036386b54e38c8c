#include "platforms/gemm_costs.h"

namespace nonzero::gemm {

std::vector<EnergyUse> gemm_energy(const GemmWidths& widths, const std::string& sequencer) {
    const double operand = widths.operand_bits;
    const double sum = widths.accumulator_bits;
    const double accumulators = kAccumulators * sum / 8;
    std::vector<EnergyUse> uses{
        {"activation_buffer", "activation_buffer.stored_words", EnergyEvent::sram, operand, kActivationBufferBytes},
        {"activation_buffer", "activation_buffer.tile_words", EnergyEvent::sram, operand, kActivationBufferBytes},
        // Read, add, write; then the read-out of the finished sum.
        {"psum_buffer", "output_buffer.psum_updates", EnergyEvent::sram, 2 * sum, accumulators},
        {"adders", "output_buffer.psum_updates", EnergyEvent::add, sum},
        {"psum_buffer", "output_buffer.outputs", EnergyEvent::sram, sum, accumulators}};
    for (const char* operands : {".activation_bytes", ".weight_bytes", ".output_bytes"}) {
        uses.push_back({"dram", sequencer + operands, EnergyEvent::dram, 8});
    }
    return uses;
}

std::vector<std::pair<std::string, std::string>> gemm_traffic(const std::string& sequencer) {
    return {{"dram_activation_bytes", sequencer + ".activation_bytes"},
            {"dram_weight_bytes", sequencer + ".weight_bytes"},
            {"dram_output_bytes", sequencer + ".output_bytes"},
            {"activation_buffer_words", "activation_buffer.tile_words"},
            {"psum_updates", "output_buffer.psum_updates"}};
}

}  // namespace nonzero::gemm
