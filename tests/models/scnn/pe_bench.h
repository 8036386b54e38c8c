#pragma once
// A processing element with a stub on every socket.

#include "tests/common/property.h"

#include <vector>

#include "models/scnn/processing_element.h"
#include "tests/models/pe_array/pe_bench.h"

namespace nonzero::scnn {

struct PeBench : pe_array::PeBenchFrame {
    PeBench(sc_core::sc_module_name module_name, int pe_id, const ScnnParameters& machine)
        : pe_array::PeBenchFrame(module_name, pe_id),
          parameters(machine),
          pe("pe", pe_id, machine, clock, statistics, nullptr),
          activations("activations"),
          control("control"),
          weights("weights"),
          noc_in("noc_in",
                 [this](PacketBurst& burst, sc_core::sc_time&) {
                     sent.assign(burst.packets.begin(), burst.packets.end());
                     source = burst.source;
                 }),
          noc_out("noc_out") {
        activations.bind(pe.activations);
        control.bind(pe.control);
        weights.bind(pe.weights);
        pe.psums_out.bind(noc_in);
        noc_out.bind(pe.psums_in);
        pe.outputs.bind(ppu);
        pe.iaram.bind(iaram.socket);
    }

    void store(const std::vector<std::uint8_t>& bytes) {
        ActivationImage image{bytes};
        sc_core::sc_time delay;
        activations.send(image, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
    }
    PeCommand command(PeCommand::Kind kind, const LayerPlan* plan, int group = 0, Cycles cycles = 0) {
        PeCommand command;
        command.kind = kind;
        command.plan = plan;
        command.group_index = group;
        command.group_cycles = cycles;
        sc_core::sc_time delay = before;
        control.send(command, delay);
        added = delay - before;
        return command;
    }
    void clear() {
        statistics.clear();
        pe.psums_out.clear_traffic();
        pe.activations.clear_traffic();
        pe.control.clear_traffic();
        pe.weights.clear_traffic();
        pe.psums_in.clear_traffic();
        pe.outputs.clear_traffic();
        finished.clear();
        iaram.accesses.clear();
    }

    ScnnParameters parameters;
    ProcessingElement pe;
    StreamInitiator<ActivationImage> activations;
    StreamInitiator<PeCommand> control;
    StreamInitiator<WeightBlocks> weights;
    StreamTarget<PacketBurst> noc_in;
    StreamInitiator<PacketDelivery> noc_out;
    const sc_core::sc_time before{3, sc_core::SC_NS};
    sc_core::sc_time added;  // by the last command
    std::vector<Packet> sent;
    int source = -1;
};

}  // namespace nonzero::scnn
