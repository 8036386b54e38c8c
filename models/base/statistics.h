#pragma once
// Counters. A module registers each of its counters once; the full name is the module's hierarchical SystemC name, a
// dot and the counter's name. A counter grows in one place only and appears in the results.

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

class Statistics {
  public:
    Statistics() = default;
    Statistics(const Statistics&) = delete;  // modules keep references to their counters
    Statistics& operator=(const Statistics&) = delete;

    struct CounterEntry {
        std::string name;  // hierarchical
        CounterKind kind;
        std::string meaning;
        Counter counter;
    };
    struct HistogramEntry {
        std::string name;
        std::string meaning;
        Histogram histogram;
    };

    // References stay valid as long as the registry. A name registered twice is a programming error (std::logic_error).
    Counter& counter(const sc_core::sc_object& owner, const std::string& name, CounterKind kind,
                     const std::string& meaning);
    Histogram& histogram(const sc_core::sc_object& owner, const std::string& name, const std::string& meaning);

    const std::deque<CounterEntry>& counters() const { return counters_; }
    const std::deque<HistogramEntry>& histograms() const { return histograms_; }
    // Value of a counter by full name; std::out_of_range when there is none.
    std::uint64_t value(const std::string& full_name) const;
    // Sum over all counters whose name ends in ".suffix".
    std::uint64_t sum(const std::string& suffix) const;
    // Every counter to 0, every histogram empty; the registrations stay.
    void clear();

  private:
    std::string take_name(const sc_core::sc_object& owner, const std::string& name);

    std::deque<CounterEntry> counters_;  // deques: growing at the end moves nothing
    std::deque<HistogramEntry> histograms_;
    std::unordered_map<std::string, const Counter*> names_;  // nullptr for a histogram
};

const char* to_string(CounterKind kind);

}  // namespace nonzero
