#include "tests/thirdparty/bad_descriptors.h"

#include <utility>

namespace thirdparty {

namespace {

using Region = nz_region nz_descriptor::*;

const std::pair<const char*, Region> kRegions[] = {{"input", &nz_descriptor::input},
                                                   {"weights", &nz_descriptor::weights},
                                                   {"bias", &nz_descriptor::bias},
                                                   {"output", &nz_descriptor::output},
                                                   {"residual", &nz_descriptor::residual},
                                                   {"requant", &nz_descriptor::requant},
                                                   {"block_index", &nz_descriptor::block_index},
                                                   {"program0", &nz_descriptor::program0},
                                                   {"program1", &nz_descriptor::program1}};

class List {
  public:
    void add(const std::string& what, nz_error code, std::function<void(nz_descriptor&)> spoil) {
        list_.push_back({what, code, std::move(spoil)});
    }
    template <class Field, class Value>
    void set(const std::string& what, nz_error code, Field nz_descriptor::*field, Value value) {
        add(what + " = " + std::to_string(value), code,
            [field, value](nz_descriptor& descriptor) { descriptor.*field = static_cast<Field>(value); });
    }
    void set_flag(const std::string& what, unsigned flag) {
        add(what, NZ_ERROR_FLAGS, [flag](nz_descriptor& d) { d.flags = static_cast<std::uint16_t>(d.flags | flag); });
    }
    std::vector<BadDescriptor> take() { return std::move(list_); }

  private:
    std::vector<BadDescriptor> list_;
};

void add_header(List& list, std::uint32_t capabilities) {
    for (const unsigned version : {0U, NZ_DESCRIPTOR_VERSION + 1, 0xFFFFU}) {
        list.set("version", NZ_ERROR_DESCRIPTOR_VERSION, &nz_descriptor::version, version);
    }
    for (const unsigned size : {0U, NZ_DESCRIPTOR_SIZE / 2, NZ_DESCRIPTOR_SIZE * 2}) {
        list.set("size", NZ_ERROR_DESCRIPTOR_SIZE, &nz_descriptor::size, size);
    }
    for (const unsigned opcode : {0U, NZ_OP_LOAD + 1U, 32U, 0xFFFFU}) {
        list.set("opcode", NZ_ERROR_OPCODE, &nz_descriptor::opcode, opcode);
    }
    for (unsigned opcode = NZ_OP_CONV; opcode <= NZ_OP_LOAD; ++opcode) {
        if ((capabilities >> opcode & 1U) == 0) {
            list.set("opcode that is not among the capabilities", NZ_ERROR_OPCODE, &nz_descriptor::opcode, opcode);
        }
    }
    list.set_flag("unknown flag", NZ_FLAGS_KNOWN + 1);
    list.set_flag("unknown high flag", 0x8000);
}

void add_shape(List& list) {
    const std::pair<const char*, std::uint32_t nz_descriptor::*> dimensions[] = {
        {"c", &nz_descriptor::c}, {"h", &nz_descriptor::h}, {"w", &nz_descriptor::w}, {"k", &nz_descriptor::k},
        {"r", &nz_descriptor::r}, {"s", &nz_descriptor::s}, {"p", &nz_descriptor::p}, {"q", &nz_descriptor::q}};
    for (const auto& [name, field] : dimensions) {
        list.set(name, NZ_ERROR_SHAPE, field, 0);
        list.set(name, NZ_ERROR_SHAPE, field, 0xFFFFFFFF);
    }
    list.add("p does not follow", NZ_ERROR_SHAPE, [](nz_descriptor& d) { ++d.p; });
    list.add("q does not follow", NZ_ERROR_SHAPE, [](nz_descriptor& d) { ++d.q; });
    const std::pair<const char*, std::uint16_t nz_descriptor::*> steps[] = {{"stride_y", &nz_descriptor::stride_y},
                                                                            {"stride_x", &nz_descriptor::stride_x},
                                                                            {"dilation_y", &nz_descriptor::dilation_y},
                                                                            {"dilation_x", &nz_descriptor::dilation_x}};
    for (const auto& [name, field] : steps) {
        list.set(name, NZ_ERROR_STRIDE, field, 0);
    }
    const std::pair<const char*, std::uint16_t nz_descriptor::*> pads[] = {{"pad_top", &nz_descriptor::pad_top},
                                                                           {"pad_left", &nz_descriptor::pad_left},
                                                                           {"pad_bottom", &nz_descriptor::pad_bottom},
                                                                           {"pad_right", &nz_descriptor::pad_right}};
    for (const auto& [name, field] : pads) {
        list.set(name, NZ_ERROR_PADDING, field, 0xFFFF);
    }
    list.set("groups", NZ_ERROR_GROUPS, &nz_descriptor::groups, 0);
    list.add("groups do not divide c", NZ_ERROR_GROUPS, [](nz_descriptor& d) { d.groups = d.c + 1; });
    const auto sparsity = [&list](const char* what, std::uint16_t n, std::uint16_t m) {
        list.add(what, NZ_ERROR_SPARSITY, [n, m](nz_descriptor& d) {
            d.nm_n = n;
            d.nm_m = m;
        });
    };
    sparsity("4:2 sparsity", 4, 2);
    sparsity("0:4 sparsity", 0, 4);
    sparsity("1:0 sparsity", 1, 0);
    list.set("pool_kind", NZ_ERROR_POOL, &nz_descriptor::pool_kind, NZ_POOL_AVERAGE + 1);
    list.set("pool_kind without a size", NZ_ERROR_POOL, &nz_descriptor::pool_kind, NZ_POOL_MAX);
}

void add_types(List& list) {
    list.set("input_type", NZ_ERROR_TYPE, &nz_descriptor::input_type, 1);
    list.set("weight_type", NZ_ERROR_TYPE, &nz_descriptor::weight_type, 33);
    list.set("accumulator_type", NZ_ERROR_TYPE, &nz_descriptor::accumulator_type, 65);
    list.add("zero point outside the type of inputs", NZ_ERROR_ZERO_POINT, [](nz_descriptor& d) {
        d.input_type = 8;
        d.input_zero_point = 128;
    });
    list.add("zero point outside the type of weights", NZ_ERROR_ZERO_POINT, [](nz_descriptor& d) {
        d.weight_type = 8;
        d.weight_zero_point = -129;
    });
    list.add("clamp upside down", NZ_ERROR_CLAMP, [](nz_descriptor& d) {
        d.clamp_low = 1;
        d.clamp_high = 0;
    });
}

void add_regions(List& list) {
    for (const auto& [name, region] : kRegions) {
        const Region field = region;
        list.add(std::string(name) + " wraps around", NZ_ERROR_REGION, [field](nz_descriptor& d) {
            d.*field = {~std::uint64_t{0} - 15, 64};
        });
        list.add(std::string(name) + " is as large as the address space", NZ_ERROR_REGION, [field](nz_descriptor& d) {
            d.*field = {0x1000, ~std::uint64_t{0}};
        });
        list.add(std::string(name) + " has an address and no size", NZ_ERROR_REGION, [field](nz_descriptor& d) {
            d.*field = {0x1000, 0};
        });
    }
    list.add("misaligned block_index", NZ_ERROR_REGION, [](nz_descriptor& d) { d.block_index = {0x1002, 64}; });
    list.add("half a block", NZ_ERROR_REGION, [](nz_descriptor& d) { d.block_index = {0x1000, 60}; });
}

void add_status_record(List& list) {
    list.add("misaligned status record", NZ_ERROR_STATUS_RECORD, [](nz_descriptor& d) { d.status_record += 4; });
    list.add("status record wraps around", NZ_ERROR_STATUS_RECORD,
             [](nz_descriptor& d) { d.status_record = ~std::uint64_t{0} - 7; });
}

void add_layer(List& list, const nz_descriptor& sound) {
    list.add("no weights", NZ_ERROR_REGION, [](nz_descriptor& d) { d.weights = {0, 0}; });
    list.add("no output", NZ_ERROR_REGION, [](nz_descriptor& d) { d.output = {0, 0}; });
    list.add("bias too short", NZ_ERROR_REGION, [](nz_descriptor& d) { d.bias = {0x1000, d.k * 8 - 1}; });
    list.add("misaligned bias", NZ_ERROR_REGION, [](nz_descriptor& d) { d.bias = {0x1004, d.k * 8}; });
    if (sound.output_type == NZ_TYPE_RAW64) {
        list.set_flag("RELU of raw sums", NZ_FLAG_RELU);
        list.set_flag("REQUANTISE of raw sums", NZ_FLAG_REQUANTISE);
        list.add("misaligned raw output", NZ_ERROR_REGION, [](nz_descriptor& d) { d.output.address += 4; });
        list.add("raw output too large for its region", NZ_ERROR_OUTPUT_SIZE,
                 [](nz_descriptor& d) { d.output.size = std::uint64_t{d.k} * d.p * d.q * 8 - 1; });
        return;
    }
    list.add("no REQUANTISE", NZ_ERROR_FLAGS,
             [](nz_descriptor& d) { d.flags = static_cast<std::uint16_t>(d.flags & ~NZ_FLAG_REQUANTISE); });
    list.set("output_type", NZ_ERROR_TYPE, &nz_descriptor::output_type, 33);
    list.add("zero point outside the type of outputs", NZ_ERROR_ZERO_POINT, [](nz_descriptor& d) {
        d.output_type = 8;
        d.output_zero_point = 128;
    });
    list.add("no requantisation", NZ_ERROR_REGION, [](nz_descriptor& d) { d.requant = {0, 0}; });
    list.add("requantisation too short", NZ_ERROR_REGION, [](nz_descriptor& d) { d.requant.size -= 1; });
    list.add("misaligned requantisation", NZ_ERROR_REGION, [](nz_descriptor& d) { d.requant.address += 2; });
}

}  // namespace

std::vector<BadDescriptor> bad_descriptors(const nz_descriptor& sound, std::uint32_t capabilities) {
    List list;
    add_header(list, capabilities);
    if (sound.opcode == NZ_OP_PROGRAM) {
        list.add("no program", NZ_ERROR_REGION, [](nz_descriptor& d) { d.program0 = {0, 0}; });
    } else {
        add_shape(list);
        add_types(list);
        if ((sound.flags & NZ_FLAG_INPUT_RESIDENT) == 0) {
            list.add("no input", NZ_ERROR_REGION, [](nz_descriptor& d) { d.input = {0, 0}; });
        }
    }
    if (sound.opcode == NZ_OP_LOAD) {
        list.set_flag("RELU of a LOAD", NZ_FLAG_RELU);
    } else if (sound.opcode != NZ_OP_PROGRAM) {
        add_layer(list, sound);
    }
    add_regions(list);
    add_status_record(list);
    return list.take();
}

}  // namespace thirdparty
