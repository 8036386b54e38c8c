#pragma once
// Counters, as a tree of block, counter and instance: the counter "busy" of the block "pe" has an instance for every
// PE. A module registers each of its counters once. Its block and instance are what SystemC calls it below the module
// that the registry was made in: pe_0_12 is instance 0_12 of the block pe, ppu_0_12.pooling of ppu.pooling. A counter
// grows in one place only and appears in the results.

#include <systemc>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>

namespace nonzero {

// maximum: the largest value seen; adding up several of them means nothing.
enum class CounterKind { count, cycles, bytes, maximum };

class Counter {
  public:
    void add(std::uint64_t amount = 1) { value_ += amount; }
    void raise_to(std::uint64_t value) { value_ = value > value_ ? value : value_; }  // for maxima
    std::uint64_t value() const { return value_; }
    void clear() { value_ = 0; }

  private:
    std::uint64_t value_ = 0;
};

// value -> how often
class Histogram {
  public:
    void add(std::uint64_t value, std::uint64_t times = 1) { bins_[value] += times; }
    const std::map<std::uint64_t, std::uint64_t>& bins() const { return bins_; }
    void clear() { bins_.clear(); }

  private:
    std::map<std::uint64_t, std::uint64_t> bins_;
};

// A place in the hierarchy of modules: it makes the registry's counters names below the module that it stands in.
class Statistics : public sc_core::sc_object {
  public:
    Statistics() : sc_object(sc_core::sc_gen_unique_name("statistics")) {}
    Statistics(const Statistics&) = delete;  // modules keep references to their counters
    Statistics& operator=(const Statistics&) = delete;

    // Value: Counter or Histogram.
    template <class Value>
    struct Instance {
        std::string path;   // of its module, below the registry's own: "pe_0_12"
        std::string index;  // "0_12"; empty where the name has none
        Value value;
    };
    // What all instances of a block count alike.
    template <class Value>
    struct Series {
        std::string name;                       // "busy"
        CounterKind kind = CounterKind::count;  // as histograms are
        std::string meaning;
        std::deque<Instance<Value>> instances;  // deques: growing at the end moves nothing
    };
    struct Block {
        std::string name;  // "pe"
        std::deque<Series<Counter>> counters;
        std::deque<Series<Histogram>> histograms;
    };

    // References stay valid as long as the registry. A name registered twice, and one of two kinds in one block, is a
    // programming error (std::logic_error).
    Counter& counter(const sc_core::sc_object& owner, const std::string& name, CounterKind kind,
                     const std::string& meaning);
    Histogram& histogram(const sc_core::sc_object& owner, const std::string& name, const std::string& meaning);

    // Blocks, their counters and the instances of each in the order of registration.
    const std::deque<Block>& blocks() const { return blocks_; }
    // Value of a counter by the name of its module in the hierarchy, a dot and its own: "top.pe_0_12.busy".
    // std::out_of_range when there is none.
    std::uint64_t value(const std::string& full_name) const;
    // Sum over the instances of a counter by its name, in all blocks that have one ("busy"), or with the end of its
    // block's name ("pe.busy").
    std::uint64_t sum(const std::string& name) const;
    // Every counter to 0, every histogram empty; the registrations stay.
    void clear();

  private:
    template <class Value>
    Value& add(std::deque<Series<Value>> Block::*list, const sc_core::sc_object& owner, const std::string& name,
               CounterKind kind, const std::string& meaning);

    std::deque<Block> blocks_;
    std::unordered_map<std::string, const Counter*> names_;  // nullptr for a histogram
};

const char* to_string(CounterKind kind);

}  // namespace nonzero
