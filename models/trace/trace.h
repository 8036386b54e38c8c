#pragma once
// Seeing inside. sc_trace samples only at kernel times, so a kernel that computes a block of cycles ahead emits records
// (cycle offset, signal, value); the player replays them in time order into the traced variables (VCD). Slices go to a
// timeline in Trace Event JSON. Off by default: then declare() returns no signal, and there is no process and no file.
//
// VCD: dots in a signal's name make scopes; the time unit is the kernel's time resolution; a value too wide for its
// signal shows as x. Of records at one time the last wins (of several blocks, the one played last). Signals start at 0
// and show 0 before the window; at its end they stand still. (A signal that holds a value and then rests lets the
// simulation run to the window's begin, where the value has to appear.) The files are complete when the player is gone,
// or when the program ends by exit() before that.
//
// A file that another player writes and an empty window are InputErrors of the constructor, a file that cannot be
// written one or a HostError; a scope that selects none of the declared signals is one of sc_start().

#include <systemc>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/base/clocking.h"

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
    SC_HAS_PROCESS(TracePlayer);
    static constexpr SignalId kNoSignal = ~SignalId{0};

    TracePlayer(sc_core::sc_module_name name, const Clocking& clock, TraceOptions options);
    ~TracePlayer() override;

    bool waves() const;     // someone reads records
    bool timeline() const;  // someone reads slices

    // Before the simulation starts, every name once. Name is hierarchical ("top.pe_0_0.busy"), bits 1 .. 64. Outside
    // the scope: kNoSignal.
    SignalId declare(const std::string& hierarchical_name, unsigned bits);
    // Records of one block that begins at `start` (now or later, else std::logic_error); offsets in any order, equal
    // offsets in record order. kNoSignal is skipped. Signals keep their last value until changed.
    void play(const sc_core::sc_time& start, const std::vector<TraceRecord>& records);
    // Drops records later than now (abort, reset), sets every signal to 0 at now and ends every slice at now.
    void discard_future();
    // A complete slice on a track (one row of the timeline per track name), cut to the window.
    void slice(const std::string& track, const std::string& label, const sc_core::sc_time& start,
               const sc_core::sc_time& duration, const std::map<std::string, std::uint64_t>& arguments = {});

    // Completes the files after the simulation; throws HostError when one could not be written whole. Nothing may be
    // played or added afterwards.
    void finish();
    // Where window and scope left nothing to see: what they are and when there would have been something. Else empty.
    std::string remark() const;

  private:
    void start_of_simulation() override;
    void replay();  // the process

    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

// For modules that are traced or not; without a player these do nothing
// ------------------------------------------------

// A signal of the module: "busy".
SignalId declare_signal(TracePlayer* trace, const sc_core::sc_object& module, const std::string& signal, unsigned bits);

// What a module does for a while: its signal is 1, and there is a slice on a track of the module.
struct Activity {
    SignalId signal;
    std::string track;
    std::string label;
};
void show_activity(TracePlayer* trace, const sc_core::sc_object& module, const Clocking& clock,
                   const Activity& activity, const sc_core::sc_time& start, Cycles cycles,
                   const std::map<std::string, std::uint64_t>& arguments = {});

}  // namespace nonzero
