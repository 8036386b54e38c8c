#pragma once
// Random SCNN machines.

#include "models/scnn/parameters.h"
#include "tests/models/common/random_convolution.h"

namespace nonzero::scnn {

inline ScnnParameters random_machine() {
    ScnnParameters parameters;
    parameters.pe_rows = in_range(1, 8);
    parameters.pe_columns = in_range(1, 8);
    parameters.f = in_range(1, 6);
    parameters.i = in_range(1, 6);
    parameters.kc = in_range(1, 16);
    parameters.accumulator_banks = *rc::gen::element(1, 8, 32, 32, 45, 70);
    parameters.accumulator_entries = *rc::gen::element(16, 256, 1024);
    parameters.queue_depth = in_range(1, 9);
    parameters.bank_hash = *rc::gen::element(BankHash::h1, BankHash::h2, BankHash::h3, BankHash::h4);
    parameters.crossbar_write = *rc::gen::element(CrossbarWrite::multiple, CrossbarWrite::single);
    parameters.placeholders = *rc::gen::arbitrary<bool>();
    return parameters;
}

}  // namespace nonzero::scnn
