#pragma once
// Sequencer of the dense machine: executes one descriptor (models/pe_array/sequencer.h).
//
// LOAD    `input`: the activations, C x H x W, as a series of dense blocks (workloads/formats/operand_series.h), two
//         bytes each where dram.operand_bits is 16. DCNN-opt: of a zero-run block (4-bit runs) per channel instead.
//         Every PE gets what its outputs need.
// CONV, DEPTHWISE  need INPUT_RESIDENT; `weights`: K x C/groups x R x S, a dense series per group of output channels.
// FULLY_CONNECTED, and any other layer of that shape: the same, with `weights` in the order of use: per group of pe.kc
//         neurons, per PE a series, per neuron a row.
// Output  RAW64: K x P x Q int64. Else the format of a LOAD's input, so that it can be one. Pooled outputs are P' x Q'
//         of host_interface.h.
//
// Tiled through DRAM is a layer whose dense input and output are together larger than the activation RAM; this is
// counted and costs no cycles.

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/dcnn/messages.h"
#include "models/pe_array/sequencer.h"

namespace nonzero::dcnn {

class Sequencer : public pe_array::PeArraySequencer {
  public:
    Sequencer(sc_core::sc_module_name name, const DcnnParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    // One of each per PE.
    sc_core::sc_vector<StreamInitiator<ActivationTile>> activations;
    sc_core::sc_vector<StreamInitiator<PeCommand>> control;
    sc_core::sc_vector<StreamInitiator<WeightGroup>> weights;

    void reset() override;

  private:
    nz_error check(const nz_descriptor& descriptor) const override;
    bool same_input(const nz_descriptor& load, const nz_descriptor& layer) const override;
    nz_region send_inputs(const nz_descriptor& descriptor, WorkContext& context) override;
    std::unique_ptr<pe_array::PeArrayPlan> make_plan(const nz_descriptor& descriptor) override;
    std::optional<TemporalTiling> configure() override;
    std::unique_ptr<JobFetch> make_fetch(const nz_descriptor& descriptor, WorkContext& context) override;
    std::optional<Cycles> compute(int index, const JobFetch& fetched, Completion& completion) override;
    void settle(int index, Cycles cycles) override;
    StoredOutput store_output(const std::vector<std::vector<std::uint8_t>>& parts, bool fits) override;

    nz_region input_bytes(const nz_descriptor& descriptor) const;
    void send(std::size_t pe, int index, std::uint64_t weight_bytes, Cycles& slowest, Completion& completion);
    bool command_all(PeCommand::Kind kind, int group_index = 0, Cycles group_cycles = 0);
    std::uint64_t stored_outputs() const;  // elements

    const DcnnParameters parameters_;
    int largest_input_ = 0;            // magnitude
    const LayerPlan* plan_ = nullptr;  // the base's
    WeightRows rows_;
    std::vector<std::int16_t> unpacked_weights_;

    Counter& tile_macs_;
};

}  // namespace nonzero::dcnn
