#include "models/scnn/coordinate_computation.h"

#include <functional>
#include <map>

#include "models/host/fault.h"

namespace nonzero::scnn {

namespace {

// Entries of a phase's table. Kernels of 31 x 31 need less than a hundredth.
constexpr std::size_t kLargestTable = std::size_t{1} << 26;

// The classes of one dimension: per position its phase and class, per phase the codes of each class.
struct Dimension {
    std::vector<int> phase;
    std::vector<int> position_class;
    std::vector<std::vector<std::vector<std::uint16_t>>> codes;  // [phase][class][tap row or column]
};

using CodeOf = std::function<std::uint16_t(int output, int first_output)>;

Dimension classify(const std::vector<Span1D>& spans, int n, int outputs, int kernel, int stride, int pad,
                   std::uint16_t outside, const CodeOf& code_of) {
    Dimension dimension;
    dimension.phase.resize(std::size_t(n));
    dimension.position_class.resize(std::size_t(n));
    dimension.codes.resize(std::size_t(stride));
    std::vector<std::map<std::vector<std::uint16_t>, int>> known(static_cast<std::size_t>(stride));
    for (const Span1D& span : spans) {
        for (int position = span.tile.begin; position < span.tile.end; ++position) {
            const int phase = (position + pad) % stride;
            const int first = (position + pad) / stride;
            std::vector<std::uint16_t> key;
            for (int tap = phase; tap < kernel; tap += stride) {
                const int output = first - tap / stride;
                const bool inside = output >= 0 && output < outputs;
                key.push_back(inside ? code_of(output, span.reach.begin) : outside);
            }
            auto& of_phase = known[std::size_t(phase)];
            const auto [entry, is_new] = of_phase.emplace(key, int(of_phase.size()));
            if (is_new) {
                dimension.codes[std::size_t(phase)].push_back(key);
            }
            dimension.phase[std::size_t(position)] = phase;
            dimension.position_class[std::size_t(position)] = entry->second;
        }
    }
    return dimension;
}

}  // namespace

CoordinateComputation::CoordinateComputation(const Geometry& geometry, const BankCodes& codes) {
    const ConvolutionShape& shape = geometry.shape;
    const Dimension rows = classify(geometry.rows, shape.H, shape.P, shape.KH, shape.stride_y, shape.pad_top,
                                    codes.outside(), [&](int yo, int first) { return codes.row_code(yo, first); });
    const Dimension columns =
        classify(geometry.columns, shape.W, shape.Q, shape.KW, shape.stride_x, shape.pad_left, codes.outside(),
                 [&](int xo, int first) { return codes.column_code(xo, first); });
    row_class_ = rows.position_class;
    column_class_ = columns.position_class;
    column_phase_ = columns.phase;
    for (const auto& of_phase : columns.codes) {
        column_classes_.push_back(int(of_phase.size()));
    }
    for (int number = 0; number < geometry.phases(); ++number) {
        const auto& row_codes = rows.codes[std::size_t(number / shape.stride_x)];
        const auto& column_codes = columns.codes[std::size_t(number % shape.stride_x)];
        const auto taps = std::size_t(phase_kernel(geometry, number).taps());
        const std::size_t classes = 1 + row_codes.size() * column_codes.size();
        if (taps * classes > kLargestTable) {
            throw Fault{NZ_ERROR_CAPACITY};
        }
        Phase phase;
        phase.classes = int(classes);
        phase.words = (taps + 63) / 64;
        phase.codes.assign(taps * std::size_t(phase.classes), codes.outside());
        phase.tap_inside.assign(taps * padded(phase.classes), 0);
        phase.inside.assign(std::size_t(phase.classes) * phase.words, 0);
        phase.interior.assign(std::size_t(phase.classes), 1);
        phase.interior[kVoid] = 0;
        std::size_t place = 1;
        for (const auto& row : row_codes) {
            for (const auto& column : column_codes) {
                std::size_t tap = 0;
                for (const std::uint16_t row_code : row) {
                    for (const std::uint16_t column_code : column) {
                        if (row_code != codes.outside() && column_code != codes.outside()) {
                            phase.codes[tap * std::size_t(phase.classes) + place] =
                                codes.place_code(row_code, column_code);
                            phase.tap_inside[tap * padded(phase.classes) + place] = ~std::uint32_t{0};
                            phase.inside[place * phase.words + tap / 64] |= std::uint64_t{1} << (tap % 64);
                        } else {
                            phase.interior[place] = 0;
                        }
                        ++tap;
                    }
                }
                ++place;
            }
        }
        phases_.push_back(std::move(phase));
    }
}

}  // namespace nonzero::scnn
