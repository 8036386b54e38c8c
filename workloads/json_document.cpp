#include "workloads/json_document.h"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

constexpr int kDeepest = 100;

// A second field of the same name would silently win, so it is refused while parsing.
class DuplicateFields {
  public:
    DuplicateFields(const std::string& origin, const std::string& part) : origin_(origin), part_(part) {}
    void see(int depth, json::parse_event_t event, const json& parsed) {
        if (depth > kDeepest) {
            throw InputError(fmt::format("{}: lists and objects are nested more than {} deep", origin_, kDeepest));
        }
        if (event == json::parse_event_t::object_start) {
            open_.emplace_back();
            number_ += depth == 2 ? 1 : 0;
        } else if (event == json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == json::parse_event_t::key && !open_.back().insert(parsed.get<std::string>()).second) {
            const std::string part = open_.size() > 1 && !part_.empty() ? fmt::format(", {} {}", part_, number_) : "";
            throw InputError(fmt::format("{}{}, field {}: given twice; remove one", origin_, part,
                                         quoted_name(parsed.get<std::string>())));
        }
    }

  private:
    const std::string& origin_;
    const std::string& part_;
    std::vector<std::set<std::string>> open_;
    int number_ = 0;
};

}  // namespace

json parse_json_document(const std::string& text, const std::string& origin, const std::string& part,
                         const std::string& guide) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw InputError(fmt::format("{}: the file is empty; {} has an example to start from", origin, guide));
    }
    DuplicateFields duplicates(origin, part);
    try {
        return json::parse(text, [&duplicates](int depth, json::parse_event_t event, json& parsed) {
            duplicates.see(depth, event, parsed);
            return true;
        });
    } catch (const json::exception& error) {
        // "[json.exception.…] parse error at line 3, column 5: …": the position is what the reader needs.
        const std::string what = error.what();
        const std::size_t position = what.find("] ");
        throw InputError(
            fmt::format("{}: not JSON: {}", origin, position == std::string::npos ? what : what.substr(position + 2)));
    }
}

}  // namespace nonzero
