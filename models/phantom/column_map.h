#pragma once
// Which PE of a core works on which column of each plane (phantom_facts.md 9 rule 4, 9.4.D9): the balancing inside a
// core, done beforehand from the weights alone. Plain C++.

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace nonzero::phantom {

enum class MapRule {
    greedy,  // the heaviest column to the PE that has least so far
    fixed,   // column j to PE j
    rotate   // column j of plane n to PE (j + n) mod 3
};

class ColumnMap {
  public:
    using Pes = std::array<int, 3>;

    explicit ColumnMap(MapRule rule) : rule_(rule) {}

    // PEs of the columns of the next plane. estimates: products that each column may have.
    Pes next(const std::array<std::uint64_t, 3>& estimates) {
        Pes pes{0, 1, 2};
        if (rule_ == MapRule::greedy) {
            std::array<std::size_t, 3> columns{0, 1, 2};
            std::array<std::size_t, 3> idlest{0, 1, 2};
            sort(columns, [&](auto a, auto b) { return estimates[a] > estimates[b]; });
            sort(idlest, [&](auto a, auto b) { return loads_[a] < loads_[b]; });
            for (std::size_t n = 0; n < columns.size(); ++n) {
                pes[columns[n]] = int(idlest[n]);
                loads_[idlest[n]] += estimates[columns[n]];
            }
        } else if (rule_ == MapRule::rotate) {
            for (std::size_t column = 0; column < pes.size(); ++column) {
                pes[column] = int((column + plane_) % 3);
            }
        }
        ++plane_;
        return pes;
    }

  private:
    // Stable: neighbours change places only where they have to.
    template <class Less>
    static void sort(std::array<std::size_t, 3>& items, const Less& less) {
        for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{0}}) {
            if (less(items[n + 1], items[n])) {
                std::swap(items[n], items[n + 1]);
            }
        }
    }

    MapRule rule_;
    std::size_t plane_ = 0;
    std::array<std::uint64_t, 3> loads_{};
};

}  // namespace nonzero::phantom
