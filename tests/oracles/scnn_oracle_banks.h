#pragma once
// Scatter crossbar, bank queues and accumulators of one PE (scnn_facts.md 10.1, 10.9 rule 9).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "tests/oracles/scnn_oracle.h"

namespace nonzero::oracle::scnn {

struct Product {
    int bank;
    std::size_t address;  // in the footprint accumulators
    std::int64_t value;
};

class Banks {
  public:
    explicit Banks(const ScnnConfig& config)
        : config_(config), queues_(std::size_t(config.banks)), pointers_(std::size_t(config.banks), 0) {}

    // Accumulators of a new output-channel group.
    void clear(std::size_t entries) { accumulators_.assign(entries, 0); }
    std::int64_t read(std::size_t address) const { return accumulators_.at(address); }
    std::size_t max_occupancy() const { return max_occupancy_; }

    // One vector: lane i*F+f holds its product, or nothing. Returns its cycles.
    std::uint64_t issue(std::vector<std::optional<Product>> lanes) {
        if (config_.infinite_queue) {
            for (const auto& lane : lanes)
                if (lane)
                    accumulators_.at(lane->address) += lane->value;
            return 1;
        }
        for (std::uint64_t cycles = 1;; ++cycles) {
            retire();
            if (config_.single_write)
                enter_one_per_bank(lanes);
            else
                enter_all(lanes);
            for (const auto& queue : queues_)
                max_occupancy_ = std::max(max_occupancy_, queue.size());
            if (std::none_of(lanes.begin(), lanes.end(), [](const auto& lane) { return lane.has_value(); }))
                return cycles;
        }
    }

    // (a): every non-empty queue retires one entry.
    void retire() {
        for (auto& queue : queues_) {
            if (queue.empty())
                continue;
            accumulators_.at(queue.front().address) += queue.front().value;
            queue.pop();
        }
    }

    std::uint64_t drain() {
        std::uint64_t cycles = 0;
        while (std::any_of(queues_.begin(), queues_.end(), [](const auto& queue) { return !queue.empty(); })) {
            retire();
            ++cycles;
        }
        return cycles;
    }

  private:
    bool has_room(std::size_t bank) const { return queues_[bank].size() < std::size_t(config_.queue_depth); }

    // (b), default.
    void enter_all(std::vector<std::optional<Product>>& lanes) {
        for (auto& lane : lanes) {
            if (!lane || !has_room(std::size_t(lane->bank)))
                continue;
            queues_[std::size_t(lane->bank)].push(*lane);
            lane.reset();
        }
    }

    // (b), crossbar.write = single.
    void enter_one_per_bank(std::vector<std::optional<Product>>& lanes) {
        for (std::size_t bank = 0; bank < queues_.size(); ++bank) {
            if (!has_room(bank))
                continue;
            for (std::size_t step = 0; step < lanes.size(); ++step) {
                const std::size_t source = (pointers_[bank] + step) % lanes.size();
                if (!lanes[source] || std::size_t(lanes[source]->bank) != bank)
                    continue;
                queues_[bank].push(*lanes[source]);
                lanes[source].reset();
                pointers_[bank] = (source + 1) % lanes.size();
                break;
            }
        }
    }

    const ScnnConfig& config_;
    std::vector<std::queue<Product>> queues_;
    std::vector<std::size_t> pointers_;
    std::vector<std::int64_t> accumulators_;
    std::size_t max_occupancy_ = 0;
};

}  // namespace nonzero::oracle::scnn
