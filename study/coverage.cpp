#include "study/coverage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "workloads/field_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

const char* to_string(LeftOutCause cause) {
    switch (cause) {
        case LeftOutCause::stem:
            return "stem";
        case LeftOutCause::without_data:
            return "without_data";
        case LeftOutCause::activation_by_activation:
            return "activation_by_activation";
        default:
            return "platform";
    }
}

std::string reason_of(LeftOutCause cause) {
    switch (cause) {
        case LeftOutCause::stem:
            return fmt::format("part of the stem, which {} adds", field_name("stem"));
        case LeftOutCause::without_data:
            return "there are no tensors for it";
        default:
            return fmt::format("a product of activations by activations, which runs when {} names it",
                               field_name("layers"));
    }
}

// Rounded down, so that nothing missing never shows as 100 %.
std::string percent(double share) {
    return fmt::format("{:.1f} %", std::floor(share * 1000) / 10);
}

}  // namespace

LeftOutLayer left_out_layer(const Layer& layer, LeftOutCause cause) {
    return {layer.name, cause, reason_of(cause), layer.dense_macs()};
}

LeftOutLayer left_out_layer(const Layer& layer, const std::string& refusal) {
    const std::string prefix = fmt::format("layer {}: ", quoted_name(layer.name));
    return {layer.name, LeftOutCause::platform, refusal.starts_with(prefix) ? refusal.substr(prefix.size()) : refusal,
            layer.dense_macs()};
}

double Coverage::share(std::uint64_t macs) const {
    return dense_macs == 0 ? 1 : double(macs) / double(dense_macs);
}

double Coverage::left_out_share() const {
    std::uint64_t macs = 0;
    for (const LeftOutLayer& layer : left_out) {
        macs += layer.dense_macs;
    }
    return share(macs);
}

std::string Coverage::total_name() const {
    return left_out.empty() ? "total" : fmt::format("total ({})", percent(1 - left_out_share()));
}

std::string Coverage::line() const {
    return left_out.empty() ? std::string()
                            : fmt::format(
                                  "left out: {} of {} layers, {} of the multiply-accumulates; the reasons "
                                  "stand below the total and in the results",
                                  left_out.size(), layers, percent(left_out_share()));
}

std::string Coverage::text() const {
    if (left_out.empty()) {
        return {};
    }
    std::string text =
        fmt::format("left out: {} of {} layers; what ran is {} of the multiply-accumulates that were asked for\n",
                    left_out.size(), layers, percent(1 - left_out_share()));
    std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;  // in the order of the network
    std::unordered_map<std::string, std::size_t> places;
    for (const LeftOutLayer& layer : left_out) {
        const auto [place, is_new] = places.emplace(layer.reason, by_reason.size());
        if (is_new) {
            by_reason.emplace_back(layer.reason, std::vector<std::string>());
        }
        by_reason[place->second].second.push_back(layer.name);
    }
    for (const auto& [reason, names] : by_reason) {
        text += fmt::format("  {}: {}\n", fmt::join(names, ", "), reason);
    }
    return text;
}

nlohmann::ordered_json Coverage::to_json() const {
    auto json = nlohmann::ordered_json::array();
    for (const LeftOutLayer& layer : left_out) {
        json.push_back({{"layer", layer.name},
                        {"cause", to_string(layer.cause)},
                        {"reason", layer.reason},
                        {"dense_macs", layer.dense_macs}});
    }
    return json;
}

std::vector<std::string> Coverage::names(LeftOutCause cause) const {
    std::vector<std::string> names;
    for (const LeftOutLayer& layer : left_out) {
        if (layer.cause == cause) {
            names.push_back(layer.name);
        }
    }
    return names;
}

}  // namespace nonzero
