#include "models/phantom/core_schedule.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace nonzero::phantom {

namespace {

void add(CoreTime& time, const StreamTime& part) {
    time.busy += part.cycles;
    time.zero_windows += part.zero_windows;
}

}  // namespace

void CoreSchedule::load(const PlannedColumns& columns, const BitRows& masks, std::size_t windows) {
    windows_ = windows;
    planes_ = columns.planes;
    for (std::size_t n = 0; n < pes_.size(); ++n) {
        pes_[n].columns = columns.of_pe[n];
        pes_[n].stream.clear();
        pes_[n].stream.append(columns.of_pe[n], masks.row(0), windows);
    }
}

std::uint64_t CoreSchedule::entries() const {
    std::uint64_t entries = 0;
    for (const Pe& pe : pes_) {
        entries += pe.stream.size();
    }
    return entries;
}

std::uint64_t CoreSchedule::products() const {
    std::uint64_t products = 0;
    for (const Pe& pe : pes_) {
        products += pe.stream.products();
    }
    return products;
}

CoreTime CoreSchedule::time(const CoreRules& rules) const {
    if (rules.barrier != ColumnBarrier::none) {
        return barrier_time(rules);
    }
    return rules.buffer_depth == 0 ? free_time(rules) : buffered_time(rules);
}

CoreTime CoreSchedule::free_time(const CoreRules& rules) const {
    CoreTime time;
    for (const Pe& pe : pes_) {
        const std::size_t piece = rules.run_on ? std::max<std::size_t>(1, pe.stream.size()) : windows_;
        Cycles cycles = 0;
        for (std::size_t begin = 0; begin < pe.stream.size(); begin += piece) {
            const StreamTime part =
                stream_time(pe.stream, begin, std::min(begin + piece, pe.stream.size()), rules.selection);
            cycles += part.cycles;
            add(time, part);
        }
        time.cycles = std::max(time.cycles, cycles);
    }
    return time;
}

CoreTime CoreSchedule::barrier_time(const CoreRules& rules) const {
    CoreTime time;
    const std::size_t piece = rules.barrier == ColumnBarrier::plane ? windows_ : std::size_t(rules.selection.lookahead);
    std::array<std::size_t, kPes> next{};  // column of each PE's stream
    for (std::size_t plane = 0; plane < planes_; ++plane) {
        for (std::size_t begin = 0; begin < windows_; begin += piece) {
            const std::size_t end = std::min(begin + piece, windows_);
            Cycles slowest = 0;
            for (std::size_t n = 0; n < pes_.size(); ++n) {
                if (pes_[n].works_on(next[n], plane)) {
                    const std::size_t first = next[n] * windows_;
                    const StreamTime part = stream_time(pes_[n].stream, first + begin, first + end, rules.selection);
                    slowest = std::max(slowest, part.cycles);
                    add(time, part);
                }
            }
            time.cycles += slowest;
        }
        for (std::size_t n = 0; n < pes_.size(); ++n) {
            next[n] += pes_[n].works_on(next[n], plane) ? 1U : 0U;
        }
    }
    return time;
}

// A PE whose entries may run only so many slots ahead of the oldest open one of the core.
class CoreSchedule::BufferedPe {
  public:
    BufferedPe(const Pe& pe, std::size_t windows, const CoreRules& rules)
        : pe_(&pe), windows_(windows), rules_(&rules) {
        refill();
    }

    bool done() const { return head_ == pe_->stream.size(); }
    // The slot of its oldest entry that is not done. Entries behind the window are not, whatever they hold.
    std::size_t open_slot() const {
        return slots_[window_.empty() ? count_ : std::size_t(std::countr_zero(window_.pending()))];
    }
    void cycle(std::size_t end_of_buffer, CoreTime& time) {
        if (window_.empty()) {
            ++time.busy;
            ++time.zero_windows;
        } else {
            std::uint64_t allowed = ~std::uint64_t{0};
            if (slots_[count_ - 1] >= end_of_buffer) {  // slots ascend
                const auto end =
                    std::lower_bound(slots_.begin(), slots_.begin() + std::ptrdiff_t(count_), end_of_buffer);
                allowed = (std::uint64_t{1} << (end - slots_.begin())) - 1;
            }
            ++(window_.take(rules_->selection, allowed) != 0 ? time.busy : time.stall);
        }
        if (window_.empty()) {
            head_ += count_;
            refill();
        }
    }

    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  private:
    std::size_t slot(std::size_t entry) const { return pe_->plane(entry / windows_) * windows_ + entry % windows_; }
    void refill() {
        const std::size_t end = rules_->run_on ? pe_->stream.size() : (head_ / windows_ + 1) * windows_;
        count_ = std::min(std::size_t(rules_->selection.lookahead), std::min(end, pe_->stream.size()) - head_);
        window_.load(pe_->stream, head_, count_);
        for (std::size_t n = 0; n <= count_; ++n) {
            slots_[n] = head_ + n < pe_->stream.size() ? slot(head_ + n) : kNone;
        }
    }

    const Pe* pe_;
    std::size_t windows_;
    const CoreRules* rules_;
    EntryWindow window_;
    std::size_t head_ = 0;                            // entries before it are done
    std::size_t count_ = 0;                           // of the window
    std::array<std::size_t, kWordBits + 1> slots_{};  // of its entries, and of the one behind them
};

CoreTime CoreSchedule::buffered_time(const CoreRules& rules) const {
    CoreTime time;
    std::vector<BufferedPe> working;
    for (const Pe& pe : pes_) {
        if (pe.stream.size() > 0) {
            working.emplace_back(pe, windows_, rules);
        }
    }
    for (; !working.empty(); ++time.cycles) {
        std::size_t open = BufferedPe::kNone;
        for (const BufferedPe& pe : working) {
            open = std::min(open, pe.open_slot());
        }
        const std::size_t end = open == BufferedPe::kNone ? open : open + rules.buffer_depth;
        for (BufferedPe& pe : working) {
            pe.cycle(end, time);
        }
        std::erase_if(working, [](const BufferedPe& pe) { return pe.done(); });
    }
    return time;
}

}  // namespace nonzero::phantom
