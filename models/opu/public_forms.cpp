#include "models/opu/public_forms.h"

#include <algorithm>
#include <limits>

namespace nonzero::opu {

namespace {

constexpr std::int64_t block_channels = 64;
constexpr std::int64_t tile_words = 1444;  // a half of the feature buffer (opu_facts.md O5)
constexpr std::int64_t burst_start = 20;
constexpr std::int64_t burst_words = 8;
constexpr std::int64_t compute_start = 30;

}  // namespace

std::int64_t compiler_cycles(const LayerWork& work) {
    if (work.depthwise) {
        return work.pixels() * divide_up(work.out_channels, block_channels);
    }
    std::int64_t inputs = work.in_channels;
    std::int64_t kernel_rows = work.kernel_rows;
    std::int64_t kernel_columns = work.kernel_columns;
    if (work.taps() > 1 && inputs * work.taps() < block_channels) {  // opu_facts.md O9
        inputs *= work.taps();
        kernel_rows = kernel_columns = 1;
    }
    const std::int64_t taps = kernel_rows * kernel_columns;
    std::int64_t rounds = divide_up(std::min(work.out_channels, block_channels), 16);
    if (inputs <= 16) {
        rounds = divide_up(rounds, 4);
    } else if (inputs <= 32) {
        rounds = divide_up(rounds, 2);
    }
    const std::int64_t blocks = divide_up(inputs, block_channels) * divide_up(work.out_channels, block_channels);
    const std::int64_t largest = std::max(work.rows, work.columns);
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t h = std::min(std::max(kernel_rows, kernel_columns) + 1, largest); h <= largest; ++h) {
        const std::int64_t words = (h + kernel_rows - 1) * (h + kernel_columns - 1);
        if (words > tile_words) {
            break;
        }
        const std::int64_t tiles = divide_up(work.rows, h) * divide_up(work.columns, h);
        least = std::min(least, tiles * blocks * std::max(taps * h * h * rounds, words + block_channels * taps));
    }
    return least;
}

std::int64_t sim_load_block(std::int64_t rows, std::int64_t words) {
    return rows * sim_load_words(words);
}

std::int64_t sim_load_words(std::int64_t words) {
    return divide_up(words, burst_words) + burst_start;
}

std::int64_t sim_tap(std::int64_t pixels, std::int64_t rounds) {
    return pixels * rounds + compute_start;
}

std::int64_t sim_depthwise(std::int64_t columns, std::int64_t windows, std::int64_t rounds) {
    return 2 * columns + 2 + windows * rounds + compute_start;
}

std::int64_t sim_store(std::int64_t reads) {
    return reads + burst_start;
}

}  // namespace nonzero::opu
