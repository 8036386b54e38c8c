#include "tests/oracles/eyeriss_v2_oracle.h"

#include <algorithm>
#include <stdexcept>

#include "tests/oracles/mapped_layer.h"

namespace nonzero::oracle {
namespace {

struct Range {
    int first = 0;
    int last = 0;  // exclusive

    bool empty() const { return first >= last; }
    int size() const { return std::max(0, last - first); }
};
Range part(int first, int size, int end) {
    return {first, std::min(first + size, end)};
}

// Where a PE sits.
struct Place {
    int g = 0, m = 0;  // row and column of its cluster
    int i = 0, j = 0;  // row and column in the cluster
};
// What it does in a pass. Filters count over all groups, channels inside theirs.
struct Share {
    Range filters, channels, kernel_rows, output_rows;

    bool mapped() const {
        return !filters.empty() && !channels.empty() && !kernel_rows.empty() && !output_rows.empty();
    }
};
// Where a pass begins.
struct Pass {
    int filter = 0, channel = 0, kernel_row = 0, output_row = 0;
    int filters_end = 0;  // of the group
};

class Machine {
  public:
    Machine(const MappedLayer& layer, const EyerissV2Config& config)
        : layer_(layer), config_(config), mapping_(layer.mapping()), C0_(std::max(1, 12 / layer.S())) {
        result_.output =
            Psums({std::size_t(layer.K()), std::size_t(layer.P()), std::size_t(layer.Q())}, std::int64_t{0});
        filters_ = config.cluster_columns * config.M0;
        channels_ = config.cluster_rows * C0_;
        kernel_rows_ = 1;
        output_rows_ = config.pe_columns;
        switch (mapping_) {
            case Mapping::convolution:
                kernel_rows_ = config.pe_rows;
                break;
            case Mapping::pointwise:
                channels_ *= config.pe_rows;
                break;
            case Mapping::fully_connected:
                filters_ *= config.pe_columns;
                channels_ *= config.pe_rows;
                output_rows_ = 1;
                break;
            case Mapping::depthwise:
                filters_ = config.cluster_rows * config.cluster_columns;
                channels_ = 1;
                kernel_rows_ = config.pe_rows;
                break;
        }
    }

    EyerissV2Result run() {
        const int set = mapping_ == Mapping::depthwise ? layer_.K() : layer_.Kg();
        Pass pass;
        for (int group = 0; group < layer_.K(); group += set) {
            pass.filters_end = group + set;
            for (pass.filter = group; pass.filter < group + set; pass.filter += filters_)
                for (pass.channel = 0; pass.channel < layer_.Cg(); pass.channel += channels_)
                    for (pass.kernel_row = 0; pass.kernel_row < layer_.R(); pass.kernel_row += kernel_rows_)
                        for (pass.output_row = 0; pass.output_row < layer_.P(); pass.output_row += output_rows_)
                            run_pass(pass);
        }
        return result_;
    }

  private:
    // Rule 1.
    Share share_of(const Pass& pass, const Place& pe) const {
        const int cluster_columns = config_.cluster_columns;
        Share share;
        share.channels = part(pass.channel + pe.g * C0_, C0_, layer_.Cg());
        share.filters = part(pass.filter + pe.m * config_.M0, config_.M0, pass.filters_end);
        share.kernel_rows = part(0, 1, 1);
        share.output_rows = part(pass.output_row + pe.j, 1, layer_.P());
        switch (mapping_) {
            case Mapping::convolution:
                share.kernel_rows = part(pass.kernel_row + pe.i, 1, layer_.R());
                break;
            case Mapping::pointwise:
                share.channels = part(pass.channel + (pe.g * config_.pe_rows + pe.i) * C0_, C0_, layer_.Cg());
                break;
            case Mapping::fully_connected:
                share.channels = part(pass.channel + (pe.g * config_.pe_rows + pe.i) * C0_, C0_, layer_.Cg());
                share.filters =
                    part(pass.filter + (pe.m * config_.pe_columns + pe.j) * config_.M0, config_.M0, pass.filters_end);
                share.output_rows = part(0, 1, 1);
                break;
            case Mapping::depthwise:
                share.filters = part(pass.filter + pe.g * cluster_columns + pe.m, 1, pass.filters_end);
                share.channels = part(0, 1, 1);
                share.kernel_rows = part(pass.kernel_row + pe.i, 1, layer_.R());
                break;
        }
        return share;
    }

    void run_pass(const Pass& pass) {
        ++result_.passes;
        std::uint64_t longest = 0;
        std::uint64_t mapped = 0;
        std::uint64_t worked = 0;
        Place pe;
        for (pe.g = 0; pe.g < config_.cluster_rows; ++pe.g)
            for (pe.m = 0; pe.m < config_.cluster_columns; ++pe.m)
                for (pe.i = 0; pe.i < config_.pe_rows; ++pe.i)
                    for (pe.j = 0; pe.j < config_.pe_columns; ++pe.j) {
                        const Share share = share_of(pass, pe);
                        if (!share.mapped())
                            continue;
                        const std::uint64_t time =
                            mapping_ == Mapping::depthwise ? run_depthwise(share) : run_sparse(share);
                        longest = std::max(longest, time);
                        worked += time;
                        ++mapped;
                    }
        const auto pes = std::uint64_t(config_.pes());
        result_.cycles += longest + std::uint64_t(config_.fill);
        result_.barrier += mapped * longest - worked;
        result_.unmapped += (pes - mapped) * longest;
        result_.fill += pes * std::uint64_t(config_.fill);
    }

    std::int64_t& sum(int k, int y, int q) { return result_.output.at(std::size_t(k), std::size_t(y), std::size_t(q)); }

    // Rule 2.
    std::uint64_t run_sparse(const Share& share) {
        const int r = share.kernel_rows.first;
        const int y = share.output_rows.first;
        std::uint64_t held = 0;
        std::uint64_t time = 0;
        for (int c = share.channels.first; c < share.channels.last; ++c)
            for (int s = 0; s < layer_.S(); ++s) {
                int n = 0;
                for (int k = share.filters.first; k < share.filters.last; ++k)
                    n += layer_.weight(k, c, r, s) != 0;
                held += std::uint64_t(n);
                for (int q = 0; q < layer_.Q(); ++q) {
                    const int x = layer_.activation(share.filters.first, c, y, q, r, s);
                    if (x == 0)
                        continue;
                    if (n == 0) {
                        result_.empty_columns += std::uint64_t(config_.empty_column);
                        time += std::uint64_t(config_.empty_column);
                        continue;
                    }
                    const auto words = std::uint64_t(ceil_div(n, config_.simd));
                    result_.busy += words;
                    result_.half_words += n % config_.simd != 0;
                    result_.products += std::uint64_t(n);
                    time += words;
                    for (int k = share.filters.first; k < share.filters.last; ++k)
                        sum(k, y, q) += std::int64_t(layer_.weight(k, c, r, s)) * x;
                }
            }
        result_.most_weights = std::max(result_.most_weights, held);
        return time;
    }

    // Rule 4: one product after the other, the zeros too.
    std::uint64_t run_depthwise(const Share& share) {
        const int k = share.filters.first;
        const int r = share.kernel_rows.first;
        const int y = share.output_rows.first;
        std::uint64_t time = 0;
        for (int q = 0; q < layer_.Q(); ++q)
            for (int s = 0; s < layer_.S(); ++s) {
                sum(k, y, q) += std::int64_t(layer_.weight(k, 0, r, s)) * layer_.activation(k, 0, y, q, r, s);
                ++time;
            }
        result_.busy += time;
        result_.half_words += time;
        result_.products += time;
        return time;
    }

    const MappedLayer& layer_;
    const EyerissV2Config& config_;
    Mapping mapping_;
    int C0_;  // channels of a PE
    // What a pass takes.
    int filters_;
    int channels_;
    int kernel_rows_;
    int output_rows_;
    EyerissV2Result result_;
};

}  // namespace

EyerissV2Result simulate_eyeriss_v2(const Layer& layer, const Operands& input, const Operands& weights,
                                    const EyerissV2Config& config) {
    if (config.cluster_rows < 1 || config.cluster_columns < 1 || config.pe_rows < 1 || config.pe_columns < 1 ||
        config.simd < 1 || config.M0 < 1 || config.empty_column < 0 || config.fill < 0)
        throw std::invalid_argument("a parameter is out of its range");
    const MappedLayer mapped(layer, input, weights);
    return Machine(mapped, config).run();
}

bool attribution_closes(const EyerissV2Result& r, const EyerissV2Config& config) {
    return r.busy + r.empty_columns + r.barrier + r.unmapped + r.fill == std::uint64_t(config.pes()) * r.cycles;
}

}  // namespace nonzero::oracle
