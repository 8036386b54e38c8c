#include "sc_main/plan_output.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "sc_main/standard_streams.h"
#include "sc_main/terminal.h"
#include "study/results.h"

namespace nonzero {

PlanOutput::PlanOutput(const Options& options) {
    if (const std::string path = options.text("json"); !path.empty()) {
        file_.emplace("--json", path);
        outlive_standard_output();
    }
}

void PlanOutput::write(const std::string& heading, const std::string& tables,
                       const std::function<nlohmann::ordered_json()>& json) {
    if (file_ && file_->replaceable()) {
        file_->write(to_text(json()));
    }
    fmt::print("{}{}", fitted(heading), tables);
    flush_standard_output();
    if (file_ && !file_->replaceable()) {
        file_->write(to_text(json()));
    }
}

std::string table_of(const std::vector<std::vector<std::string>>& rows, std::vector<TextTable::Align> columns) {
    TextTable table(std::move(columns));
    for (const auto& row : rows) {
        table.widen(row);
    }
    table.fit(output_width());
    std::string text;
    for (const auto& row : rows) {
        text += table.line(row);
    }
    return text + table.rest();
}

std::string cycles_text(double cycles) {
    std::string text = fmt::format("{:.3f}", cycles);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text;
}

}  // namespace nonzero
