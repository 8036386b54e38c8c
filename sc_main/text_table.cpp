#include "sc_main/text_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace nonzero {

void TextTable::widen(const std::vector<std::string>& row) {
    for (std::size_t column = 0; column < row.size(); ++column) {
        widths_[column] = std::max(widths_[column], row[column].size());
    }
}

std::string TextTable::line(const std::vector<std::string>& row) const {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
        const bool left = align_[column] == Align::left;
        line += left ? fmt::format("{:<{}}  ", row[column], widths_[column])
                     : fmt::format("{:>{}}  ", row[column], widths_[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace nonzero
