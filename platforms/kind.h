#pragma once
// The registry entry of a platform out of its parameter struct, System and Lowering.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platforms/registry.h"

namespace nonzero {

// The parameter struct of a platform behind the type that all platforms share.
template <class Values>
struct ParametersOf : PlatformParameters {
    explicit ParametersOf(Values defaults_in) : defaults(std::move(defaults_in)), values(defaults) {
        describe(table, values);
    }
    // The table refers to its own values.
    ParametersOf(const ParametersOf&) = delete;
    ParametersOf& operator=(const ParametersOf&) = delete;

    std::unique_ptr<PlatformParameters> copy() const override {
        auto other = std::make_unique<ParametersOf>(defaults);
        other->values = values;
        other->table.mark_given(table);
        return other;
    }

    const Values defaults;
    Values values;

    static const Values& in(const PlatformParameters& parameters) {
        return dynamic_cast<const ParametersOf&>(parameters).values;
    }
};

// SystemType and LoweringType are built from Values, for which there is a describe(ParameterTable&, Values&).
template <class SystemType, class LoweringType, class Values>
PlatformKind make_kind(std::string name, std::string title, const Values& defaults,
                       PlatformReport (*report_of)(const Values&), std::vector<std::string> size_parameters) {
    using Parameters = ParametersOf<Values>;
    PlatformKind kind;
    kind.name = std::move(name);
    kind.title = std::move(title);
    kind.make_parameters = [defaults] { return std::make_unique<Parameters>(defaults); };
    kind.make_system = [](const PlatformParameters& parameters, const TraceOptions& trace) {
        return std::make_unique<SystemType>(Parameters::in(parameters), trace);
    };
    kind.make_lowering = [](const PlatformParameters& parameters) {
        return std::make_unique<LoweringType>(Parameters::in(parameters));
    };
    kind.make_report = [report_of](const PlatformParameters& parameters) {
        return report_of(Parameters::in(parameters));
    };
    kind.size_parameters = std::move(size_parameters);
    return kind;
}

}  // namespace nonzero
