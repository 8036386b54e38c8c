// nonzero pack: memory images, descriptors and expected outputs, for testbenches and firmware that drive a platform
// themselves.

#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "platforms/standalone.h"
#include "sc_main/command.h"
#include "sc_main/output_file.h"
#include "sc_main/standard_streams.h"
#include "sc_main/table_text.h"
#include "sc_main/terminal.h"
#include "sc_main/workload_options.h"
#include "study/pack_manifest.h"
#include "study/packed_layer.h"
#include "study/results.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

namespace fs = std::filesystem;

constexpr const char* kOption = "--out";
constexpr std::size_t kLongestName = 255;  // of a file
constexpr std::uint64_t kAlignment = NZ_DESCRIPTOR_ALIGNMENT;

std::uint64_t read_base(const Options& options) {
    const std::uint64_t base = options.natural("base").value_or(Standalone::kBase);
    if (base % kAlignment != 0) {
        throw InputError(fmt::format("--base: {:#x} is not a multiple of {}", base, kAlignment));
    }
    if (base == 0) {
        throw InputError("--base: address 0 means 'absent' in a descriptor; choose a higher one");
    }
    return base;
}

// No two layers may share a folder or the names of the C header, and none a name with the files beside the folders.
void check_names(const Workload& workload) {
    if (workload.masks.size() > 1) {
        throw InputError("pack takes one kind of operands at a time; name one --sparsity or --matrix");
    }
    std::map<std::string, std::string> taken;
    for (const PlannedLayer& planned : workload.layers) {
        const std::string& name = planned.layer.name;
        const std::string folder = folder_name(name);
        if (folder == kManifestFile || folder == kHeaderFile || folder.size() > kLongestName) {
            throw InputError(fmt::format("layer {} cannot have a folder of its name: {}; rename it", quoted_name(name),
                                         folder.size() > kLongestName
                                             ? fmt::format("it has more than {} bytes", kLongestName)
                                             : "pack writes a file of this name"));
        }
        const auto [entry, is_new] = taken.emplace(macro_name(folder), name);
        if (!is_new) {
            throw InputError(fmt::format("layers {} and {} would share the name {}_… in {}; pack them one at a time",
                                         quoted_name(entry->second), quoted_name(name), entry->first, kHeaderFile));
        }
    }
}

// A link inside the folder is replaced by the file of its name: nothing outside changes.
ReplacedFile file_in(const fs::path& folder, const std::string& name) {
    return {kOption, (folder / name).string(), ReplacedFile::Link::replaced};
}

void write_layer(const fs::path& folder, const PackedLayer& packed) {
    std::error_code ignored;
    if (fs::is_symlink(folder, ignored)) {
        throw InputError(fmt::format("{}: {} is a link, and nothing is written through it; remove it", kOption,
                                     quoted_name(folder.string())));
    }
    create_folder(kOption, folder);
    for (const MemorySegment& segment : packed.image.segments) {
        file_in(folder, segment.name + ".bin").write(segment.bytes.data(), segment.bytes.size());
    }
    std::vector<std::uint8_t> expected;
    for (const auto& output : packed.expected) {
        expected.insert(expected.end(), output.begin(), output.end());
    }
    file_in(folder, kExpectedFile).write(expected.data(), expected.size());
}

int pack(const Options& options) {
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine(read_machine(options)));
    const Workload workload = plan_workload(read_workload(options), machines);
    const PlannedMachine& machine = machines.front();
    const std::uint64_t base = read_base(options);
    check_names(workload);
    if (!options.has("out")) {
        throw InputError("--out DIR is missing");
    }
    outlive_standard_output();
    create_folder(kOption, options.text("out"));
    const fs::path out = fs::canonical(options.text("out"));
    // That of an earlier run is gone by now: an interrupted run leaves no manifest, so that nobody takes a mixture of
    // old and new files for a whole.
    const ReplacedFile manifest_file = file_in(out, kManifestFile);

    Manifest manifest(machine.kind->name, machine.parameters->table.to_json(), base);
    std::uint64_t next = base;
    for (const PlannedLayer& planned : workload.layers) {
        const PackedLayer packed = pack_layer(workload, planned, *machine.lowering, next);
        if (packed.image.end < next) {
            throw InputError(fmt::format("--base: layer {} does not fit behind {:#x} in 64-bit addresses",
                                         quoted_name(packed.name), next));
        }
        next = packed.image.end;
        write_layer(out / folder_name(packed.name), packed);
        manifest.add(packed);
    }
    manifest.set_left_out(workload.coverage);
    const std::string header = manifest.c_header();
    file_in(out, kHeaderFile).write(header);
    manifest_file.write(to_text(manifest.to_json()));
    fmt::print(stderr, "{}", idle_planes_lines(workload, machines));
    fmt::print("{} layers for {} in {}: {:#x} .. {:#x}\n", workload.layers.size(), machine.kind->name,
               shown_text(options.text("out")), base, next);
    if (!machine.derived_settings.empty()) {
        fmt::print("for this data: {}\n", machine.derived_settings);
    }
    fmt::print("{}", fitted(workload.coverage.text()));
    return exit_status::done;
}

Options pack_options() {
    Options options("pack", {"PLATFORM"});
    add_workload_options(options);
    add_platform_options(options);
    options.section("Image");
    options.value("out", "DIR", "folder for the manifest, the image of every layer and the expected outputs");
    options.value("base", "ADDRESS", "first byte, a multiple of 256, default 0x80000000");
    return options;
}

}  // namespace

Subcommand pack_command() {
    return {"pack",
            "PLATFORM --network NAME|FILE --out DIR [options]",
            "Write memory images and expected outputs of layers",
            "pack scnn --network alexnet --layers conv3 --out image",
            pack_options(),
            pack};
}

}  // namespace nonzero
