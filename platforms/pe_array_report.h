#pragma once
// What arrays of PEs around a sequencer report alike: the blocks have the same names in all of them.

#include <string>
#include <utility>
#include <vector>

#include "platforms/cost_uses.h"

namespace nonzero::pe_array {

// Traffic of memory, of the PEs' buffers, and of meshes: name in the results -> mesh.
std::vector<std::pair<std::string, std::string>> pe_array_traffic(
    const std::vector<std::pair<std::string, std::string>>& meshes);

// What a running machine has of DRAM: weights, and activations that do not fit on chip.
std::vector<EnergyUse> pe_array_dram_energy();

// Causes of cycles whose counters, of whatever block, have their names.
std::vector<std::pair<std::string, std::string>> causes_by_name(const std::vector<std::string>& causes);

}  // namespace nonzero::pe_array
