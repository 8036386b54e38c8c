#include "study/source_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/json_document.h"
#include "workloads/quoted_name.h"

namespace nonzero {

SourceTable read_source_table(const std::string& text, const std::string& origin, const std::string& guide,
                              const std::function<void(const NetworkFields&)>& read_entry) {
    const nlohmann::json root = parse_json_document(text, origin, "entry", guide);
    if (!root.is_object()) {
        throw InputError(fmt::format("{}: is not a JSON object; {} has an example to start from", origin, guide));
    }
    const NetworkFields fields(root, origin);
    fields.check_known({"schema", "title", "node", "entries"});
    if (fields.integer("schema") != 1) {
        fields.fail("schema", fmt::format("is {}; this program reads schema 1", fields.integer("schema")));
    }
    SourceTable table{fields.text("title"), fields.text("node")};
    const auto entries = root.find("entries");
    if (entries == root.end() || !entries->is_array() || entries->empty()) {
        fields.fail("entries", "is not a list of at least one entry; give one object for each entry");
    }
    for (std::size_t i = 0; i < entries->size(); ++i) {
        const std::string where = fmt::format("{}, entry {}", origin, i + 1);
        if (!(*entries)[i].is_object()) {
            throw InputError(fmt::format("{}: is not an object; {} shows the fields of an entry", where, guide));
        }
        read_entry(NetworkFields((*entries)[i], where));
    }
    return table;
}

std::string read_table_file(const std::string& path, const std::string& kind, const std::string& guide) {
    return read_input(path, fmt::format("{} {}", kind, quoted_name(path)),
                      fmt::format("give an existing JSON file, {} has the format", guide));
}

std::string embedded_text(const std::vector<EmbeddedFile>& files, const std::string& name) {
    const auto found = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& f) { return f.name == name; });
    return std::string(found->json);
}

double within(const Bounds& bounds, const NetworkFields& fields, const std::string& name) {
    const auto number = fields.number(name);
    if (!number) {
        fields.fail(name, "missing; add it");
    }
    if (bounds.low > 0 && !(*number > 0)) {
        fields.fail(name, fmt::format("is {}; give a number above 0", *number));
    }
    if (!(*number >= bounds.low && *number <= bounds.high)) {
        fields.fail(name, fmt::format("is {}; give a number of {} .. {}", *number, bounds.low, bounds.high));
    }
    return *number;
}

bool estimate_of(const NetworkFields& fields) {
    if (!fields.has("estimate")) {
        fields.fail("estimate", "missing; give false for a published figure of that very thing, else true");
    }
    return fields.flag("estimate", true);
}

std::string source_of(const NetworkFields& fields) {
    std::string source = fields.text("source");
    if (source.find_first_not_of(' ') == std::string::npos) {
        fields.fail("source", "is empty; name the publication, or say how the figure was estimated");
    }
    return source;
}

}  // namespace nonzero
