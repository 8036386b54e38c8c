// Parameters of every platform: --config files and --set values. What is taken can be printed, set again from what was
// printed, and makes a machine or is refused. The input: a byte for the platform, lines name=value, the JSON file.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/support.h"
#include "platforms/registry.h"

using namespace nonzero;

namespace {

// The lines "name=value" in front of a document that begins with a brace, which stays.
std::vector<std::pair<std::string, std::string>> take_settings(std::string& text) {
    std::vector<std::pair<std::string, std::string>> settings;
    while (!text.empty() && text.front() != '{') {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::size_t equals = std::min(text.find('='), end);
        settings.emplace_back(text.substr(0, equals),
                              text.substr(std::min(equals + 1, end), end - std::min(equals + 1, end)));
        text.erase(0, end + 1);
    }
    return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::ScratchDirectory directory;
    const auto& kinds = platform_registry();
    std::string text(reinterpret_cast<const char*>(data), size);
    const PlatformKind& kind = kinds[text.empty() ? 0 : std::uint8_t(text.front()) % kinds.size()];
    text.erase(0, 1);
    const auto settings = take_settings(text);
    const std::string file = text.empty() ? "" : directory.write("config.json", text);

    std::unique_ptr<PlatformParameters> parameters;
    if (!fuzz::accepts([&] { parameters = make_parameters(kind, file, settings); })) {
        return 0;
    }
    const std::string printed = parameters->table.to_json().dump();
    const std::string again = directory.write("printed.json", printed);
    fuzz::require(make_parameters(kind, again, {})->table.to_json().dump() == printed, "parameters read as printed");
    fuzz::accepts([&] {
        const auto lowering = kind.make_lowering(*parameters);
        fuzz::require(lowering->operand_bits() > 0, "a machine has operands");
        fuzz::require(kind.make_report(*parameters).units > 0, "a machine has units");
    });
    return 0;
}
