#pragma once
// A platform: one accelerator with its DMA engine behind four outside connections. The public header for virtual
// platforms; C++17-clean. Register map and descriptors: models/host/host_interface.h.
//
//   csr    target, TLM base protocol, 32-bit accesses in a window of 4 KiB; adds delay, never waits
//   dma    initiator, TLM base protocol: all traffic to memory (parameters dma.protocol, .alignment, .timeout)
//   irq    level, high while an enabled status bit is set; may stay unbound
//   reset  level, high = in reset; may stay unbound
//
// Errors of construction are nonzero::InputError (unknown name, value or clock out of range, a trace file that another
// platform writes) or HostError (disk), of one line; a trace scope that selects nothing is an InputError of sc_start().

#include <systemc>
#include <tlm>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platforms/platform_options.h"

namespace nonzero {

class Lowering;
class PlatformParameters;
class ThreadPool;
struct PlatformKind;

// What a platform counts, as a tree: the counter "busy" of the block "pe" has an instance for every PE.
template <class Value>
struct StatisticInstance {
    std::string path;   // of the instance below the platform: "pe_0_12"
    std::string index;  // "0_12"; empty where the block has a single one
    Value value;
};
template <class Value>
struct StatisticSeries {
    std::string name;  // "busy"
    std::string kind;  // "count", "cycles", "bytes"; "maximum", of which a sum means nothing
    std::string meaning;
    std::vector<StatisticInstance<Value>> instances;
};
struct BlockStatistics {
    std::string name;  // "pe"
    std::vector<StatisticSeries<std::uint64_t>> counters;
    std::vector<StatisticSeries<std::map<std::uint64_t, std::uint64_t>>> histograms;  // value -> how often
};

class Platform : public sc_core::sc_module {
  public:
    Platform(sc_core::sc_module_name name, const std::string& kind, const PlatformOptions& options = {});
    // Of parameters that were made elsewhere (registry.h), of the same kind; threads: shared with others, none: 1.
    Platform(sc_core::sc_module_name name, const PlatformKind& kind,
             std::shared_ptr<const PlatformParameters> parameters, const TraceFiles& traces = {},
             std::shared_ptr<ThreadPool> threads = {});
    ~Platform() override;

    tlm::tlm_target_socket<32> csr;
    tlm::tlm_initiator_socket<32> dma;
    sc_core::sc_out<bool> irq;
    sc_core::sc_in<bool> reset;

    // Packs layers into the bytes that this platform reads, and decodes what it wrote (lowering/lowering.h).
    const Lowering& lowering() const;
    const PlatformParameters& parameters() const;
    // Every parameter with its value, as a JSON object.
    std::string parameters_json() const;
    // Every counter and histogram as it stands, in the order in which the platform is built.
    std::vector<BlockStatistics> statistics() const;
    // The same by full names, counters with kind and value, as a JSON object.
    std::string statistics_json() const;
    // One counter by its full name without the platform's own: "pe_0_0.busy". std::out_of_range when there is none.
    std::uint64_t statistic(const std::string& name) const;
    // Sum of a counter over all instances: "busy".
    std::uint64_t statistic_sum(const std::string& counter) const;
    void clear_statistics();
    // Completes the wave and timeline files after the simulation; HostError when one could not be written whole. (The
    // destructor completes them too, and so does the end of the program by exit(), both silently.)
    void finish_traces();
    // Where scope and window of the traces left nothing to see: what they are and when there would have been something.
    // Empty otherwise.
    std::string trace_remark() const;
    sc_core::sc_time clock_period() const;
    // When the first layer since reset that has ended began: its first cycle, behind its set-up.
    sc_core::sc_time layer_start() const;

    struct Implementation;

  private:
    void before_end_of_elaboration() override;

    std::unique_ptr<Implementation> implementation_;
};

// The kinds that can be built, with a one-line title.
std::vector<std::pair<std::string, std::string>> platform_kinds();

}  // namespace nonzero
