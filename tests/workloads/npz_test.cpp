#include "workloads/npz.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/common/temporary_directory.h"
#include "tests/workloads/npz_builder.h"
#include "workloads/error.h"

using namespace nonzero;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
using nonzero::test::TemporaryDirectory;

namespace {

using Shape = std::vector<std::size_t>;

const std::vector<std::int16_t> six = {1, -2, 300, -32768, 32767, 0};
const std::string good = npy("<i2", "(2, 3)", six);

// The message of reading array "w" of shape (2, 3) from a file that holds just these bytes as "w".
std::string message_of_file(const std::string& path) {
    try {
        NpzFile(path).read<std::int16_t>("w", {2, 3});
    } catch (const InputError& error) {
        std::string message = error.what();
        CHECK(message.find('\n') == std::string::npos);
        CHECK_THAT(message, Contains(path));
        return message;
    }
    return "no error";
}

std::string message_of(const std::string& entry) {
    const TemporaryDirectory directory;
    write_npz(directory.file("a.npz"), {{"w", entry}});
    std::string message = message_of_file(directory.file("a.npz"));
    CHECK_THAT(message, Contains("array 'w'") || Equals("no error"));
    return message;
}

std::string with_header(const std::string& header) {
    std::string bytes = "\x93NUMPY";
    bytes += {'\1', '\0', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
    return bytes + header + good.substr(good.size() - 12);
}

std::string with_byte(std::string bytes, std::size_t position, int value) {
    bytes.at(position) = static_cast<char>(value);
    return bytes;
}

}  // namespace

TEST_CASE("integer arrays are read at every width that fits") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a.npz");
    write_npz(path, {{"bytes", npy<std::int8_t>("|i1", "(4,)", {1, -1, 127, -128})},
                     {"shorts", good},
                     {"ints", npy<std::int32_t>("<i4", "(2, 1, 1)", {INT32_MIN, INT32_MAX})},
                     {"longs", npy<std::int64_t>("<i8", "(1, 2)", {INT64_MIN, INT64_MAX})},
                     {"none", npy<std::int16_t>("<i2", "(0,)", {})}});
    const NpzFile file(path);
    CHECK(file.has("ints"));
    CHECK_FALSE(file.has("int"));
    CHECK(file.read<std::int16_t>("bytes", {4}).data == std::vector<std::int16_t>{1, -1, 127, -128});
    const auto shorts = file.read<std::int16_t>("shorts", {2, 3});
    CHECK(shorts.data == six);
    CHECK(shorts.shape == Shape{2, 3});
    CHECK(file.read<std::int64_t>("shorts", {2, 3}).data == std::vector<std::int64_t>(six.begin(), six.end()));
    CHECK(file.read<std::int64_t>("ints", {2, 1, 1}).data == std::vector<std::int64_t>{INT32_MIN, INT32_MAX});
    CHECK(file.read<std::int64_t>("longs", {1, 2}).data == std::vector<std::int64_t>{INT64_MIN, INT64_MAX});
    CHECK(file.read<std::int16_t>("none", {0}).size() == 0);
    CHECK_THROWS_WITH(file.read<std::int16_t>("ints", {2, 1, 1}), Contains("array 'ints'") && Contains("'<i4'"));
}

TEST_CASE("floating-point arrays are read as double, and as nothing else") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a.npz");
    write_npz(path, {{"f", npy<float>("<f4", "(2,)", {0.25F, -3.0F})},
                     {"d", npy<double>("<f8", "(2,)", {1e-300, 0.1})},
                     {"h", npy<std::int16_t>("<f2", "(2,)", {1, 2})},
                     {"i", npy<std::int32_t>("<i4", "(2,)", {1, 2})}});
    const NpzFile file(path);
    CHECK(file.read<double>("f", {2}).data == std::vector<double>{0.25, -3});
    CHECK(file.read<double>("d", {2}).data == std::vector<double>{1e-300, 0.1});
    CHECK_THROWS_WITH(file.read<double>("h", {2}), Contains("floating-point number of 32 or 64 bits"));
    CHECK_THROWS_WITH(file.read<double>("i", {2}), Contains("has data type '<i4'"));
    CHECK_THROWS_WITH(file.read<std::int64_t>("d", {2}), Contains("signed integer of at most 64 bits"));
}

TEST_CASE("headers of any padding are read") {
    const std::string dictionary = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";
    for (const std::size_t padding : {0U, 1U, 100U, 150U, 1000U, 65000U}) {
        const std::string header = dictionary + std::string(padding, ' ') + '\n';
        CHECK(message_of(with_header(header)) == "no error");
    }
}

TEST_CASE("files that are no archive are refused by name") {
    const TemporaryDirectory directory;
    CHECK_THAT(message_of_file(directory.file("absent.npz")), Contains("No such file"));
    CHECK_THAT(message_of_file(directory.file("")), Contains("cannot be read"));
    write_bytes(directory.file("a.npz"), good);
    CHECK_THAT(message_of_file(directory.file("a.npz")), Contains("Not a zip archive"));
    write_bytes(directory.file("empty.npz"), "");
    CHECK(message_of_file(directory.file("empty.npz")) != "no error");
    write_npz(directory.file("a.npz"), {{"v", good}});
    CHECK_THAT(message_of_file(directory.file("a.npz")), Contains("array 'w' is missing"));
}

TEST_CASE("every truncation of an archive is refused") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a.npz");
    write_npz(path, {{"w", good}});
    const std::string whole = read_bytes(path);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_bytes(path, whole.substr(0, size));
        CHECK(message_of_file(path) != "no error");
    }
}

TEST_CASE("a damaged entry is refused by its checksum") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a.npz");
    std::vector<std::int16_t> values(3000);
    std::ranges::generate(values, [value = 1U]() mutable { return static_cast<std::int16_t>(value *= 77); });
    write_npz(path, {{"w", npy("<i2", "(3000,)", values)}});
    std::string bytes = read_bytes(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_bytes(path, bytes);
    CHECK_THROWS_WITH(NpzFile(path).read<std::int16_t>("w", {3000}), Contains("array 'w' is damaged"));
}

TEST_CASE("an .npy entry that lies or is cut off is refused") {
    SECTION("truncated at any byte") {
        for (std::size_t size = 0; size < good.size(); ++size) {
            CHECK(message_of(good.substr(0, size)) != "no error");
        }
        CHECK_THAT(message_of(good.substr(0, good.size() - 1)), Contains("has 11 data bytes where its shape needs 12"));
        CHECK_THAT(message_of(good.substr(0, 40)), Contains("truncated inside its header"));
    }
    SECTION("more data than the shape") {
        CHECK_THAT(message_of(good + "x"), Contains("has 13 data bytes"));
        CHECK(message_of(good + std::string(200000, 'x')) != "no error");
    }
    SECTION("no .npy") {
        CHECK_THAT(message_of(with_byte(good, 0, 'N')), Contains("not in .npy format"));
        CHECK_THAT(message_of(std::string(500, '\0')), Contains("not in .npy format"));
        CHECK_THAT(message_of(with_byte(good, 6, 2)), Contains("version 2.0"));
        CHECK_THAT(message_of(with_byte(good, 6, 255)), Contains("version 255.0"));
    }
    SECTION("header length beyond the file") {
        CHECK_THAT(message_of(with_byte(good, 9, 255)), Contains("truncated inside its header"));
    }
    SECTION("wrong type") {
        for (const std::string& type :
             std::vector<std::string>{"<f2", "<u2", ">i2", "|O", "<i4", "<i8", "<U5", "|b1", "<c8", "<i3", "i2", ""}) {
            CHECK_THAT(message_of(npy(type, "(2, 3)", six)), Contains("'" + type + "'"));
        }
    }
    SECTION("Fortran order") {
        CHECK_THAT(message_of(npy("<i2", "(2, 3)", six, "True")), Contains("Fortran order"));
    }
    SECTION("another shape") {
        for (const std::string& shape : std::vector<std::string>{
                 "(3, 2)", "(6,)", "(2, 3, 1)", "()", "(1152921504606846976,)", "(2, -3)", "(4294967296, 4294967296)",
                 "(2, 3.0)", "(18446744073709551618, 3)", "(2L, 3L)", "(2, , 3)", "(2 3)", "(two, three)"}) {
            CHECK_THAT(message_of(npy("<i2", shape, six)), Contains("expected (2,3)"));
        }
    }
    SECTION("garbage headers") {
        for (const std::string& header :
             {std::string(), std::string("\n"), std::string(" "), std::string("{}"), std::string("{}\n"),
              std::string("(((("), std::string(60000, '('), std::string(60000, '{') + "\n", std::string(300, '\''),
              std::string("{'descr': '<i2', 'fortran_order': False}\n"),
              std::string("{'descr': '<i2', 'fortran_order': Maybe, 'shape': (2, 3), }\n"),
              std::string("{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (2, 3), }\n"),
              std::string("{'shape': (2, 3), 'descr': '<i2', 'fortran_order': False, }\n"),
              std::string("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), } x\n"),
              std::string("\0\xff\n\n\r\t", 6)}) {
            CHECK_THAT(message_of(with_header(header)), Contains("unknown header"));
        }
    }
}

// As an archive that an array was added to once more.
TEST_CASE("an archive with two arrays of one name is refused") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a.npz");
    write_npz(path, {{"w", good}, {"x", good}});
    std::string bytes = read_bytes(path);
    for (std::size_t at = bytes.find("x.npy"); at != std::string::npos; at = bytes.find("x.npy", at)) {
        bytes[at] = 'w';
    }
    write_bytes(path, bytes);
    CHECK_THAT(message_of_file(path), Contains("holds 'w.npy' twice") && Contains("save it anew"));
}

// Whatever bytes an archive has: an InputError, or an array of the asked shape.
TEST_CASE("mutated archives fail or give the asked shape") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a.npz");
    write_npz(path, {{"w", good}, {"x", good}});
    const std::string whole = read_bytes(path);
    const auto read = [&path](const std::string& bytes) {
        write_bytes(path, bytes);
        try {
            RC_ASSERT(NpzFile(path).read<std::int16_t>("w", {2, 3}).size() == 6U);
        } catch (const InputError&) {
        }
    };
    CHECK(test::property_holds("bytes of the archive", [&] {
        std::string bytes = whole;
        const int mutations = *rc::gen::inRange(1, 4);
        for (int i = 0; i < mutations; ++i) {
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
        }
        read(bytes);
    }));
    // Through an intact archive, so that the checksum does not stand before the .npy reader.
    CHECK(test::property_holds("bytes of the .npy entry", [&] {
        std::string entry = good;
        const int mutations = *rc::gen::inRange(1, 4);
        for (int i = 0; i < mutations; ++i) {
            entry[*rc::gen::inRange<std::size_t>(0, 80)] = *rc::gen::oneOf(
                rc::gen::arbitrary<char>(), rc::gen::element('{', '}', '(', ')', '\'', ',', ' ', '0', '9', '\n'));
        }
        write_npz(path, {{"w", entry}});
        read(read_bytes(path));
    }));
}
