#pragma once
// Energy and area: events of a platform times a table of published costs. A platform says in its report which counter
// makes which event (EnergyUse) and how many of which part it has (AreaUse); the tables are JSON files of technology/,
// compiled in, or a user's own of the same format (docs/energy.md). Every entry has its source, and what is no
// published figure of that very thing (interpolated, scaled, guessed) is marked as an estimate.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "platforms/cost_uses.h"

namespace nonzero {

struct ComponentCost {
    std::string component;
    double value = 0;       // pJ or mm²
    bool estimate = false;  // any part of it is one
};

// An entry of a table as results list it.
struct CostEntry {
    std::string name;  // "sram, 64 bits of 8192 bytes"; of areas the entry's own name
    double value = 0;  // pJ or mm²
    std::string source;
    bool estimate = false;
};

// Reads a counter of a layer by its name.
using CounterReader = std::function<std::uint64_t(const std::string&)>;

class EnergyTable {
  public:
    // The compiled-in table, a JSON file, or the text of one; InputError naming file and entry for anything malformed.
    static EnergyTable builtin();
    static EnergyTable load(const std::string& file);
    static EnergyTable parse(const std::string& text, const std::string& origin);

    const std::string& title() const { return title_; }
    const std::string& node() const { return node_; }
    const std::vector<CostEntry>& entries() const { return entries_; }  // pJ, in the order of the file
    // pJ of one event; InputError for bits or a capacity that are not positive, and where the entries give no sensible
    // energy for it.
    ComponentCost event(const EnergyUse& use) const;
    // Throws what energy() would.
    void check(const std::vector<EnergyUse>& uses) const;
    // Per component, in the order of their first use. The estimate does not depend on the counters.
    std::vector<ComponentCost> energy(const std::vector<EnergyUse>& uses, const CounterReader& counter) const;

  private:
    // multiply and add: pJ of an operation over its bits. sram: pJ per bit over bytes of capacity. dram and wire: pJ
    // per bit, a single point.
    struct Point {
        double x;
        double picojoules;
        double access_bits;  // as published
        bool estimate;
    };
    // Ascending in x; between and beyond the points a power law through the nearest two, which is an estimate.
    using Curve = std::vector<Point>;
    static Point at(const Curve& curve, double x);
    ComponentCost price(const EnergyUse& use) const;

    std::string origin_;
    std::string title_;
    std::string node_;
    std::vector<CostEntry> entries_;
    std::array<Curve, 5> curves_;  // by EnergyEvent
};

class AreaTable {
  public:
    static AreaTable builtin();
    static AreaTable load(const std::string& file);
    static AreaTable parse(const std::string& text, const std::string& origin);

    const std::string& title() const { return title_; }
    const std::string& node() const { return node_; }
    const std::vector<CostEntry>& entries() const { return entries_; }  // mm², in the order of the file
    // Per component, in the order of their first use; InputError for an entry that the table does not have.
    std::vector<ComponentCost> area(const std::vector<AreaUse>& uses) const;

  private:
    std::string origin_;
    std::string title_;
    std::string node_;
    std::vector<CostEntry> entries_;
};

}  // namespace nonzero
