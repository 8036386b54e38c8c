#pragma once
// The table that `run` prints, row by row as layers finish.

#include <map>
#include <string>
#include <vector>

#include "study/coverage.h"
#include "study/layer_result.h"
#include "workloads/text_table.h"

namespace nonzero {

class ResultTable {
  public:
    // coverage: what the total is to be of. width: of the terminal, where the table is to fit one.
    ResultTable(const PlatformReport& report, const std::vector<std::string>& layer_names, Coverage coverage = {},
                std::size_t width = 0);

    std::string header();
    std::string row(const LayerResult& layer);
    // The columns that did not fit beside the first ones, of the rows so far.
    std::string rest() const { return table_.rest(); }
    // Totals, what they lack, what the columns mean, and what has to be said of single layers.
    std::string footer(const EnergyTable& energy);

  private:
    std::vector<std::string> cells(const LayerResult& layer, const std::string& values) const;
    void note(const LayerResult& layer);

    PlatformReport report_;
    Coverage coverage_;
    TextTable table_;
    LayerResult total_;
    std::size_t layers_ = 0;
    std::vector<std::string> notes_;
    std::map<std::string, std::size_t> layouts_;  // of matrix products: how many went over PEs as what
};

}  // namespace nonzero
