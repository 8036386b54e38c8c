// Tables of energy and area: what is read prices every platform with numbers that can be printed; devices: what is read
// counts what cores take of them.

#include <algorithm>
#include <cmath>

#include "fuzz/support.h"
#include "platforms/registry.h"
#include "study/cost.h"
#include "study/device_file.h"

using namespace nonzero;

namespace {

const std::vector<PlatformReport>& all_reports() {
    static const std::vector<PlatformReport> reports = [] {
        std::vector<PlatformReport> all;
        for (const PlatformKind& kind : platform_registry()) {
            all.push_back(kind.make_report(*kind.make_parameters()));
        }
        return all;
    }();
    return reports;
}

void check(const std::vector<ComponentCost>& costs) {
    fuzz::require(std::all_of(costs.begin(), costs.end(),
                              [](const ComponentCost& cost) { return std::isfinite(cost.value) && cost.value >= 0; }),
                  "costs are finite");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    // More than any layer counts.
    const auto counter = [](const std::string&) { return std::uint64_t{1} << 60; };
    fuzz::accepts([&] {
        const EnergyTable table = EnergyTable::parse(text, "energy.json");
        for (const PlatformReport& report : all_reports()) {
            fuzz::accepts([&] { check(table.energy(report.energy, counter)); });
        }
    });
    fuzz::accepts([&] {
        const AreaTable table = AreaTable::parse(text, "area.json");
        for (const PlatformReport& report : all_reports()) {
            fuzz::accepts([&] { check(table.area(report.area)); });
        }
    });
    fuzz::accepts([&] {
        const opu::Device device = parse_device(text, "device.json").device;
        const opu::Area area = area_of({{opu::CoreKind::regular, 256, 16}, {opu::CoreKind::depthwise, 160, 9}}, device);
        fuzz::require(area.dsps >= 0 && area.luts >= 0 && area.bram36 >= 0, "what cores take is counted");
    });
    return 0;
}
