#include "models/phantom/selection.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <numeric>

#include "workloads/vector_clones.h"

namespace nonzero::phantom {

namespace {

std::uint64_t oldest(std::uint64_t entries) {
    return entries & (~entries + 1);
}

// The entries behind one bit.
std::uint64_t behind(std::uint64_t bit) {
    return ~(bit | (bit - 1));
}

// Batches of three threads, out of order, side by side. Entries of three go alone, and of the others a cycle takes
// either one and two or three ones. Both kinds leave in the order of their age, so that only their heads decide: the
// oldest two is taken unless two ones are older, of which it would find no thread left but one.
constexpr std::size_t kBatches = 8;
using Batches [[gnu::vector_size(kBatches * sizeof(std::uint64_t))]] = std::uint64_t;

[[gnu::always_inline]] inline std::uint64_t bits_at(const std::uint64_t* words, std::size_t first, std::size_t count) {
    const std::size_t shift = first % kWordBits;
    const std::uint64_t* const word = words + first / kWordBits;
    const std::uint64_t found = word[0] >> shift | (shift == 0 ? 0 : word[1] << (kWordBits - shift));
    return count == kWordBits ? found : found & ((std::uint64_t{1} << count) - 1);
}

NONZERO_VECTOR_CLONES StreamTime out_of_order_time(const std::uint64_t* low, const std::uint64_t* high,
                                                   std::size_t begin, std::size_t end, std::size_t lookahead) {
    StreamTime time;
    while (begin < end) {
        std::uint64_t single[kBatches] = {};
        std::uint64_t twofold[kBatches] = {};
        for (std::size_t n = 0; n < kBatches && begin < end; ++n) {
            const std::size_t count = std::min(lookahead, end - begin);
            const std::uint64_t ones = bits_at(low, begin, count);
            const std::uint64_t twos = bits_at(high, begin, count);
            time.cycles += Cycles(std::popcount(ones & twos));
            time.zero_windows += (ones | twos) == 0;
            single[n] = ones & ~twos;
            twofold[n] = twos & ~ones;
            begin += count;
        }
        Batches ones;
        Batches twos;
        std::memcpy(&ones, single, sizeof ones);
        std::memcpy(&twos, twofold, sizeof twos);
        Batches cycles{};
        const auto any = [](const Batches& lanes) {
            std::uint64_t all = 0;
            for (std::size_t n = 0; n < kBatches; ++n) {
                all |= lanes[n];
            }
            return all != 0;
        };
        while (any(twos)) {
            const Batches one_less = ones & (ones - 1);
            const Batches two_less = one_less & (one_less - 1);
            const Batches second_one = one_less ^ two_less;
            const Batches two = twos & -twos;
            // Older, or there is no second one; only where there is a two.
            const Batches takes_two = Batches(two - 1 < second_one - 1) & Batches(twos != 0);
            const Batches takes_ones = Batches(two - 1 >= second_one - 1) & Batches(twos != 0);
            ones =
                (ones & ~(takes_two | takes_ones)) | (one_less & takes_two) | (two_less & (two_less - 1) & takes_ones);
            twos ^= two & takes_two;
            cycles -= takes_two | takes_ones;
        }
        for (std::size_t n = 0; n < kBatches; ++n) {
            time.cycles += cycles[n] + (std::uint64_t(std::popcount(std::uint64_t(ones[n]))) + 2) / 3;
        }
    }
    time.cycles += time.zero_windows;
    return time;
}

Cycles batch_cycles(EntryWindow& window, const SelectionRules& rules) {
    if (rules.split_entries) {
        std::uint64_t products = 0;
        for (int size = 1; size <= EntryWindow::kLargestEntry; ++size) {
            products += std::uint64_t(size) * std::uint64_t(std::popcount(window.holding(size)));
        }
        return (products + std::uint64_t(rules.threads) - 1) / std::uint64_t(rules.threads);
    }
    Cycles cycles = 0;
    for (; !window.empty(); ++cycles) {
        window.take(rules);
    }
    return cycles;
}

StreamTime batches_time(const EntryStream& stream, std::size_t begin, std::size_t end, const SelectionRules& rules) {
    if (rules.threads == 3 && rules.selector == Selector::out_of_order && rules.most_entries >= 3 &&
        !rules.split_entries && stream.planes() == EntryStream::kColumnPlanes) {
        return out_of_order_time(stream.plane(0), stream.plane(1), begin, end, std::size_t(rules.lookahead));
    }
    StreamTime time;
    EntryWindow window;
    while (begin < end) {
        const std::size_t count = std::min(std::size_t(rules.lookahead), end - begin);
        window.load(stream, begin, count);
        const bool zeros = window.empty();
        time.cycles += zeros ? 1 : batch_cycles(window, rules);
        time.zero_windows += zeros;
        begin += count;
    }
    return time;
}

StreamTime sliding_time(const EntryStream& stream, std::size_t begin, std::size_t end, const SelectionRules& rules) {
    StreamTime time;
    const auto lookahead = std::size_t(rules.lookahead);
    std::size_t head = begin;
    EntryWindow window;
    window.load(stream, head, std::min(lookahead, end - head));
    while (head < end) {
        time.zero_windows += window.empty();
        ++time.cycles;
        window.take(rules);
        const std::size_t seen = std::min(lookahead, end - head);
        const std::size_t done = window.empty() ? seen : std::size_t(std::countr_zero(window.pending()));
        const std::size_t next = head + seen;
        head += done;
        window.slide(done);
        window.add(stream, next, std::min(done, end - next), seen - done);
    }
    return time;
}

}  // namespace

void EntryWindow::add(const EntryStream& stream, std::size_t first, std::size_t count, std::size_t place) {
    if (count == 0) {
        return;
    }
    std::array<std::uint64_t, EntryStream::kPlanes> planes{};
    for (int plane = 0; plane < EntryStream::kPlanes; ++plane) {
        planes[std::size_t(plane)] = stream.bits(plane, first, count);
    }
    for (std::size_t size = 1; size < of_size_.size(); ++size) {
        std::uint64_t holding = ~std::uint64_t{0};
        for (std::size_t plane = 0; plane < planes.size(); ++plane) {
            holding &= (size >> plane & 1U) != 0 ? planes[plane] : ~planes[plane];
        }
        of_size_[size] |= holding << place;
    }
}

void EntryWindow::load(const EntryStream& stream, std::size_t first, std::size_t count) {
    of_size_ = {};
    add(stream, first, count, 0);
}

void EntryWindow::slide(std::size_t by) {
    for (std::uint64_t& holding : of_size_) {
        holding = by >= kWordBits ? 0 : holding >> by;
    }
}

std::uint64_t EntryWindow::pending() const {
    return std::accumulate(of_size_.begin(), of_size_.end(), std::uint64_t{0}, std::bit_or<>());
}

int EntryWindow::remove(std::uint64_t bit) {
    int size = 1;
    while ((holding(size) & bit) == 0) {
        ++size;
    }
    of_size_[std::size_t(size)] ^= bit;
    return size;
}

std::uint64_t EntryWindow::take(const SelectionRules& rules, std::uint64_t allowed) {
    return rules.selector == Selector::best_fit ? take_best(rules, allowed) : take_in_turn(rules, allowed);
}

std::uint64_t EntryWindow::take_in_turn(const SelectionRules& rules, std::uint64_t allowed) {
    std::uint64_t taken = 0;
    int free = rules.threads;
    std::uint64_t rest = pending();
    for (int entries = 0; rest != 0 && free > 0 && entries < rules.most_entries;) {
        const std::uint64_t bit = oldest(rest);
        std::uint64_t fitting = 0;
        for (int size = 1; size <= std::min(free, kLargestEntry); ++size) {
            fitting |= holding(size);
        }
        if ((bit & fitting & allowed) != 0) {
            free -= remove(bit);
            taken |= bit;
            ++entries;
        } else if (rules.selector == Selector::in_order) {
            break;
        }
        rest &= behind(bit);
    }
    return taken;
}

std::uint64_t EntryWindow::take_best(const SelectionRules& rules, std::uint64_t allowed) {
    std::uint64_t taken = 0;
    std::uint64_t next = oldest(pending() & allowed);
    int free = rules.threads;
    for (int entries = 0; next != 0 && entries < rules.most_entries; ++entries) {
        taken |= next;
        free -= remove(next);
        next = 0;
        for (int size = std::min(free, kLargestEntry); size > 0 && next == 0; --size) {
            next = oldest(holding(size) & allowed);
        }
    }
    return taken;
}

StreamTime stream_time(const EntryStream& stream, std::size_t begin, std::size_t end, const SelectionRules& rules) {
    return rules.refill == Refill::batch ? batches_time(stream, begin, end, rules)
                                         : sliding_time(stream, begin, end, rules);
}

}  // namespace nonzero::phantom
