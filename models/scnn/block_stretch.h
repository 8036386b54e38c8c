#pragma once
// The stretch of a region that some of its blocks take up, so that they are read at once. Plain C++.

#include <algorithm>
#include <cstdint>
#include <span>

#include "models/host/engine.h"
#include "models/host/host_interface.h"

namespace nonzero::scnn {

// A block lies inside its region and is no larger than its operands can be, so that a wild table asks for no memory.
inline void check_block(const nz_block& block, const nz_region& region, std::uint64_t largest,
                        std::uint64_t table_address) {
    if (block.offset > region.size || block.size > region.size - block.offset || block.size > largest) {
        throw Fault{NZ_ERROR_DATA, table_address};
    }
}

class BlockStretch {
  public:
    // most: bytes of all blocks together at most; gaps between them may take as much again.
    BlockStretch(std::span<const nz_block> blocks, std::uint64_t most, std::uint64_t table_address) {
        for (const nz_block& block : blocks) {
            if (block.size > 0) {
                begin_ = std::min<std::uint64_t>(begin_, block.offset);
                end_ = std::max<std::uint64_t>(end_, std::uint64_t{block.offset} + block.size);
            }
        }
        if (size() > 2 * most) {
            throw Fault{NZ_ERROR_DATA, table_address};
        }
    }
    std::uint64_t size() const { return end_ > begin_ ? end_ - begin_ : 0; }
    nz_region in(const nz_region& region) const { return {region.address + (size() > 0 ? begin_ : 0), size()}; }
    // A block out of the bytes of the stretch.
    std::span<const std::uint8_t> of(std::span<const std::uint8_t> bytes, const nz_block& block) const {
        return block.size == 0 ? std::span<const std::uint8_t>() : bytes.subspan(block.offset - begin_, block.size);
    }

  private:
    std::uint64_t begin_ = ~std::uint64_t{0};
    std::uint64_t end_ = 0;
};

}  // namespace nonzero::scnn
