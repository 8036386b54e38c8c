#include "models/scnn/reached_outputs.h"

namespace nonzero::scnn {

ReachedOutputs reached_outputs(const Geometry& geometry, int pe) {
    const Span1D& rows = geometry.row_of(pe);
    const Span1D& columns = geometry.column_of(pe);
    ReachedOutputs outputs;
    outputs.owned_outputs = std::uint32_t(rows.owned.size()) * std::uint32_t(columns.owned.size());
    if (geometry.fully_connected) {
        outputs.own.push_back({0, 0});
        return outputs;
    }
    // An empty tile, or one whose outputs all fall outside the plane, reaches nothing.
    if (rows.reach.empty() || columns.reach.empty()) {
        return outputs;
    }
    for (int yo = rows.reach.begin; yo < rows.reach.end; ++yo) {
        for (int xo = columns.reach.begin; xo < columns.reach.end; ++xo) {
            const int owner = geometry.owner(yo, xo);
            const Span1D& owner_rows = geometry.row_of(owner);
            const Span1D& owner_columns = geometry.column_of(owner);
            const auto address = std::uint32_t((yo - owner_rows.owned.begin) * owner_columns.owned.size() +
                                               (xo - owner_columns.owned.begin));
            const int cell = geometry.cell(0, yo, xo, rows.reach_begin, columns.reach_begin);
            if (owner == pe) {
                outputs.own.push_back({address, cell});
            } else {
                outputs.halo.push_back({std::uint16_t(owner), address,
                                        std::uint32_t(owner_rows.owned.size() * owner_columns.owned.size()), cell});
            }
        }
    }
    return outputs;
}

}  // namespace nonzero::scnn
