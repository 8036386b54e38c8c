#include "models/phantom/selection.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>

namespace nonzero::phantom {

namespace {

std::uint64_t oldest(std::uint64_t entries) {
    return entries & (~entries + 1);
}

// The entries behind one bit.
std::uint64_t behind(std::uint64_t bit) {
    return ~(bit | (bit - 1));
}

// Entries of a batch that fit three threads: those of three go alone, and of the others a cycle takes either one and
// two or three ones. Both kinds leave in the order of their age, so that only their heads decide: out of order, the
// oldest two is taken unless two ones are older, of which it would find no thread left but one.
Cycles out_of_order_cycles(std::uint64_t ones, std::uint64_t twos) {
    Cycles cycles = 0;
    while (twos != 0) {
        const std::uint64_t one_less = ones & (ones - 1);
        const std::uint64_t two_less = one_less & (one_less - 1);
        const std::uint64_t second_one = one_less ^ two_less;
        const std::uint64_t two = oldest(twos);
        const bool takes_two = two - 1 < second_one - 1;  // older, or there is no second one
        ones = takes_two ? one_less : two_less & (two_less - 1);
        twos ^= takes_two ? two : 0;
        ++cycles;
    }
    return cycles + (std::uint64_t(std::popcount(ones)) + 2) / 3;
}

Cycles batch_cycles(EntryWindow& window, const SelectionRules& rules) {
    if (rules.split_entries) {
        std::uint64_t products = 0;
        for (int size = 1; size <= EntryWindow::kLargestEntry; ++size) {
            products += std::uint64_t(size) * std::uint64_t(std::popcount(window.holding(size)));
        }
        return (products + std::uint64_t(rules.threads) - 1) / std::uint64_t(rules.threads);
    }
    if (rules.threads == 3 && rules.selector == Selector::out_of_order && rules.most_entries >= 3) {
        return std::uint64_t(std::popcount(window.holding(3))) +
               out_of_order_cycles(window.holding(1), window.holding(2));
    }
    Cycles cycles = 0;
    for (; !window.empty(); ++cycles) {
        window.take(rules);
    }
    return cycles;
}

StreamTime batches_time(const EntryStream& stream, std::size_t begin, std::size_t end, const SelectionRules& rules) {
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
