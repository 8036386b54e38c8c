#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <array>
#include <cstdint>
#include <vector>

#include "models/base/payload_check.h"

using nonzero::AddressRange;
using nonzero::check_payload;
using nonzero::check_word_payload;

namespace {

constexpr AddressRange kRange{0x1000, 0x100};

// A sound read of 4 bytes at the range's base.
struct SoundPayload : tlm::tlm_generic_payload {
    std::array<unsigned char, 64> data{};
    std::array<unsigned char, 8> enables{};

    SoundPayload() {
        set_command(tlm::TLM_READ_COMMAND);
        set_address(kRange.base);
        set_data_ptr(data.data());
        set_size(4);
        enables.fill(TLM_BYTE_ENABLED);
    }
    void set_size(unsigned bytes) {
        set_data_length(bytes);
        set_streaming_width(bytes);
    }
    void enable_with(unsigned bytes) {
        set_byte_enable_ptr(enables.data());
        set_byte_enable_length(bytes);
    }
};

}  // namespace

TEST_CASE("payload check: each fault has its response") {
    SoundPayload payload;
    REQUIRE(check_payload(payload, kRange) == tlm::TLM_OK_RESPONSE);

    SECTION("write") {
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        CHECK(check_payload(payload, kRange) == tlm::TLM_OK_RESPONSE);
    }
    SECTION("unknown command") {
        payload.set_command(static_cast<tlm::tlm_command>(3));
        CHECK(check_payload(payload, kRange) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    }
    SECTION("ignore passes whatever else it says") {
        payload.set_command(tlm::TLM_IGNORE_COMMAND);
        payload.set_address(~std::uint64_t{0});
        payload.set_data_ptr(nullptr);
        payload.set_size(0);
        CHECK(check_payload(payload, kRange) == tlm::TLM_OK_RESPONSE);
        CHECK(check_word_payload(payload, kRange, 4) == tlm::TLM_OK_RESPONSE);
    }
    SECTION("no bytes") {
        payload.set_data_length(0);
        CHECK(check_payload(payload, kRange) == tlm::TLM_BURST_ERROR_RESPONSE);
    }
    SECTION("streaming") {
        payload.set_streaming_width(3);
        CHECK(check_payload(payload, kRange) == tlm::TLM_BURST_ERROR_RESPONSE);
        payload.set_streaming_width(0);
        CHECK(check_payload(payload, kRange) == tlm::TLM_BURST_ERROR_RESPONSE);
        payload.set_streaming_width(5);
        CHECK(check_payload(payload, kRange) == tlm::TLM_OK_RESPONSE);
    }
    SECTION("byte enables") {
        payload.enable_with(0);
        CHECK(check_payload(payload, kRange) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        payload.enable_with(3);
        payload.enables[1] = TLM_BYTE_DISABLED;
        CHECK(check_payload(payload, kRange) == tlm::TLM_OK_RESPONSE);
        payload.enables[2] = 1;
        CHECK(check_payload(payload, kRange) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    }
    SECTION("ends of the range") {
        payload.set_address(kRange.base + kRange.size - 4);
        CHECK(check_payload(payload, kRange) == tlm::TLM_OK_RESPONSE);
        payload.set_address(kRange.base + kRange.size - 3);
        CHECK(check_payload(payload, kRange) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        payload.set_address(kRange.base - 1);
        CHECK(check_payload(payload, kRange) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    SECTION("a wrapping range") {
        const AddressRange top{~std::uint64_t{0} - 0xff, 0x100};
        payload.set_address(~std::uint64_t{0} - 3);
        CHECK(check_payload(payload, top) == tlm::TLM_OK_RESPONSE);
        payload.set_address(~std::uint64_t{0} - 2);
        CHECK(check_payload(payload, top) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        const AddressRange everything{0, ~std::uint64_t{0}};
        CHECK(check_payload(payload, everything) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    SECTION("no data") {
        payload.set_data_ptr(nullptr);
        CHECK(check_payload(payload, kRange) == tlm::TLM_GENERIC_ERROR_RESPONSE);
    }
}

TEST_CASE("payload check: registers take one aligned whole word") {
    SoundPayload payload;
    payload.set_address(kRange.base + 0xfc);
    REQUIRE(check_word_payload(payload, kRange, 4) == tlm::TLM_OK_RESPONSE);

    SECTION("length") {
        payload.set_address(kRange.base);
        for (const unsigned bytes : {1U, 2U, 3U, 5U, 8U}) {
            payload.set_size(bytes);
            CHECK(check_word_payload(payload, kRange, 4) == tlm::TLM_BURST_ERROR_RESPONSE);
        }
    }
    SECTION("alignment is relative to the base") {
        const AddressRange odd{0x1002, 0x100};
        payload.set_address(0x1006);
        CHECK(check_word_payload(payload, odd, 4) == tlm::TLM_OK_RESPONSE);
        payload.set_address(0x1004);
        CHECK(check_word_payload(payload, odd, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    SECTION("outside") {
        payload.set_address(kRange.base + 0x100);
        CHECK(check_word_payload(payload, kRange, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    SECTION("byte enables") {
        payload.enable_with(2);
        CHECK(check_word_payload(payload, kRange, 4) == tlm::TLM_OK_RESPONSE);
        payload.enables[1] = TLM_BYTE_DISABLED;
        CHECK(check_word_payload(payload, kRange, 4) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        payload.enables[1] = TLM_BYTE_ENABLED;
        payload.enables[6] = TLM_BYTE_DISABLED;  // beyond the word
        payload.enable_with(8);
        CHECK(check_word_payload(payload, kRange, 4) == tlm::TLM_OK_RESPONSE);
    }
}

TEST_CASE("payload check: a range contains what 128-bit arithmetic says") {
    // Addresses near the ends of the range and of the address space are the ones that matter.
    const auto near = [](std::uint64_t value) {
        return rc::gen::map(rc::gen::inRange(-6, 7),
                            [value](int step) { return value + static_cast<std::uint64_t>(step); });
    };
    CHECK(nonzero::test::property_holds("contains", [&near] {
        const auto base = *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(), near(0), near(~std::uint64_t{0} - 8));
        const auto size = *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(), near(8), near(~base));
        __extension__ using Wide = unsigned __int128;
        RC_PRE(Wide{base} + size <= (Wide{1} << 64));
        const auto address = *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(), near(base), near(base + size));
        const auto length = *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 16), near(size));
        const bool inside = length != 0 && address >= base && Wide{address} + length <= Wide{base} + size;
        RC_CLASSIFY(inside);
        RC_ASSERT(AddressRange({base, size}).contains(address, length) == inside);
    }));
}
