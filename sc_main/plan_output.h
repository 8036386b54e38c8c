#pragma once
// What `schedule` and `tune` put out: a text, and with --json the same as a file.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "sc_main/options.h"
#include "sc_main/output_file.h"
#include "workloads/text_table.h"

namespace nonzero {

class PlanOutput {
  public:
    // Before the work: throws InputError or HostError where the file cannot be written.
    explicit PlanOutput(const Options& options);
    // Fitted to the output's width. What is no regular file gets the JSON behind the text.
    void write(const std::string& heading, const std::string& tables,
               const std::function<nlohmann::ordered_json()>& json);

  private:
    std::optional<ReplacedFile> file_;
};

// The first row is the header; a table wider than the output becomes blocks.
std::string table_of(const std::vector<std::vector<std::string>>& rows, std::vector<TextTable::Align> columns);
// "889674.125": three decimals at most.
std::string cycles_text(double cycles);

}  // namespace nonzero
