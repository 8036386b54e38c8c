#include "workloads/formats/zero_run.h"

#include <algorithm>

namespace nonzero {

std::size_t encode_zero_run(std::span<const std::int16_t> dense, RunWidth width, std::int16_t* values,
                            std::uint16_t* runs) {
    const std::size_t longest = (std::size_t{1} << bits_of(width)) - 1;
    std::size_t entries = 0;
    std::size_t next = 0;  // first position that no entry covers yet
    for (std::size_t position = 0; position < dense.size(); ++position) {
        const bool stored = dense[position] != 0;
        if (position - next > longest && stored) {
            for (; position - next > longest; next += longest + 1) {
                values[entries] = 0;
                runs[entries] = static_cast<std::uint16_t>(longest);
                ++entries;
            }
        }
        // Written in any case and counted when it is an entry: where the non-zeros are is not predictable, so a branch
        // here would cost more than the rest of the loop.
        values[entries] = dense[position];
        runs[entries] = static_cast<std::uint16_t>(position - next);
        entries += stored;
        next = stored ? position + 1 : next;
    }
    return entries;
}

ZeroRunBlock encode_zero_run(std::span<const std::int16_t> dense, RunWidth width) {
    ZeroRunBlock block;
    block.values.resize(dense.size());
    block.runs.resize(dense.size());
    const std::size_t entries = encode_zero_run(dense, width, block.values.data(), block.runs.data());
    block.values.resize(entries);
    block.runs.resize(entries);
    return block;
}

bool decode_zero_run(const ZeroRunBlock& block, std::span<std::int16_t> dense) {
    std::ranges::fill(dense, std::int16_t{0});
    if (block.runs.size() != block.values.size()) {
        return false;
    }
    std::size_t position = 0;
    for (std::size_t entry = 0; entry < block.entries(); ++entry) {
        position += block.runs[entry];
        if (position >= dense.size()) {
            return false;
        }
        dense[position++] = block.values[entry];
    }
    return true;
}

}  // namespace nonzero
