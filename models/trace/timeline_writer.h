#pragma once
// Writes a timeline in the Trace Event JSON format (object form, complete events "X") for Perfetto: one track per name,
// times in microseconds as exact decimals. Plain C++; times are ticks of `femtoseconds_per_tick`.
//
// Events appear in the order in which they were given. The file grows as time passes: a slice is written once it and
// all before it have ended, so that work computed ahead can still be cut off. A regular file is whole JSON at every
// moment, whatever ends the program; it has all slices when the writer is gone.

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "workloads/file_descriptor.h"

namespace nonzero {

class TimelineWriter {
  public:
    using Ticks = std::uint64_t;

    struct Slice {
        std::string track;
        std::string label;
        Ticks begin = 0;
        Ticks end = 0;
        std::map<std::string, std::uint64_t> arguments;
    };

    // femtoseconds_per_tick: a power of ten. Throws InputError or HostError when the file cannot be written.
    TimelineWriter(const std::string& file, std::uint64_t femtoseconds_per_tick);
    ~TimelineWriter();
    // Completes the file; throws HostError when it could not be written whole. Nothing may be added afterwards.
    void finish();
    // The same, silently.
    void close();
    TimelineWriter(const TimelineWriter&) = delete;
    TimelineWriter& operator=(const TimelineWriter&) = delete;

    void add(Slice slice, Ticks now);
    // Cuts slices that end later than now; those that begin then are dropped.
    void discard_future(Ticks now);
    bool empty() const { return first_event_ && waiting_.empty(); }

  private:
    void write(const Slice& slice);
    void write_event(const std::string& event);
    void write_text();
    int track_number(const std::string& track);
    std::string microseconds(Ticks ticks) const;

    std::string failure_;  // begins messages
    FileDescriptor file_;
    bool seekable_;
    std::string text_;   // not written yet
    off_t written_ = 0;  // bytes of the file before the brackets that close it
    int error_ = 0;      // errno of the first write that failed
    bool closed_ = false;
    std::uint64_t femtoseconds_per_tick_;
    std::deque<Slice> waiting_;
    std::map<std::string, int> tracks_;
    bool first_event_ = true;
};

}  // namespace nonzero
