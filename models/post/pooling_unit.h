#pragma once
// The pooling stage of a post-processing unit. It keeps what its own windows see of the unit's finished outputs, sends
// the rest to the units whose windows see it, as packets of one value each over a mesh (models/noc/mesh_noc.h), and
// computes the pooled outputs that the unit owns (pooling_plan.h). Pooling costs no cycles (scnn_facts.md 8.14, 10.9
// rule 13): it happens at the moment when the group's outputs are finished, and what the mesh says of time is only
// counted.
//
// Counters: values_sent, values_received.

#include <systemc>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/noc/mesh_noc.h"
#include "models/post/pooling_plan.h"

namespace nonzero {

// Sequencer -> pooling unit.
struct PoolCommand {
    enum class Kind {
        begin_layer,  // of `plan`, as unit number `unit`, at most `channels` of them in a group
        pool_group    // all values of a group of `channels` are there: put out the pooled ones
    };
    Kind kind = Kind::pool_group;
    const PoolingPlan* plan = nullptr;  // valid until the layer ends
    int unit = 0;
    int channels = 0;
    std::uint64_t payload_bytes() const { return 0; }
};

class PoolingUnit : public sc_core::sc_module {
  public:
    // [channel][row][column] of the pooled outputs that the unit owns.
    using Pooled = std::function<void(std::span<const std::int16_t> values, int channels)>;

    // value_bits: of a finished output on its way to another unit.
    PoolingUnit(sc_core::sc_module_name name, int value_bits, Statistics& statistics, Pooled pooled);

    StreamTarget<PoolCommand> command;
    StreamInitiator<PacketBurst> values_out;
    StreamTarget<PacketDelivery> values_in;

    // The finished outputs of a group that the unit owns, [channel][row][column].
    void take(std::span<const std::int16_t> values);

  private:
    void begin_layer(const PoolCommand& message);
    void pool_group(int channels);

    int value_bits_;
    Pooled pooled_;
    const PoolingPlan* plan_ = nullptr;
    int unit_ = 0;
    std::vector<std::int16_t> inputs_;  // of the open group, [channel][PoolingPlan::inputs]
    std::size_t present_ = 0;           // of them
    std::vector<Packet> packets_;
    std::vector<std::int16_t> outputs_;

    Counter& sent_;
    Counter& received_;
};

// The sequencer's side of all pooling units.
class PoolingControl {
  public:
    explicit PoolingControl(std::size_t units);

    sc_core::sc_vector<StreamInitiator<PoolCommand>> command;
    StreamInitiator<ExchangeRequest> exchange;

    // channels: of the largest group.
    void begin_layer(const PoolingPlan& plan, int channels);
    // The units have taken the group's outputs.
    void pool_group(int channels);
};

}  // namespace nonzero
