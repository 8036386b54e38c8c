#include "sc_main/stale_outputs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "sc_main/pack_manifest.h"
#include "sc_main/results.h"
#include "sc_main/trace_options.h"
#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

namespace fs = std::filesystem;

// Every value that is given to an option: "--json FILE" and "--json=FILE".
std::vector<std::string> values_of(const std::string& option, const std::vector<std::string>& arguments) {
    std::vector<std::string> values;
    for (std::size_t n = 0; n < arguments.size(); ++n) {
        if (arguments[n] == option && n + 1 < arguments.size() && !arguments[n + 1].starts_with("--")) {
            values.push_back(arguments[n + 1]);
        } else if (arguments[n].starts_with(option + "=")) {
            values.push_back(arguments[n].substr(option.size() + 1));
        }
    }
    return values;
}

using NamedFiles = std::vector<std::pair<std::string, fs::path>>;  // option, file

NamedFiles outputs_of(const std::string& command, const std::vector<std::string>& arguments) {
    NamedFiles outputs;
    if (command == "pack") {
        for (const std::string& folder : values_of("--out", arguments)) {
            outputs.emplace_back("--out", fs::path(folder) / kManifestFile);
            outputs.emplace_back("--out", fs::path(folder) / kHeaderFile);
        }
        return outputs;
    }
    for (const std::string& file : values_of("--json", arguments)) {
        outputs.emplace_back("--json", file);
        outputs.emplace_back("--json", host_times_path(file));
    }
    for (const std::string& file : values_of("--vcd", arguments)) {
        outputs.emplace_back("--vcd", with_vcd_suffix(file));
    }
    for (const std::string& file : values_of("--timeline", arguments)) {
        outputs.emplace_back("--timeline", file);
    }
    return outputs;
}

NamedFiles inputs_of(const std::vector<std::string>& arguments) {
    NamedFiles inputs;
    for (const char* option : {"--network", "--energy-table", "--config"}) {
        for (const std::string& file : values_of(option, arguments)) {
            inputs.emplace_back(option, file);
            const std::size_t colon = file.find(':');  // compare's PLATFORM:FILE
            if (colon != std::string::npos) {
                inputs.emplace_back(option, file.substr(colon + 1));
            }
        }
    }
    for (const std::string& folder : values_of("--tensors", arguments)) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            const fs::path& file = entry.path();
            if (file.filename() == "network.json" || file.extension() == ".npz") {
                inputs.emplace_back("--tensors", file);
            }
        }
    }
    return inputs;
}

// As where --json is /dev/stdout and the output goes to a file.
bool is_standard_output(const fs::path& file) {
    struct stat named {};
    struct stat standard {};
    return ::stat(file.c_str(), &named) == 0 && ::fstat(STDOUT_FILENO, &standard) == 0 && is_same_file(named, standard);
}

}  // namespace

void remove_stale_outputs(const std::string& command, const std::vector<std::string>& arguments) {
    if (command != "run" && command != "compare" && command != "pack") {
        return;
    }
    const NamedFiles outputs = outputs_of(command, arguments);
    if (outputs.empty()) {
        return;
    }
    std::error_code error;
    for (const auto& [input_option, input] : inputs_of(arguments)) {
        for (const auto& [option, output] : outputs) {
            if (fs::equivalent(input, output, error)) {
                throw InputError(fmt::format("{} would write {}, which {} reads; name another file", option,
                                             quoted_name(output.string()), input_option));
            }
        }
    }
    for (const auto& [option, output] : outputs) {
        if (command == "pack") {  // whose links are replaced, not followed
            if (!fs::is_directory(fs::symlink_status(output, error))) {
                fs::remove(output, error);
            }
            continue;
        }
        const fs::path file = fs::canonical(output, error);  // a link stays, what it points to goes
        if (error || !fs::is_regular_file(file, error) || is_standard_output(file)) {
            continue;
        }
        if (!fs::remove(file, error)) {
            fs::resize_file(file, 0, error);
        }
    }
}

}  // namespace nonzero
