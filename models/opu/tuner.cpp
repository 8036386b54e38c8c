#include "models/opu/tuner.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace nonzero::opu {

namespace {

std::vector<int> steps(int first, int last, int step) {
    std::vector<int> values;
    for (int value = first; value <= last; value += step) {
        values.push_back(value);
    }
    return values;
}

// Of the order and the end of the search alone: the smaller, the more images a second.
double product(const std::vector<std::int64_t>& times) {
    return std::accumulate(times.begin(), times.end(), 1.0, [](double a, std::int64_t b) { return a * double(b); });
}

std::tuple<int, int, int> shape_key(const Candidate& candidate) {
    return {candidate.regular.width, candidate.regular.pes, candidate.depthwise.pes};
}

bool is_better(const Candidate& a, const Candidate& b) {
    const double left = product(a.times);
    const double right = product(b.times);
    return left < right || (left == right && a.area.dsps < b.area.dsps);
}

}  // namespace

Tuner::Tuner(std::vector<std::vector<LayerWork>> networks, ClosedForm form, Dram dram, Device device, ShapeSpace space)
    : networks_(std::move(networks)), form_(form), dram_(dram), device_(device), space_(std::move(space)) {
    for (const int width : space_.regular_widths) {
        for (const int pes : steps(space_.regular_pes_first, space_.regular_pes_last, space_.regular_pes_step)) {
            shapes_.push_back({CoreKind::regular, pes, width});
        }
    }
    for (const int pes : steps(space_.depthwise_pes_first, space_.depthwise_pes_last, space_.depthwise_pes_step)) {
        shapes_.push_back({CoreKind::depthwise, pes, space_.window});
    }
    for (const CoreShape& shape : shapes_) {
        auto& of_shape = layer_times_.emplace_back();
        for (const std::vector<LayerWork>& network : networks_) {
            auto& of_network = of_shape.emplace_back();
            for (const LayerWork& work : network) {
                of_network.push_back(layer_time(work, shape, form_));
            }
        }
    }
    for (const std::vector<LayerWork>& network : networks_) {
        auto& bytes = layer_bytes_.emplace_back();
        std::int64_t macs = 0;
        for (const LayerWork& work : network) {
            bytes.push_back(memory_bytes(work, form_));
            macs += work.macs();
        }
        macs_.push_back(macs);
    }
}

LayerTimes Tuner::times_of(std::size_t network, const Candidate& candidate) const {
    const auto times = [&](const CoreShape& shape) {
        const auto found = std::find(shapes_.begin(), shapes_.end(), shape);
        return layer_times_[std::size_t(found - shapes_.begin())][network];
    };
    return {{times(candidate.regular), times(candidate.depthwise)}, layer_bytes_[network]};
}

std::vector<Candidate> Tuner::candidates() const {
    std::vector<Candidate> found;
    for (std::size_t c = 0; c < shapes_.size(); ++c) {
        for (std::size_t p = 0; p < shapes_.size(); ++p) {
            if (shapes_[c].kind != CoreKind::regular || shapes_[p].kind != CoreKind::depthwise) {
                continue;
            }
            Candidate candidate{shapes_[c], shapes_[p], area_of({shapes_[c], shapes_[p]}, device_), {}, {}};
            if (!fits(candidate.area, device_)) {
                continue;
            }
            const std::int64_t multipliers = shapes_[c].multipliers() + shapes_[p].multipliers();
            for (std::size_t n = 0; n < networks_.size(); ++n) {
                std::int64_t fastest = 0;
                std::int64_t bytes = 0;
                for (std::size_t layer = 0; layer < networks_[n].size(); ++layer) {
                    fastest += std::min(layer_times_[c][n][layer], layer_times_[p][n][layer]);
                    bytes += layer_bytes_[n][layer];
                }
                const std::int64_t compute = 2 * macs_[n] * form_.bandwidth * form_.operand_bytes / multipliers;
                candidate.bounds.push_back(std::max({fastest, compute, dram_ == Dram::shared ? 2 * bytes : 0}));
            }
            found.push_back(std::move(candidate));
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
        return std::make_pair(product(a.bounds), shape_key(a)) < std::make_pair(product(b.bounds), shape_key(b));
    });
    return found;
}

void Tuner::evaluate(Candidate& candidate) {
    candidate.times.clear();
    for (std::size_t n = 0; n < networks_.size(); ++n) {
        candidate.times.push_back(scheduler_.solve(times_of(n, candidate), dram_));
    }
}

Tuner::Result Tuner::search() {
    std::vector<Candidate> all = candidates();
    if (all.empty()) {
        throw std::domain_error("no pair of cores fits the device");
    }
    Result result;
    const auto regular = std::count_if(shapes_.begin(), shapes_.end(),
                                       [](const CoreShape& shape) { return shape.kind == CoreKind::regular; });
    result.shapes = std::size_t(regular) * (shapes_.size() - std::size_t(regular));
    result.feasible = all.size();
    for (Candidate& candidate : all) {
        if (result.evaluated > 0 && product(candidate.bounds) > product(result.best.times)) {
            break;
        }
        evaluate(candidate);
        if (result.evaluated == 0 || is_better(candidate, result.best)) {
            result.best = candidate;
        }
        ++result.evaluated;
    }
    return result;
}

double Tuner::mean_rate(const std::vector<std::int64_t>& pair_times, double hertz) const {
    double logarithm = 0;
    for (const std::int64_t time : pair_times) {
        logarithm += std::log(2 * hertz * form_.bandwidth / double(time));
    }
    return std::exp(logarithm / double(pair_times.size()));
}

std::vector<Candidate> Tuner::pareto(const std::vector<Candidate>& evaluated) {
    std::vector<Candidate> sorted = evaluated;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Candidate& a, const Candidate& b) {
        return std::make_tuple(a.area.dsps, product(a.times), shape_key(a)) <
               std::make_tuple(b.area.dsps, product(b.times), shape_key(b));
    });
    std::vector<Candidate> front;
    for (Candidate& candidate : sorted) {
        if (front.empty() || product(candidate.times) < product(front.back().times)) {
            front.push_back(std::move(candidate));
        }
    }
    return front;
}

}  // namespace nonzero::opu
