#pragma once
// A table of text in columns. The widths are fixed by a header and the rows known so far, so that rows can be printed
// while the work goes on.

#include <string>
#include <vector>

namespace nonzero {

class TextTable {
  public:
    enum class Align { left, right };

    explicit TextTable(std::vector<Align> columns) : align_(std::move(columns)), widths_(align_.size(), 0) {}

    void widen(const std::vector<std::string>& row);
    // One line with its line break, without trailing spaces.
    std::string line(const std::vector<std::string>& row) const;

  private:
    std::vector<Align> align_;
    std::vector<std::size_t> widths_;
};

}  // namespace nonzero
