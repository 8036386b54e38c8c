#include "tests/thirdparty/driver.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace thirdparty {

namespace {

constexpr std::uint8_t kNonsense = 0x5A;
constexpr int kMostPolls = 1'000'000;
constexpr std::uint64_t kAround = 0x800;

}  // namespace

std::uint64_t value_of(const Counters& counters, const std::string& name) {
    for (const auto& [counter, value] : counters) {
        if (counter == name) {
            return value;
        }
    }
    throw std::logic_error("no counter " + name);
}

Driver::Driver(std::string place, Cpu& cpu, Memory& memory, const Image& image, Scoreboard& board)
    : own_begin_(image.base - kAround),
      own_size_(image.end - image.base + 2 * kAround),
      place_(std::move(place)),
      cpu_(cpu),
      memory_(memory),
      image_(image),
      board_(board) {}

void Driver::load(const PackedLayer& layer) {
    at(layer.name);
    for (const Segment& segment : layer.segments) {
        cpu_.load(segment.address, segment.bytes.data(), segment.bytes.size());
    }
    memory_.fill(layer.output.address, layer.output.size, kNonsense);
    memory_.fill(layer.status_records, layer.descriptor_count * sizeof(nz_status_record), kNonsense);
}

void Driver::patch(std::uint64_t address, const nz_descriptor& descriptor) {
    cpu_.load(address, &descriptor, sizeof descriptor);
}

void Driver::start(const PackedLayer& layer) {
    start(layer.descriptor_address, layer.descriptor_count);
}

void Driver::start(std::uint64_t descriptor_address, std::uint32_t descriptor_count) {
    counters_at_start_ = counters();
    memory_at_start_ = image_in_memory();
    log_at_start_ = memory_.log().size();
    cpu_.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE | NZ_STATUS_ERROR);
    cpu_.write(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(descriptor_address));
    cpu_.write(NZ_REG_DESCRIPTOR_ADDRESS_HI, std::uint32_t(descriptor_address >> 32));
    cpu_.write(NZ_REG_DESCRIPTOR_COUNT, descriptor_count);
    cpu_.write(NZ_REG_CONTROL, NZ_CONTROL_START);
}

std::uint32_t Driver::wait_for_interrupt() {
    cpu_.sleep_until_irq(true);
    return cpu_.read(NZ_REG_STATUS);
}

std::uint32_t Driver::poll_until(std::uint32_t status_bits) {
    for (int n = 0; n < kMostPolls; ++n) {
        const std::uint32_t status = cpu_.read(NZ_REG_STATUS);
        if ((status & status_bits) != 0) {
            return status;
        }
        cpu_.spend(sc_core::sc_time(20, sc_core::SC_NS));
    }
    throw std::runtime_error(place_ + ": polled STATUS in vain");
}

void Driver::acknowledge(std::uint32_t status) {
    cpu_.write(NZ_REG_STATUS, status);
    cpu_.sleep_until_irq(false);
    equal("STATUS after it was cleared", cpu_.read(NZ_REG_STATUS) & (NZ_STATUS_DONE | NZ_STATUS_ERROR), 0);
    equal("ERROR_CODE after it was cleared", cpu_.read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
    equal("FAULT_ADDRESS after it was cleared", cpu_.read_pair(NZ_REG_FAULT_ADDRESS_LO), 0);
}

void Driver::check_done(const PackedLayer& layer, std::uint32_t status) {
    equal("STATUS", status, NZ_STATUS_IDLE | NZ_STATUS_DONE);
    equal("ERROR_CODE", cpu_.read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
    equal("FAULT_ADDRESS", cpu_.read_pair(NZ_REG_FAULT_ADDRESS_LO), 0);
    equal("CURRENT_DESCRIPTOR", cpu_.read(NZ_REG_CURRENT_DESCRIPTOR), layer.descriptor_count - 1);

    nz_status_record record{};
    for (std::uint32_t index = 0; index < layer.descriptor_count; ++index) {
        record = status_record(layer, index);
        equal("status record, status", record.status, NZ_STATUS_DONE);
        equal("status record, error", record.error, NZ_ERROR_NONE);
        equal("status record, index", record.descriptor_index, index);
    }
    equal("output bytes", record.output_bytes, layer.expected.size());
    std::vector<std::uint8_t> output(layer.expected.size());
    cpu_.fetch(layer.output.address, output.data(), output.size());
    board_.equal_bytes(place_ + " " + now_, "output", output, layer.expected);
    check_untouched({{layer.output.address, layer.expected.size()},
                     {layer.status_records, layer.descriptor_count * sizeof(nz_status_record)}});

    const Counters counted = counters();
    equal("LAYER_CYCLES", value_of(counted, "LAYER_CYCLES"), record.cycles);
    holds("the layer took time", record.cycles > 0);
    holds("no more useful products than products",
          value_of(counted, "USEFUL_PRODUCTS") <= value_of(counted, "PRODUCTS"));
    equal("DESCRIPTORS_DONE", value_of(counted, "DESCRIPTORS_DONE") - value_of(counters_at_start_, "DESCRIPTORS_DONE"),
          layer.descriptor_count);
    check_traffic(counted);
}

// What the accelerator counted, memory has seen.
void Driver::check_traffic(const Counters& counted) {
    std::uint64_t read = 0;
    std::uint64_t written = 0;
    for (const Access& access : accesses()) {
        (access.write ? written : read) += access.length;
    }
    equal("DMA_READ_BYTES", value_of(counted, "DMA_READ_BYTES") - value_of(counters_at_start_, "DMA_READ_BYTES"), read);
    equal("DMA_WRITE_BYTES", value_of(counted, "DMA_WRITE_BYTES") - value_of(counters_at_start_, "DMA_WRITE_BYTES"),
          written);
}

std::vector<std::uint8_t> Driver::image_in_memory() const {
    const auto begin = memory_.bytes().begin() + std::ptrdiff_t(own_begin_ - memory_.base());
    return {begin, begin + std::ptrdiff_t(own_size_)};
}

std::vector<Access> Driver::accesses() const {
    std::vector<Access> own;
    std::copy_if(memory_.log().begin() + std::ptrdiff_t(log_at_start_), memory_.log().end(), std::back_inserter(own),
                 [this](const Access& access) { return access.touches(own_begin_, own_size_); });
    return own;
}

void Driver::check_error(std::uint32_t status, nz_error code) {
    equal("STATUS", status, NZ_STATUS_IDLE | NZ_STATUS_ERROR);
    equal("ERROR_CODE", cpu_.read(NZ_REG_ERROR_CODE), code);
}

nz_status_record Driver::status_record(const PackedLayer& layer, std::uint32_t index) {
    nz_status_record record{};
    cpu_.fetch(layer.status_records + index * sizeof record, &record, sizeof record);
    return record;
}

void Driver::check_untouched(const std::vector<nz_region>& written) {
    std::vector<std::uint8_t> before = memory_at_start_;
    std::vector<std::uint8_t> after = image_in_memory();
    for (const nz_region& region : written) {
        const auto offset = std::ptrdiff_t(region.address - own_begin_);
        std::fill_n(before.begin() + offset, region.size, std::uint8_t{0});
        std::fill_n(after.begin() + offset, region.size, std::uint8_t{0});
    }
    board_.equal_bytes(place_ + " " + now_, "memory that is not the layer's to write", after, before);
}

sc_core::sc_time Driver::run(const PackedLayer& layer) {
    load(layer);
    start(layer);
    const sc_core::sc_time begin = cpu_.now();
    cpu_.sleep_until_irq(true);
    const sc_core::sc_time time = cpu_.now() - begin;
    const std::uint32_t status = cpu_.read(NZ_REG_STATUS);
    check_done(layer, status);
    acknowledge(status);
    return time;
}

void Driver::run_all() {
    for (const PackedLayer& layer : image_.layers) {
        run(layer);
    }
}

Counters Driver::counters() {
    const std::pair<const char*, std::uint32_t> registers[] = {{"LAYER_CYCLES", NZ_REG_LAYER_CYCLES_LO},
                                                               {"TOTAL_CYCLES", NZ_REG_TOTAL_CYCLES_LO},
                                                               {"PRODUCTS", NZ_REG_PRODUCTS_LO},
                                                               {"USEFUL_PRODUCTS", NZ_REG_USEFUL_PRODUCTS_LO},
                                                               {"DMA_READ_BYTES", NZ_REG_DMA_READ_BYTES_LO},
                                                               {"DMA_WRITE_BYTES", NZ_REG_DMA_WRITE_BYTES_LO},
                                                               {"OVERFLOWS", NZ_REG_OVERFLOWS_LO},
                                                               {"DESCRIPTORS_DONE", NZ_REG_DESCRIPTORS_DONE_LO}};
    Counters counters;
    for (const auto& [name, low] : registers) {
        counters.emplace_back(name, cpu_.read_pair(low));
    }
    return counters;
}

}  // namespace thirdparty
