#include "sc_main/results_file.h"

#include <nlohmann/json.hpp>

#include "study/results.h"

namespace nonzero {

bool WriteRhythm::due(std::size_t layers) {
    constexpr std::size_t parts = 64;
    const bool is_due = layers > written_ + written_ / parts;
    written_ = is_due ? layers : written_;
    return is_due;
}

ResultsFile::ResultsFile(const std::string& path, Json results, Json host_times)
    : json_(std::move(results)), host_times_json_(std::move(host_times)), results_("--json", path) {
    if (results_.replaceable() && host_times_json_) {
        host_times_ = std::make_unique<ReplacedFile>("--json", host_times_path(path));
    }
}

void ResultsFile::write(std::size_t layers, bool complete) {
    if (results_.replaceable() && (complete || rhythm_.due(layers))) {
        rhythm_.written(layers);
        write_now(complete);
    }
}

void ResultsFile::write_rest(std::size_t layers) {
    if (results_.replaceable() && rhythm_.behind(layers)) {
        write_now(false);
    }
}

void ResultsFile::write_now(bool complete) const {
    results_.write(to_text(json_(complete)));
    if (host_times_) {
        host_times_->write(to_text(host_times_json_(complete)));
    }
}

void ResultsFile::finish() const {
    if (!results_.replaceable()) {
        results_.write(to_text(json_(true)));
    }
}

std::string host_times_path(const std::string& path) {
    const std::string suffix = ".json";
    const std::string stem = path.ends_with(suffix) ? path.substr(0, path.size() - suffix.size()) : path;
    return stem + ".host" + suffix;
}

}  // namespace nonzero
