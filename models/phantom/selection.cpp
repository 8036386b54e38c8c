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
// A vector of 64 bytes has a batch in each lane; for short look-ahead windows lanes of half the width do.
template <class Word>
using Lanes [[gnu::vector_size(64)]] = Word;
template <class Word>
constexpr std::size_t kLanes = 64 / sizeof(Word);

[[gnu::always_inline]] inline std::uint64_t bits_at(const std::uint64_t* words, std::size_t first, std::size_t count) {
    const std::size_t shift = first % kWordBits;
    const std::uint64_t* const word = words + first / kWordBits;
    const std::uint64_t found = word[0] >> shift | (shift == 0 ? 0 : word[1] << (kWordBits - shift));
    return count == kWordBits ? found : found & ((std::uint64_t{1} << count) - 1);
}

// Of few enough bits that those of eight bytes hold them wherever they begin.
[[gnu::always_inline]] inline std::uint64_t few_bits_at(const std::uint64_t* words, std::size_t first,
                                                        std::uint64_t lowest) {
    std::uint64_t found = 0;
    std::memcpy(&found, reinterpret_cast<const char*>(words) + first / 8, sizeof found);
    return found >> first % 8 & lowest;
}

template <class Word>
[[gnu::always_inline]] inline bool any(const Lanes<Word>& lanes) {
    using Words [[gnu::vector_size(64)]] = std::uint64_t;
    const auto words = Words(lanes);
    const auto quarter =
        __builtin_shufflevector(words, words, 0, 1, 2, 3) | __builtin_shufflevector(words, words, 4, 5, 6, 7);
    const auto eighth =
        __builtin_shufflevector(quarter, quarter, 0, 1) | __builtin_shufflevector(quarter, quarter, 2, 3);
    return (eighth[0] | eighth[1]) != 0;
}

// Of each lane the number of its bits.
template <class Word>
[[gnu::always_inline]] inline void count_bits(Lanes<Word>& lanes) {
    constexpr Word kBytes = Word(~Word{0}) / 0xFF;  // one in every byte
    lanes -= lanes >> 1 & kBytes * 0x55;
    lanes = (lanes & kBytes * 0x33) + (lanes >> 2 & kBytes * 0x33);
    lanes = (lanes + (lanes >> 4)) & kBytes * 0x0F;
    lanes += lanes >> 8;
    lanes += lanes >> 16;
    if constexpr (sizeof(Word) == 8) {
        lanes += lanes >> 32;
    }
    lanes &= 0x7F;
}

// Takes all entries of one product and of two; cycles of each lane.
template <class Word>
[[gnu::always_inline]] inline void take_all(const Word* single, const Word* twofold, Lanes<Word>& cycles) {
    Lanes<Word> ones;
    Lanes<Word> twos;
    std::memcpy(&ones, single, sizeof ones);
    std::memcpy(&twos, twofold, sizeof twos);
    while (any<Word>(twos)) {
        const Lanes<Word> one_less = ones & (ones - 1);
        const Lanes<Word> two_less = one_less & (one_less - 1);
        const Lanes<Word> second_one = one_less ^ two_less;
        const Lanes<Word> two = twos & -twos;
        // Older, or there is no second one; only where there is a two.
        const auto has_two = Lanes<Word>(twos != 0);
        const auto takes_two = Lanes<Word>(two - 1 < second_one - 1) & has_two;
        const Lanes<Word> takes_ones = has_two & ~takes_two;
        ones = (ones & ~has_two) | (one_less & takes_two) | (two_less & (two_less - 1) & takes_ones);
        twos ^= two & takes_two;
        cycles -= has_two;
    }
    // Thirds of at most 64, rounded up.
    count_bits<Word>(ones);
    cycles += ((ones + 2) * 171) >> 9;
}

template <class Word>
[[gnu::always_inline]] inline StreamTime lanes_time(const std::uint64_t* low, const std::uint64_t* high,
                                                    std::size_t begin, std::size_t end, std::size_t lookahead) {
    // So many batches are cut out of the stream before the first one is needed that no load waits for a store.
    constexpr std::size_t kRounds = 8;
    constexpr std::size_t kBatches = kRounds * kLanes<Word>;
    alignas(64) Word single[kBatches];
    alignas(64) Word twofold[kBatches];
    StreamTime time;
    const std::uint64_t lowest = lookahead == kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << lookahead) - 1;
    while (begin < end) {
        std::size_t batches = 0;
        const auto add = [&](std::uint64_t ones, std::uint64_t twos) __attribute__((always_inline)) {
            time.cycles += Cycles(std::popcount(ones & twos));
            time.zero_windows += (ones | twos) == 0;
            single[batches] = Word(ones & ~twos);
            twofold[batches] = Word(twos & ~ones);
            ++batches;
        };
        for (; batches < kBatches && begin + lookahead <= end; begin += lookahead) {
            if constexpr (sizeof(Word) < sizeof(std::uint64_t)) {
                add(few_bits_at(low, begin, lowest), few_bits_at(high, begin, lowest));
            } else {
                add(bits_at(low, begin, lookahead), bits_at(high, begin, lookahead));
            }
        }
        if (batches < kBatches && begin < end) {
            add(bits_at(low, begin, end - begin), bits_at(high, begin, end - begin));
            begin = end;
        }
        for (std::size_t rest = batches; rest % kLanes<Word> != 0; ++rest) {
            single[rest] = 0;
            twofold[rest] = 0;
        }
        Lanes<Word> cycles{};
        for (std::size_t first = 0; first < batches; first += kLanes<Word>) {
            take_all<Word>(single + first, twofold + first, cycles);
        }
        for (std::size_t n = 0; n < kLanes<Word>; ++n) {
            time.cycles += cycles[n];
        }
    }
    time.cycles += time.zero_windows;
    return time;
}

NONZERO_VECTOR_CLONES StreamTime out_of_order_time(const std::uint64_t* low, const std::uint64_t* high,
                                                   std::size_t begin, std::size_t end, std::size_t lookahead) {
    return lanes_time<std::uint64_t>(low, high, begin, end, lookahead);
}

NONZERO_VECTOR_CLONES StreamTime short_out_of_order_time(const std::uint64_t* low, const std::uint64_t* high,
                                                         std::size_t begin, std::size_t end, std::size_t lookahead) {
    return lanes_time<std::uint32_t>(low, high, begin, end, lookahead);
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
        const auto lookahead = std::size_t(rules.lookahead);
        const auto time = lookahead <= 32 ? short_out_of_order_time : out_of_order_time;
        return time(stream.plane(0), stream.plane(1), begin, end, lookahead);
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
