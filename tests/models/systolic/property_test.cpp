// Random arrays on random products against the oracles written from the rules: values, cycles of every timing, passes,
// products; the multiplier cycles by cause add up; counted layers give the same numbers.

#include "tests/common/property.h"
#include <catch2/catch.hpp>

#include "tests/common/in_range.h"
#include "tests/models/systolic/oracle_run.h"
#include "tests/models/systolic/plain_layer.h"
#include "tests/models/systolic/random_array.h"

using namespace nonzero;
using namespace nonzero::systolic;
using oracle::GemmProblem;
using oracle::Mask;
using oracle::SystolicResult;

namespace {

GemmProblem random_problem() {
    const Mask mask = in_range(0, 1) == 0 ? Mask{Mask::percent, in_range(0, 100), 1, 128}
                                          : Mask{Mask::nm, in_range(1, 4), *rc::gen::element(4, 8, 16, 128), 128};
    GemmProblem problem = oracle::hashed_problem(in_range(1, 3), in_range(1, 40), in_range(1, 90), in_range(1, 70),
                                                 mask, std::uint32_t(in_range(0, 1000)));
    if (in_range(0, 2) == 0) {
        // Wide operands, whose sums need more than 32 bits.
        for (auto* matrix : {&problem.A, &problem.B}) {
            for (std::int16_t& value : *matrix) {
                value = std::int16_t(value * 255 - (value < 0 ? 127 : 0));
            }
        }
    }
    if (in_range(0, 2) == 0) {
        for (std::int16_t& value : problem.B) {
            value = value < 0 ? std::int16_t{0} : value;
        }
    }
    return problem;
}

std::uint64_t useful_products(const GemmProblem& problem) {
    std::uint64_t products = 0;
    for (int convolution_group = 0; convolution_group < problem.groups; ++convolution_group) {
        for (int row = 0; row < problem.Mo; ++row) {
            for (int k = 0; k < problem.K; ++k) {
                for (int p = 0; problem.a(convolution_group, row, k) != 0 && p < problem.P; ++p) {
                    products += problem.b(convolution_group, k, p) != 0 ? 1 : 0;
                }
            }
        }
    }
    return products;
}

void compare(const ArrayParameters& parameters, const GemmProblem& problem, std::optional<int> uniform_n) {
    const PlainResult found = run_plain(parameters, problem, uniform_n);
    RC_ASSERT(found.Y == multiply(problem));
    RC_ASSERT(found.useful == useful_products(problem));
    for (const auto& [name, timing] : timings_of(parameters.kind)) {
        const SystolicResult expected =
            run_oracle(parameters, problem, oracle_timing(parameters.kind, timing), uniform_n);
        RC_ASSERT(expected.refusal == "");
        RC_ASSERT(found.cycles.at(timing) == expected.cycles);
        RC_ASSERT(found.passes == expected.passes);
        RC_ASSERT(found.weight_products == expected.products);
        RC_ASSERT(found.Y == expected.Y);
    }
    RC_ASSERT(found.busy + found.zero_weight + found.edge + found.fill_drain + found.load ==
              found.cycles.at(parameters.timing) * std::uint64_t(parameters.multipliers()));

    GemmProblem counted = problem;
    counted.B.clear();
    const PlainResult counts = run_plain(parameters, counted, uniform_n);
    RC_ASSERT(counts.cycles == found.cycles);
    RC_ASSERT(counts.passes == found.passes);
    RC_ASSERT(counts.busy == found.busy);
    RC_ASSERT(counts.zero_weight == found.zero_weight);
    RC_ASSERT(counts.edge == found.edge);
}

}  // namespace

TEST_CASE("random arrays equal the oracles on random products") {
    for (const ArrayKind kind : kAllKinds) {
        CHECK(test::property_holds(name_of(kind), [kind] {
            const ArrayParameters parameters = random_array(kind, in_range);
            const ArrayGeometry geometry = make_geometry(parameters, 1);
            const bool uniform = geometry.block > 1 && in_range(0, 2) == 0;
            compare(parameters, random_problem(), uniform ? std::optional(geometry.block) : std::nullopt);
        }));
    }
}
