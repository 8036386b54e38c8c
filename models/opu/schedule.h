#pragma once
// Two images on two cores (opu_facts.md 11 rules 4 and 5, 11.2 rule 6): groups of successive layers alternate between
// the cores, the second image is a group behind the first. Plain C++; C++17-clean. Times are integers of any one unit.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonzero::opu {

// What each layer takes on either core, and what it moves, in time on the whole bandwidth.
struct LayerTimes {
    std::array<std::vector<std::int64_t>, 2> core;
    std::vector<std::int64_t> bytes;

    std::size_t layers() const { return bytes.size(); }
};

struct Group {
    std::size_t begin = 0;  // layers begin .. end - 1
    std::size_t end = 0;
    int core = 0;

    friend bool operator==(const Group& a, const Group& b) {
        return a.begin == b.begin && a.end == b.end && a.core == b.core;
    }
};

// Whether the cores share one DRAM or have one each.
enum class Dram { own, shared };

std::int64_t group_time(const LayerTimes& times, const Group& group);
// A slot in which both groups run.
std::int64_t slot_time(const LayerTimes& times, Dram dram, const Group& a, const Group& b);

// Groups that follow each other and alternate. Both images, from the start of the first to the end of the second.
std::int64_t pair_time(const LayerTimes& times, Dram dram, const std::vector<Group>& groups);
// One image alone.
std::int64_t image_time(const LayerTimes& times, const std::vector<Group>& groups);
// Of a pair in a long row of pairs, whose last slot overlaps with the first of the next one where the cores allow.
std::int64_t steady_time(const LayerTimes& times, Dram dram, const std::vector<Group>& groups);
std::int64_t images_time(const LayerTimes& times, Dram dram, const std::vector<Group>& groups, std::uint64_t images);

// The groups that take the pair least time, exactly: a dynamic programme over first layer, end and core of the last
// group. Of equals the fewest groups; then, from the last group backwards, the longest group; then core 0 last.
class PairScheduler {
  public:
    // Of at least one layer. std::overflow_error where the times of all layers together pass 2^57 / layers.
    std::int64_t solve(const LayerTimes& times, Dram dram);
    // Of what was solved last.
    std::vector<Group> groups() const;

  private:
    std::int64_t& open(int core, std::size_t begin, std::size_t end) {
        return open_[std::size_t(core)][begin * row_ + end];
    }
    std::int64_t open(int core, std::size_t begin, std::size_t end) const {
        return open_[std::size_t(core)][begin * row_ + end];
    }
    std::int64_t sum(int core, std::size_t begin, std::size_t end) const {
        return sums_[std::size_t(core)][end] - sums_[std::size_t(core)][begin];
    }
    std::int64_t bytes(std::size_t begin, std::size_t end) const { return bytes_[end] - bytes_[begin]; }
    std::vector<Group> groups_back_from(Group last) const;

    // Costs are times * weight_ + groups: fewer groups win where times are equal.
    std::size_t layers_ = 0;
    std::size_t row_ = 0;  // of open_, with room for a block of ends behind the last
    std::int64_t weight_ = 1;
    std::int64_t best_ = 0;
    std::array<std::vector<std::int64_t>, 2> sums_;  // before each layer
    std::vector<std::int64_t> bytes_;                // likewise; zeros where nothing is shared
    std::array<std::vector<std::int64_t>, 2> open_;  // [begin, end]: all slots but the group's own last one
};

// By the kind of layer first (`preferred`, a core for each), then the best change of one layer's core, for as long as
// one gains: what a designer would do by hand, and never better than the above.
std::vector<Group> heuristic_groups(const LayerTimes& times, Dram dram, std::vector<int> preferred);

}  // namespace nonzero::opu
