#pragma once
// The coordinate computation of a PE, tabulated: where the output of an activation and a kernel tap lies, as far as the
// crossbar asks. Which banks an activation's products go to, and which of them fall outside the output plane, depends
// on its row only through one bank code (or "outside") per kernel row of its phase, and on its column alike. Rows with
// the same codes form a row class; a place class is a pair of a row class and a column class of one phase: positions of
// the input plane that behave alike. There are few: with H1, coordinates matter modulo 4, plus a few at the borders.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/scnn/bank_hash.h"
#include "models/scnn/geometry.h"
#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

class CoordinateComputation {
  public:
    static constexpr std::uint32_t kVoid = 0;  // class of a placeholder: no product goes anywhere

    // Throws Fault{NZ_ERROR_CAPACITY} when the kernel is too large for the tables.
    CoordinateComputation(const Geometry& geometry, const BankCodes& codes);

    // Class of the activation at (y, x) within its phase, 1 .. classes(phase) - 1.
    std::uint32_t of(int y, int x) const {
        const int phase_x = column_phase_[std::size_t(x)];
        return std::uint32_t(1 + row_class_[std::size_t(y)] * column_classes_[std::size_t(phase_x)] +
                             column_class_[std::size_t(x)]);
    }
    int classes(int phase) const { return phases_[std::size_t(phase)].classes; }
    // Place codes of a tap for all classes, codes.outside() where the product falls outside the plane.
    const std::uint16_t* tap_codes(int phase, std::size_t tap) const {
        const Phase& p = phases_[std::size_t(phase)];
        return p.codes.data() + tap * std::size_t(p.classes);
    }
    // The taps of a class whose products land inside the plane, 64 to a word.
    std::span<const std::uint64_t> inside(int phase, std::uint32_t place_class) const {
        const Phase& p = phases_[std::size_t(phase)];
        return std::span(p.inside).subspan(place_class * p.words, p.words);
    }
    // Of a tap for all classes: all ones where it lands inside the plane, else 0; class_stride() of them, so that a
    // loop over vector registers has no tail.
    const std::uint32_t* tap_inside(int phase, std::size_t tap) const {
        return phases_[std::size_t(phase)].tap_inside.data() + tap * class_stride(phase);
    }
    std::size_t class_stride(int phase) const { return padded(classes(phase)); }
    int taps(int phase) const { return int(phases_[std::size_t(phase)].codes.size()) / classes(phase); }
    std::size_t tap_words(int phase) const { return phases_[std::size_t(phase)].words; }
    // Every product of this class with a weight lands inside the plane.
    bool interior(int phase, std::uint32_t place_class) const {
        return phases_[std::size_t(phase)].interior[place_class] != 0;
    }

  private:
    static std::size_t padded(int classes) { return (std::size_t(classes) + 15) / 16 * 16; }

    struct Phase {
        int classes = 1;
        std::size_t words = 0;                  // of 64 taps
        std::vector<std::uint16_t> codes;       // taps x classes
        std::vector<std::uint64_t> inside;      // classes x words
        std::vector<std::uint32_t> tap_inside;  // taps x padded classes
        std::vector<std::uint8_t> interior;
    };
    std::vector<int> row_class_;     // per y, within its phase
    std::vector<int> column_class_;  // per x, within its phase
    std::vector<int> column_phase_;
    std::vector<int> column_classes_;  // per phase_x
    std::vector<Phase> phases_;
};

}  // namespace nonzero::scnn
