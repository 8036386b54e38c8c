#include "models/trace/replay_queue.h"

#include <algorithm>
#include <utility>

namespace nonzero {

void ReplayQueue::add(Ticks start, const std::vector<TraceRecord>& records) {
    Block block;
    block.start = start;
    block.order = next_order_++;
    for (const TraceRecord& record : records) {
        const Ticks time = start + record.offset * period_;
        if (record.signal == TracePlayer::kNoSignal || time >= window_end_) {
            continue;
        }
        if (time >= window_begin_) {
            block.records.push_back(record);
            continue;
        }
        if (record.signal >= early_.size()) {
            early_.resize(record.signal + std::size_t{1});
        }
        if (time >= early_[record.signal].time) {
            early_[record.signal] = {time, record.value};
        }
    }
    std::stable_sort(block.records.begin(), block.records.end(),
                     [](const TraceRecord& a, const TraceRecord& b) { return a.offset < b.offset; });
    put(std::move(block));
}

void ReplayQueue::discard() {
    blocks_.clear();
    early_.clear();
}

ReplayQueue::Ticks ReplayQueue::next() const {
    if (std::any_of(early_.begin(), early_.end(), [](const Early& early) { return early.value != 0; })) {
        return window_begin_;
    }
    return blocks_.empty() ? kNever : blocks_.front().due;
}

ReplayQueue::Block ReplayQueue::take_first() {
    std::pop_heap(blocks_.begin(), blocks_.end(), later);
    Block block = std::move(blocks_.back());
    blocks_.pop_back();
    return block;
}

void ReplayQueue::put(Block block) {
    if (block.position < block.records.size()) {
        block.due = block.start + block.records[block.position].offset * period_;
        blocks_.push_back(std::move(block));
        std::push_heap(blocks_.begin(), blocks_.end(), later);
    }
}

}  // namespace nonzero
