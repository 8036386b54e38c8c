#include "tests/oracles/dcnn_oracle.h"

#include <algorithm>
#include <vector>

namespace nonzero::oracle {

namespace {

struct Part {
    int begin;
    int end;
};

Part part_of(int n, int parts, int index) {
    return {int(std::int64_t{index} * n / parts), int(std::int64_t{index + 1} * n / parts)};
}

class Machine {
  public:
    Machine(const Layer& layer, const Operands& input, const Operands& weights, const DcnnConfig& config)
        : layer_(layer), input_(input), weights_(weights), config_(config) {}

    DcnnResult run() {
        result_.output = Psums(layer_.output_shape());
        const int pes = config_.pe_rows * config_.pe_columns;
        std::vector<std::uint64_t> products(std::size_t(pes), 0);
        for (int group = 0; group < layer_.groups; ++group) {
            for (int first = 0; first < most_channels(); first += config_.kc) {
                std::vector<std::uint64_t> cycles;
                for (int pe = 0; pe < pes; ++pe) {
                    const std::uint64_t before = result_.products;
                    cycles.push_back(work(pe, group, first));
                    products[std::size_t(pe)] += result_.products - before;
                }
                const std::uint64_t slowest = *std::max_element(cycles.begin(), cycles.end());
                result_.layer_cycles += slowest;
                for (const std::uint64_t own : cycles) {
                    result_.busy += own;
                    result_.barrier += slowest - own;
                }
            }
        }
        result_.tile_macs = *std::max_element(products.begin(), products.end());
        return result_;
    }

  private:
    // 10.4: a C x 1 x 1 input is no plane.
    bool neurons() const {
        return layer_.H == 1 && layer_.W == 1 && layer_.P() == 1 && layer_.Q() == 1 && layer_.KH == 1 &&
               layer_.KW == 1 && layer_.pad.top == 0 && layer_.pad.left == 0 && layer_.groups == 1;
    }
    // Output channels (or neurons) that a PE works in a convolution group at most.
    int most_channels() const {
        if (!neurons()) {
            return layer_.K / layer_.groups;
        }
        int most = 0;
        for (int pe = 0; pe < config_.pe_rows * config_.pe_columns; ++pe) {
            const Part own = part_of(layer_.K, config_.pe_rows * config_.pe_columns, pe);
            most = std::max(most, own.end - own.begin);
        }
        return most;
    }
    // Slots of one PE in one group of output channels.
    std::uint64_t work(int pe, int group, int first) {
        Part channels{0, layer_.K / layer_.groups};
        Part rows = part_of(layer_.P(), config_.pe_rows, pe / config_.pe_columns);
        Part columns = part_of(layer_.Q(), config_.pe_columns, pe % config_.pe_columns);
        if (neurons()) {
            channels = part_of(layer_.K, config_.pe_rows * config_.pe_columns, pe);
            rows = columns = {0, 1};
        }
        const int begin = channels.begin + first;
        const int end = std::min(begin + config_.kc, channels.end);
        std::uint64_t slots = 0;
        for (int yo = rows.begin; yo < rows.end; ++yo) {
            for (int xo = columns.begin; xo < columns.end; ++xo) {
                std::uint64_t vectors = 0;
                for (int k = begin; k < end; ++k) {
                    vectors = dot_product(group, group * (layer_.K / layer_.groups) + k, yo, xo);
                    slots += vectors;
                }
                result_.activation_vectors += vectors;
            }
        }
        return slots;
    }
    // Slots of one output.
    std::uint64_t dot_product(int group, int k, int yo, int xo) {
        const int channels = layer_.C / layer_.groups;
        std::uint64_t slots = 0;
        int lane = config_.multipliers;  // as if a slot before were full
        std::int64_t sum = 0;
        for (int kh = 0; kh < layer_.KH; ++kh) {
            for (int kw = 0; kw < layer_.KW; ++kw) {
                for (int c = 0; c < channels; ++c) {
                    if (lane == config_.multipliers) {
                        ++slots;
                        lane = 0;
                    }
                    ++lane;
                    sum += product(group * channels + c, k, c, kh, kw, yo, xo);
                }
            }
        }
        result_.partial += std::uint64_t(config_.multipliers - lane);
        result_.output.at(std::size_t(k), std::size_t(yo), std::size_t(xo)) = sum;
        return slots;
    }
    std::int64_t product(int channel, int k, int c, int kh, int kw, int yo, int xo) {
        ++result_.products;
        const int y = yo * layer_.stride_y + kh - layer_.pad.top;
        const int x = xo * layer_.stride_x + kw - layer_.pad.left;
        if (y < 0 || y >= layer_.H || x < 0 || x >= layer_.W) {
            ++result_.padding;
            return 0;
        }
        const std::int64_t activation = input_.data[std::size_t((channel * layer_.H + y) * layer_.W + x)];
        const std::int64_t weight =
            weights_.data[std::size_t(((k * (layer_.C / layer_.groups) + c) * layer_.KH + kh) * layer_.KW + kw)];
        ++(activation != 0 && weight != 0 ? result_.useful : result_.zero_operand);
        return activation * weight;
    }

    const Layer& layer_;
    const Operands& input_;
    const Operands& weights_;
    const DcnnConfig& config_;
    DcnnResult result_;
};

}  // namespace

DcnnResult simulate_dcnn(const Layer& layer, const Operands& input, const Operands& weights, const DcnnConfig& config) {
    return Machine(layer, input, weights, config).run();
}

}  // namespace nonzero::oracle
