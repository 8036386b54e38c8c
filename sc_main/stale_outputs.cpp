#include "sc_main/stale_outputs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sc_main/results_file.h"
#include "sc_main/trace_options.h"
#include "study/pack_manifest.h"
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

struct Output {
    std::string option;
    std::string value;
    fs::path file;
};

std::vector<Output> outputs_of(const std::string& command, const std::vector<std::string>& arguments) {
    std::vector<Output> outputs;
    if (command == "pack") {
        for (const std::string& folder : values_of("--out", arguments)) {
            outputs.push_back({"--out", folder, fs::path(folder) / kManifestFile});
            outputs.push_back({"--out", folder, fs::path(folder) / kHeaderFile});
        }
        return outputs;
    }
    for (const std::string& file : values_of("--json", arguments)) {
        outputs.push_back({"--json", file, file});
        if (command == "run" || command == "compare") {
            outputs.push_back({"--json", file, host_times_path(file)});
        }
    }
    for (const std::string& file : values_of("--vcd", arguments)) {
        outputs.push_back({"--vcd", file, with_vcd_suffix(file)});
    }
    for (const std::string& file : values_of("--timeline", arguments)) {
        outputs.push_back({"--timeline", file, file});
    }
    return outputs;
}

using NamedFiles = std::vector<std::pair<std::string, fs::path>>;  // option, file

NamedFiles inputs_of(const std::vector<std::string>& arguments) {
    NamedFiles inputs;
    for (const char* option : {"--network", "--networks", "--energy-table", "--config", "--device"}) {
        for (const std::string& file : values_of(option, arguments)) {
            inputs.emplace_back(option, file);
            for (std::size_t begin = 0, comma = 0; comma != std::string::npos; begin = comma + 1) {  // of --networks
                comma = file.find(',', begin);
                inputs.emplace_back(option, file.substr(begin, comma - begin));
            }
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

// What is protected stays, and the run is refused when it comes to write.
bool is_writable(const fs::path& file) {
    return ::access(file.c_str(), W_OK) == 0;
}

// Whether something else on the command line names the file too: with an option that is misspelt it may be an input.
bool is_named_elsewhere(const Output& output, const std::vector<std::string>& arguments) {
    bool own = true;
    for (const std::string& argument : arguments) {
        const std::string value = argument.starts_with("--") ? argument.substr(argument.find('=') + 1) : argument;
        if (own && value == output.value) {
            own = false;
            continue;
        }
        std::error_code error;
        if (fs::equivalent(value, output.file, error)) {
            return true;
        }
    }
    return false;
}

}  // namespace

void remove_stale_outputs(const std::string& command, const std::vector<std::string>& arguments) {
    const std::vector<std::string> writing{"run", "compare", "schedule", "tune", "pack"};
    if (std::find(writing.begin(), writing.end(), command) == writing.end()) {
        return;
    }
    const std::vector<Output> outputs = outputs_of(command, arguments);
    if (outputs.empty()) {
        return;
    }
    std::error_code error;
    for (const auto& [input_option, input] : inputs_of(arguments)) {
        for (const Output& output : outputs) {
            if (fs::equivalent(input, output.file, error)) {
                throw InputError(fmt::format("{} would write {}, which {} reads; name another file", output.option,
                                             quoted_name(output.file.string()), input_option));
            }
        }
    }
    for (const Output& output : outputs) {
        if (command == "pack") {  // whose links are replaced, not followed
            const fs::file_status status = fs::symlink_status(output.file, error);
            if (fs::is_symlink(status) || (fs::is_regular_file(status) && is_writable(output.file))) {
                fs::remove(output.file, error);
            }
            continue;
        }
        const fs::path file = fs::canonical(output.file, error);  // a link stays, what it points to goes
        if (error || !fs::is_regular_file(file, error) || is_standard_output(file) || !is_writable(file) ||
            is_named_elsewhere(output, arguments)) {
            continue;
        }
        if (!fs::remove(file, error)) {
            fs::resize_file(file, 0, error);
        }
    }
}

}  // namespace nonzero
