#include "workloads/json_document.h"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

constexpr int kDeepest = 100;

// Sees the fields in the order of the file. A second field of the same name would silently win, so it is refused here.
// (A callback of json::parse() would see them too, but looks through a whole list or object at the end of every part of
// it.)
class FieldReader : public json::json_sax_t {
  public:
    FieldReader(const std::string& origin, const std::string& part, const FieldSeen& field_seen)
        : origin_(origin), part_(part), field_seen_(field_seen) {}

    bool start_object(std::size_t) override {
        number_ += depth_ == 2 ? 1 : 0;
        open_.emplace_back();
        return go_deeper();
    }
    bool key(string_t& name) override {
        if (!open_.back().insert(name).second) {
            const std::string part = open_.size() > 1 && !part_.empty() ? fmt::format(", {} {}", part_, number_) : "";
            throw InputError(fmt::format("{}{}, field {}: given twice; remove one", origin_, part, quoted_name(name)));
        }
        if (field_seen_) {
            field_seen_(depth_, name);
        }
        return true;
    }
    bool end_object() override {
        --depth_;
        open_.pop_back();
        return true;
    }
    bool start_array(std::size_t) override { return go_deeper(); }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    // json::parse() tells it.
    bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

  private:
    bool go_deeper() {
        if (++depth_ > kDeepest) {
            throw InputError(fmt::format("{}: lists and objects are nested more than {} deep", origin_, kDeepest));
        }
        return true;
    }

    const std::string& origin_;
    const std::string& part_;
    const FieldSeen& field_seen_;
    std::vector<std::unordered_set<std::string>> open_;
    int depth_ = 0;
    int number_ = 0;
};

}  // namespace

std::string foreign_ending(const std::string& file) {
    const std::string ending = std::filesystem::path(file).extension().string();
    const bool is_ending = ending.size() > 1 && std::isalpha(static_cast<unsigned char>(ending[1])) != 0;
    return is_ending && ending != ".json" ? ending : std::string();
}

std::string foreign_format(const std::string& file, const std::string& ending, const std::string& guide) {
    return fmt::format("{}: the format {} is not read, JSON is; {} describes it, with an example to start from",
                       shown_text(file), quoted_name(ending), guide);
}

json parse_json_document(const std::string& text, const std::string& origin, const std::string& part,
                         const std::string& guide, const FieldSeen& field_seen) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const std::string ending = foreign_ending(origin);
    if (!ending.empty() && (first == std::string::npos || (text[first] != '{' && text[first] != '['))) {
        throw InputError(foreign_format(origin, ending, guide));
    }
    if (first == std::string::npos) {
        throw InputError(fmt::format("{}: the file is empty; {} has an example to start from", origin, guide));
    }
    try {
        FieldReader fields(origin, part, field_seen);
        json::sax_parse(text, &fields);
        return json::parse(text);
    } catch (const json::exception& error) {
        // "[json.exception.…] parse error at line 3, column 5: …": the position is what the reader needs.
        const std::string what = error.what();
        const std::size_t position = what.find("] ");
        throw InputError(fmt::format("{}: not JSON: {}", origin,
                                     shown_text(position == std::string::npos ? what : what.substr(position + 2))));
    }
}

}  // namespace nonzero
