#include "models/scnn/output_image.h"

#include <cstring>

#include "models/host/host_interface.h"
#include "models/pe_array/dense_image.h"

namespace nonzero::scnn {

namespace {

std::vector<std::uint8_t> dense_sums(const Geometry& geometry, const std::vector<std::vector<std::uint8_t>>& parts) {
    const auto place_of = [&](int pe) -> pe_array::DensePart {
        return {geometry.channels_of(pe), geometry.row_of(pe).owned, geometry.column_of(pe).owned};
    };
    const ConvolutionShape& shape = geometry.shape;
    return pe_array::dense_image(parts, place_of, std::size_t(shape.K), std::size_t(shape.P), std::size_t(shape.Q),
                                 sizeof(std::int64_t));
}

std::vector<std::uint8_t> table_and_blocks(const std::vector<std::vector<std::uint8_t>>& parts) {
    std::vector<nz_block> table;
    std::size_t offset = parts.size() * sizeof(nz_block);
    for (const auto& part : parts) {
        table.push_back({std::uint32_t(offset), std::uint32_t(part.size())});
        offset += part.size();
    }
    std::vector<std::uint8_t> output(table.size() * sizeof(nz_block));
    std::memcpy(output.data(), table.data(), output.size());
    for (const auto& part : parts) {
        output.insert(output.end(), part.begin(), part.end());
    }
    return output;
}

}  // namespace

std::vector<std::uint8_t> output_image(const LayerPlan& plan, const std::vector<std::vector<std::uint8_t>>& parts) {
    return plan.raw64 ? dense_sums(plan.geometry, parts) : table_and_blocks(parts);
}

}  // namespace nonzero::scnn
