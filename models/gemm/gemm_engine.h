#pragma once
// What the sequencers of all GEMM engines do alike: check a descriptor as a product of matrices, read its operands
// before the layer's first cycle, and hand out the output behind its last one. A platform's sequencer derives from it
// and says in run() what happens in between. Outside memory is ideal for the layer's cycles (demm_facts.md D14):
// reading and writing is set-up.
//
// A counted layer (COUNT_ONLY) reads the heads of its operands only (gemm_plan.h): the engine gets counts instead of
// weights, sends messages without data, and its counters are the same as with values.

#include <systemc>

#include <cstdint>
#include <optional>
#include <span>

#include "models/base/stream.h"
#include "models/engine/layer_engine.h"
#include "models/gemm/messages.h"

namespace nonzero::gemm {

class GemmEngine : public LayerEngine {
  public:
    StreamInitiator<ActivationLoad> activations;  // bind to ActivationBuffer::load
    StreamInitiator<ActivationTile> tiles;        // bind to ActivationBuffer::tiles
    StreamInitiator<OutputCommand> outputs;       // bind to OutputBuffer::control

    std::uint32_t capabilities() const override;

  protected:
    GemmEngine(sc_core::sc_module_name name, const GemmWidths& widths, const Clocking& clock, Statistics& statistics,
               TracePlayer* trace);

    // Asked before run(), in this order -----------------------------------------------------------------------------
    // Why this engine cannot run the layer, or NZ_ERROR_NONE.
    virtual nz_error check_product(const GemmPlan& /*plan*/) const { return NZ_ERROR_NONE; }
    // Bytes of the engine's own counts, if it has any, and what its packed weights take at most.
    virtual std::uint64_t count_bytes(const GemmPlan& /*plan*/) const { return 0; }
    virtual std::uint64_t largest_weights(const GemmPlan& plan) const = 0;
    // The packed weights (or, of a counted layer, the counts) of the layer plan(). Bytes of the packed weights, also of
    // a counted layer; nullopt: malformed.
    virtual std::optional<std::uint64_t> take_weights(std::span<const std::uint8_t> bytes) = 0;

    // Inside run(), where useful products are not counted when only counting ------------------------------------------
    const GemmPlan& plan() const { return plan_; }
    int activation_width() const { return activation_width_; }  // bits, see operand_width.h

  private:
    nz_error check(const nz_descriptor& descriptor) const final;
    void set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) final;
    std::span<const std::uint8_t> output(Completion& completion) final;

    void read_input(const nz_descriptor& descriptor, WorkContext& context);
    void read_weights(const nz_descriptor& descriptor, WorkContext& context);
    std::uint64_t count_useful_products(const nz_descriptor& descriptor, WorkContext& context) const;

    const GemmWidths widths_;
    GemmPlan plan_;
    int activation_width_ = 0;

    Counter& activation_bytes_;
    Counter& weight_bytes_;
    Counter& output_bytes_;
};

}  // namespace nonzero::gemm
