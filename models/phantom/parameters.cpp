#include "models/phantom/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "workloads/error.h"

namespace nonzero::phantom {

namespace {

constexpr int kUnlimitedRate = 9;

int lookahead_of(Preset preset) {
    return preset == Preset::cv ? 9 : preset == Preset::md ? 18 : 27;
}

void describe_core(ParameterTable& table, PhantomParameters& p) {
    table.choice<Preset>("preset", p.preset, {{"cv", Preset::cv}, {"md", Preset::md}, {"hp", Preset::hp}},
                         "look-ahead factor by its name: 9, 18 or 27", "phantom_facts.md 9 rule 7");
    table.integer("lookahead.factor", p.lookahead_factor, 0, kWordBits, "entries",
                  "Lf: look-ahead window; 0: the preset's", "phantom_facts.md 9 rule 7");
    table.choice<LookaheadUnit>(
        "lookahead.counts", p.lookahead_unit, {{"entries", LookaheadUnit::entries}, {"masks", LookaheadUnit::masks}},
        "what the factor counts: entries, or mask rows of which a window has three", "phantom_facts.md 9.4, D3");
    table.choice<Selector>(
        "selector", p.selector,
        {{"out_of_order", Selector::out_of_order}, {"in_order", Selector::in_order}, {"best_fit", Selector::best_fit}},
        "an entry that does not fit: passed over, the last of the cycle, or the largest that fits",
        "phantom_facts.md 9 rule 8, 9.4, D6");
    table.choice<Refill>("refill", p.refill, {{"batch", Refill::batch}, {"sliding", Refill::sliding}},
                         "new entries when all are done, or from the oldest that is not", "phantom_facts.md 9.4, D4");
    table.boolean("run_on", p.run_on, "batches go on over the ends of planes", "phantom_facts.md 9 rule 7");
    table.boolean("entry.split", p.split_entries, "products of an entry may go to two cycles",
                  "phantom_facts.md 9.4, D5");
    table.choice<CoreShape>("core.shape", p.core_shape, {{"3x3", CoreShape::three_pes}, {"1x9", CoreShape::one_pe}},
                            "PEs x threads of a core", "phantom_facts.md 9.4, D1");
    table.choice<ColumnBarrier>("columns", p.columns,
                                {{"free", ColumnBarrier::none},
                                 {"barrier_plane", ColumnBarrier::plane},
                                 {"barrier_batch", ColumnBarrier::batch}},
                                "where the columns of a core meet: at the job's end, each plane's or each batch's",
                                "phantom_facts.md 9.4, D8");
    table.choice<MapRule>("map", p.map,
                          {{"greedy", MapRule::greedy}, {"fixed", MapRule::fixed}, {"rotate", MapRule::rotate}},
                          "which PE of a core works on a column", "phantom_facts.md 9 rule 4, 9.4, D9");
    table.boolean("drop", p.drop_empty, "columns without a stationary bit take no time", "phantom_facts.md 9 rule 3");
    table.integer("output_buffer.depth", p.output_buffer_depth, 0, 1 << 24, "slots",
                  "how far the PEs of a core may run apart; 0: unlimited", "phantom_facts.md 9 rule 10, 9.4, D14");
    table.integer("l2.rate", p.l2_rate, 1, kUnlimitedRate, "sums", "sums of a core and cycle that L2 takes",
                  "phantom_facts.md 9 rule 10, 9.4, D15");
}

}  // namespace

int PhantomParameters::lookahead() const {
    const int factor = lookahead_factor == 0 ? lookahead_of(preset) : lookahead_factor;
    return lookahead_unit == LookaheadUnit::masks ? std::max(1, factor / kTaps) : factor;
}

MeshRules PhantomParameters::rules() const {
    MeshRules rules;
    SelectionRules& selection = rules.core.selection;
    selection.threads = core_shape == CoreShape::one_pe ? kPlaneTaps : kTaps;
    selection.lookahead = lookahead();
    selection.selector = selector;
    selection.refill = refill;
    selection.split_entries = split_entries;
    selection.most_entries = l2_rate < kUnlimitedRate ? std::max(1, l2_rate / kPes) : kUnlimitedRate;
    rules.core.barrier = columns;
    rules.core.run_on = run_on;
    rules.core.buffer_depth = std::size_t(output_buffer_depth);
    rules.one_pe = core_shape == CoreShape::one_pe;
    rules.drop_empty = drop_empty;
    rules.map = map;
    rules.sort_filters = sort_filters;
    rules.fill = Cycles(fill);
    return rules;
}

void describe(ParameterTable& table, PhantomParameters& p) {
    table.integer("mesh.rows", p.mesh_rows, 1, 64, "cores", "row lanes: cores that share weights",
                  "phantom_facts.md 9 rule 2, 9.4, D12");
    table.integer("mesh.columns", p.mesh_columns, 1, 64, "cores", "filter lanes: cores that share activations",
                  "phantom_facts.md 9 rule 2, 9.4, D12");
    table.boolean("sort", p.sort_filters, "filters with as many weights side by side", "phantom_facts.md 9 rule 5");
    table.integer("fill", p.fill, 0, 1000, "cycles", "of a job, never overlapped", "phantom_facts.md 9 rule 9");
    table.choice<Mode>("mode", p.mode, {{"sparse", Mode::sparse}, {"dense", Mode::dense}},
                       "zeros are skipped, or multiplied like all else", "phantom_facts.md 9 rule 11");
    describe_core(table, p);
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits",
                  "width of a weight or activation; 8-bit values less their zero point need 9",
                  "phantom_facts.md 9 rule 12");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "phantom_facts.md 9 rule 12");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period: an assumption, none is known",
                  "docs/models/phantom.md");
    describe(table, p.dma);
}

void check_switches(const PhantomParameters& p) {
    const auto refuse = [](const std::string& both, const std::string& way_out) {
        throw InputError(fmt::format("{} have no rule together; set {}", both, way_out));
    };
    const bool sliding = p.refill == Refill::sliding;
    const bool slow_l2 = p.l2_rate < kUnlimitedRate;
    if (p.output_buffer_depth > 0) {
        const std::string depth = fmt::format("output_buffer.depth = {}", p.output_buffer_depth);
        if (sliding) {
            refuse(depth + " and refill = sliding", "output_buffer.depth=0 or refill=batch");
        }
        if (p.columns != ColumnBarrier::none) {
            refuse(depth + " and a barrier of the columns", "output_buffer.depth=0 or columns=free");
        }
        if (p.split_entries) {
            refuse(depth + " and entry.split", "output_buffer.depth=0 or entry.split=off");
        }
    }
    if (p.split_entries && sliding) {
        refuse("entry.split and refill = sliding", "entry.split=off or refill=batch");
    }
    if (p.split_entries && slow_l2) {
        refuse(fmt::format("entry.split and l2.rate = {}", p.l2_rate), "entry.split=off or l2.rate=9");
    }
    if (slow_l2 && p.core_shape == CoreShape::one_pe) {
        refuse(fmt::format("l2.rate = {} and core.shape = 1x9", p.l2_rate), "l2.rate=9 or core.shape=3x3");
    }
}

}  // namespace nonzero::phantom
