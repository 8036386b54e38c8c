#include "study/published.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "study/published/embedded.h"

namespace nonzero {

std::vector<PublishedRatio> published_ratios(const std::string& network, const std::vector<std::string>& platforms) {
    const auto holds = [](const auto& list, const std::string& name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    std::vector<PublishedRatio> found;
    for (const EmbeddedFile& system : embedded_published()) {
        const auto content = nlohmann::json::parse(system.json);
        for (const auto& entry : content.at("entries")) {
            if (!entry.contains("compare")) {
                continue;
            }
            const auto& compare = entry["compare"];
            PublishedRatio ratio;
            ratio.platform = compare.at("platform");
            ratio.baseline = compare.at("baseline");
            if (holds(platforms, ratio.platform) && holds(platforms, ratio.baseline) &&
                holds(compare.at("networks"), network)) {
                ratio.rule = compare.value("rule", "");
                ratio.figure = compare.at("figure") == "energy" ? PublishedRatio::Figure::energy
                                                                : PublishedRatio::Figure::speed_up;
                ratio.value = entry.at("published");
                ratio.quantity = entry.at("quantity");
                ratio.basis = entry.at("basis");
                ratio.paper = content.at("paper");
                std::erase(ratio.paper, '*');  // Markdown of the title
                found.push_back(std::move(ratio));
            }
        }
    }
    return found;
}

}  // namespace nonzero
