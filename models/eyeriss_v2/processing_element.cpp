#include "models/eyeriss_v2/processing_element.h"

#include <stdexcept>
#include <string>

namespace nonzero::eyeriss_v2 {

ProcessingElement::ProcessingElement(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics)
    : sc_module(name),
      control("control", [this](const ClusterCommand& message, sc_core::sc_time&) { command(message); }),
      weights("weights", [this](const WeightLoad& message, sc_core::sc_time&) { take(message); }),
      passes("passes", [this](PeRun& message, sc_core::sc_time& delay) { work(message, delay); }),
      clock_(clock),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "PE cycles: a word of weights is multiplied")),
      empty_column_(
          statistics.counter(*this, "empty_column", CounterKind::cycles, "PE cycles: an input that meets no weight")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products, depthwise those of zeros too")),
      half_words_(statistics.counter(*this, "half_words", CounterKind::count, "words that lack a weight")),
      most_weights_(statistics.counter(*this, "most_weights", CounterKind::maximum,
                                       "non-zero weights in the scratch pad at once")) {}

void ProcessingElement::command(const ClusterCommand& command) {
    plan_ = command.kind == ClusterCommand::Kind::begin ? command.plan : nullptr;
    weights_ = {};
}

void ProcessingElement::take(const WeightLoad& load) {
    if (plan_ == nullptr || !load.weights) {
        throw std::logic_error(std::string(name()) + ": weights without a layer");
    }
    weights_ = PeWeights(*load.weights, load.filters);
    most_weights_.raise_to(weights_.non_zeros);
}

void ProcessingElement::work(PeRun& run, sc_core::sc_time& delay) {
    if (plan_ == nullptr || weights_.counts.empty() || !run.input) {
        throw std::logic_error(std::string(name()) + ": a pass without weights");
    }
    run.counts = count_products(*plan_, *run.input, run.row, weights_);
    if (run.row && !run.sums.empty()) {
        add_products(*plan_, *run.input, *run.row, weights_, run.sums.data());
    }
    if (run.row && !run.wide_sums.empty()) {
        add_products(*plan_, *run.input, *run.row, weights_, run.wide_sums.data());
    }
    busy_.add(run.counts.busy);
    empty_column_.add(run.counts.empty);
    products_.add(run.counts.products);
    half_words_.add(run.counts.half_words);
    delay += clock_(run.counts.busy + run.counts.empty);
}

}  // namespace nonzero::eyeriss_v2
