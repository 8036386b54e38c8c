#pragma once
// The rules of scnn_facts.md 10.1 and 10.9, product by product and cycle by cycle, for one PE: what the kernels and the
// PE module are compared with. Slow and plain on purpose; takes nothing from the models but their parameter structs.

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"
#include "models/scnn/slot_counts.h"
#include "workloads/tensor.h"

namespace nonzero::scnn::literal {

// scnn_facts.md 10.1: one queue per bank.
class Queues {
  public:
    Queues(int banks, int depth, bool single_write);

    // One vector, the bank of each product in index order. Returns the cycles until none is pending, at least one.
    Cycles issue(const std::vector<int>& products);
    // 10.1 (a)
    void retire();
    int fullest() const;
    int peak() const { return peak_; }
    bool empty() const { return fullest() == 0; }
    void clear();

  private:
    int depth_;
    bool single_write_;
    std::vector<int> held_;
    std::vector<std::size_t> pointer_;  // round robin among the sources, per bank
    int peak_ = 0;
};

// Smallest whole number of which b makes at least a.
int ceil_ratio(int a, int b);
// 10.9 rule 1
Range part(int n, int parts, int index);

// One dimension of a convolution.
struct Axis {
    int inputs;
    int outputs;
    int kernel;
    int stride;
    int pad;
};
Axis rows_of(const ConvolutionShape& shape);
Axis columns_of(const ConvolutionShape& shape);
// Outputs inside the plane that some input of the tile reaches with some tap, ascending (10.9 rule 11).
std::vector<int> reached(const Axis& axis, Range tile);
// 10.9 rule 2
int footprint(const Axis& axis, int parts);

// Bank of an output coordinate that a PE computes (3.1, 10.9 rule 8).
struct BankOf {
    BankHash hash;
    int banks;
    int footprint_rows;
    int footprint_columns;
    int operator()(int k, int k_base, int yo, int yo_min, int xo, int xo_min) const;
};
BankOf bank_of(const ConvolutionShape& shape, const ScnnParameters& parameters);

// A stored entry of a block: the index of its element and its value, 0 for a placeholder (10.9 rule 5).
struct Entry {
    std::size_t index;
    std::int16_t value;
};
std::vector<Entry> store(const std::vector<std::int16_t>& dense, bool placeholders);

struct Problem {
    ConvolutionShape shape;
    Operands input;    // C x H x W
    Operands weights;  // K x C/groups x KH x KW
    ScnnParameters parameters;
};

// What one PE does in one output-channel group.
struct GroupWork {
    SlotCounts counts;
    std::map<std::tuple<int, int, int>, std::int64_t> sums;  // (k, yo, xo) that got a product
};
GroupWork work_group(const Problem& problem, int pe, const pe_array::ChannelGroup& group);

}  // namespace nonzero::scnn::literal
