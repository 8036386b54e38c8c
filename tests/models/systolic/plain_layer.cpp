#include "tests/models/systolic/plain_layer.h"

#include <span>
#include <stdexcept>

#include "models/gemm/operand_width.h"
#include "models/systolic/placement.h"

namespace nonzero::systolic {

namespace {

template <class Sum>
void add_block(std::span<const Sum> sums, const Panel& panel, const PassJob& job, const oracle::GemmProblem& problem,
               int convolution_group, std::vector<std::int64_t>& Y) {
    const std::size_t stride = SlotProducts::row_stride(job.pixels());
    for (std::size_t row = 0; row < panel.rows.size(); ++row) {
        for (std::size_t p = 0; p < job.pixels(); ++p) {
            Y[problem.y(convolution_group, int(panel.rows[row]), int(job.pixel_begin + p))] +=
                std::int64_t(sums[row * stride + p]);
        }
    }
}

}  // namespace

PlainResult run_plain(const ArrayParameters& parameters, const oracle::GemmProblem& problem,
                      std::optional<int> uniform_n) {
    const ArrayGeometry geometry = make_geometry(parameters, problem.Mo);
    const LayerSize size{std::size_t(problem.groups), std::size_t(problem.Mo), std::size_t(problem.K)};
    const bool values = !problem.B.empty();
    std::vector<std::uint8_t> bytes;
    (values ? append_packed : append_counts)(geometry, size, problem.A, uniform_n, bytes);
    if (bytes.size() > (values ? largest_packed_bytes : counts_bytes)(geometry, size)) {
        throw std::logic_error("more bytes than the format allows");
    }
    const auto weights = (values ? read_packed : read_counts)(geometry, size, uniform_n, bytes);
    if (!weights || (values && weights->bytes != bytes.size())) {
        throw std::logic_error("packed weights are not read back");
    }

    PlainResult result;
    if (values) {
        result.Y.assign(std::size_t(problem.groups) * size.rows * std::size_t(problem.P), 0);
    }
    std::map<PassTiming, PassRecurrence> recurrences;
    for (const auto& [name, timing] : timings_of(parameters.kind)) {
        recurrences.emplace(timing, PassRecurrence(timing));
    }
    SlotProducts products;
    for (int convolution_group = 0; convolution_group < problem.groups; ++convolution_group) {
        const auto& panels = weights->panels[std::size_t(convolution_group)];
        for_each_job(geometry, panels, std::uint32_t(problem.K), std::uint32_t(problem.P), [&](const PassJob& job) {
            const Panel& panel = panels[job.panel];
            const JobSize job_size = size_of(panel, job);
            std::uint64_t placed = 0;
            if (values) {
                std::vector<std::int16_t> slot_values;
                std::vector<std::uint8_t> places;
                for (const std::uint32_t row : panel.rows) {
                    const std::size_t first = weights->row_begin[std::size_t(convolution_group) * size.rows + row];
                    for (std::size_t slot = first + job.slot_begin; slot < first + job.slot_end; ++slot) {
                        slot_values.push_back(weights->values[slot]);
                        if (!weights->places.empty()) {
                            places.push_back(weights->places[slot]);
                        }
                    }
                }
                place_weights(geometry, panel, job, {slot_values, places}, products);
                placed = products.weights();
                const std::int16_t* const b =
                    problem.B.data() +
                    (std::size_t(convolution_group) * size.columns + job.column_begin) * std::size_t(problem.P) +
                    job.pixel_begin;
                const OperandView operands{b, std::size_t(problem.P), job.pixels(), gemm::operand_width(problem.B)};
                std::vector<std::uint32_t> non_zeros(job.columns());
                for (std::size_t k = 0; k < non_zeros.size(); ++k) {
                    for (std::size_t p = 0; p < job.pixels(); ++p) {
                        non_zeros[k] += b[k * std::size_t(problem.P) + p] != 0 ? 1 : 0;
                    }
                }
                result.useful += products.useful(non_zeros);
                std::visit([&](const auto& sums) { add_block(sums, panel, job, problem, convolution_group, result.Y); },
                           products.multiply(operands));
            } else {
                const std::size_t pieces = pieces_of(geometry, std::uint32_t(problem.K));
                const std::size_t piece =
                    geometry.pass_slots == 0 ? 0 : job.slot_begin / std::size_t(geometry.pass_slots);
                for (const std::uint32_t row : panel.rows) {
                    placed +=
                        weights->piece_weights[(std::size_t(convolution_group) * size.rows + row) * pieces + piece];
                }
            }
            const StreamCycles cycles = stream_cycles(geometry, job_size, placed);
            result.passes += passes_of(geometry, parameters.timing, job_size).count;
            result.weight_products += cycles.busy;
            result.busy += cycles.busy;
            result.zero_weight += cycles.zero_weight;
            result.edge += cycles.edge;
            for (auto& [timing, recurrence] : recurrences) {
                const JobPasses passes = passes_of(geometry, timing, job_size);
                recurrence.add(passes.count, passes.each);
            }
        });
    }
    for (auto& [timing, recurrence] : recurrences) {
        recurrence.finish();
        result.cycles[timing] = recurrence.now();
        if (timing == parameters.timing) {
            result.fill_drain = recurrence.fill_drain() * std::uint64_t(geometry.multipliers);
            result.load = recurrence.load() * std::uint64_t(geometry.multipliers);
        }
    }
    return result;
}

}  // namespace nonzero::systolic
