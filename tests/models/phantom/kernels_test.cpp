// The arithmetic of Phantom's cores: the examples of phantom_facts.md 9.1, and random streams entry by entry against
// machines that follow the rules by hand.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <vector>

#include "models/phantom/core_schedule.h"

using namespace nonzero;
using namespace nonzero::phantom;

namespace {

using Entries = std::vector<int>;

void append(EntryStream& stream, const Entries& entries) {
    const int largest = entries.empty() ? 0 : *std::ranges::max_element(entries);
    std::vector<std::vector<std::uint64_t>> masks(std::size_t(largest),
                                                  std::vector<std::uint64_t>(words_of(entries.size())));
    for (std::size_t n = 0; n < entries.size(); ++n) {
        for (int product = 0; product < entries[n]; ++product) {
            masks[std::size_t(product)][n / 64] |= std::uint64_t{1} << n % 64;
        }
    }
    std::vector<const std::uint64_t*> rows;
    for (const auto& mask : masks) {
        rows.push_back(mask.data());
    }
    stream.append(rows, entries.size());
}

EntryStream stream_of(const Entries& entries) {
    EntryStream stream;
    append(stream, entries);
    return stream;
}

Entries random_entries(std::mt19937& random, std::size_t count, int largest) {
    std::discrete_distribution<int> zero({1.0, 1.0 + double(random() % 4)});
    std::uniform_int_distribution<int> size(0, largest);
    Entries entries(count);
    for (int& entry : entries) {
        entry = zero(random) == 0 ? 0 : size(random);
    }
    return entries;
}

// Which entries of a window a PE takes in a cycle, by looking at one after another.
std::vector<std::size_t> picks(const Entries& left, std::size_t begin, std::size_t end, const SelectionRules& rules) {
    std::vector<std::size_t> picked;
    int free = rules.threads;
    const auto fits = [&](std::size_t n) {
        return left[n] > 0 && left[n] <= free && std::ranges::find(picked, n) == picked.end() &&
               int(picked.size()) < rules.most_entries;
    };
    if (rules.selector != Selector::best_fit) {
        for (std::size_t n = begin; n < end; ++n) {
            if (fits(n)) {
                picked.push_back(n);
                free -= left[n];
            } else if (left[n] > 0 && rules.selector == Selector::in_order) {
                break;
            }
        }
        return picked;
    }
    for (bool first = true;; first = false) {
        std::size_t best = end;
        for (std::size_t n = begin; n < end; ++n) {
            if (fits(n) && (best == end || (!first && left[n] > left[best]))) {
                best = n;
            }
        }
        if (best == end) {
            return picked;
        }
        picked.push_back(best);
        free -= left[best];
    }
}

StreamTime time_by_hand(Entries left, const SelectionRules& rules) {
    StreamTime time;
    const auto lookahead = std::size_t(rules.lookahead);
    std::size_t head = 0;
    while (head < left.size()) {
        const std::size_t end = std::min(head + lookahead, left.size());
        const auto is_done = [&] {
            return std::all_of(left.begin() + std::ptrdiff_t(head), left.begin() + std::ptrdiff_t(end),
                               [](int entry) { return entry == 0; });
        };
        time.zero_windows += is_done();
        do {
            for (const std::size_t n : picks(left, head, end, rules)) {
                left[n] = 0;
            }
            ++time.cycles;
        } while (rules.refill == Refill::batch && !is_done());
        if (rules.refill == Refill::batch) {
            head = end;
        } else {
            while (head < end && left[head] == 0) {
                ++head;
            }
        }
    }
    return time;
}

StreamTime time_of(const Entries& entries, const SelectionRules& rules) {
    const EntryStream stream = stream_of(entries);
    return stream_time(stream, 0, stream.size(), rules);
}

SelectionRules with(Selector selector, int lookahead = 27) {
    SelectionRules rules;
    rules.selector = selector;
    rules.lookahead = lookahead;
    return rules;
}

}  // namespace

TEST_CASE("Phantom: the worked examples of a column and of a core") {
    const Entries six{2, 2, 1, 0, 3, 1};
    CHECK(time_of(six, with(Selector::in_order)).cycles == 4);
    CHECK(time_of(six, with(Selector::out_of_order)).cycles == 3);
    CHECK(time_of({2, 1, 0}, with(Selector::out_of_order)).cycles == 1);
    CHECK(time_of({1, 1, 2}, with(Selector::out_of_order)).cycles == 2);
    CHECK(time_of({1, 1, 2}, with(Selector::in_order)).cycles == 2);
    CHECK(time_of({0, 1, 0}, with(Selector::out_of_order)).cycles == 1);
    const StreamTime zeros = time_of(Entries(60), with(Selector::out_of_order));
    CHECK(zeros.cycles == 3);
    CHECK(zeros.zero_windows == 3);
}

TEST_CASE("Phantom: entries are the counts of their masks, across words and columns") {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        EntryStream stream;
        Entries all;
        for (int column = 0; column < 4; ++column) {
            const Entries entries = random_entries(random, 1 + random() % 200, 9);
            append(stream, entries);
            all.insert(all.end(), entries.begin(), entries.end());
        }
        REQUIRE(stream.size() == all.size());
        std::uint64_t products = 0;
        for (std::size_t n = 0; n < all.size(); ++n) {
            REQUIRE(stream.entry(n) == all[n]);
            products += std::uint64_t(all[n]);
        }
        CHECK(stream.products() == products);
    }
}

// Rows of one word have a path of their own, as long as no column has more than three of them.
TEST_CASE("Phantom: the columns of a stream are those of their rows, one by one") {
    std::mt19937_64 random(6);
    for (int round = 0; round < 300; ++round) {
        const std::size_t windows = round % 3 == 0 ? 64 : 1 + random() % 130;
        const std::size_t planes = 1 + random() % 20;
        BitRows rows(planes * kPlaneTaps, windows);
        for (std::size_t row = 0; row < planes * kPlaneTaps; ++row) {
            for (std::size_t n = 0; n < windows; ++n) {
                if (random() % 2 != 0) {
                    rows.set(row, n);
                }
            }
        }
        const bool whole = round % 4 == 3;
        std::vector<MaskColumn> columns;
        for (std::size_t plane = 0; plane < planes; ++plane) {
            const std::size_t row = plane * kPlaneTaps + (whole ? 0 : random() % 3 * kTaps);
            columns.push_back({std::uint32_t(row), std::uint32_t(random() % (whole ? 512 : 8))});
        }
        EntryStream stream;
        EntryStream expected;
        const std::vector<std::uint64_t> ones(words_of(windows), random() | 1);
        for (EntryStream* const before : {&stream, &expected}) {
            before->append(std::vector<const std::uint64_t*>{ones.data()}, windows);
        }
        stream.append(columns, rows.row(0), windows);
        for (const MaskColumn& column : columns) {
            std::vector<const std::uint64_t*> masks;
            for (std::size_t tap = 0; tap < kPlaneTaps; ++tap) {
                if ((column.taps >> tap & 1U) != 0) {
                    masks.push_back(rows.row(column.row + tap));
                }
            }
            expected.append(masks, windows);
        }
        REQUIRE(stream.size() == expected.size());
        CHECK(stream.products() == expected.products());
        for (std::size_t n = 0; n < stream.size(); ++n) {
            REQUIRE(stream.entry(n) == expected.entry(n));
        }
    }
}

TEST_CASE("Phantom: every selector and refill takes what the rules say, entry by entry") {
    std::mt19937 random(2);
    std::set<int> seen;
    for (int round = 0; round < 4000; ++round) {
        SelectionRules rules;
        const bool wide = random() % 4 == 0;
        rules.threads = wide ? 9 : 3;
        rules.lookahead = 1 + int(random() % 64);
        rules.selector = Selector(random() % 3);
        rules.refill = Refill(random() % 2);
        rules.most_entries = random() % 3 == 0 ? 1 + int(random() % 3) : 9;
        const Entries entries = random_entries(random, random() % 300, rules.threads);
        const StreamTime ours = time_of(entries, rules);
        const StreamTime expected = time_by_hand(entries, rules);
        INFO("round " << round);
        REQUIRE(ours.cycles == expected.cycles);
        REQUIRE(ours.zero_windows == expected.zero_windows);
        seen.insert(int(rules.selector) * 4 + int(rules.refill) * 2 + wide);
    }
    CHECK(seen.size() == 12);
}

TEST_CASE("Phantom: the bounds of a batch hold") {
    std::mt19937 random(3);
    for (int round = 0; round < 2000; ++round) {
        const int lookahead = 3 + int(random() % 25);
        const Entries entries = random_entries(random, std::size_t(lookahead), 3);
        const int products = std::accumulate(entries.begin(), entries.end(), 0);
        SelectionRules split = with(Selector::out_of_order, lookahead);
        split.split_entries = true;
        const Cycles bound = time_of(entries, split).cycles;
        CHECK(bound == std::uint64_t(std::max(1, (products + 2) / 3)));
        const Cycles out_of_order = time_of(entries, with(Selector::out_of_order, lookahead)).cycles;
        CHECK(bound <= out_of_order);
        CHECK(out_of_order <= time_of(entries, with(Selector::in_order, lookahead)).cycles);
    }
}

namespace {

struct Core {
    // [plane][PE]; empty: dropped
    std::vector<std::array<Entries, 3>> planes;
    std::size_t windows = 0;
};

Core random_core(std::mt19937& random) {
    Core core;
    core.windows = 1 + random() % 90;
    core.planes.resize(1 + random() % 6);
    for (auto& plane : core.planes) {
        for (Entries& column : plane) {
            if (random() % 3 != 0) {
                column = random_entries(random, core.windows, 3);
            }
        }
    }
    return core;
}

CoreSchedule schedule_of(const Core& core) {
    PlannedColumns columns;
    columns.planes = core.planes.size();
    BitRows masks(core.planes.size() * kPlaneTaps, core.windows);
    for (std::size_t plane = 0; plane < core.planes.size(); ++plane) {
        for (std::size_t pe = 0; pe < 3; ++pe) {
            const Entries& column = core.planes[plane][pe];
            if (column.empty()) {
                continue;
            }
            const std::size_t row = plane * kPlaneTaps + pe * kTaps;
            for (std::size_t n = 0; n < column.size(); ++n) {
                for (std::size_t product = 0; product < std::size_t(column[n]); ++product) {
                    masks.set(row + product, n);
                }
            }
            columns.of_pe[pe].push_back({std::uint32_t(row), 0b111});
        }
    }
    CoreSchedule schedule;
    schedule.load(columns, masks, core.windows);
    return schedule;
}

// Three PEs in step, with an output buffer: every cycle by hand.
CoreTime buffered_by_hand(const Core& core, const CoreRules& rules) {
    struct Pe {
        Entries left;
        std::vector<std::size_t> slots;
        std::size_t head = 0;
        std::size_t end = 0;
    };
    std::array<Pe, 3> pes;
    for (std::size_t plane = 0; plane < core.planes.size(); ++plane) {
        for (std::size_t pe = 0; pe < 3; ++pe) {
            const Entries& column = core.planes[plane][pe];
            for (std::size_t n = 0; n < column.size(); ++n) {
                pes[pe].left.push_back(column[n]);
                pes[pe].slots.push_back(plane * core.windows + n);
            }
        }
    }
    const auto load = [&](Pe& pe) {
        pe.end = std::min(pe.head + std::size_t(rules.selection.lookahead), pe.left.size());
    };
    std::ranges::for_each(pes, load);
    CoreTime time;
    const auto works = [](const Pe& pe) { return pe.head < pe.left.size(); };
    for (; std::ranges::any_of(pes, works); ++time.cycles) {
        std::size_t open = SIZE_MAX / 2;
        for (const Pe& pe : pes) {
            std::size_t n = pe.head;
            while (n < pe.end && pe.left[n] == 0) {
                ++n;
            }
            if (n < pe.left.size()) {
                open = std::min(open, pe.slots[n]);
            }
        }
        for (Pe& pe : pes) {
            if (!works(pe)) {
                continue;
            }
            std::size_t visible = pe.head;
            while (visible < pe.end && pe.slots[visible] < open + rules.buffer_depth) {
                ++visible;
            }
            const auto zeros = [&] {
                return std::all_of(pe.left.begin() + std::ptrdiff_t(pe.head), pe.left.begin() + std::ptrdiff_t(pe.end),
                                   [](int entry) { return entry == 0; });
            };
            if (zeros()) {
                ++time.busy;
                ++time.zero_windows;
            } else {
                const auto picked = picks(pe.left, pe.head, visible, rules.selection);
                ++(picked.empty() ? time.stall : time.busy);
                for (const std::size_t n : picked) {
                    pe.left[n] = 0;
                }
            }
            if (zeros()) {
                pe.head = pe.end;
                load(pe);
            }
        }
    }
    return time;
}

}  // namespace

TEST_CASE("Phantom: a finite output buffer stalls by the rule, and an endless one does not") {
    std::mt19937 random(4);
    std::uint64_t stalls = 0;
    for (int round = 0; round < 500; ++round) {
        const Core core = random_core(random);
        const CoreSchedule schedule = schedule_of(core);
        CoreRules rules;
        rules.selection.lookahead = 1 + int(random() % 40);
        rules.selection.selector = Selector(random() % 2);
        rules.buffer_depth = 1 + random() % 120;
        const CoreTime ours = schedule.time(rules);
        const CoreTime expected = buffered_by_hand(core, rules);
        INFO("round " << round);
        REQUIRE(ours.cycles == expected.cycles);
        REQUIRE(ours.busy == expected.busy);
        REQUIRE(ours.stall == expected.stall);
        REQUIRE(ours.zero_windows == expected.zero_windows);
        stalls += ours.stall;
        rules.buffer_depth = 1'000'000;
        const CoreTime deep = schedule.time(rules);
        rules.buffer_depth = 0;
        const CoreTime endless = schedule.time(rules);
        REQUIRE(deep.cycles == endless.cycles);
        REQUIRE(deep.busy == endless.busy);
        REQUIRE(deep.stall == 0);
    }
    CHECK(stalls > 1000);
}

TEST_CASE("Phantom: barriers between the columns cost the slowest of every piece") {
    std::mt19937 random(5);
    for (int round = 0; round < 300; ++round) {
        const Core core = random_core(random);
        const CoreSchedule schedule = schedule_of(core);
        CoreRules rules;
        rules.selection.lookahead = 1 + int(random() % 40);
        const auto lookahead = std::size_t(rules.selection.lookahead);
        for (const ColumnBarrier barrier : {ColumnBarrier::plane, ColumnBarrier::batch}) {
            rules.barrier = barrier;
            const std::size_t piece = barrier == ColumnBarrier::plane ? core.windows : lookahead;
            Cycles expected = 0;
            for (const auto& plane : core.planes) {
                for (std::size_t begin = 0; begin < core.windows; begin += piece) {
                    Cycles slowest = 0;
                    for (const Entries& column : plane) {
                        if (!column.empty()) {
                            const auto first = column.begin() + std::ptrdiff_t(begin);
                            const auto count = std::ptrdiff_t(std::min(piece, core.windows - begin));
                            slowest =
                                std::max(slowest, time_by_hand(Entries(first, first + count), rules.selection).cycles);
                        }
                    }
                    expected += slowest;
                }
            }
            REQUIRE(schedule.time(rules).cycles == expected);
        }
    }
}
