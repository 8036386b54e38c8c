#include "study/cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "study/source_table.h"
#include "study/technology/embedded.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

const std::vector<std::string> event_names = {"multiply", "add", "sram", "dram", "wire"};  // by EnergyEvent

std::size_t index_of(EnergyEvent event) {
    return static_cast<std::size_t>(event);
}

// Arithmetic has its price by width, RAM by capacity; DRAM and wires have one price per bit.
bool has_one_price(EnergyEvent event) {
    return event == EnergyEvent::dram || event == EnergyEvent::wire;
}

const char* const price_guide = "docs/energy.md";

// Far from anything that exists, and near enough that no sum of prices leaves the range of a double.
constexpr Bounds kBits{1, 1e6};
constexpr Bounds kBytes{1, 1e15};
constexpr Bounds kPicojoules{1e-9, 1e9};
constexpr Bounds kSquareMillimetres{1e-9, 1e6};
constexpr Bounds kPrice{1e-18, 1e18};  // of what is drawn through the entries

EnergyEvent event_of(const NetworkFields& fields) {
    const std::string name = fields.text("event");
    const auto found = std::find(event_names.begin(), event_names.end(), name);
    if (found == event_names.end()) {
        fields.fail("event", fmt::format("{} is unknown{}", quoted_name(name), did_you_mean(name, event_names)));
    }
    return static_cast<EnergyEvent>(found - event_names.begin());
}

// The component's sum so far.
ComponentCost& sum_of(std::vector<ComponentCost>& costs, const std::string& component) {
    const auto found = std::find_if(costs.begin(), costs.end(),
                                    [&](const ComponentCost& cost) { return cost.component == component; });
    return found != costs.end() ? *found : costs.emplace_back(ComponentCost{component, 0, false});
}

}  // namespace

EnergyTable EnergyTable::builtin() {
    return parse(embedded_text(embedded_technology(), "energy"), "built-in energy table");
}

EnergyTable EnergyTable::load(const std::string& file) {
    return parse(read_table_file(file, "energy table", price_guide), shown_text(file));
}

EnergyTable EnergyTable::parse(const std::string& text, const std::string& origin) {
    EnergyTable table;
    table.origin_ = origin;
    const SourceTable frame = read_source_table(text, origin, price_guide, [&table](const NetworkFields& fields) {
        const EnergyEvent event = event_of(fields);
        const bool sram = event == EnergyEvent::sram;
        fields.check_known({"event", "capacity_bytes", "bits", "pJ", "source", "estimate"});
        if (!sram && fields.has("capacity_bytes")) {
            fields.fail("capacity_bytes", "only 'sram' has one; remove it");
        }

        const double bits = within(kBits, fields, "bits");
        const double picojoules = within(kPicojoules, fields, "pJ");
        const std::string size_field = sram ? "capacity_bytes" : "bits";
        const double size = within(sram ? kBytes : kBits, fields, size_field);
        Curve& curve = table.curves_.at(index_of(event));
        if (has_one_price(event) && !curve.empty()) {
            fields.fail("event", fmt::format("second entry of '{}'; give one, it is a price per bit",
                                             event_names.at(index_of(event))));
        }
        if (!curve.empty() && size <= curve.back().x) {
            fields.fail(size_field, fmt::format("is {} after {}; give the entries of an event in ascending order, each "
                                                "size once",
                                                size, curve.back().x));
        }
        const bool per_bit = sram || has_one_price(event);
        curve.push_back({size, per_bit ? picojoules / bits : picojoules, bits, estimate_of(fields)});

        std::string name = fmt::format("{}, {} bits", event_names.at(index_of(event)), bits);
        if (sram) {
            name += fmt::format(" of {} bytes", size);
        }
        table.entries_.push_back({name, picojoules, source_of(fields), estimate_of(fields)});
    });
    table.title_ = frame.title;
    table.node_ = frame.node;
    for (std::size_t event = 0; event < event_names.size(); ++event) {
        const std::size_t given = table.curves_.at(event).size();
        if (given == 0) {
            throw InputError(fmt::format("{}: has no entry of event '{}'; add it", origin, event_names.at(event)));
        }
        if (given == 1 && !has_one_price(static_cast<EnergyEvent>(event))) {
            throw InputError(
                fmt::format("{}: has a single entry of event '{}'; add another size, the energies of all "
                            "others are drawn through them",
                            origin, event_names.at(event)));
        }
    }
    return table;
}

EnergyTable::Point EnergyTable::at(const Curve& curve, double x) {
    auto upper =
        std::lower_bound(curve.begin(), curve.end(), x, [](const Point& p, double value) { return p.x < value; });
    if (upper != curve.end() && upper->x == x) {
        return *upper;
    }
    upper = std::clamp(upper, curve.begin() + 1, curve.end() - 1);
    const Point& low = *(upper - 1);
    const double exponent = std::log(upper->picojoules / low.picojoules) / std::log(upper->x / low.x);
    return {x, low.picojoules * std::pow(x / low.x, exponent), low.access_bits, true};
}

ComponentCost EnergyTable::event(const EnergyUse& use) const {
    const ComponentCost cost = price(use);
    if (!(cost.value >= kPrice.low && cost.value <= kPrice.high)) {
        throw InputError(
            fmt::format("{}: an event '{}' of '{}' would cost {} pJ, drawn through its entries; correct "
                        "their sizes and energies",
                        origin_, event_names.at(index_of(use.event)), use.component, cost.value));
    }
    return cost;
}

ComponentCost EnergyTable::price(const EnergyUse& use) const {
    const auto check = [&use](double value, const char* what) {
        if (!(value > 0) || !std::isfinite(value)) {
            throw InputError(
                fmt::format("energy of '{}': {} {}; a finite number above 0 is needed", use.component, value, what));
        }
    };
    check(use.bits, "bits");
    const Curve& curve = curves_.at(index_of(use.event));
    if (has_one_price(use.event)) {
        return {use.component, curve.front().picojoules * use.bits, curve.front().estimate};
    }
    if (use.event == EnergyEvent::sram) {
        check(use.capacity_bytes, "bytes of capacity");
        const Point point = at(curve, use.capacity_bytes);
        // Published is a whole access; a narrower one costs more than its share.
        const bool whole = std::fmod(use.bits, point.access_bits) == 0;
        return {use.component, point.picojoules * use.bits, point.estimate || !whole};
    }
    const Point point = at(curve, use.bits);
    return {use.component, point.picojoules, point.estimate};
}

void EnergyTable::check(const std::vector<EnergyUse>& uses) const {
    for (const EnergyUse& use : uses) {
        event(use);
    }
}

std::vector<ComponentCost> EnergyTable::energy(const std::vector<EnergyUse>& uses, const CounterReader& counter) const {
    std::vector<ComponentCost> costs;
    for (const EnergyUse& use : uses) {
        const ComponentCost one = event(use);
        ComponentCost& sum = sum_of(costs, use.component);
        sum.value += one.value * static_cast<double>(counter(use.counter));
        sum.estimate = sum.estimate || one.estimate;
    }
    return costs;
}

AreaTable AreaTable::builtin() {
    return parse(embedded_text(embedded_technology(), "area"), "built-in area table");
}

AreaTable AreaTable::load(const std::string& file) {
    return parse(read_table_file(file, "area table", price_guide), shown_text(file));
}

AreaTable AreaTable::parse(const std::string& text, const std::string& origin) {
    AreaTable table;
    table.origin_ = origin;
    const SourceTable frame = read_source_table(text, origin, price_guide, [&table](const NetworkFields& fields) {
        fields.check_known({"name", "mm2", "source", "estimate"});
        const std::string name = fields.text("name");
        for (const CostEntry& entry : table.entries_) {
            if (entry.name == name) {
                fields.fail("name", fmt::format("second entry of {}; remove one", quoted_name(name)));
            }
        }
        table.entries_.push_back(
            {name, within(kSquareMillimetres, fields, "mm2"), source_of(fields), estimate_of(fields)});
    });
    table.title_ = frame.title;
    table.node_ = frame.node;
    return table;
}

std::vector<ComponentCost> AreaTable::area(const std::vector<AreaUse>& uses) const {
    std::vector<ComponentCost> costs;
    for (const AreaUse& use : uses) {
        const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                        [&use](const CostEntry& candidate) { return candidate.name == use.entry; });
        if (entry == entries_.end()) {
            std::vector<std::string> names;
            for (const CostEntry& candidate : entries_) {
                names.push_back(candidate.name);
            }
            throw InputError(fmt::format("{}: has no entry {} for '{}'{}", origin_, quoted_name(use.entry),
                                         use.component, did_you_mean(use.entry, names, "Add it")));
        }
        ComponentCost& sum = sum_of(costs, use.component);
        sum.value += use.count * entry->value;
        sum.estimate = sum.estimate || entry->estimate || use.scaled;
    }
    return costs;
}

}  // namespace nonzero
