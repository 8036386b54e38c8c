#pragma once
// The oracle of an array, by the model's own parameters.

#include <optional>
#include <string>
#include <vector>

#include "models/systolic/parameters.h"
#include "tests/oracles/systolic_oracle.h"

namespace nonzero::systolic {

inline oracle::Timing oracle_timing(ArrayKind kind, PassTiming timing) {
    switch (timing) {
        case PassTiming::serial:
            return kind == ArrayKind::s2ta ? oracle::Timing::block : oracle::Timing::serial;
        case PassTiming::rtl:
            return oracle::Timing::rtl;
        case PassTiming::scale:
            return oracle::Timing::scale;
        case PassTiming::double_buffered:
            break;
    }
    return oracle::Timing::db;
}

inline oracle::SystolicResult run_oracle(const ArrayParameters& p, const oracle::GemmProblem& problem,
                                         oracle::Timing timing, std::optional<int> uniform_n) {
    switch (p.kind) {
        case ArrayKind::output_stationary:
            return run_dense(problem, {oracle::Dataflow::output_stationary, p.rows, p.columns}, timing);
        case ArrayKind::weight_stationary:
            return run_dense(problem, {oracle::Dataflow::weight_stationary, p.rows, p.columns}, timing);
        case ArrayKind::input_stationary:
            return run_dense(problem, {oracle::Dataflow::input_stationary, p.rows, p.columns}, timing);
        case ArrayKind::vegeta:
        case ArrayKind::tensor_core_24: {
            oracle::Vegeta array;
            array.rows = p.rows;
            array.columns = p.columns;
            array.alpha = p.alpha;
            array.beta = p.beta;
            array.allowed = p.kind == ArrayKind::vegeta ? std::vector{1, 2, 4} : std::vector{2, 4};
            array.natural_n = uniform_n.value_or(0);
            return run_vegeta(problem, array, timing);
        }
        case ArrayKind::s2ta:
            return run_s2ta(
                problem, {p.rows / p.tpe_rows, p.columns / p.tpe_columns, p.tpe_rows, uniform_n.value_or(0)}, timing);
        case ArrayKind::spots:
            break;
    }
    return run_spots(problem, {p.rows, p.columns, p.split}, timing);
}

}  // namespace nonzero::systolic
