#include "models/eyeriss_v2/cluster.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace nonzero::eyeriss_v2 {

Cluster::Cluster(sc_core::sc_module_name name, const EyerissV2Parameters& parameters, std::size_t row,
                 std::size_t column, const Clocking& clock, Statistics& statistics)
    : sc_module(name),
      control("control", [this](const ClusterCommand& message, sc_core::sc_time&) { command(message); }),
      weights("weights", [this](const WeightLoad& message, sc_core::sc_time&) { take(message); }),
      passes("passes", [this](PassRun& message, sc_core::sc_time& delay) { work(message, delay); }),
      pe_controls("pe_controls", std::size_t(parameters.pes_of_cluster())),
      pe_weights("pe_weights", std::size_t(parameters.pes_of_cluster())),
      pe_passes("pe_passes", std::size_t(parameters.pes_of_cluster())),
      psums("psums"),
      row_(row),
      column_(column),
      pe_rows_(std::size_t(parameters.pe_rows)),
      pe_columns_(std::size_t(parameters.pe_columns)),
      fill_(std::uint64_t(parameters.fill)),
      clock_(clock),
      barrier_(statistics.counter(*this, "barrier", CounterKind::cycles, "PE cycles: another PE still works")),
      unmapped_(statistics.counter(*this, "unmapped", CounterKind::cycles, "PE cycles: nothing of the pass")),
      fill_cycles_(statistics.counter(*this, "fill", CounterKind::cycles, "PE cycles: a pass fills the pipeline")),
      cycles_(statistics.counter(*this, "cycles", CounterKind::cycles, "cycles of this cluster's slowest PEs")),
      weight_bytes_(statistics.counter(*this, "weight_bytes", CounterKind::bytes,
                                       "compressed columns of weights that reached the cluster")),
      activation_bytes_(statistics.counter(*this, "activation_bytes", CounterKind::bytes,
                                           "compressed rows of inputs that reached the cluster")),
      psums_sent_(statistics.counter(*this, "psums", CounterKind::count, "sums that left the cluster")) {}

void Cluster::command(const ClusterCommand& command) {
    if (command.kind == ClusterCommand::Kind::settle) {
        if (plan_ == nullptr || command.cycles < longest_) {
            throw std::logic_error(std::string(name()) + ": a pass that ends before its PEs");
        }
        const std::uint64_t pes = pe_passes.size();
        barrier_.add(mapped_ * command.cycles - worked_);
        unmapped_.add((pes - mapped_) * command.cycles);
        fill_cycles_.add(pes * fill_);
        return;
    }
    plan_ = command.kind == ClusterCommand::Kind::begin ? command.plan : nullptr;
    narrow_ = plan_ != nullptr && fits_32_bits(*plan_);
    send_to_all(pe_controls, command);
}

void Cluster::take(const WeightLoad& load) {
    if (plan_ == nullptr || load.row >= pe_rows_ || load.column + load.columns > pe_columns_) {
        throw std::logic_error(std::string(name()) + ": weights for a PE that is none");
    }
    weight_bytes_.add(load.payload_bytes());
    for (std::size_t column = load.column; column < load.column + load.columns; ++column) {
        WeightLoad own = load;
        own.column = column;
        own.columns = 1;
        sc_core::sc_time delay;
        pe_weights[load.row * pe_columns_ + column].send(own, delay);
    }
}

void Cluster::work(PassRun& run, sc_core::sc_time& delay) {
    if (plan_ == nullptr || !run.input) {
        throw std::logic_error(std::string(name()) + ": a pass without a layer");
    }
    activation_bytes_.add(run.payload_bytes());
    longest_ = 0;
    worked_ = 0;
    mapped_ = 0;
    for (std::size_t column = 0; column < pe_columns_; ++column) {
        work_column(column, run);
    }
    cycles_.add(longest_);
    delay += clock_(longest_);
}

void Cluster::work_column(std::size_t column, PassRun& run) {
    std::optional<PeShare> top;
    for (std::size_t row = pe_rows_; row-- > 0;) {
        const auto share = plan_->share_of(run.pass, place_of(row, column));
        if (!share) {
            continue;
        }
        if (!top && !plan_->count_only) {
            const std::size_t sums = std::size_t(plan_->shape.Q) * sums_stride(share->filters.size());
            sums_.assign(narrow_ ? sums : 0, 0);
            wide_sums_.assign(narrow_ ? 0 : sums, 0);
        }
        top = share;
        PeRun own;
        own.input = run.input;
        if (const auto input_row = plan_->input_row(*share)) {
            own.row = plan_->first_channel(*share) * std::size_t(plan_->shape.H) + *input_row;
            for (std::size_t channel = 0; channel < share->channels.size(); ++channel) {
                own.bits += run.input->wire_bits(*own.row + channel * std::size_t(plan_->shape.H), plan_->operand_bits);
            }
        }
        if (!plan_->count_only) {
            own.sums = sums_;
            own.wide_sums = wide_sums_;
        }
        sc_core::sc_time pe_delay;
        pe_passes[row * pe_columns_ + column].send(own, pe_delay);
        const Cycles cycles = clock_.cycles(pe_delay);
        longest_ = std::max(longest_, cycles);
        worked_ += cycles;
        ++mapped_;
        run.products += own.counts.products;
        run.useful_products += own.counts.useful_products;
    }
    if (top) {
        send_sums(*top);
    }
}

void Cluster::send_sums(const PeShare& share) {
    PsumRow message;
    message.filters = share.filters;
    message.output_row = share.output_row;
    message.outputs = share.filters.size() * std::size_t(plan_->shape.Q);
    message.bits = plan_->accumulator_bits;
    if (!plan_->count_only) {
        message.sums = sums_;
        message.wide_sums = wide_sums_;
    }
    psums_sent_.add(message.outputs);
    sc_core::sc_time delay;
    psums.send(message, delay);
}

}  // namespace nonzero::eyeriss_v2
