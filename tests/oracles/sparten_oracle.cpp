#include "tests/oracles/sparten_oracle.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "tests/oracles/mapped_layer.h"

namespace nonzero::oracle {
namespace {

// Rule 2: filters that run side by side. places[t]: in chunk t, the filters by their places.
struct Block {
    std::vector<std::vector<int>> places;
    std::size_t filters() const { return places.front().size(); }
};

class Machine {
  public:
    Machine(const MappedLayer& layer, const SpartenConfig& config)
        : layer_(layer),
          config_(config),
          positions_(layer.R() * layer.S() * layer.Cg()),
          chunks_(ceil_div(positions_, config.chunk_positions)) {
        result_.output =
            Psums({std::size_t(layer.K()), std::size_t(layer.P()), std::size_t(layer.Q())}, std::int64_t{0});
        make_blocks();
    }

    SpartenResult run() {
        const int cells = layer_.P() * layer_.Q();
        std::vector<std::uint64_t> times;
        for (int cluster = 0; cluster < config_.clusters; ++cluster) {  // rule 5
            std::uint64_t time = 0;
            if (cells == 1) {
                for (std::size_t b = std::size_t(cluster); b < blocks_.size(); b += std::size_t(config_.clusters))
                    time += run_block(blocks_[b], 0, 0);
            } else {
                const int n = ceil_div(cells, config_.clusters);
                for (int cell = cluster * n; cell < std::min(cells, (cluster + 1) * n); ++cell)
                    for (const Block& block : blocks_)
                        time += run_block(block, cell / layer_.Q(), cell % layer_.Q());
            }
            times.push_back(time);
        }
        result_.cycles = *std::max_element(times.begin(), times.end());
        for (const std::uint64_t time : times)
            result_.idle_cluster += std::uint64_t(config_.units) * (result_.cycles - time);
        return result_;
    }

  private:
    int weight(int k, int position) const {  // rule 1
        const int tap = position / layer_.Cg();
        return layer_.weight(k, position % layer_.Cg(), tap / layer_.S(), tap % layer_.S());
    }
    int activation(int k, int position, int y, int q) const {
        const int tap = position / layer_.Cg();
        return layer_.activation(k, position % layer_.Cg(), y, q, tap / layer_.S(), tap % layer_.S());
    }
    int chunk_end(int chunk) const { return std::min(positions_, (chunk + 1) * config_.chunk_positions); }
    int non_zero_weights(int k, int chunk) const {
        int count = 0;
        for (int i = chunk * config_.chunk_positions; i < chunk_end(chunk); ++i)
            count += weight(k, i) != 0;
        return count;
    }

    void make_blocks() {
        const bool depthwise = layer_.mapping() == Mapping::depthwise;
        const int set = depthwise ? layer_.K() : layer_.Kg();
        const int size = config_.units * (config_.balancing == SpartenConfig::none ? 1 : 2);
        for (int first = 0; first < layer_.K(); first += set) {
            std::vector<int> filters(static_cast<std::size_t>(set));
            std::iota(filters.begin(), filters.end(), first);
            if (config_.balancing == SpartenConfig::gb_s)
                std::stable_sort(filters.begin(), filters.end(),
                                 [&](int a, int b) { return layer_.non_zero_weights(a) > layer_.non_zero_weights(b); });
            for (int from = 0; from < set; from += size) {
                const std::vector<int> members(filters.begin() + from, filters.begin() + std::min(set, from + size));
                blocks_.push_back(block_of(members));
            }
        }
    }
    Block block_of(const std::vector<int>& members) const {
        Block block;
        for (int chunk = 0; chunk < chunks_; ++chunk) {
            block.places.push_back(members);
            if (config_.balancing == SpartenConfig::gb_h)
                std::stable_sort(block.places.back().begin(), block.places.back().end(),
                                 [&](int a, int b) { return non_zero_weights(a, chunk) > non_zero_weights(b, chunk); });
        }
        return block;
    }
    std::size_t unit_of(std::size_t place) const {
        const auto units = std::size_t(config_.units);
        return place < units ? place : 2 * units - 1 - place;
    }

    // Rule 3, and the products.
    std::uint64_t run_filter_chunk(int k, int chunk, int y, int q) {
        std::uint64_t matches = 0;
        std::int64_t& sum = result_.output.at(std::size_t(k), std::size_t(y), std::size_t(q));
        for (int i = chunk * config_.chunk_positions; i < chunk_end(chunk); ++i) {
            const int w = weight(k, i);
            if (w == 0)
                continue;
            const int x = activation(k, i, y, q);
            if (x == 0)
                continue;
            ++matches;
            sum += std::int64_t(w) * x;
        }
        result_.products += matches;
        result_.start += std::uint64_t(config_.start);
        result_.empty += matches == 0;
        return std::uint64_t(config_.start) + std::max<std::uint64_t>(1, matches);
    }

    // Rule 4: a block at an output cell.
    std::uint64_t run_block(const Block& block, int y, int q) {
        std::vector<std::uint64_t> unit_time(std::size_t(config_.units), 0);  // since the last barrier
        std::uint64_t time = 0;
        const std::size_t used = std::min(block.filters(), std::size_t(config_.units));
        for (int chunk = 0; chunk < chunks_; ++chunk) {
            const std::vector<int>& places = block.places[std::size_t(chunk)];
            for (std::size_t place = 0; place < places.size(); ++place)
                unit_time[unit_of(place)] += run_filter_chunk(places[place], chunk, y, q);
            if (config_.barrier == SpartenConfig::cell && chunk + 1 < chunks_)
                continue;
            const std::uint64_t longest = *std::max_element(unit_time.begin(), unit_time.end());
            for (std::size_t unit = 0; unit < unit_time.size(); ++unit)
                (unit < used ? result_.barrier : result_.idle_unit) += longest - unit_time[unit];
            std::fill(unit_time.begin(), unit_time.end(), 0);
            time += longest;
        }
        return time;
    }

    const MappedLayer& layer_;
    const SpartenConfig& config_;
    int positions_;  // of a filter
    int chunks_;
    std::vector<Block> blocks_;
    SpartenResult result_;
};

}  // namespace

SpartenResult simulate_sparten(const Layer& layer, const Operands& input, const Operands& weights,
                               const SpartenConfig& config) {
    if (config.clusters < 1 || config.units < 1 || config.chunk_positions < 1 || config.start < 0)
        throw std::invalid_argument("a parameter is out of its range");
    const MappedLayer mapped(layer, input, weights);
    return Machine(mapped, config).run();
}

bool attribution_closes(const SpartenResult& r, const SpartenConfig& config) {
    return r.products + r.start + r.empty + r.barrier + r.idle_unit + r.idle_cluster ==
           std::uint64_t(config.clusters) * std::uint64_t(config.units) * r.cycles;
}

}  // namespace nonzero::oracle
