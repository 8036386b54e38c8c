#include "workloads/text_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nonzero {

namespace {

constexpr std::size_t kGap = 2;         // spaces between columns
constexpr std::size_t kNarrowest = 20;  // of text that is broken

// Characters of UTF-8 text.
std::size_t characters(const std::string& text) {
    return std::size_t(std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// "encoder.layer.11.output" -> "encoder..output"
std::string shortened(const std::string& text, std::size_t width) {
    if (text.size() <= width) {
        return text;
    }
    const std::size_t kept = width - std::min<std::size_t>(width, 2);
    return text.substr(0, kept / 2) + ".." + text.substr(text.size() - (kept - kept / 2));
}

std::string line_break(std::size_t indent) {
    return fmt::format("\n{:{}}", "", indent);
}

// The words of a text in lines of at most `width`; the first one may have another width.
std::vector<std::string> broken(const std::string& text, std::size_t first, std::size_t width) {
    std::vector<std::string> lines{""};
    std::size_t room = first;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t word = std::min(text.find_first_not_of(' ', begin), text.size());
        std::size_t end = std::min(text.find(' ', word), text.size());
        while (text.compare(end, 2, " %") == 0) {  // stays with its number
            end = std::min(text.find(' ', end + 1), text.size());
        }
        const std::string next = text.substr(begin, end - begin);
        if (!lines.back().empty() && characters(lines.back()) + characters(next) > room) {
            lines.push_back(text.substr(word, end - word));
            room = width;
        } else {
            lines.back() += next;
        }
        begin = end;
    }
    return lines;
}

// Where a broken line goes on.
std::size_t hanging_indent(const std::string& line, std::size_t width) {
    const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t gap = line.find("  ", start);
    const std::size_t second = gap == std::string::npos ? gap : line.find_first_not_of(' ', gap);
    return second != std::string::npos && second <= width / 2 ? second : start + kGap;
}

}  // namespace

void TextTable::widen(const std::vector<std::string>& row) {
    for (std::size_t column = 0; column < row.size(); ++column) {
        widths_[column] = std::max(widths_[column], row[column].size());
    }
}

void TextTable::fit(std::size_t width) {
    width_ = width;
    std::size_t keys = 0;
    std::size_t whole = 0;
    std::size_t needed = 0;  // beside the keys
    for (std::size_t column = 0; column < widths_.size(); ++column) {
        const std::size_t column_width = widths_[column];
        whole += column_width + kGap;
        if (column < keys_) {
            keys += column_width + kGap;
        } else {
            const bool text = align_[column] == Align::left;
            needed = std::max(needed, text ? std::min(column_width, kNarrowest) : column_width);
        }
    }
    if (width == 0 || whole <= width + kGap) {
        return;
    }
    // The widest key gives way.
    while (keys + needed > width && keys_ > 0) {
        std::size_t& widest = *std::max_element(widths_.begin(), widths_.begin() + std::ptrdiff_t(keys_));
        if (widest <= kGap + 1) {
            break;
        }
        --widest;
        --keys;
    }
    blocks_ = {{0, keys_}};
    std::size_t used = keys;
    for (std::size_t column = keys_; column < widths_.size(); ++column) {
        Block& last = blocks_.back();
        const bool first_of_block = last.end == std::max(last.begin, keys_);
        if (!first_of_block && used + widths_[column] > width) {
            blocks_.push_back({column, column + 1});
            used = keys;
        } else {
            last.end = column + 1;
        }
        used += widths_[column] + kGap;
    }
}

std::string TextTable::padded(std::size_t column, const std::string& text) const {
    const std::string cell = column < keys_ ? shortened(text, widths_[column]) : text;
    return align_[column] == Align::left ? fmt::format("{:<{}}  ", cell, widths_[column])
                                         : fmt::format("{:>{}}  ", cell, widths_[column]);
}

std::string TextTable::block_line(const Block& block, const std::vector<std::string>& row) const {
    std::string line;
    const std::size_t keys = std::min(keys_, block.begin);
    for (std::size_t column = 0; column < keys; ++column) {
        line += padded(column, row[column]);
    }
    const std::size_t last = std::min(block.end, row.size());
    std::size_t indent = line.size();
    for (std::size_t column = block.begin; column < last; ++column) {
        indent = line.size();
        const bool text = column + 1 == last && align_[column] == Align::left && column >= keys_ && width_ > indent;
        if (text && indent + row[column].size() > width_) {
            const auto lines = broken(row[column], width_ - indent, width_ - indent);
            line += fmt::format("{}", fmt::join(lines, line_break(indent)));
        } else {
            line += padded(column, row[column]);
        }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string TextTable::line(const std::vector<std::string>& row) {
    if (blocks_.size() > 1) {
        rows_.push_back(row);
    }
    return row.empty() ? "\n" : block_line(blocks_.front(), row);
}

std::string TextTable::rest() const {
    std::string text;
    for (std::size_t number = 1; number < blocks_.size(); ++number) {
        const Block& block = blocks_[number];
        text += "\n";
        for (const auto& row : rows_) {
            const bool silent = std::all_of(row.begin() + std::ptrdiff_t(std::min(block.begin, row.size())),
                                            row.begin() + std::ptrdiff_t(std::min(block.end, row.size())),
                                            [](const std::string& cell) { return cell.empty(); });
            text += silent ? "" : block_line(block, row);
        }
    }
    return text;
}

std::string wrap_lines(const std::string& text, std::size_t width) {
    if (width == 0) {
        return text;
    }
    std::string wrapped;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        const std::size_t indent = hanging_indent(line, width);
        if (characters(line) <= width || indent >= width) {
            wrapped += line;
        } else {
            wrapped += fmt::format("{}", fmt::join(broken(line, width, width - indent), line_break(indent)));
        }
        wrapped += end < text.size() ? "\n" : "";
        begin = end + 1;
    }
    return wrapped;
}

}  // namespace nonzero
