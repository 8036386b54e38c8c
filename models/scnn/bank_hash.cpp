#include "models/scnn/bank_hash.h"

namespace nonzero::scnn {

namespace {

constexpr int kH1Codes = 32;

}  // namespace

BankCodes::BankCodes(BankHash hash, const Geometry& geometry, int banks)
    : hash_(hash),
      exclusive_or_(hash == BankHash::h1),
      banks_(banks),
      codes_(hash == BankHash::h1 ? kH1Codes : banks),
      rows_(geometry.footprint_rows),
      columns_(geometry.footprint_columns) {}

std::uint16_t BankCodes::k_code(int k_global, int k_offset) const {
    const auto offset = std::int64_t(k_offset);
    switch (hash_) {
        case BankHash::h1:
            return std::uint16_t((k_global & 3) | ((k_global >> 2 & 1) << 4));
        case BankHash::h2:
            return std::uint16_t(offset * rows_ * columns_ % banks_);
        case BankHash::h3:
            return std::uint16_t(offset * 373 * 373 % banks_);
        case BankHash::h4:
            break;
    }
    return 0;
}

std::vector<std::uint16_t> BankCodes::k_codes(int k_begin, int count) const {
    std::vector<std::uint16_t> codes(static_cast<std::size_t>(count));
    for (int k = 0; k < count; ++k) {
        codes[std::size_t(k)] = k_code(k_begin + k, k);
    }
    return codes;
}

std::uint16_t BankCodes::row_code(int yo, int yo_min) const {
    const auto local = std::int64_t(yo - yo_min);
    switch (hash_) {
        case BankHash::h1:
            return std::uint16_t(((yo & 1) << 2) | ((yo >> 1 & 1) << 4));
        case BankHash::h2:
            return std::uint16_t(local * columns_ % banks_);
        case BankHash::h3:
            return std::uint16_t(local * 373 % banks_);
        case BankHash::h4:
            break;
    }
    return std::uint16_t(local * 3 % banks_);
}

std::uint16_t BankCodes::column_code(int xo, int xo_min) const {
    if (hash_ == BankHash::h1) {
        return std::uint16_t(((xo & 1) << 3) | ((xo >> 1 & 1) << 4));
    }
    return std::uint16_t((xo - xo_min) % banks_);
}

}  // namespace nonzero::scnn
