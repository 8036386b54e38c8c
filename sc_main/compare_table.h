#pragma once
// The table that `compare` prints: per layer and mask every machine, and every other cycle rule of a machine, beside
// the baseline.

#include <string>
#include <vector>

#include "study/layer_result.h"
#include "study/workload.h"
#include "workloads/text_table.h"

namespace nonzero {

class CompareTable {
  public:
    // equal_multipliers: 0, or the number to which cycles are scaled in a column of their own. width: of the terminal,
    // where the table is to fit one.
    CompareTable(const Workload& workload, const std::vector<PlannedMachine>& machines, std::size_t baseline,
                 int equal_multipliers, std::size_t width);

    std::string header();
    std::string rows(const PlannedLayer& planned, const std::vector<LayerResult>& results);
    // Of the layers of one mask added up: one result per machine.
    std::string total_rows(Mask mask, const std::vector<LayerResult>& totals);
    // The columns that did not fit beside the first ones.
    std::string rest() const { return table_.rest(); }
    // What the columns mean, the rule of every line that is no machine, and where the energy of each machine goes.
    // totals: of one mask.
    std::string footer(const EnergyTable& energy, const std::vector<LayerResult>& totals) const;

  private:
    std::vector<std::string> first_cells(const std::string& layer, Mask mask) const;
    std::string lines(const std::vector<std::string>& first, const std::vector<LayerResult>& results);

    const Workload& workload_;
    const std::vector<PlannedMachine>& machines_;
    std::size_t baseline_;
    int equal_multipliers_;
    bool several_masks_;
    TextTable table_;
};

// One line per platform and mask with what the barrier and the balance of its units cost; empty where no platform
// counts both.
std::string balance_text(const std::vector<PlannedMachine>& machines, const std::vector<Mask>& masks,
                         const std::vector<std::vector<LayerResult>>& totals);

}  // namespace nonzero
