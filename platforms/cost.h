#pragma once
// Energy and area: events of a platform times a table of published costs. A platform says in its report which counter
// makes which event (EnergyUse) and how many of which part it has (AreaUse); the tables are JSON files of technology/,
// compiled in, or a user's own of the same format. Every entry has its source, and what is no published figure of
// that very thing (interpolated, scaled, guessed) is marked as an estimate.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace nonzero {

enum class EnergyEvent {
    multiply,  // integer multiplication of two operands of `bits` bits
    add,       // integer addition of `bits` bits
    sram,      // read or write of `bits` bits in a RAM of `capacity_bytes`
    dram,      // `bits` bits to or from DRAM
    wire       // `bits` bits over one hop of an on-chip network
};

// One kind of event: as many as the counter says ("pe.products", summed over the instances of the block), each of
// `bits` bits.
struct EnergyUse {
    std::string component;  // as results name it; several uses may share one
    std::string counter;
    EnergyEvent event = EnergyEvent::multiply;
    double bits = 16;
    double capacity_bytes = 0;  // sram only
};

// `count` times an entry of the area table.
struct AreaUse {
    std::string component;
    std::string entry;  // "scnn.multiplier_array"
    double count = 1;
};

struct ComponentCost {
    std::string component;
    double value = 0;       // pJ or mm²
    bool estimate = false;  // any part of it is one
};

// Reads a counter of a layer by its name.
using CounterReader = std::function<std::uint64_t(const std::string&)>;

class EnergyTable {
  public:
    // The compiled-in table, or a JSON file; InputError naming file and entry for anything malformed.
    static EnergyTable builtin();
    static EnergyTable load(const std::string& file);

    const std::string& title() const { return title_; }
    const std::string& node() const { return node_; }
    // pJ of one event.
    ComponentCost event(const EnergyUse& use) const;
    // Per component, in the order of their first use.
    std::vector<ComponentCost> energy(const std::vector<EnergyUse>& uses, const CounterReader& counter) const;

  private:
    // Published points of a curve; between and beyond them a power law through the nearest two, which is an estimate.
    struct Point {
        double x;
        double picojoules;
    };
    struct Curve {
        std::vector<Point> points;  // ascending in x
        bool estimate = false;
    };
    std::string title_;
    std::string node_;
    Curve multiply_;  // over bits
    Curve add_;       // over bits
    Curve sram_;      // pJ per bit over bytes of capacity
    Curve dram_;      // pJ per bit, a single point
    Curve wire_;      // pJ per bit and hop, a single point
};

class AreaTable {
  public:
    static AreaTable builtin();
    static AreaTable load(const std::string& file);

    const std::string& title() const { return title_; }
    const std::string& node() const { return node_; }
    // Per component, in the order of their first use; InputError for an entry that the table does not have.
    std::vector<ComponentCost> area(const std::vector<AreaUse>& uses) const;

  private:
    struct Entry {
        std::string name;
        double square_millimetres;
        bool estimate;
    };
    std::string title_;
    std::string node_;
    std::vector<Entry> entries_;
};

}  // namespace nonzero
