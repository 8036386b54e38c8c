#pragma once
// Parameters of dual-OPU and of the machines beside it (docs/models/dual_opu.md).

#include <vector>

#include "models/base/parameters.h"
#include "models/opu/closed_form.h"
#include "models/opu/core_shape.h"
#include "models/opu/schedule.h"

namespace nonzero::opu {

enum class Cores {
    heterogeneous,  // a regular and a depthwise one
    single,
    homogeneous  // two alike
};

struct OpuParameters {
    Cores cores = Cores::heterogeneous;  // which of the machines; no parameter of it

    CoreShape regular{CoreKind::regular, 128, 8};  // of the heterogeneous pair
    CoreShape depthwise{CoreKind::depthwise, 64, 9};
    CoreShape core{CoreKind::depthwise, 128, 9};  // of the others

    Dram dram = Dram::shared;
    int bandwidth = 64;
    bool input_bytes = false;
    bool residual_bytes = false;
    int overhead = 200;
    int operand_bits = 8;  // or 16
    int clock_period_ps = 5000;

    std::vector<CoreShape> core_shapes() const;
    ClosedForm form() const;
};

// Of the single core C(128,8)'s rival P(128,9), and of the pair with as many multipliers as the heterogeneous one.
OpuParameters single_core();
OpuParameters homogeneous_pair();

// Names every field of these machines once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, OpuParameters& parameters);
// Those that say what a layer takes, without the shapes of the cores: all that the search of shapes leaves open.
void describe_timing(ParameterTable& table, OpuParameters& parameters);

}  // namespace nonzero::opu
