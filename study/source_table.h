#pragma once
// JSON tables whose every entry has a source and says whether it is an estimate: prices (cost.h), devices
// (device_file.h). One that somebody wrote is refused by naming file, entry and field.

#include <functional>
#include <string>
#include <vector>

#include "workloads/embedded_file.h"
#include "workloads/network_fields.h"

namespace nonzero {

// What stands around the entries.
struct SourceTable {
    std::string title;
    std::string node;
};

// Calls read_entry for each entry of the text. guide: the document that has the format. Throws InputError.
SourceTable read_source_table(const std::string& text, const std::string& origin, const std::string& guide,
                              const std::function<void(const NetworkFields&)>& read_entry);
// The text of a file of such a kind ("energy table").
std::string read_table_file(const std::string& path, const std::string& kind, const std::string& guide);
// The text of a compiled-in one, which is there.
std::string embedded_text(const std::vector<EmbeddedFile>& files, const std::string& name);

struct Bounds {
    double low;
    double high;
};
// A number of an entry.
double within(const Bounds& bounds, const NetworkFields& fields, const std::string& name);
bool estimate_of(const NetworkFields& fields);
std::string source_of(const NetworkFields& fields);

}  // namespace nonzero
