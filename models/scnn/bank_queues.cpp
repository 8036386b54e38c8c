#include "models/scnn/bank_queues.h"

#include "models/common/vector_clones.h"

namespace nonzero::scnn {

namespace {

// LaneCount 0: any number of lanes.
template <class Count, std::size_t LaneCount>
[[gnu::always_inline]] inline Count run_row(const Count* const* lanes, std::size_t lane_count, std::size_t vectors,
                                            std::size_t banks, const Count* held, Count* next) {
    using Lanes = typename BankQueues<Count>::Lanes;
    constexpr std::size_t kWidth = sizeof(Lanes) / sizeof(Count);
    const std::size_t count = LaneCount == 0 ? lane_count : LaneCount;
    Lanes fullest{};
    for (std::size_t base = 0; base < banks; base += kWidth) {
        Lanes queue;
        __builtin_memcpy(&queue, held + base, sizeof queue);
        for (std::size_t vector = 0; vector < vectors; ++vector) {
            // Retire: minus one where it is not empty (a comparison is minus one where it holds).
            queue += Lanes(queue != 0);
            for (std::size_t lane = 0; lane < count; ++lane) {
                Lanes products;
                __builtin_memcpy(&products, lanes[lane] + vector * banks + base, sizeof products);
                queue += products;
            }
            fullest = fullest > queue ? fullest : queue;
        }
        __builtin_memcpy(next + base, &queue, sizeof queue);
    }
    Count most = 0;
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
        most = fullest[lane] > most ? Count(fullest[lane]) : most;
    }
    return most;
}

template <class Count>
NONZERO_VECTOR_CLONES Count run_row(const Count* const* lanes, std::size_t lane_count, std::size_t vectors,
                                    std::size_t banks, const Count* held, Count* next) {
    switch (lane_count) {
        case 1:
            return run_row<Count, 1>(lanes, lane_count, vectors, banks, held, next);
        case 2:
            return run_row<Count, 2>(lanes, lane_count, vectors, banks, held, next);
        case 3:
            return run_row<Count, 3>(lanes, lane_count, vectors, banks, held, next);
        case 4:
            return run_row<Count, 4>(lanes, lane_count, vectors, banks, held, next);
        default:
            return run_row<Count, 0>(lanes, lane_count, vectors, banks, held, next);
    }
}

}  // namespace

template <class Count>
bool BankQueues<Count>::issue_row(const Count* const* lanes, std::size_t lane_count, std::size_t vectors) {
    if (single_write_) {
        return false;
    }
    const Count most = run_row<Count>(lanes, lane_count, vectors, held_.size(), held_.data(), next_.data());
    if (most > depth_) {
        return false;
    }
    held_.swap(next_);
    peak_ = std::max(peak_, most);
    return true;
}

template class BankQueues<std::uint8_t>;
template class BankQueues<std::uint16_t>;

}  // namespace nonzero::scnn
