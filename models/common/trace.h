#pragma once
// Seeing inside. sc_trace samples only at kernel times, so a kernel that computes a block of cycles ahead emits records
// (cycle offset, signal, value); the player replays them in time order into the traced variables (VCD). Slices go to a
// timeline in Trace Event JSON. Off by default: then declare() returns no signal and nothing else may be called.

#include <systemc>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/common/clocking.h"

namespace nonzero {

using SignalId = std::uint32_t;

struct TraceRecord {
    Cycles offset;  // from the block's start
    SignalId signal;
    std::uint64_t value;
};

struct TraceOptions {
    std::string vcd_file;       // empty: no VCD; the suffix ".vcd" is added by the kernel when it is missing
    std::string timeline_file;  // empty: no timeline
    std::string scope;          // only signals and tracks whose hierarchical name starts with this
    Cycles window_begin = 0;    // only [begin, end) cycles since time 0
    Cycles window_end = ~Cycles{0};
    bool enabled() const { return !vcd_file.empty() || !timeline_file.empty(); }
};

class TracePlayer : public sc_core::sc_module {
  public:
    static constexpr SignalId kNoSignal = ~SignalId{0};

    TracePlayer(sc_core::sc_module_name name, const Clocking& clock, TraceOptions options);
    ~TracePlayer() override;

    bool waves() const;     // someone reads records
    bool timeline() const;  // someone reads slices

    // Before the simulation starts. Name is hierarchical ("top.pe_0_0.busy"). Outside the scope: kNoSignal.
    SignalId declare(const std::string& hierarchical_name, unsigned bits);
    // Records of one block that begins at `start` (now or later); offsets in any order, equal offsets in record order.
    // kNoSignal is skipped. Signals keep their last value until changed.
    void play(const sc_core::sc_time& start, const std::vector<TraceRecord>& records);
    // Drops records later than now (abort, reset) and sets every signal to 0 at now.
    void discard_future();
    // A complete slice on a track (one row of the timeline per track name).
    void slice(const std::string& track, const std::string& label, const sc_core::sc_time& start,
               const sc_core::sc_time& duration, const std::map<std::string, std::uint64_t>& arguments = {});

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
