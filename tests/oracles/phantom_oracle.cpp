#include "tests/oracles/phantom_oracle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "tests/oracles/mapped_layer.h"
#include "tests/oracles/phantom_oracle_core.h"

namespace nonzero::oracle {
namespace {

using phantom::CoreRun;
using phantom::Entry;
using phantom::Stream;

struct Tap {
    bool exists = false;
    int c = 0, r = 0, s = 0;  // of the weight
};
struct Plane {
    std::array<std::array<Tap, 3>, 3> columns;
    int row = -1;  // of all its outputs, where the windows do not say it
};
// An output of the layer.
struct Window {
    int k = 0, y = 0, q = 0;
};
// What one core does: rule 2.
struct Task {
    std::vector<Plane> planes;
    std::vector<Window> windows;

    Window output(std::size_t plane, std::size_t window) const {
        Window w = windows[window];
        if (planes[plane].row >= 0)
            w.y = planes[plane].row;
        return w;
    }
};

class Machine {
  public:
    Machine(const MappedLayer& layer, const PhantomConfig& config)
        : layer_(layer),
          config_(config),
          mapping_(layer.mapping()),
          cores_(config.mesh_rows * config.mesh_columns),
          pes_(config.one_pe_of_nine ? 1 : 3) {
        if (config.lookahead_counts_masks)
            config_.lookahead = std::max(1, config.lookahead / 3);
        result_.output =
            Psums({std::size_t(layer.K()), std::size_t(layer.P()), std::size_t(layer.Q())}, std::int64_t{0});
    }

    PhantomResult run() {
        if (mapping_ == Mapping::fully_connected)
            run_fully_connected();
        else if (config_.dynamic_mesh)
            run_dynamic();
        else
            run_mesh_jobs();
        return result_;
    }

  private:
    // ---- rule 2: what the lanes of the mesh do

    void add_kernel_planes(std::vector<Plane>& planes, int row) const {
        for (int c = 0; c < layer_.Cg(); ++c)
            for (int tile_r = 0; tile_r < layer_.R(); tile_r += 3)
                for (int tile_s = 0; tile_s < layer_.S(); tile_s += 3) {
                    Plane plane;
                    plane.row = row;
                    for (int j = 0; j < 3; ++j)
                        for (int r = 0; r < 3; ++r)
                            plane.columns[std::size_t(j)][std::size_t(r)] = {
                                tile_r + r < layer_.R() && tile_s + j < layer_.S(), c, tile_r + r, tile_s + j};
                    planes.push_back(plane);
                }
    }
    void add_channel_planes(std::vector<Plane>& planes) const {
        for (int first = 0; first < layer_.Cg(); first += 9) {
            Plane plane;
            for (int j = 0; j < 3; ++j)
                for (int r = 0; r < 3; ++r) {
                    const int c = first + 3 * j + r;
                    plane.columns[std::size_t(j)][std::size_t(r)] = {c < layer_.Cg(), c, 0, 0};
                }
            planes.push_back(plane);
        }
    }

    // The work of a filter for the row lanes, in order: rows, strips of rows, or runs of pixels.
    int units() const {
        const int work = mapping_ == Mapping::pointwise ? layer_.P() * layer_.Q() : layer_.P();
        return mapping_ == Mapping::convolution ? work : ceil_div(work, ceil_div(work, config_.mesh_rows));
    }
    Task task_of(int k, int unit) const {
        Task task;
        if (mapping_ == Mapping::pointwise) {
            add_channel_planes(task.planes);
            const int pixels = layer_.P() * layer_.Q();
            const int run = ceil_div(pixels, config_.mesh_rows);
            for (int i = unit * run; i < std::min(pixels, (unit + 1) * run); ++i)
                task.windows.push_back({k, i / layer_.Q(), i % layer_.Q()});
            return task;
        }
        const int rows = mapping_ == Mapping::depthwise ? ceil_div(layer_.P(), config_.mesh_rows) : 1;
        for (int y = unit * rows; y < std::min(layer_.P(), (unit + 1) * rows); ++y)
            add_kernel_planes(task.planes, y);
        for (int q = 0; q < layer_.Q(); ++q)
            task.windows.push_back({k, 0, q});
        return task;
    }

    // Rule 5, for filters first .. last - 1.
    std::vector<int> ordered_filters(int first, int last) const {
        std::vector<int> filters(std::size_t(last - first));
        std::iota(filters.begin(), filters.end(), first);
        if (config_.sort_filters)
            std::stable_sort(filters.begin(), filters.end(),
                             [&](int a, int b) { return layer_.non_zero_weights(a) > layer_.non_zero_weights(b); });
        return filters;
    }
    // The filters that may share the mesh, in their order.
    std::vector<std::vector<int>> filter_sets() const {
        if (mapping_ == Mapping::depthwise)
            return {ordered_filters(0, layer_.K())};
        std::vector<std::vector<int>> sets;
        sets.reserve(std::size_t(layer_.groups()));
        for (int group = 0; group < layer_.groups(); ++group)
            sets.push_back(ordered_filters(group * layer_.Kg(), (group + 1) * layer_.Kg()));
        return sets;
    }

    // ---- rules 3 to 6: masks, dropped columns and streams

    int weight(const Window& w, const Tap& tap) const { return layer_.weight(w.k, tap.c, tap.r, tap.s); }
    int activation(const Window& w, const Tap& tap) const {
        return layer_.activation(w.k, tap.c, w.y, w.q, tap.r, tap.s);
    }
    bool bit(int value) const { return config_.dense || value != 0; }
    bool stationary_bit(const Window& first, const Tap& tap) const {
        if (!tap.exists)
            return false;
        return bit(mapping_ == Mapping::fully_connected ? activation(first, tap) : weight(first, tap));
    }

    // Of a tap in all windows.
    std::uint64_t weight_bits(const Task& task, std::size_t plane, const Tap& tap) const {
        if (mapping_ != Mapping::fully_connected)
            return bit(weight(task.output(plane, 0), tap)) ? task.windows.size() : 0;
        std::uint64_t count = 0;
        for (const Window& neuron : task.windows)
            count += bit(weight(neuron, tap));
        return count;
    }

    std::vector<Stream> streams_of(const Task& task) const {
        std::vector<Stream> streams(static_cast<std::size_t>(pes_));
        std::array<std::uint64_t, 3> load{};
        for (std::size_t p = 0; p < task.planes.size(); ++p) {
            const Plane& plane = task.planes[p];
            std::array<bool, 3> kept{};
            std::array<std::uint64_t, 3> estimate{};
            for (std::size_t j = 0; j < 3; ++j)
                for (const Tap& tap : plane.columns[j]) {
                    kept[j] = kept[j] || stationary_bit(task.output(p, 0), tap);
                    if (tap.exists)
                        estimate[j] += weight_bits(task, p, tap);
                }
            if (config_.one_pe_of_nine) {
                if (!config_.drop_empty || kept[0] || kept[1] || kept[2])
                    append(streams[0], task, p, {0, 1, 2});
                continue;
            }
            const std::array<std::size_t, 3> pe_of = column_map(p, estimate, load);
            for (std::size_t j = 0; j < 3; ++j)
                if (!config_.drop_empty || kept[j])
                    append(streams[pe_of[j]], task, p, {j});
        }
        return streams;
    }

    std::array<std::size_t, 3> column_map(std::size_t plane, const std::array<std::uint64_t, 3>& estimate,
                                          std::array<std::uint64_t, 3>& load) const {
        std::array<std::size_t, 3> pe_of{};
        if (config_.map != PhantomConfig::greedy) {
            for (std::size_t j = 0; j < 3; ++j)
                pe_of[j] = config_.map == PhantomConfig::fixed ? j : (j + plane) % 3;
            return pe_of;
        }
        std::array<std::size_t, 3> columns{0, 1, 2};
        std::array<std::size_t, 3> pes{0, 1, 2};
        std::stable_sort(columns.begin(), columns.end(),
                         [&](std::size_t a, std::size_t b) { return estimate[a] > estimate[b]; });
        std::stable_sort(pes.begin(), pes.end(), [&](std::size_t a, std::size_t b) { return load[a] < load[b]; });
        for (std::size_t i = 0; i < 3; ++i) {
            pe_of[columns[i]] = pes[i];
            load[pes[i]] += estimate[columns[i]];
        }
        return pe_of;
    }

    void append(Stream& stream, const Task& task, std::size_t plane, const std::vector<std::size_t>& columns) const {
        for (std::size_t x = 0; x < task.windows.size(); ++x) {
            Entry entry;
            entry.slot = plane * task.windows.size() + x;
            const Window window = task.output(plane, x);
            for (const std::size_t j : columns)
                for (std::size_t r = 0; r < 3; ++r) {
                    const Tap& tap = task.planes[plane].columns[j][r];
                    if (tap.exists && bit(weight(window, tap)) && bit(activation(window, tap)))
                        entry.bits |= 1U << (3 * j + r);
                }
            entry.count = std::popcount(entry.bits);
            stream.push_back(entry);
        }
    }

    // ---- rule 9: time

    CoreRun run_task(const Task& task) {
        const std::vector<Stream> streams = streams_of(task);
        for (const Stream& stream : streams) {
            result_.stream_entries += stream.size();
            for (const Entry& entry : stream)
                multiply(task, entry);
        }
        const CoreRun run = phantom::run_core(streams, task.windows.size(), config_);
        result_.busy += run.busy;
        result_.stall += run.stall;
        result_.zero_batches += run.zero_batches;
        result_.largest_lead = std::max(result_.largest_lead, run.largest_lead);
        result_.core_barrier += std::uint64_t(pes_) * run.time - run.busy - run.stall;
        return run;
    }

    void multiply(const Task& task, const Entry& entry) {
        const std::size_t plane = entry.slot / task.windows.size();
        const Window w = task.output(plane, entry.slot % task.windows.size());
        for (unsigned left = entry.bits; left != 0; left &= left - 1) {
            const auto place = std::size_t(std::countr_zero(left));
            const Tap& tap = task.planes[plane].columns[place / 3][place % 3];
            result_.output.at(std::size_t(w.k), std::size_t(w.y), std::size_t(w.q)) +=
                std::int64_t(weight(w, tap)) * activation(w, tap);
            ++result_.products;
        }
    }

    // The tasks of a job run side by side and meet at its end; other cores idle.
    void run_job(const std::vector<Task>& tasks) {
        ++result_.jobs;
        std::uint64_t time = 0;
        std::uint64_t sum = 0;
        for (const Task& task : tasks) {
            const CoreRun run = run_task(task);
            time = std::max(time, run.time);
            sum += run.time;
        }
        const auto pes = std::uint64_t(pes_);
        result_.mesh_barrier += pes * (tasks.size() * time - sum);
        result_.idle_core += pes * (std::uint64_t(cores_) - tasks.size()) * time;
        if (time > 0) {
            result_.cycles += time + std::uint64_t(config_.fill);
            result_.fill += pes * std::uint64_t(cores_) * std::uint64_t(config_.fill);
        }
    }

    void run_mesh_jobs() {
        for (const std::vector<int>& filters : filter_sets())
            for (std::size_t first = 0; first < filters.size(); first += std::size_t(config_.mesh_columns))
                for (int unit = 0; unit < units(); unit += config_.mesh_rows) {
                    std::vector<Task> tasks;
                    for (std::size_t f = first; f < std::min(filters.size(), first + std::size_t(config_.mesh_columns));
                         ++f)
                        for (int u = unit; u < std::min(units(), unit + config_.mesh_rows); ++u)
                            tasks.push_back(task_of(filters[f], u));
                    run_job(tasks);
                }
    }

    // 9.4: every task goes to the core that is free first.
    void run_dynamic() {
        std::vector<std::uint64_t> end(std::size_t(cores_), 0);
        std::vector<bool> used(std::size_t(cores_), false);
        const auto pes = std::uint64_t(pes_);
        for (const std::vector<int>& filters : filter_sets())
            for (const int k : filters)
                for (int unit = 0; unit < units(); ++unit) {
                    ++result_.jobs;
                    const CoreRun run = run_task(task_of(k, unit));
                    if (run.time == 0)
                        continue;
                    const auto core = std::size_t(std::min_element(end.begin(), end.end()) - end.begin());
                    end[core] += run.time + std::uint64_t(config_.fill);
                    result_.fill += pes * std::uint64_t(config_.fill);
                    used[core] = true;
                }
        result_.cycles = *std::max_element(end.begin(), end.end());
        for (std::size_t core = 0; core < end.size(); ++core)
            (used[core] ? result_.mesh_barrier : result_.idle_core) += pes * (result_.cycles - end[core]);
    }

    void run_fully_connected() {
        const std::vector<int> neurons = ordered_filters(0, layer_.K());
        std::vector<Task> tasks;
        for (int core = 0; core < std::min(cores_, layer_.K()); ++core) {
            Task task;
            add_channel_planes(task.planes);
            for (std::size_t i = std::size_t(core); i < neurons.size(); i += std::size_t(cores_))
                task.windows.push_back({neurons[i], 0, 0});
            tasks.push_back(task);
        }
        run_job(tasks);
    }

    const MappedLayer& layer_;
    PhantomConfig config_;
    Mapping mapping_;
    int cores_;
    int pes_;  // of a core
    PhantomResult result_;
};

void check(const PhantomConfig& c) {
    if (c.lookahead < 1 || c.mesh_rows < 1 || c.mesh_columns < 1 || c.fill < 0 || c.output_buffer_depth < 0 ||
        c.l2_rate < 1)
        throw std::invalid_argument("a parameter is out of its range");
    const bool sliding = c.refill == PhantomConfig::sliding;
    const bool coupled = c.columns != PhantomConfig::free;
    const bool limited_l2 = c.l2_rate < 9;
    if (c.output_buffer_depth > 0 && (sliding || coupled || c.entry_split))
        throw std::invalid_argument("a finite output buffer has a rule for batches of free columns alone");
    if (c.entry_split && (sliding || limited_l2))
        throw std::invalid_argument("split entries have a rule for batches and an unlimited L2 alone");
    if (c.one_pe_of_nine && limited_l2)
        throw std::invalid_argument("a core of one PE has no rule for a limited L2");
}

}  // namespace

PhantomResult simulate_phantom(const Layer& layer, const Operands& input, const Operands& weights,
                               const PhantomConfig& config) {
    check(config);
    const MappedLayer mapped(layer, input, weights);
    return Machine(mapped, config).run();
}

bool attribution_closes(const PhantomResult& r, const PhantomConfig& config) {
    const int pes = (config.one_pe_of_nine ? 1 : 3) * config.mesh_rows * config.mesh_columns;
    return r.busy + r.stall + r.core_barrier + r.mesh_barrier + r.idle_core + r.fill == std::uint64_t(pes) * r.cycles;
}

}  // namespace nonzero::oracle
