#pragma once
// Random arrays of the systolic family, small ones, so that small layers have many passes and edges.

#include "models/systolic/parameters.h"

namespace nonzero::systolic {

// pick(low, high): a random number of these bounds.
template <class Pick>
ArrayParameters random_array(ArrayKind kind, Pick pick) {
    ArrayParameters parameters = default_parameters(kind);
    parameters.rows = pick(1, 9);
    parameters.columns = pick(1, 9);
    if (kind == ArrayKind::vegeta || kind == ArrayKind::tensor_core_24) {
        parameters.alpha = pick(1, 3);
        parameters.beta = pick(1, 3);
        parameters.rows = parameters.beta * pick(1, 4);
        parameters.columns = parameters.alpha * pick(1, 4);
    } else if (kind == ArrayKind::s2ta) {
        parameters.tpe_rows = parameters.tpe_columns = pick(1, 4);
        parameters.rows = parameters.tpe_rows * pick(1, 5);
        parameters.columns = parameters.tpe_columns * pick(1, 5);
    } else if (kind == ArrayKind::spots) {
        parameters.split = pick(1, 4);
        parameters.rows = parameters.split * pick(1, 8);
    }
    const auto timings = timings_of(kind);
    parameters.timing = timings[std::size_t(pick(0, int(timings.size()) - 1))].second;
    return parameters;
}

inline constexpr ArrayKind kAllKinds[] = {ArrayKind::output_stationary,
                                          ArrayKind::weight_stationary,
                                          ArrayKind::input_stationary,
                                          ArrayKind::vegeta,
                                          ArrayKind::tensor_core_24,
                                          ArrayKind::s2ta,
                                          ArrayKind::spots};

}  // namespace nonzero::systolic
