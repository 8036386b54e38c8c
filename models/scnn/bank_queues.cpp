#include "models/scnn/bank_queues.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

namespace {

template <class Lanes>
[[gnu::always_inline]] inline bool any_above(Lanes counts, Lanes depth) {
    const Lanes above = Lanes(counts > depth);
    std::uint64_t words[sizeof(Lanes) / sizeof(std::uint64_t)];
    __builtin_memcpy(words, &above, sizeof words);
    std::uint64_t any = 0;
    for (const std::uint64_t word : words) {
        any |= word;
    }
    return any != 0;
}
template <class Count, class Lanes>
[[gnu::always_inline]] inline Count largest(Lanes counts) {
    Count most = 0;
    for (std::size_t lane = 0; lane < sizeof(Lanes) / sizeof(Count); ++lane) {
        most = counts[lane] > most ? Count(counts[lane]) : most;
    }
    return most;
}

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
    return largest<Count>(fullest);
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

// A row some of whose vectors have to wait: `held` becomes what the queues hold afterwards, `peak` grows to the
// fullest. Width: banks when that is one register's, known at compile time, else 0.
template <class Count, std::size_t Width>
[[gnu::always_inline]] inline Cycles run_late_row(const Count* const* lanes, std::size_t lane_count,
                                                  std::size_t vectors, std::size_t bank_count, Count depth, Count* held,
                                                  Count& peak) {
    using Lanes = typename BankQueues<Count>::Lanes;
    constexpr std::size_t kWidth = sizeof(Lanes) / sizeof(Count);
    const std::size_t banks = Width == 0 ? bank_count : Width;
    Cycles cycles = vectors;
    Lanes fullest_of_all{};
    for (std::size_t vector = 0; vector < vectors; ++vector) {
        Lanes fullest{};
        for (std::size_t base = 0; base < banks; base += kWidth) {
            Lanes queue;
            __builtin_memcpy(&queue, held + base, sizeof queue);
            queue += Lanes(queue != 0);
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                Lanes products;
                __builtin_memcpy(&products, lanes[lane] + vector * banks + base, sizeof products);
                queue += products;
            }
            fullest = fullest > queue ? fullest : queue;
            __builtin_memcpy(held + base, &queue, sizeof queue);
        }
        if (any_above(fullest, Lanes{} + depth)) {
            const Count late = Count(largest<Count>(fullest) - depth);
            const Lanes retired = Lanes{} + late;
            for (std::size_t base = 0; base < banks; base += kWidth) {
                Lanes queue;
                __builtin_memcpy(&queue, held + base, sizeof queue);
                queue = (queue > retired ? queue : retired) - retired;
                __builtin_memcpy(held + base, &queue, sizeof queue);
            }
            cycles += late;
            fullest = Lanes{} + depth;
        }
        fullest_of_all = fullest_of_all > fullest ? fullest_of_all : fullest;
    }
    peak = std::max(peak, largest<Count>(fullest_of_all));
    return cycles;
}

template <class Count>
NONZERO_VECTOR_CLONES Cycles run_late_row(const Count* const* lanes, std::size_t lane_count, std::size_t vectors,
                                          std::size_t banks, Count depth, Count* held, Count& peak) {
    constexpr std::size_t kRegister = sizeof(typename BankQueues<Count>::Lanes) / sizeof(Count);
    return banks == kRegister ? run_late_row<Count, kRegister>(lanes, lane_count, vectors, banks, depth, held, peak)
                              : run_late_row<Count, 0>(lanes, lane_count, vectors, banks, depth, held, peak);
}

}  // namespace

template <class Count>
Cycles BankQueues<Count>::issue_row(const Count* const* lanes, std::size_t lane_count, std::size_t vectors) {
    const std::size_t banks = held_.size();
    if (single_write_) {
        Cycles cycles = 0;
        for (std::size_t vector = 0; vector < vectors; ++vector) {
            std::fill(next_.begin(), next_.end(), Count(0));
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                for (std::size_t bank = 0; bank < banks; ++bank) {
                    next_[bank] = Count(next_[bank] + lanes[lane][vector * banks + bank]);
                }
            }
            cycles += issue_single(next_.data());
        }
        return cycles;
    }
    // Mostly nothing waits, and rows where something does come together.
    if (!late_) {
        const Count most = run_row<Count>(lanes, lane_count, vectors, banks, held_.data(), next_.data());
        if (most <= depth_) {
            held_.swap(next_);
            peak_ = std::max(peak_, most);
            return vectors;
        }
    }
    const Cycles cycles = run_late_row<Count>(lanes, lane_count, vectors, banks, depth_, held_.data(), peak_);
    late_ = cycles > vectors;
    return cycles;
}

template class BankQueues<std::uint8_t>;
template class BankQueues<std::uint16_t>;

}  // namespace nonzero::scnn
