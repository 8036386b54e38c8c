#include "study/device_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "study/devices/embedded.h"
#include "study/source_table.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

const char* const device_guide = "docs/models/dual_opu.md";

struct Figure {
    std::string name;
    std::function<void(opu::Device&, double)> set;
    bool whole;  // a number of things
};

Figure count(const std::string& name, std::int64_t opu::Device::*field) {
    return {name, [field](opu::Device& device, double value) { device.*field = std::int64_t(value); }, true};
}

Figure share(const std::string& name, double opu::Device::*field) {
    return {name, [field](opu::Device& device, double value) { device.*field = value; }, false};
}

const std::vector<Figure>& figures() {
    using opu::Device;
    static const std::vector<Figure> all{count("dsps", &Device::dsps),
                                         count("luts", &Device::luts),
                                         count("bram36", &Device::bram36),
                                         share("dsps_of_multiplier", &Device::dsps_of_multiplier),
                                         count("control_dsps", &Device::control_dsps),
                                         share("luts_of_multiplier", &Device::luts_of_multiplier),
                                         share("luts_of_window_pe", &Device::luts_of_window_pe),
                                         count("luts_of_core", &Device::luts_of_core),
                                         count("feature_bits", &Device::feature_bits),
                                         count("weight_bits", &Device::weight_bits),
                                         count("bias_bits", &Device::bias_bits),
                                         count("partial_sum_bits", &Device::partial_sum_bits),
                                         count("instruction_bits", &Device::instruction_bits)};
    return all;
}

const Figure& figure_of(const NetworkFields& fields, const std::string& name) {
    const auto found =
        std::find_if(figures().begin(), figures().end(), [&](const Figure& figure) { return figure.name == name; });
    if (found == figures().end()) {
        std::vector<std::string> names;
        for (const Figure& figure : figures()) {
            names.push_back(figure.name);
        }
        fields.fail("name", fmt::format("{} is unknown{}", quoted_name(name), did_you_mean(name, names)));
    }
    return *found;
}

}  // namespace

std::vector<std::string> builtin_devices() {
    std::vector<std::string> names;
    for (const EmbeddedFile& file : embedded_devices()) {
        names.emplace_back(file.name);
    }
    return names;
}

DeviceFile load_device(const std::string& name_or_file) {
    if (name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".json")) {
        DeviceFile file =
            parse_device(read_table_file(name_or_file, "device file", device_guide), shown_text(name_or_file));
        file.name = name_or_file;
        return file;
    }
    const std::vector<std::string> names = builtin_devices();
    if (std::find(names.begin(), names.end(), name_or_file) == names.end()) {
        throw InputError(fmt::format("{}: unknown device {}{}; a file's name ends in .json", field_name("device"),
                                     quoted_name(name_or_file), did_you_mean(name_or_file, names)));
    }
    DeviceFile file = parse_device(embedded_text(embedded_devices(), name_or_file), "device " + name_or_file);
    file.name = name_or_file;
    return file;
}

DeviceFile parse_device(const std::string& text, const std::string& origin) {
    static constexpr Bounds bounds{0, 1e12};
    DeviceFile file;
    const SourceTable table = read_source_table(text, origin, device_guide, [&file](const NetworkFields& fields) {
        fields.check_known({"name", "value", "source", "estimate"});
        const std::string name = fields.text("name");
        const Figure& figure = figure_of(fields, name);
        if (std::any_of(file.entries.begin(), file.entries.end(), [&](const auto& one) { return one.name == name; })) {
            fields.fail("name", fmt::format("second entry of {}; remove one", quoted_name(name)));
        }
        const double value = within(bounds, fields, "value");
        if (figure.whole && value != std::floor(value)) {
            fields.fail("value", fmt::format("is {}; give a whole number", value));
        }
        figure.set(file.device, value);
        file.entries.push_back({name, value, source_of(fields), estimate_of(fields)});
    });
    for (const Figure& figure : figures()) {
        if (std::none_of(file.entries.begin(), file.entries.end(),
                         [&](const DeviceEntry& entry) { return entry.name == figure.name; })) {
            throw InputError(fmt::format("{}: has no entry {}; add it", origin, quoted_name(figure.name)));
        }
    }
    file.title = table.title;
    file.node = table.node;
    return file;
}

}  // namespace nonzero
