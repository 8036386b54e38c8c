#include "models/trace/timeline_writer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr const char* kBegin = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
constexpr const char* kEnd = "\n]}\n";
constexpr std::size_t kPiece = 1 << 13;
constexpr std::uint64_t kFemtosecondsPerMicrosecond = 1'000'000'000;

std::string json_string(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

TimelineWriter::TimelineWriter(const std::string& file, std::uint64_t femtoseconds_per_tick)
    : failure_(fmt::format("cannot write the timeline file {}", quoted_name(file))),
      file_(open_stream(file, failure_)),
      seekable_(::lseek(file_.number(), 0, SEEK_CUR) == 0),
      text_(kBegin),
      femtoseconds_per_tick_(femtoseconds_per_tick) {
    write_text();
    if (error_ != 0) {
        throw_system_failure(failure_, error_);
    }
}

TimelineWriter::~TimelineWriter() {
    close();
}

void TimelineWriter::finish() {
    close();
    if (error_ != 0) {
        throw_system_failure(failure_ + " whole", error_);
    }
}

void TimelineWriter::close() {
    if (closed_) {
        return;
    }
    closed_ = true;
    for (const Slice& slice : waiting_) {
        write(slice);
    }
    waiting_.clear();
    write_text();
    if (!seekable_) {
        text_ = kEnd;
        write_text();
    }
}

void TimelineWriter::add(Slice slice, Ticks now) {
    waiting_.push_back(std::move(slice));
    while (!waiting_.empty() && waiting_.front().end <= now) {
        write(waiting_.front());
        waiting_.pop_front();
    }
}

void TimelineWriter::discard_future(Ticks now) {
    std::erase_if(waiting_, [now](const Slice& slice) { return slice.begin >= now && slice.end > now; });
    for (Slice& slice : waiting_) {
        slice.end = std::min(slice.end, now);
    }
}

void TimelineWriter::write(const Slice& slice) {
    const int track = track_number(slice.track);
    std::string arguments;
    for (const auto& [name, value] : slice.arguments) {
        arguments += fmt::format("{}{}:{}", arguments.empty() ? "" : ",", json_string(name), value);
    }
    write_event(fmt::format(R"({{"ph":"X","pid":1,"tid":{},"name":{},"ts":{},"dur":{},"args":{{{}}}}})", track,
                            json_string(slice.label), microseconds(slice.begin), microseconds(slice.end - slice.begin),
                            arguments));
}

void TimelineWriter::write_event(const std::string& event) {
    text_ += first_event_ ? "\n" : ",\n";
    text_ += event;
    first_event_ = false;
    if (text_.size() >= kPiece) {
        write_text();
    }
}

// What follows a failure would not make the file whole.
void TimelineWriter::write_text() {
    const std::size_t events = text_.size();
    if (seekable_) {
        text_ += kEnd;  // overwritten by what comes next
        if (error_ == 0 && ::lseek(file_.number(), written_, SEEK_SET) < 0) {
            error_ = errno;
        }
    }
    if (error_ == 0) {
        error_ = write_whole(file_.number(), text_.data(), text_.size());
    }
    written_ += off_t(events);
    text_.clear();
}

int TimelineWriter::track_number(const std::string& track) {
    const auto [entry, is_new] = tracks_.emplace(track, static_cast<int>(tracks_.size()) + 1);
    if (is_new) {
        write_event(fmt::format(R"({{"ph":"M","pid":1,"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
                                entry->second, json_string(track)));
    }
    return entry->second;
}

std::string TimelineWriter::microseconds(Ticks ticks) const {
    if (femtoseconds_per_tick_ >= kFemtosecondsPerMicrosecond) {
        return fmt::format("{}", ticks * (femtoseconds_per_tick_ / kFemtosecondsPerMicrosecond));
    }
    const std::uint64_t ticks_per_microsecond = kFemtosecondsPerMicrosecond / femtoseconds_per_tick_;
    std::string text = fmt::format("{}", ticks / ticks_per_microsecond);
    if (std::uint64_t rest = ticks % ticks_per_microsecond; rest != 0) {
        std::string digits = fmt::format("{}", ticks_per_microsecond + rest).substr(1);  // with leading zeros
        digits.erase(digits.find_last_not_of('0') + 1);
        text += "." + digits;
    }
    return text;
}

}  // namespace nonzero
