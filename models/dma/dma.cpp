#include "models/dma/dma.h"

#include <fmt/format.h>

#include "models/dma/dma_issuer.h"
#include "models/dma/dma_queue.h"
#include "workloads/error.h"

namespace nonzero {

namespace {

DmaParameters checked(const DmaParameters& parameters) {
    if (parameters.burst_bytes < 1) {
        throw InputError(fmt::format("dma: bursts of {} bytes; choose 1 or more", parameters.burst_bytes));
    }
    if (parameters.outstanding < 1) {
        throw InputError(fmt::format("dma: {} outstanding bursts; choose 1 or more", parameters.outstanding));
    }
    if (parameters.timeout < 0) {
        throw InputError(
            fmt::format("dma: a timeout of {} cycles; choose 1 or more, or 0 for none", parameters.timeout));
    }
    return parameters;
}

std::unique_ptr<DmaIssuer> make_issuer(const DmaParameters& parameters, DmaQueue& queue,
                                       tlm::tlm_initiator_socket<32>& memory) {
    switch (parameters.protocol) {
        case DmaProtocol::lt:
            return make_lt_dma_issuer(queue, memory, parameters.outstanding);
        case DmaProtocol::at:
            return make_at_dma_issuer(queue, memory);
    }
    throw InputError("dma: unknown protocol; choose lt or at");
}

}  // namespace

struct DmaEngine::Implementation {
    Implementation(DmaEngine& engine, const DmaParameters& parameters, const Clocking& clock, Statistics& statistics)
        : queue(checked(parameters), clock(Cycles(checked(parameters).timeout)), engine, statistics),
          issuer(make_issuer(parameters, queue, engine.memory)) {
        if (parameters.timeout != 0) {
            sc_core::sc_spawn_options options;
            options.spawn_method();
            options.dont_initialize();
            options.set_sensitivity(&queue.overdue());
            sc_core::sc_spawn([this] { queue.give_up_overdue(); }, "timeout", &options);
        }
    }

    DmaQueue queue;
    std::unique_ptr<DmaIssuer> issuer;
};

DmaEngine::DmaEngine(sc_core::sc_module_name name, const DmaParameters& parameters, const Clocking& clock,
                     Statistics& statistics)
    : sc_core::sc_module(name),
      commands("commands", [this](DmaTransfer& transfer,
                                  sc_core::sc_time& delay) { implementation_->queue.push(transfer, delay); }),
      memory("memory"),
      implementation_(std::make_unique<Implementation>(*this, parameters, clock, statistics)) {
    memory.bind(*implementation_->issuer);
}

DmaEngine::~DmaEngine() = default;

void DmaEngine::cancel() {
    implementation_->queue.cancel();
}

bool DmaEngine::idle() const {
    return implementation_->queue.idle();
}

const sc_core::sc_event& DmaEngine::drained() const {
    return implementation_->queue.drained();
}

}  // namespace nonzero
