#include "sc_main/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <charconv>
#include <cmath>
#include <iterator>
#include <sstream>

#include "sc_main/terminal.h"
#include "workloads/error.h"
#include "workloads/natural.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace po = boost::program_options;

namespace {

// Of the terminal, where there is one; no wider than is read well.
unsigned help_width() {
    constexpr std::size_t kWidest = 110;
    constexpr std::size_t kNarrowest = 40;
    const std::size_t width = output_width();
    return unsigned(width == 0 ? kWidest : std::clamp(width, kNarrowest, kWidest));
}

constexpr const char* kPositionals = "positionals";

void add(po::options_description& group, const OptionRow& row) {
    if (row.kind == OptionKind::flag) {
        group.add_options()(row.name.c_str(), row.meaning.c_str());
    } else if (row.kind == OptionKind::value) {
        group.add_options()(row.name.c_str(), po::value<std::string>()->value_name(row.placeholder),
                            row.meaning.c_str());
    } else {
        group.add_options()(row.name.c_str(),
                            po::value<std::vector<std::string>>()->composing()->value_name(row.placeholder),
                            row.meaning.c_str());
    }
}

// What Boost keeps of an option, whatever its kind.
std::vector<std::string> texts_of(const boost::any& value) {
    if (const auto* list = boost::any_cast<std::vector<std::string>>(&value)) {
        return *list;
    }
    const auto* text = boost::any_cast<std::string>(&value);
    return text ? std::vector<std::string>{*text} : std::vector<std::string>();
}

}  // namespace

Options::Options(std::string command, std::vector<std::string> positionals, std::size_t optional)
    : command_(std::move(command)), positionals_(std::move(positionals)), optional_(optional) {}

void Options::section(const std::string& title) {
    section_ = title;
}

void Options::flag(const std::string& name, const std::string& meaning) {
    rows_.push_back({section_, name, OptionKind::flag, "", meaning});
}

void Options::value(const std::string& name, const std::string& placeholder, const std::string& meaning) {
    rows_.push_back({section_, name, OptionKind::value, placeholder, meaning});
}

void Options::list(const std::string& name, const std::string& placeholder, const std::string& meaning) {
    rows_.push_back({section_, name, OptionKind::list, placeholder, meaning});
}

std::string Options::help() const {
    const unsigned width = help_width();
    std::ostringstream text;
    for (auto begin = rows_.begin(); begin != rows_.end();) {
        const auto end =
            std::find_if(begin, rows_.end(), [&](const auto& row) { return row.section != begin->section; });
        po::options_description section(begin->section, width, width / 2);
        std::for_each(begin, end, [&](const auto& row) { add(section, row); });
        text << section << "\n";
        begin = end;
    }
    return text.str();
}

void Options::parse(const std::vector<std::string>& arguments) {
    po::options_description accepted;
    accepted.add_options()(kPositionals, po::value<std::vector<std::string>>());
    for (const OptionRow& row : rows_) {
        add(accepted, row);
    }
    po::positional_options_description places;
    places.add(kPositionals, -1);
    po::variables_map given;
    try {
        // Only long options, in full: a shortened one would change its meaning when a longer name is added.
        const auto parsed =
            po::command_line_parser(arguments)
                .options(accepted)
                .positional(places)
                .style(po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
                       po::command_line_style::long_allow_next)
                .run();
        po::store(parsed, given);
    } catch (const po::unknown_option& error) {
        std::vector<std::string> names;
        std::transform(rows_.begin(), rows_.end(), std::back_inserter(names),
                       [](const OptionRow& row) { return "--" + row.name; });
        const std::string name = error.get_option_name();
        throw InputError(fmt::format("{}: unknown option {}{}", command_, quoted_name(name),
                                     did_you_mean(name, names, fmt::format("See 'nonzero {} --help'", command_))));
    } catch (const po::error& error) {
        throw InputError(fmt::format("{}: {} (see 'nonzero {} --help')", command_, shown_text(error.what()), command_));
    }
    for (const OptionRow& row : rows_) {
        if (given.count(row.name) != 0) {
            values_[row.name] = texts_of(given[row.name].value());
        }
    }
    if (given.count(kPositionals) != 0) {
        found_positionals_ = texts_of(given[kPositionals].value());
    }
    check_positionals();
}

void Options::check_positionals() const {
    if (found_positionals_.size() > positionals_.size()) {
        const std::string& extra = found_positionals_[positionals_.size()];
        throw InputError(fmt::format("{}: unexpected argument {} (see 'nonzero {} --help')", command_,
                                     quoted_name(extra), command_));
    }
    if (found_positionals_.size() + optional_ < positionals_.size()) {
        throw InputError(fmt::format("{}: {} is missing (see 'nonzero {} --help')", command_,
                                     positionals_[found_positionals_.size()], command_));
    }
}

std::string Options::text(const std::string& name) const {
    if (!has(name)) {
        return {};
    }
    std::string text = values_.at(name).front();
    if (text.empty()) {
        throw InputError(fmt::format("--{}: its value is empty", name));
    }
    return text;
}

std::vector<std::string> Options::texts(const std::string& name) const {
    return has(name) ? values_.at(name) : std::vector<std::string>();
}

std::optional<double> Options::real(const std::string& name) const {
    if (!has(name)) {
        return std::nullopt;
    }
    const std::string given = text(name);
    const char* end = given.data() + given.size();
    double value = 0;
    const auto result = std::from_chars(given.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) {
        throw InputError(fmt::format("--{}: {} is not a number", name, quoted_name(given)));
    }
    return value;
}

std::optional<std::uint64_t> Options::natural(const std::string& name) const {
    if (!has(name)) {
        return std::nullopt;
    }
    const auto value = to_natural(text(name));
    if (!value) {
        throw InputError(fmt::format("--{}: {} is not a natural number below 2^64", name, quoted_name(text(name))));
    }
    return value;
}

std::vector<std::pair<std::string, std::string>> Options::assignments(const std::string& name) const {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& given : texts(name)) {
        const std::size_t equals = given.find('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == given.size()) {
            throw InputError(fmt::format("--{}: {} is not of the form name=value", name, quoted_name(given)));
        }
        pairs.emplace_back(given.substr(0, equals), given.substr(equals + 1));
    }
    return pairs;
}

std::string Options::choice(const std::string& name, const std::vector<std::string>& choices) const {
    if (!has(name)) {
        return choices.front();
    }
    std::string given = text(name);
    if (std::find(choices.begin(), choices.end(), given) == choices.end()) {
        throw InputError(
            fmt::format("--{}: unknown choice {}{}", name, quoted_name(given), did_you_mean(given, choices)));
    }
    return given;
}

void Options::needs(const std::string& name, const std::vector<std::string>& others) const {
    if (has(name) && std::none_of(others.begin(), others.end(), [&](const std::string& other) { return has(other); })) {
        throw InputError(fmt::format("--{} has no effect without --{}", name, fmt::join(others, " or --")));
    }
}

void Options::excludes(const std::string& name, const std::string& other, const std::string& why) const {
    if (has(name) && has(other)) {
        throw InputError(fmt::format("--{} and --{} exclude each other: {}", name, other, why));
    }
}

}  // namespace nonzero
