#pragma once
// One core of the Phantom oracle: PEs that pick entries from their streams (phantom_facts.md 9 rules 6 to 10).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/oracles/phantom_oracle.h"

namespace nonzero::oracle::phantom {

// A window of one mask column, or of the whole plane where a core is one PE.
struct Entry {
    std::size_t slot = 0;  // plane * windows + window
    unsigned bits = 0;     // products: bit 3 * column + tap
    int count = 0;         // of bits
};
using Stream = std::vector<Entry>;  // by slot

class Pe {
  public:
    Pe(const Stream& stream, std::size_t windows, const PhantomConfig& config)
        : stream_(stream),
          windows_(windows),
          config_(config),
          done_(stream.size(), false),
          threads_(config.one_pe_of_nine ? 9 : 3),
          entries_a_cycle_(config.l2_rate < 9 ? std::max(1, config.l2_rate / 3) : threads_) {
        if (config.refill == PhantomConfig::batch)
            load(0);
    }

    bool ended() const { return begin_ == stream_.size(); }
    // The oldest entry that is not done. Those of a batch that is not yet loaded are not.
    std::size_t oldest_open_slot() const { return oldest_ < stream_.size() ? stream_[oldest_].slot : SIZE_MAX; }

    // One cycle. No entry may be taken whose slot is `depth` or more ahead of `oldest` (0: any may).
    void cycle(std::size_t oldest, std::size_t depth) {
        if (config_.refill == PhantomConfig::sliding)
            load(oldest_);
        if (oldest_ >= end_) {
            ++busy;
            ++zero_batches;
        } else if (config_.entry_split) {
            ++busy;
            products_left_ -= threads_;
            if (products_left_ <= 0)
                for (std::size_t i = begin_; i < end_; ++i)
                    take(i, oldest);
        } else {
            ++(pick(oldest, depth) ? busy : stall);
        }
        skip_done();
        if (config_.refill == PhantomConfig::sliding)
            begin_ = oldest_;
        else if (oldest_ >= end_)
            load(end_);
    }

    std::uint64_t busy = 0;
    std::uint64_t stall = 0;
    std::uint64_t zero_batches = 0;
    std::uint64_t largest_lead = 0;

  private:
    // The lookahead window from an entry on. Its zeros are done at once.
    void load(std::size_t first) {
        begin_ = end_ = first;
        products_left_ = 0;
        while (end_ < stream_.size() && end_ - begin_ < std::size_t(config_.lookahead) &&
               (config_.run_on || stream_[end_].slot / windows_ == stream_[begin_].slot / windows_)) {
            products_left_ += stream_[end_].count;
            done_[end_] = done_[end_] || stream_[end_].count == 0;
            ++end_;
        }
        skip_done();
    }

    void skip_done() {
        while (oldest_ < stream_.size() && done_[oldest_])
            ++oldest_;
    }

    void take(std::size_t i, std::size_t oldest) {
        done_[i] = true;
        if (stream_[i].slot > oldest)
            largest_lead = std::max(largest_lead, std::uint64_t(stream_[i].slot - oldest));
    }

    // Rule 8 of the selector; whether anything was taken.
    bool pick(std::size_t oldest, std::size_t depth) {
        const bool in_order = config_.selector == PhantomConfig::in_order;
        int free = threads_;
        int taken = 0;
        const auto open = [&](std::size_t i) { return !done_[i]; };
        const auto may_go = [&](std::size_t i) {
            return stream_[i].count <= free && (depth == 0 || stream_[i].slot < oldest + depth);
        };
        const auto go = [&](std::size_t i) {
            take(i, oldest);
            free -= stream_[i].count;
            ++taken;
        };
        if (config_.selector == PhantomConfig::best_fit) {
            while (free > 0 && taken < entries_a_cycle_) {
                std::size_t best = end_;
                for (std::size_t i = begin_; i < end_; ++i) {
                    if (!open(i) || !may_go(i) || (best != end_ && stream_[i].count <= stream_[best].count))
                        continue;
                    best = i;
                    if (taken == 0)  // the oldest one
                        break;
                }
                if (best == end_)
                    break;
                go(best);
            }
            return taken > 0;
        }
        for (std::size_t i = begin_; i < end_ && free > 0 && taken < entries_a_cycle_; ++i) {
            if (!open(i))
                continue;
            if (may_go(i))
                go(i);
            else if (in_order)
                break;
        }
        return taken > 0;
    }

    const Stream& stream_;
    std::size_t windows_;
    const PhantomConfig& config_;
    std::vector<bool> done_;
    int threads_;
    int entries_a_cycle_;
    std::size_t begin_ = 0;  // of the lookahead window
    std::size_t end_ = 0;
    std::size_t oldest_ = 0;
    int products_left_ = 0;
};

struct CoreRun {
    std::uint64_t time = 0;
    std::uint64_t busy = 0;
    std::uint64_t stall = 0;
    std::uint64_t zero_batches = 0;
    std::uint64_t largest_lead = 0;

    void operator+=(const CoreRun& next) {
        time += next.time;
        busy += next.busy;
        stall += next.stall;
        zero_batches += next.zero_batches;
        largest_lead = std::max(largest_lead, next.largest_lead);
    }
};

// Until the last PE has ended.
inline CoreRun run_free(const std::vector<Stream>& streams, std::size_t windows, const PhantomConfig& config) {
    std::vector<Pe> pes;
    for (const Stream& stream : streams)
        pes.emplace_back(stream, windows, config);
    CoreRun run;
    const auto running = [](const Pe& pe) { return !pe.ended(); };
    while (std::any_of(pes.begin(), pes.end(), running)) {
        std::size_t oldest = SIZE_MAX;
        for (const Pe& pe : pes)
            if (!pe.ended())
                oldest = std::min(oldest, pe.oldest_open_slot());
        for (Pe& pe : pes)
            if (!pe.ended())
                pe.cycle(oldest, std::size_t(config.output_buffer_depth));
        ++run.time;
    }
    for (const Pe& pe : pes) {
        run.busy += pe.busy;
        run.stall += pe.stall;
        run.zero_batches += pe.zero_batches;
        run.largest_lead = std::max(run.largest_lead, pe.largest_lead);
    }
    return run;
}

// 9.4: the PEs meet after every plane, or after every lookahead window of each.
inline CoreRun run_core(const std::vector<Stream>& streams, std::size_t windows, const PhantomConfig& config) {
    if (config.columns == PhantomConfig::free)
        return run_free(streams, windows, config);
    const std::size_t step =
        config.columns == PhantomConfig::barrier_plane ? windows : std::min(windows, std::size_t(config.lookahead));
    std::size_t slots = 0;
    for (const Stream& stream : streams)
        slots = std::max(slots, stream.empty() ? 0 : stream.back().slot + 1);
    CoreRun run;
    for (std::size_t plane = 0; plane < slots; plane += windows)
        for (std::size_t first = plane; first < plane + windows; first += step) {
            const std::size_t last = std::min(first + step, plane + windows);
            std::vector<Stream> parts;
            for (const Stream& stream : streams) {
                const auto before = [](const Entry& entry, std::size_t slot) { return entry.slot < slot; };
                parts.emplace_back(std::lower_bound(stream.begin(), stream.end(), first, before),
                                   std::lower_bound(stream.begin(), stream.end(), last, before));
            }
            run += run_free(parts, windows, config);
        }
    return run;
}

}  // namespace nonzero::oracle::phantom
