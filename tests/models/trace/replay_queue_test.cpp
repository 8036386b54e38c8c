#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "models/trace/replay_queue.h"

using nonzero::ReplayQueue;
using nonzero::SignalId;
using nonzero::TracePlayer;
using nonzero::TraceRecord;

namespace {

using Applied = std::vector<std::pair<SignalId, std::uint64_t>>;

Applied take(ReplayQueue& queue, std::uint64_t now) {
    Applied applied;
    queue.take_until(now, [&](SignalId signal, std::uint64_t value) { applied.emplace_back(signal, value); });
    return applied;
}

// Keeps everything and sorts it whenever it is asked.
struct NaiveQueue {
    struct Item {
        std::uint64_t time;
        std::size_t block;
        std::size_t index;
        TraceRecord record;
    };
    std::uint64_t period, begin, end;
    std::vector<Item> items;
    std::size_t blocks = 0;
    bool early_done = false;

    void add(std::uint64_t start, const std::vector<TraceRecord>& records) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            const std::uint64_t time = start + records[i].offset * period;
            if (records[i].signal != TracePlayer::kNoSignal && time < end) {
                items.push_back({time, blocks, i, records[i]});
            }
        }
        ++blocks;
        std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
            return std::tie(a.time, a.block, a.index) < std::tie(b.time, b.block, b.index);
        });
    }
    std::map<SignalId, std::uint64_t> early() const {
        std::map<SignalId, std::uint64_t> values;
        for (const Item& item : items) {
            if (item.time < begin) {
                values[item.record.signal] = item.record.value;
            }
        }
        std::erase_if(values, [](const auto& value) { return value.second == 0; });
        return values;
    }
    Applied take(std::uint64_t now) {
        Applied applied;
        if (now >= begin && !early_done) {
            early_done = true;
            for (const auto& value : early()) {
                applied.push_back(value);
            }
        }
        for (const Item& item : items) {
            if (item.time >= begin && item.time <= now) {
                applied.emplace_back(item.record.signal, item.record.value);
            }
        }
        if (now >= begin) {
            std::erase_if(items, [now](const Item& item) { return item.time <= now; });
        }
        return applied;
    }
    std::uint64_t next() const {
        if (!early_done && !early().empty()) {
            return begin;
        }
        const auto found =
            std::find_if(items.begin(), items.end(), [this](const Item& item) { return item.time >= begin; });
        return found == items.end() ? ReplayQueue::kNever : found->time;
    }
};

std::vector<TraceRecord> random_block() {
    std::vector<TraceRecord> records(*rc::gen::inRange<std::size_t>(0, 12));
    for (TraceRecord& record : records) {
        record.offset = *rc::gen::inRange<std::uint64_t>(0, 20);
        record.signal = *rc::gen::element<SignalId>(0, 1, 2, 3, TracePlayer::kNoSignal);
        record.value = *rc::gen::inRange<std::uint64_t>(0, 4);
    }
    return records;
}

}  // namespace

TEST_CASE("blocks that interleave are merged by time, block and record") {
    CHECK(nonzero::test::property_holds("merge", [] {
        const std::uint64_t period = *rc::gen::inRange<std::uint64_t>(1, 5);
        const std::uint64_t begin = *rc::gen::element<std::uint64_t>(0, 0, 7, 40);
        const std::uint64_t end = begin + *rc::gen::element<std::uint64_t>(1, 50, std::uint64_t{1} << 60);
        ReplayQueue queue(period, begin, end);
        NaiveQueue naive{period, begin, end, {}};
        std::uint64_t now = 0;
        for (int step = *rc::gen::inRange(1, 15); step > 0; --step) {
            for (int block = *rc::gen::inRange(0, 4); block > 0; --block) {
                const std::uint64_t start = now + *rc::gen::inRange<std::uint64_t>(0, 15);
                const auto records = random_block();
                queue.add(start, records);
                naive.add(start, records);
            }
            RC_ASSERT(queue.next() == naive.next());
            RC_ASSERT(take(queue, now) == naive.take(now));
            RC_ASSERT(queue.next() == naive.next());
            now = *rc::gen::arbitrary<bool>() ? now + *rc::gen::inRange<std::uint64_t>(0, 30)
                                              : std::min(queue.next(), now + 100);
        }
        now += 1000;
        RC_ASSERT(take(queue, now) == naive.take(now));
        RC_ASSERT(queue.next() == ReplayQueue::kNever);
    }));
}

TEST_CASE("nothing of a discarded queue remains") {
    ReplayQueue queue(10, 100, 1000);
    queue.add(0, {{1, 0, 5}, {20, 1, 6}});
    CHECK(queue.next() == 100);
    queue.discard();
    CHECK(queue.next() == ReplayQueue::kNever);
    CHECK(take(queue, 500).empty());
    queue.add(500, {{3, 2, 9}});
    CHECK(queue.next() == 530);
    CHECK(take(queue, 529).empty());
    CHECK(take(queue, 530) == Applied{{2, 9}});
}
