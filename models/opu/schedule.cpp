#include "models/opu/schedule.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "workloads/vector_clones.h"

namespace nonzero::opu {

namespace {

constexpr std::size_t block = 8;  // ends that are looked at side by side
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max() / 4;

std::int64_t sum_of(const std::vector<std::int64_t>& values, const Group& group) {
    return std::accumulate(values.begin() + std::ptrdiff_t(group.begin), values.begin() + std::ptrdiff_t(group.end),
                           std::int64_t{0});
}

// Vectors by name: written as loops over arrays, what a block holds does not stay in registers.
using Ends = std::int64_t __attribute__((vector_size(block * sizeof(std::int64_t))));

// Groups of one end on one core, by their begins.
struct LastGroups {
    const std::int64_t* cost;   // all slots but their own
    const std::int64_t* time;   // their own
    const std::int64_t* bytes;  // of the layers before them
    std::size_t count;
};

// Groups behind these that end anywhere: sums and bytes of the layers up to each end; the sum before the new group.
// `ends` is padded to whole blocks, as are the arrays.
NONZERO_VECTOR_CLONES void extend(std::int64_t* open, const std::int64_t* sums, const std::int64_t* bytes,
                                  std::size_t ends, const LastGroups& last, std::int64_t first_sum) {
    for (std::size_t from = 0; from < ends; from += block) {
        Ends least, own, moved;
        std::memcpy(&least, open + from, sizeof least);
        std::memcpy(&own, sums + from, sizeof own);
        std::memcpy(&moved, bytes + from, sizeof moved);
        own -= first_sum;
        for (std::size_t group = 0; group < last.count; ++group) {
            const Ends behind = moved - last.bytes[group];
            Ends slot = own > behind ? own : behind;
            const Ends time = Ends{} + last.time[group];
            slot = (slot > time ? slot : time) + last.cost[group];
            least = slot < least ? slot : least;
        }
        std::memcpy(open + from, &least, sizeof least);
    }
}

}  // namespace

std::int64_t group_time(const LayerTimes& times, const Group& group) {
    return sum_of(times.core[std::size_t(group.core)], group);
}

std::int64_t slot_time(const LayerTimes& times, Dram dram, const Group& a, const Group& b) {
    const std::int64_t longest = std::max(group_time(times, a), group_time(times, b));
    return dram == Dram::own ? longest : std::max(longest, sum_of(times.bytes, a) + sum_of(times.bytes, b));
}

std::int64_t pair_time(const LayerTimes& times, Dram dram, const std::vector<Group>& groups) {
    std::int64_t time = group_time(times, groups.front()) + group_time(times, groups.back());
    for (std::size_t n = 1; n < groups.size(); ++n) {
        time += slot_time(times, dram, groups[n], groups[n - 1]);
    }
    return time;
}

std::int64_t image_time(const LayerTimes& times, const std::vector<Group>& groups) {
    std::int64_t time = 0;
    for (const Group& group : groups) {
        time += group_time(times, group);
    }
    return time;
}

std::int64_t steady_time(const LayerTimes& times, Dram dram, const std::vector<Group>& groups) {
    const Group& first = groups.front();
    const Group& last = groups.back();
    const std::int64_t pair = pair_time(times, dram, groups);
    if (first.core == last.core) {
        return pair;
    }
    return pair - group_time(times, first) - group_time(times, last) + slot_time(times, dram, first, last);
}

std::int64_t images_time(const LayerTimes& times, Dram dram, const std::vector<Group>& groups, std::uint64_t images) {
    return std::int64_t(images / 2) * pair_time(times, dram, groups) +
           (images % 2 == 1 ? image_time(times, groups) : 0);
}

std::int64_t PairScheduler::solve(const LayerTimes& times, Dram dram) {
    layers_ = times.layers();
    row_ = layers_ + 1 + block;
    weight_ = 2;
    while (weight_ <= std::int64_t(layers_)) {
        weight_ *= 2;
    }
    const auto accumulate = [&](std::vector<std::int64_t>& sums, const std::vector<std::int64_t>& values) {
        sums.assign(1, 0);
        for (const std::int64_t value : values) {
            if (value > (never / 4 - sums.back()) / weight_) {
                throw std::overflow_error("the layers take too long to be scheduled");
            }
            sums.push_back(sums.back() + value * weight_);
        }
        sums.resize(layers_ + 1 + block, sums.back());
    };
    for (std::size_t core = 0; core < 2; ++core) {
        accumulate(sums_[core], times.core[core]);
        open_[core].assign((layers_ + 1) * row_, never);
        std::copy_n(sums_[core].begin() + 1, layers_, open_[core].begin() + 1);
    }
    accumulate(bytes_, times.bytes);
    if (dram == Dram::own) {
        std::fill(bytes_.begin(), bytes_.end(), 0);
    }
    std::vector<std::int64_t> costs(layers_), own(layers_);
    for (std::size_t end = 1; end < layers_; ++end) {
        for (const int core : {0, 1}) {
            for (std::size_t begin = 0; begin < end; ++begin) {
                costs[begin] = open(core, begin, end) + 1;
                own[begin] = sum(core, begin, end);
            }
            const auto other = std::size_t(1 - core);
            const std::size_t ends = (layers_ - end + block - 1) / block * block;
            extend(&open(1 - core, end, end + 1), &sums_[other][end + 1], &bytes_[end + 1], ends,
                   {costs.data(), own.data(), bytes_.data(), end}, sums_[other][end]);
        }
    }
    best_ = never;
    for (std::size_t begin = 0; begin < layers_; ++begin) {
        for (const int core : {0, 1}) {
            best_ = std::min(best_, open(core, begin, layers_) + sum(core, begin, layers_));
        }
    }
    return best_ / weight_;
}

std::vector<Group> PairScheduler::groups_back_from(Group last) const {
    std::vector<Group> groups{last};
    while (groups.back().begin > 0) {
        const Group& behind = groups.back();
        const int core = 1 - behind.core;
        const std::int64_t own = sum(behind.core, behind.begin, behind.end);
        std::size_t begin = 0;
        const auto leads_here = [&] {
            const std::int64_t slot = std::max({own, sum(core, begin, behind.begin), bytes(begin, behind.end)});
            return open(core, begin, behind.begin) + slot + 1 == open(behind.core, behind.begin, behind.end);
        };
        while (!leads_here()) {
            ++begin;
        }
        groups.push_back({begin, behind.begin, core});
    }
    return groups;
}

std::vector<Group> PairScheduler::groups() const {
    std::array<std::vector<Group>, 2> found;  // from the last group backwards
    for (const int core : {0, 1}) {
        for (std::size_t begin = 0; begin < layers_ && found[std::size_t(core)].empty(); ++begin) {
            if (open(core, begin, layers_) + sum(core, begin, layers_) == best_) {
                found[std::size_t(core)] = groups_back_from({begin, layers_, core});
            }
        }
    }
    const auto lengths_less = [](const Group& a, const Group& b) { return a.end - a.begin > b.end - b.begin; };
    const bool second =
        found[0].empty() ||
        (!found[1].empty() && std::lexicographical_compare(found[1].begin(), found[1].end(), found[0].begin(),
                                                           found[0].end(), lengths_less));
    std::vector<Group> groups = found[second ? 1 : 0];
    std::reverse(groups.begin(), groups.end());
    return groups;
}

std::vector<Group> heuristic_groups(const LayerTimes& times, Dram dram, std::vector<int> preferred) {
    const auto runs = [&] {
        std::vector<Group> groups;
        for (std::size_t n = 0; n < preferred.size(); ++n) {
            if (groups.empty() || groups.back().core != preferred[n]) {
                groups.push_back({n, n, preferred[n]});
            }
            groups.back().end = n + 1;
        }
        return groups;
    };
    std::vector<Group> best = runs();
    std::int64_t least = pair_time(times, dram, best);
    for (bool gains = true; gains;) {
        gains = false;
        std::size_t change = 0;
        for (std::size_t n = 0; n < preferred.size(); ++n) {
            preferred[n] = 1 - preferred[n];
            std::vector<Group> groups = runs();
            const std::int64_t time = pair_time(times, dram, groups);
            preferred[n] = 1 - preferred[n];
            if (time < least) {
                least = time;
                best = std::move(groups);
                change = n;
                gains = true;
            }
        }
        if (gains) {
            preferred[change] = 1 - preferred[change];
        }
    }
    return best;
}

}  // namespace nonzero::opu
