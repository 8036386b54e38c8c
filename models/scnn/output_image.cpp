#include "models/scnn/output_image.h"

#include <cstring>

#include "models/common/host_interface.h"

namespace nonzero::scnn {

namespace {

std::vector<std::uint8_t> dense_sums(const Geometry& geometry, const std::vector<std::vector<std::uint8_t>>& parts) {
    constexpr std::size_t kBytes = 8;
    const ConvolutionShape& shape = geometry.shape;
    const auto row_bytes = std::size_t(shape.Q) * kBytes;
    std::vector<std::uint8_t> output(std::size_t(shape.K) * std::size_t(shape.P) * row_bytes);
    for (std::size_t pe = 0; pe < parts.size(); ++pe) {
        const Range channels = geometry.channels_of(int(pe));
        const Range rows = geometry.row_of(int(pe)).owned;
        const Range columns = geometry.column_of(int(pe)).owned;
        const auto piece = std::size_t(columns.size()) * kBytes;
        const std::uint8_t* from = parts[pe].data();
        for (int k = channels.begin; piece > 0 && k < channels.end; ++k) {
            for (int y = rows.begin; y < rows.end; ++y) {
                std::memcpy(output.data() + (std::size_t(k) * std::size_t(shape.P) + std::size_t(y)) * row_bytes +
                                std::size_t(columns.begin) * kBytes,
                            from, piece);
                from += piece;
            }
        }
    }
    return output;
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
    return plan.output == OutputFormat::raw64 ? dense_sums(plan.geometry, parts) : table_and_blocks(parts);
}

}  // namespace nonzero::scnn
