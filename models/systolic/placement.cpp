#include "models/systolic/placement.h"

namespace nonzero::systolic {

void place_weights(const ArrayGeometry& geometry, const Panel& panel, const PassJob& job, const SlotContents& contents,
                   SlotProducts& products) {
    products.begin(panel.rows.size(), job.column_begin, job.columns());
    const auto n = static_cast<std::uint32_t>(panel.n);
    const auto block = static_cast<std::uint32_t>(geometry.block);
    const std::int16_t* value = contents.values.data();
    const std::uint8_t* place = contents.places.data();
    for (std::size_t row = 0; row < panel.rows.size(); ++row) {
        if (!contents.places.empty()) {
            for (std::uint32_t slot = job.slot_begin; slot < job.slot_end; ++slot) {
                products.add(*value++, slot / n * block + *place++);
            }
        } else if (!panel.columns.empty()) {
            for (std::uint32_t slot = job.slot_begin; slot < job.slot_end; ++slot) {
                products.add(*value++, panel.columns[slot]);
            }
        } else {
            for (std::uint32_t slot = job.slot_begin; slot < job.slot_end; ++slot) {
                products.add(*value++, slot);
            }
        }
        products.end_row();
    }
}

}  // namespace nonzero::systolic
