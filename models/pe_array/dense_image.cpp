#include "models/pe_array/dense_image.h"

#include <cstring>

namespace nonzero::pe_array {

std::vector<std::uint8_t> dense_image(const std::vector<std::vector<std::uint8_t>>& parts,
                                      const std::function<DensePart(int pe)>& place_of, std::size_t channels,
                                      std::size_t rows, std::size_t columns, std::size_t element) {
    std::vector<std::uint8_t> image(channels * rows * columns * element);
    for (std::size_t pe = 0; pe < parts.size(); ++pe) {
        if (parts[pe].empty()) {
            continue;
        }
        const DensePart place = place_of(int(pe));
        const std::size_t piece = std::size_t(place.columns.size()) * element;
        const std::uint8_t* from = parts[pe].data();
        for (int channel = place.channels.begin; channel < place.channels.end; ++channel) {
            for (int row = place.rows.begin; row < place.rows.end; ++row, from += piece) {
                const std::size_t line = std::size_t(channel) * rows + std::size_t(row);
                std::memcpy(image.data() + (line * columns + std::size_t(place.columns.begin)) * element, from, piece);
            }
        }
    }
    return image;
}

}  // namespace nonzero::pe_array
