#include "models/trace/trace_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <system_error>

#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

struct Entry {
    std::string owner;
    std::vector<std::filesystem::path> files;
    std::function<void()> complete;
};
using Entries = std::map<const TraceRegistration*, Entry>;

void complete_all();

// Never destroyed: platforms with static storage go after everything else.
Entries& entries() {
    static auto* all = [] {
        std::atexit(complete_all);
        return new Entries;
    }();
    return *all;
}

void complete_all() {
    for (const auto& [registration, entry] : entries()) {
        try {
            entry.complete();
        } catch (const std::exception&) {  // nobody is left to be told
        }
    }
    entries().clear();
}

std::filesystem::path canonical(const std::string& file) {
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(file, error), error);
    return error ? std::filesystem::path(file) : path;
}

// A device or a pipe is nobody's own.
bool exclusive(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

}  // namespace

TraceRegistration::TraceRegistration(const std::string& owner, const std::vector<std::string>& files,
                                     std::function<void()> complete) {
    Entry added{owner, {}, std::move(complete)};
    for (const std::string& file : files) {
        const std::filesystem::path path = canonical(file);
        if (!exclusive(path)) {
            continue;
        }
        const auto refuse_if_in = [&](const Entry& entry) {
            if (std::find(entry.files.begin(), entry.files.end(), path) != entry.files.end()) {
                throw InputError(fmt::format("{}: the trace file {} is written by {} already; give each its own", owner,
                                             quoted_name(file), &entry == &added ? "itself" : entry.owner));
            }
        };
        refuse_if_in(added);
        for (const auto& [registration, entry] : entries()) {
            refuse_if_in(entry);
        }
        added.files.push_back(path);
    }
    entries().emplace(this, std::move(added));
}

TraceRegistration::~TraceRegistration() {
    entries().erase(this);
}

}  // namespace nonzero
