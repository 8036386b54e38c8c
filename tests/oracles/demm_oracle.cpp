#include "tests/oracles/demm_oracle.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>

namespace nonzero::oracle {

namespace {

int ceil_div(int a, int b) {
    return (a + b - 1) / b;
}

struct Tile {
    int group = 0;
    int p_begin = 0, width = 0;   // columns of B
    int k_begin = 0, height = 0;  // rows of B
};

std::vector<Tile> tiles_of(const GemmProblem& problem, const DemmConfig& config) {
    std::vector<Tile> tiles;
    for (int group = 0; group < problem.groups; ++group)
        for (int p = 0; p < problem.P; p += config.C)
            for (int k = 0; k < problem.K; k += config.M)
                tiles.push_back({group, p, std::min(config.C, problem.P - p), k, std::min(config.M, problem.K - k)});
    return tiles;
}

// rho of the pattern for every row and tile; 0 with per_row, -1 when the pattern does not fit.
int pattern_slots(const DemmConfig& config) {
    const int n = config.pattern_n;
    const int m = config.pattern_m;
    if (n == 0)
        return 0;
    if (config.M % m == 0)
        return std::max(1, ceil_div(n * (config.M / m), config.N));
    if (m % config.M == 0)
        return std::max(1, ceil_div(std::min(n, config.M), config.N));
    return -1;
}

struct Entry {
    int value = 0;
    int row = 0;  // of the memory: the column inside the tile
};

std::vector<Entry> entries_of(const GemmProblem& problem, const Tile& tile, int row) {
    std::vector<Entry> entries;
    for (int i = 0; i < tile.height; ++i)
        if (const int value = problem.a(tile.group, row, tile.k_begin + i); value != 0)
            entries.push_back({value, i});
    return entries;
}

const char* const pattern_refused = "the pattern and the memory depth do not divide each other";
const char* const row_refused = "a row holds more weights than the pattern allows";

// What one issue slot reads, and what its trees make of it.
struct Slot {
    int row = 0;
    std::vector<Entry> entries;
    bool first_of_chunk = false;  // the accumulator starts anew
    bool last_of_chunk = false;   // and adds to the partial sums
};

struct InFlight {
    std::uint64_t issued = 0;
    Tile tile;
    Slot slot;
    std::vector<std::int64_t> sums;  // of the trees, one per real column
};

class Machine {
  public:
    Machine(const GemmProblem& problem, const DemmConfig& config)
        : problem_(problem),
          config_(config),
          tiles_(tiles_of(problem, config)),
          banks_(config.preload == DemmConfig::hidden ? 2 : 1) {
        for (Bank& bank : banks_)
            bank.rows.assign(std::size_t(config.M), {});
        accumulator_.assign(std::size_t(config.C), 0);
        r_.tiles = tiles_.size();
        r_.Y.assign(std::size_t(problem.groups) * std::size_t(problem.Mo) * std::size_t(problem.P), 0);
    }

    DemmResult run() {
        const int fixed = pattern_slots(config_);
        if (fixed < 0)
            return refused(pattern_refused);
        for (const Tile& tile : tiles_)
            for (int row = 0; row < problem_.Mo; ++row)
                if (fixed > 0 && entries_of(problem_, tile, row).size() > std::size_t(fixed) * std::size_t(config_.N))
                    return refused(row_refused);
        start_tile(fixed);
        for (std::uint64_t cycle = 0;; ++cycle) {
            retire(cycle);
            if (reading_ == tiles_.size() && pipeline_.empty()) {
                r_.cycles = cycle;
                return r_;
            }
            step(cycle, fixed);
        }
    }

  private:
    struct Bank {
        std::optional<std::size_t> tile;              // whose rows it holds or gets
        std::vector<std::vector<std::int16_t>> rows;  // empty: not written
        bool complete = false;
    };

    static DemmResult refused(const char* why) {
        DemmResult r;
        r.refusal = why;
        return r;
    }

    // The slots of the tile that is read next, in row order.
    void start_tile(int fixed) {
        slots_.clear();
        if (reading_ == tiles_.size())
            return;
        for (int row = 0; row < problem_.Mo; ++row) {
            const std::vector<Entry> entries = entries_of(problem_, tiles_[reading_], row);
            const int needed = std::max(1, ceil_div(int(entries.size()), config_.N));
            const int rho = fixed > 0 ? fixed : needed;
            r_.beyond_k += rho > config_.k;
            for (int s = 0; s < rho; ++s) {
                Slot slot;
                slot.row = row;
                for (int n = s * config_.N; n < std::min((s + 1) * config_.N, int(entries.size())); ++n)
                    slot.entries.push_back(entries[std::size_t(n)]);
                slot.first_of_chunk = s % config_.k == 0;
                slot.last_of_chunk = s % config_.k == config_.k - 1 || s == rho - 1;
                slots_.push_back(slot);
            }
        }
    }

    // May the next row of B be written in this cycle?
    bool may_write(std::uint64_t cycle) const {
        if (writing_ == tiles_.size())
            return false;
        const Bank& bank = banks_[writing_ % banks_.size()];
        if (bank.tile && *bank.tile != writing_) {
            // It still holds an earlier tile: has the last slot of that been issued, and in naive drained too?
            if (*bank.tile >= reading_)
                return false;
            if (config_.preload == DemmConfig::naive && cycle <= last_slot_ + std::uint64_t(config_.D))
                return false;
        }
        return true;
    }

    void step(std::uint64_t cycle, int fixed) {
        // Both ports decide on what they see at the start of the cycle.
        const bool write = may_write(cycle);
        const std::size_t write_bank = writing_ % banks_.size();
        const bool read = reading_ < tiles_.size() && banks_[reading_ % banks_.size()].tile == reading_ &&
                          banks_[reading_ % banks_.size()].complete;
        const std::size_t read_bank = reading_ % banks_.size();
        if (write && read && write_bank == read_bank)
            throw std::logic_error("a bank is read and written in one cycle");

        if (read)
            issue(cycle, banks_[read_bank], fixed);
        else if (write)
            r_.mac_preload += macs();
        else
            r_.mac_drain += macs();
        if (write)
            write_row(banks_[write_bank]);
    }

    std::uint64_t macs() const { return std::uint64_t(config_.N) * std::uint64_t(config_.C); }

    void write_row(Bank& bank) {
        const Tile& tile = tiles_[writing_];
        if (bank.tile != writing_) {
            bank.tile = writing_;
            bank.complete = false;
            for (auto& row : bank.rows)
                row.clear();
            rows_written_ = 0;
        }
        auto& row = bank.rows[std::size_t(rows_written_)];
        for (int p = 0; p < tile.width; ++p)
            row.push_back(problem_.b(tile.group, tile.k_begin + rows_written_, tile.p_begin + p));
        ++r_.writes;
        ++rows_written_;
        if (rows_written_ == tile.height) {
            bank.complete = true;
            ++writing_;
        }
    }

    void issue(std::uint64_t cycle, const Bank& bank, int fixed) {
        const Tile& tile = tiles_[reading_];
        InFlight work{cycle, tile, slots_.front(), std::vector<std::int64_t>(std::size_t(tile.width), 0)};
        slots_.pop_front();
        if (work.slot.entries.size() > std::size_t(config_.N))
            throw std::logic_error("more reads than ports");
        for (const Entry& entry : work.slot.entries) {
            const auto& row = bank.rows[std::size_t(entry.row)];
            if (row.empty())
                throw std::logic_error("a row is read before it is written");
            for (std::size_t p = 0; p < row.size(); ++p)
                work.sums[p] += std::int64_t(entry.value) * row[p];
        }
        const std::uint64_t reads = work.slot.entries.size();
        const std::uint64_t idle = std::uint64_t(config_.N) - reads;
        ++r_.slots;
        r_.reads += reads;
        r_.port_idle += idle;
        r_.products += reads * std::uint64_t(tile.width);
        r_.mac_busy += reads * std::uint64_t(tile.width);
        r_.mac_column_fragment += reads * std::uint64_t(config_.C - tile.width);
        r_.mac_port_idle += idle * std::uint64_t(config_.C);
        pipeline_.push_back(std::move(work));
        last_slot_ = cycle;
        if (slots_.empty()) {
            ++reading_;
            start_tile(fixed);
        }
    }

    // A slot that was issued in cycle t stands in the D-th register behind it in cycle t + D and is then through.
    void retire(std::uint64_t cycle) {
        while (!pipeline_.empty() && pipeline_.front().issued + std::uint64_t(config_.D) < cycle) {
            const InFlight& work = pipeline_.front();
            if (work.slot.first_of_chunk)
                std::fill(accumulator_.begin(), accumulator_.end(), 0);
            for (std::size_t p = 0; p < work.sums.size(); ++p)
                accumulator_[p] += work.sums[p];
            if (work.slot.last_of_chunk) {
                ++r_.psum_updates;
                for (int p = 0; p < work.tile.width; ++p)
                    r_.Y[problem_.y(work.tile.group, work.slot.row, work.tile.p_begin + p)] +=
                        accumulator_[std::size_t(p)];
            }
            pipeline_.pop_front();
        }
    }

    const GemmProblem& problem_;
    const DemmConfig& config_;
    std::vector<Tile> tiles_;
    std::vector<Bank> banks_;
    std::size_t writing_ = 0;  // tile whose rows are written next
    int rows_written_ = 0;     // of it
    std::size_t reading_ = 0;  // tile whose slots are issued next
    std::deque<Slot> slots_;   // of it
    std::uint64_t last_slot_ = 0;
    std::deque<InFlight> pipeline_;
    std::vector<std::int64_t> accumulator_;
    DemmResult r_;
};

}  // namespace

DemmResult simulate_demm(const GemmProblem& problem, const DemmConfig& config) {
    return Machine(problem, config).run();
}

DemmResult count_demm(const GemmProblem& problem, const DemmConfig& config) {
    DemmResult r;
    const int fixed = pattern_slots(config);
    if (fixed < 0) {
        r.refusal = pattern_refused;
        return r;
    }
    const std::vector<Tile> tiles = tiles_of(problem, config);
    std::vector<std::uint64_t> compute;
    const int k_tiles = ceil_div(problem.K, config.M);
    const int p_tiles = ceil_div(problem.P, config.C);
    struct PerTile {
        std::uint64_t slots = 0, weights = 0, beyond_k = 0, psum_updates = 0;
    };
    std::vector<PerTile> per_tile;  // group, k-tile: the p-tiles do the same
    for (int group = 0; group < problem.groups; ++group)
        for (int k = 0; k < problem.K; k += config.M) {
            PerTile sum;
            for (int row = 0; row < problem.Mo; ++row) {
                int weights = 0;
                if (!problem.A.empty())
                    for (int i = k; i < std::min(problem.K, k + config.M); ++i)
                        weights += problem.a(group, row, i) != 0;
                const int needed = std::max(1, ceil_div(weights, config.N));
                if (fixed > 0 && needed > fixed) {
                    r.refusal = row_refused;
                    return r;
                }
                const int rho = fixed > 0 ? fixed : needed;
                sum.slots += std::uint64_t(rho);
                sum.weights += std::uint64_t(weights);
                sum.beyond_k += rho > config.k;
                sum.psum_updates += std::uint64_t(ceil_div(rho, config.k));
            }
            per_tile.push_back(sum);
        }
    const std::uint64_t macs = std::uint64_t(config.N) * std::uint64_t(config.C);
    std::uint64_t exposed = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const std::size_t group = i / std::size_t(p_tiles * k_tiles);
        const PerTile& tile = per_tile[group * std::size_t(k_tiles) + i % std::size_t(k_tiles)];
        const auto width = std::uint64_t(tiles[i].width);
        const auto height = std::uint64_t(tiles[i].height);
        r.slots += tile.slots;
        r.writes += height;
        r.reads += tile.weights;
        r.products += tile.weights * width;
        r.beyond_k += tile.beyond_k;
        r.psum_updates += tile.psum_updates;
        r.mac_column_fragment += tile.weights * (std::uint64_t(config.C) - width);
        const bool covered = config.preload == DemmConfig::hidden && i > 0;
        const std::uint64_t before = covered ? compute.back() : 0;
        exposed += height > before ? height - before : 0;
        compute.push_back(tile.slots);
    }
    r.tiles = tiles.size();
    r.port_idle = std::uint64_t(config.N) * r.slots - r.reads;
    const std::uint64_t drains = config.preload == DemmConfig::naive ? r.tiles : 1;
    r.cycles = exposed + r.slots + drains * std::uint64_t(config.D);
    r.mac_busy = r.products;
    r.mac_port_idle = r.port_idle * std::uint64_t(config.C);
    r.mac_preload = exposed * macs;
    r.mac_drain = drains * std::uint64_t(config.D) * macs;
    return r;
}

bool attribution_closes(const DemmResult& r, const DemmConfig& config) {
    return r.mac_busy + r.mac_column_fragment + r.mac_port_idle + r.mac_preload + r.mac_drain ==
           std::uint64_t(config.N) * std::uint64_t(config.C) * r.cycles;
}

}  // namespace nonzero::oracle
