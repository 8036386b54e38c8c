#include "tests/oracles/scnn_oracle.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "tests/oracles/scnn_oracle_banks.h"
#include "tests/oracles/scnn_oracle_blocks.h"
#include "tests/oracles/scnn_oracle_exchange.h"
#include "tests/oracles/scnn_oracle_geometry.h"

namespace nonzero::oracle {
namespace {

using namespace scnn;

// What one PE does in one output-channel group: block pairs in issue order (10.9 rule 6).
struct PeGroup {
    Range k;  // output channels, counted over all groups
    std::vector<std::pair<const ActivationBlock*, const WeightBlock*>> pairs;
};

class Machine {
  public:
    Machine(const Layer& layer, const ScnnConfig& config)
        : layer_(layer),
          config_(config),
          fully_connected_(layer.kind == LayerKind::fully_connected),
          pes_(config.pe_rows * config.pe_columns),
          rows_{layer.H, layer.P(), layer.KH, layer.stride_y, layer.pad.top, config.pe_rows},
          columns_{layer.W, layer.Q(), layer.KW, layer.stride_x, layer.pad.left, config.pe_columns},
          banks_(std::size_t(pes_), Banks(config)) {
        if (fully_connected_)  // a neuron's only output is row 0, column 0
            rows_ = columns_ = {1, 1, 1, 1, 0, 1};
        result_.output = Psums({std::size_t(layer.K), std::size_t(rows_.outputs), std::size_t(columns_.outputs)});
    }

    ScnnResult run(const Operands& input, const Operands& weights) {
        result_.kc_effective =
            std::min({config_.kc, config_.accumulator_entries / footprint(), layer_.K / layer_.groups});
        const std::string why = obstacle(weights);
        if (!why.empty()) {
            ScnnResult refused;
            refused.refusal = "layer " + layer_.name + ": " + why;
            return refused;
        }
        if (fully_connected_)
            run_fully_connected(input, weights);
        else
            run_convolution(input, weights);
        finish();
        return result_;
    }

  private:
    int footprint() const { return rows_.footprint() * columns_.footprint(); }
    // A fully connected layer has no planar position: every PE has its outputs to itself.
    int row_of(int pe) const { return fully_connected_ ? 0 : pe / config_.pe_columns; }
    int column_of(int pe) const { return fully_connected_ ? 0 : pe % config_.pe_columns; }

    // Why this machine cannot run the layer; empty when it can.
    std::string obstacle(const Operands& weights) const {
        if (layer_.dilation_y != 1 || layer_.dilation_x != 1)
            return "dilation";
        if (result_.kc_effective == 0)
            return "not even one output channel fits the accumulators (Kc = 0)";
        if (config_.skew_fifo && !fully_connected_)
            for (const Range k : output_channel_groups())
                for (const WeightBlock& block : weight_blocks(weights, k))
                    if (vectors(block.size(), config_.F) > std::size_t(config_.fifo_depth))
                        return "a weight block is longer than the weight FIFO";
        return {};
    }

    // 10.9 rule 2; output channels are counted over all convolution groups.
    std::vector<Range> output_channel_groups() const {
        std::vector<Range> all;
        const int per_group = layer_.K / layer_.groups;
        for (int first = 0; first < layer_.K; first += per_group)
            for (int k = 0; k < per_group; k += result_.kc_effective)
                all.push_back({first + k, first + std::min(k + result_.kc_effective, per_group)});
        return all;
    }

    void run_convolution(const Operands& input, const Operands& weights) {
        std::vector<std::vector<ActivationBlock>> activations;  // (PE, input channel and phase)
        for (int pe = 0; pe < pes_; ++pe) {
            activations.emplace_back();
            std::uint64_t stored = 0;
            for (int c = 0; c < layer_.C; ++c)
                for (int q = 0; q < phases(); ++q) {
                    activations.back().push_back(activation_block(input, pe, c, q));
                    stored += activations.back().back().size();
                }
            count_stored(stored);
        }
        for (const Range k : output_channel_groups()) {
            const std::vector<WeightBlock> blocks = weight_blocks(weights, k);
            const std::size_t convolution_group = std::size_t(k.begin / (layer_.K / layer_.groups));
            std::vector<PeGroup> work(std::size_t(pes_), PeGroup{k, {}});
            for (std::size_t pe = 0; pe < work.size(); ++pe)
                for (std::size_t n = 0; n < blocks.size(); ++n)
                    work[pe].pairs.emplace_back(&activations[pe][convolution_group * blocks.size() + n], &blocks[n]);
            compute(work, config_.skew_fifo);
            exchange_and_finalise(k);
        }
    }

    // 10.4, 10.10.
    void run_fully_connected(const Operands& input, const Operands& weights) {
        std::vector<ActivationBlock> activations;  // one input = one channel
        std::uint64_t stored = 0;
        for (const auto value : input.data) {
            activations.push_back(stored_activations({{0, 0, value}}));
            stored += activations.back().size();
        }
        int most_neurons = 0;
        for (int pe = 0; pe < pes_; ++pe) {
            count_stored(stored);
            most_neurons = std::max(most_neurons, part(pe, pes_, layer_.K).size());
        }
        for (int first = 0; first < most_neurons; first += result_.kc_effective) {
            std::vector<PeGroup> work(static_cast<std::size_t>(pes_));
            std::vector<std::vector<WeightBlock>> blocks(work.size());
            int largest = 0;
            for (std::size_t pe = 0; pe < work.size(); ++pe) {
                const Range neurons = part(int(pe), pes_, layer_.K);
                const Range k{std::min(neurons.begin + first, neurons.end),
                              std::min(neurons.begin + first + result_.kc_effective, neurons.end)};
                work[pe].k = k;
                largest = std::max(largest, k.size());
                for (std::size_t n = 0; n < activations.size(); ++n) {
                    WeightBlock dense;
                    for (int kk = k.begin; kk < k.end; ++kk)
                        dense.push_back({0, 0, kk, weights.data[std::size_t(kk) * activations.size() + n]});
                    blocks[pe].push_back(stored_weights(dense));
                }
                for (std::size_t n = 0; n < activations.size(); ++n)
                    work[pe].pairs.emplace_back(&activations[n], &blocks[pe][n]);
            }
            compute(work, false);
            for (std::size_t pe = 0; pe < work.size(); ++pe)
                for (int k = work[pe].k.begin; k < work[pe].k.end; ++k)
                    result_.output.at(std::size_t(k), 0, 0) = banks_[pe].read(address(int(pe), work[pe].k, k, 0, 0));
            result_.groups.exchange.push_back(0);
            result_.groups.finalise.push_back(std::uint64_t(largest));
        }
    }

    int phases() const { return rows_.stride * columns_.stride; }
    int phase(int y, int x) const { return y % rows_.stride * columns_.stride + x % columns_.stride; }

    ActivationBlock activation_block(const Operands& input, int pe, int c, int q) const {
        const Range ys = rows_.tile(row_of(pe));
        const Range xs = columns_.tile(column_of(pe));
        ActivationBlock dense;
        for (int y = ys.begin; y < ys.end; ++y)
            for (int x = xs.begin; x < xs.end; ++x)
                if (phase(y + rows_.pad, x + columns_.pad) == q)
                    dense.push_back({y, x, input.at(std::size_t(c), std::size_t(y), std::size_t(x))});
        return stored_activations(dense);
    }

    ActivationBlock stored_activations(const ActivationBlock& block) const {
        return config_.dense_activations ? block : compress(block, config_.placeholders);
    }
    WeightBlock stored_weights(const WeightBlock& block) const {
        return config_.dense_weights ? block : compress(block, config_.placeholders);
    }

    // Blocks of one output-channel group: input channel (of its convolution group), then phase.
    std::vector<WeightBlock> weight_blocks(const Operands& weights, Range k) const {
        std::vector<WeightBlock> blocks;
        for (int c = 0; c < layer_.C / layer_.groups; ++c)
            for (int q = 0; q < phases(); ++q) {
                WeightBlock dense;
                for (int kh = 0; kh < rows_.kernel; ++kh)
                    for (int kw = 0; kw < columns_.kernel; ++kw)
                        for (int kk = k.begin; kk < k.end; ++kk)
                            if (phase(kh, kw) == q)
                                dense.push_back(
                                    {kh, kw, kk,
                                     weights.at(std::size_t(kk), std::size_t(c), std::size_t(kh), std::size_t(kw))});
                blocks.push_back(stored_weights(dense));
            }
        return blocks;
    }

    void count_stored(std::uint64_t entries) {
        result_.max_stored_activations = std::max(result_.max_stored_activations, entries);
        result_.iaram_overflows += entries > std::uint64_t(config_.iaram_entries);
    }

    // 10.9 rule 8.
    std::size_t address(int pe, Range k, int kk, int yo, int xo) const {
        const int h = yo - rows_.reached(row_of(pe)).begin;
        const int w = xo - columns_.reached(column_of(pe)).begin;
        return std::size_t(((kk - k.begin) * rows_.footprint() + h) * columns_.footprint() + w);
    }

    // 3.1.
    int bank(int pe, Range k, int kk, int yo, int xo) const {
        const std::int64_t h = yo - rows_.reached(row_of(pe)).begin;
        const std::int64_t w = xo - columns_.reached(column_of(pe)).begin;
        const auto bit = [](int value, int position) { return (value >> position) & 1; };
        std::int64_t number = 0;
        switch (config_.hash) {
            case ScnnConfig::h1:
                number = (bit(kk, 2) ^ bit(xo, 1) ^ bit(yo, 1)) * 16 + bit(xo, 0) * 8 + bit(yo, 0) * 4 + kk % 4;
                break;
            case ScnnConfig::h2:
                number = std::int64_t(address(pe, k, kk, yo, xo));
                break;
            case ScnnConfig::h3:
                number = (kk - k.begin) * std::int64_t(373 * 373) + h * 373 + w;
                break;
            case ScnnConfig::h4:
                number = w + 3 * h;
                break;
        }
        return int(number % config_.banks);
    }

    // One vector of a PE: counts its slot and returns its cycles.
    std::uint64_t slot(int pe, Range k, const ActivationBlock& a, std::size_t a_first, const WeightBlock& w,
                       std::size_t w_first) {
        const std::size_t I = std::size_t(config_.I);
        const std::size_t F = std::size_t(config_.F);
        const std::size_t na = std::min(I, a.size() - a_first);
        const std::size_t nw = std::min(F, w.size() - w_first);
        std::vector<std::optional<Product>> lanes(I * F);
        ScnnAttribution& count = result_.attribution;
        bool useful = false;
        for (std::size_t i = 0; i < na; ++i)
            for (std::size_t f = 0; f < nw; ++f) {
                const Activation& activation = a[a_first + i];
                const Weight& weight = w[w_first + f];
                if ((activation.value == 0 && !config_.dense_activations) ||
                    (weight.value == 0 && !config_.dense_weights)) {
                    ++count.placeholder;
                    continue;
                }
                const int ys = activation.y + rows_.pad - weight.kh;
                const int xs = activation.x + columns_.pad - weight.kw;
                if (ys % rows_.stride != 0 || xs % columns_.stride != 0)
                    throw std::logic_error("a product of two phases");
                const int yo = ys / rows_.stride;
                const int xo = xs / columns_.stride;
                if (!Range{0, rows_.outputs}.contains(yo) || !Range{0, columns_.outputs}.contains(xo)) {
                    ++count.dropped;
                    continue;
                }
                ++count.kept;
                result_.products_useful += activation.value != 0 && weight.value != 0;
                useful = true;
                lanes[i * F + f] = Product{bank(pe, k, weight.k, yo, xo), address(pe, k, weight.k, yo, xo),
                                           activation.value * weight.value};
            }
        count.unused_partial_activation += (I - na) * F;
        count.unused_partial_weight += na * (F - nw);
        ++(useful ? count.busy : count.void_slots);
        const std::uint64_t cycles = banks_[std::size_t(pe)].issue(std::move(lanes));
        count.conflict += cycles - 1;
        return cycles;
    }

    // All PEs through one output-channel group. Times count from the start of the group.
    void compute(const std::vector<PeGroup>& work, bool skew_fifo) {
        std::vector<std::uint64_t> now(work.size(), 0);
        std::vector<std::uint64_t> waited(work.size(), 0);
        std::vector<std::uint64_t> equation(work.size(), 0);
        // skew_fifo: when the slowest PE has consumed weight vector n of the group.
        std::vector<std::uint64_t> consumed;
        for (std::size_t pe = 0; pe < work.size(); ++pe)
            banks_[pe].clear(std::size_t(work[pe].k.size()) * std::size_t(footprint()));
        for (std::size_t pair = 0; pair < work.front().pairs.size(); ++pair) {
            const std::size_t first = consumed.size();  // number of the block's first weight vector
            if (skew_fifo)
                consumed.resize(first + vectors(work.front().pairs[pair].second->size(), config_.F), 0);
            for (std::size_t pe = 0; pe < work.size(); ++pe) {
                const ActivationBlock& a = *work[pe].pairs[pair].first;
                const WeightBlock& w = *work[pe].pairs[pair].second;
                equation[pe] += vectors(a.size(), config_.I) * vectors(w.size(), config_.F);
                for (std::size_t i = 0; i < a.size(); i += std::size_t(config_.I))
                    for (std::size_t f = 0; f < w.size(); f += std::size_t(config_.F)) {
                        const std::size_t n = first + f / std::size_t(config_.F);
                        if (skew_fifo && n >= std::size_t(config_.fifo_depth))
                            for (; now[pe] < consumed[n - std::size_t(config_.fifo_depth)]; ++now[pe], ++waited[pe])
                                banks_[pe].retire();
                        now[pe] += slot(int(pe), work[pe].k, a, i, w, f);
                        if (skew_fifo && i + std::size_t(config_.I) >= a.size())
                            consumed[n] = std::max(consumed[n], now[pe]);
                    }
                if (skew_fifo && a.empty())  // passes over the block
                    for (std::size_t n = first; n < consumed.size(); ++n)
                        consumed[n] = std::max(consumed[n], now[pe]);
            }
        }
        for (std::size_t pe = 0; pe < work.size(); ++pe) {
            const std::uint64_t drain = banks_[pe].drain();
            result_.attribution.bank_drain += drain;
            now[pe] += drain;
        }
        const std::uint64_t longest = *std::max_element(now.begin(), now.end());
        for (std::size_t pe = 0; pe < work.size(); ++pe)
            result_.attribution.barrier += longest - now[pe] + waited[pe];
        compute_time_.push_back(longest);
        result_.equations_cycles += *std::max_element(equation.begin(), equation.end());
    }

    void exchange_and_finalise(Range k) {
        std::vector<std::vector<Packet>> packets(static_cast<std::size_t>(pes_));
        for (int pe = 0; pe < pes_; ++pe) {
            const Range ys = rows_.reached(row_of(pe));
            const Range xs = columns_.reached(column_of(pe));
            for (int kk = k.begin; kk < k.end; ++kk)
                for (int yo = ys.begin; yo < ys.end; ++yo)
                    for (int xo = xs.begin; xo < xs.end; ++xo) {
                        const Packet packet{rows_.owner(yo),
                                            columns_.owner(xo),
                                            kk,
                                            yo,
                                            xo,
                                            banks_[std::size_t(pe)].read(address(pe, k, kk, yo, xo))};
                        if (packet.row == row_of(pe) && packet.column == column_of(pe))
                            add_to_output(packet);
                        else
                            packets[std::size_t(pe)].push_back(packet);
                    }
        }
        result_.groups.exchange.push_back(
            exchange(packets, config_, [this](const Packet& packet) { add_to_output(packet); }));
        result_.groups.finalise.push_back(std::uint64_t(k.size()) * std::uint64_t(rows_.most_owned()) *
                                          std::uint64_t(columns_.most_owned()));
    }

    void add_to_output(const Packet& p) {
        result_.output.at(std::size_t(p.k), std::size_t(p.yo), std::size_t(p.xo)) += p.partial_sum;
    }

    // 10.2, 10.9 rules 10 and 14.
    void finish() {
        ScnnGroups& g = result_.groups;
        std::uint64_t start = 0;
        for (std::size_t n = 0; n < compute_time_.size(); ++n) {
            const std::uint64_t drained = n == 0 ? 0 : g.drain_end[n - 1];
            g.start.push_back(start);
            g.compute_end.push_back(start + compute_time_[n]);
            g.drain_end.push_back(std::max(g.compute_end[n], drained) + g.exchange[n] + g.finalise[n]);
            const bool last = n + 1 == compute_time_.size();
            start = std::max(g.compute_end[n], drained);
            result_.attribution.halo_finalise +=
                std::uint64_t(pes_) * ((last ? g.drain_end[n] : start) - g.compute_end[n]);
        }
        result_.layer_cycles = g.drain_end.back();
        result_.products_kept = result_.attribution.kept;
        result_.products_dropped = result_.attribution.dropped;
        result_.products_placeholder = result_.attribution.placeholder;
        result_.conflict_cycles = result_.attribution.conflict;
        for (const Banks& banks : banks_)
            result_.max_queue_occupancy = std::max(result_.max_queue_occupancy, banks.max_occupancy());
    }

    const Layer& layer_;
    const ScnnConfig& config_;
    bool fully_connected_;
    int pes_;
    Line rows_;
    Line columns_;
    std::vector<Banks> banks_;
    std::vector<std::uint64_t> compute_time_;  // max over PEs of T, by group
    ScnnResult result_;
};

void require(bool condition, const std::string& what) {
    if (!condition)
        throw std::invalid_argument("SCNN oracle: " + what);
}

}  // namespace

ScnnResult simulate_scnn(const Layer& layer, const Operands& input, const Operands& weights, const ScnnConfig& config) {
    require(layer.has_weights(), layer.name + " has no weights");
    require(std::min({config.pe_rows, config.pe_columns, config.F, config.I, config.banks, config.queue_depth,
                      config.kc, config.accumulator_entries, config.fifo_depth}) > 0,
            "a parameter is not positive");
    if (layer.kind == LayerKind::fully_connected) {
        require(weights.size() == std::size_t(layer.K) * input.size() && layer.groups == 1, layer.name + ": weights");
    } else {
        require(layer.C % layer.groups == 0 && layer.K % layer.groups == 0, layer.name + ": groups");
        require(input.shape == layer.input_shape(), layer.name + ": input shape");
        require(weights.shape == layer.weight_shape(), layer.name + ": weight shape");
        require(layer.P() > 0 && layer.Q() > 0, layer.name + ": no output");
    }
    return Machine(layer, config).run(input, weights);
}

bool attribution_closes(const ScnnResult& r, const ScnnConfig& config) {
    const ScnnAttribution& a = r.attribution;
    const std::uint64_t cycles =
        a.busy + a.void_slots + a.conflict + a.bank_drain + a.barrier + a.halo_finalise + a.memory;
    const std::uint64_t lanes =
        a.kept + a.dropped + a.placeholder + a.unused_partial_activation + a.unused_partial_weight;
    return cycles == std::uint64_t(config.pe_rows * config.pe_columns) * r.layer_cycles &&
           lanes == std::uint64_t(config.F * config.I) * (a.busy + a.void_slots);
}

}  // namespace nonzero::oracle
