#include "platforms/pe_array_report.h"

namespace nonzero::pe_array {

std::vector<std::pair<std::string, std::string>> pe_array_traffic(
    const std::vector<std::pair<std::string, std::string>>& meshes) {
    std::vector<std::pair<std::string, std::string>> traffic{
        {"dram_read_bytes", "dma_engine.read_bytes"},
        {"dram_write_bytes", "dma_engine.write_bytes"},
        {"dram_weight_bytes", "sequencer.dram_weight_bytes"},
        {"dram_activation_read_bytes", "sequencer.dram_activation_read_bytes"},
        {"dram_activation_write_bytes", "sequencer.dram_activation_write_bytes"},
        {"weight_vector_reads", "pe.weight_vector_reads"},
        {"iaram_vector_reads", "pe.iaram_vector_reads"},
        {"oaram_write_bytes", "oaram.write_bytes"}};
    for (const auto& [name, mesh] : meshes) {
        traffic.emplace_back(name + "_packets", mesh + ".packets");
        traffic.emplace_back(name + "_hops", mesh + ".hops");
    }
    return traffic;
}

std::vector<EnergyUse> pe_array_dram_energy() {
    std::vector<EnergyUse> uses;
    for (const char* bytes : {"weight_bytes", "activation_read_bytes", "activation_write_bytes"}) {
        uses.push_back({"dram", std::string("sequencer.dram_") + bytes, EnergyEvent::dram, 8});
    }
    return uses;
}

std::vector<std::pair<std::string, std::string>> causes_by_name(const std::vector<std::string>& causes) {
    std::vector<std::pair<std::string, std::string>> counters;
    counters.reserve(causes.size());
    for (const std::string& cause : causes) {
        counters.emplace_back(cause, cause);
    }
    return counters;
}

}  // namespace nonzero::pe_array
