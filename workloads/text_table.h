#pragma once
// Tables and text in lines, for an output of any width or of a terminal's.
//
// The widths of a table's columns are fixed by a header and the rows known so far, so that rows can be printed while
// the work goes on. A table that is wider than its output becomes blocks of columns, one below the other, each with the
// key columns on its left: line() gives the first block, rest() the others when all rows are there.

#include <cstddef>
#include <string>
#include <vector>

namespace nonzero {

class TextTable {
  public:
    enum class Align { left, right };

    // keys: how many columns are repeated in every block.
    explicit TextTable(std::vector<Align> columns, std::size_t keys = 1)
        : align_(std::move(columns)), widths_(align_.size(), 0), keys_(keys), blocks_{{0, align_.size()}} {}

    void widen(const std::vector<std::string>& row);
    // After widen(): blocks of at most `width` characters; 0: one block, however wide. Where that is not possible
    // otherwise, keys lose their middle and text in the last column of a block goes on below itself.
    void fit(std::size_t width);
    // One row, with line breaks and without trailing spaces; empty: an empty line. The first one is the header.
    std::string line(const std::vector<std::string>& row);
    // The blocks behind the first, with a line break in front of each; rows that have nothing to say there are left
    // out. Empty where there is one block.
    std::string rest() const;

  private:
    struct Block {
        std::size_t begin;  // columns; the first block has the keys among them
        std::size_t end;
    };
    std::string block_line(const Block& block, const std::vector<std::string>& row) const;
    std::string padded(std::size_t column, const std::string& text) const;

    std::vector<Align> align_;
    std::vector<std::size_t> widths_;
    std::size_t keys_;
    std::size_t width_ = 0;
    std::vector<Block> blocks_;
    std::vector<std::vector<std::string>> rows_;  // while there are blocks behind the first
};

// Every line that is longer than `width` broken at spaces; it goes on below its second column, where a "label  text"
// has one, else indented. A word longer than that stays whole. 0: the text as it is.
std::string wrap_lines(const std::string& text, std::size_t width);

}  // namespace nonzero
