#include "platforms/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "models/memory/shared_write.h"

namespace nonzero {

Host::Host(sc_core::sc_module_name name) : sc_module(name), csr("csr"), memory("memory"), irq("irq") {}

HostOutcome Host::run(const MemoryImage& image) {
    for (const MemorySegment& segment : image.segments) {
        std::uint64_t address = segment.address;
        write_memory(address, segment.bytes.data(), segment.bytes.size());
        for (const SharedBytes& piece : segment.pieces) {
            share_memory(address, piece);
            address += piece.size;
        }
    }
    return run_loaded(image);
}

HostOutcome Host::run(MemoryImage&& image) {
    for (MemorySegment& segment : image.segments) {
        if (!segment.bytes.empty()) {
            const auto bytes = std::make_shared<const std::vector<std::uint8_t>>(std::move(segment.bytes));
            segment.pieces.push_back({bytes, bytes->data(), bytes->size()});
            segment.bytes.clear();
        }
    }
    const MemoryImage shared = std::move(image);
    return run(shared);
}

HostOutcome Host::run_loaded(const MemoryImage& image) {
    write_register(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE | NZ_STATUS_ERROR);
    write_register(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(image.descriptor_address));
    write_register(NZ_REG_DESCRIPTOR_ADDRESS_HI, std::uint32_t(image.descriptor_address >> 32));
    write_register(NZ_REG_DESCRIPTOR_COUNT, image.descriptor_count);
    write_register(NZ_REG_CONTROL, NZ_CONTROL_START);
    while (!irq.read()) {
        sc_core::wait(irq.value_changed_event());
    }
    HostOutcome outcome;
    const std::uint32_t status = read_register(NZ_REG_STATUS);
    outcome.done = (status & NZ_STATUS_DONE) != 0 && (status & NZ_STATUS_ERROR) == 0;
    outcome.error = nz_error(read_register(NZ_REG_ERROR_CODE));
    outcome.fault_address = read_counter(NZ_REG_FAULT_ADDRESS_LO);
    write_register(NZ_REG_STATUS, status);
    // The line falls within the delta cycles that follow the write.
    while (irq.read()) {
        sc_core::wait(irq.value_changed_event());
    }
    outcome.records.resize(image.descriptor_count);
    read_memory(image.status_records, outcome.records.data(), outcome.records.size() * sizeof(nz_status_record));
    for (const ImageOutput& output : image.outputs) {
        if (outcome.done) {
            const std::size_t end = outcome.output.size();
            const std::size_t bytes = outcome.records.at(output.descriptor).output_bytes;
            outcome.output.resize(end + bytes);
            read_memory(output.region.address, outcome.output.data() + end, bytes);
        }
    }
    return outcome;
}

void Host::reset_platform() {
    write_register(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
    do {
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    } while ((read_register(NZ_REG_STATUS) & NZ_STATUS_IDLE) == 0);
}

std::uint32_t Host::read_register(std::uint32_t offset) {
    std::uint32_t value = 0;
    access_register(tlm::TLM_READ_COMMAND, offset, value);
    return value;
}

void Host::write_register(std::uint32_t offset, std::uint32_t value) {
    access_register(tlm::TLM_WRITE_COMMAND, offset, value);
}

std::uint64_t Host::read_counter(std::uint32_t offset_low) {
    const std::uint64_t low = read_register(offset_low);
    return low | std::uint64_t(read_register(offset_low + 4)) << 32;
}

void Host::access_register(tlm::tlm_command command, std::uint32_t offset, std::uint32_t& value) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(sizeof value);
    payload.set_streaming_width(sizeof value);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay;
    csr->b_transport(payload, delay);
    sc_core::wait(delay);
    if (!payload.is_response_ok()) {
        throw std::logic_error(fmt::format("register {:#x}: {}", offset, payload.get_response_string()));
    }
}

void Host::write_memory(std::uint64_t address, const void* data, std::size_t bytes) {
    // The payload wants a mutable pointer; a write does not change the data.
    access_memory(tlm::TLM_WRITE_COMMAND, address, const_cast<unsigned char*>(static_cast<const unsigned char*>(data)),
                  bytes);
}

void Host::share_memory(std::uint64_t address, const SharedBytes& bytes) {
    access_memory(tlm::TLM_WRITE_COMMAND, address, const_cast<unsigned char*>(bytes.data), bytes.size, bytes.owner);
}

void Host::read_memory(std::uint64_t address, void* data, std::size_t bytes) {
    access_memory(tlm::TLM_READ_COMMAND, address, static_cast<unsigned char*>(data), bytes);
}

void Host::access_memory(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::size_t bytes,
                         const std::shared_ptr<const void>& owner) {
    SharedWrite shared;
    shared.owner = owner;
    constexpr std::size_t kChunk = std::size_t{1} << 30;
    while (bytes > 0) {
        const auto length = unsigned(std::min(bytes, kChunk));
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(data);
        payload.set_data_length(length);
        payload.set_streaming_width(length);
        if (owner != nullptr) {
            payload.set_extension(&shared);
        }
        const unsigned moved = memory->transport_dbg(payload);
        payload.clear_extension(&shared);
        if (moved != length) {
            throw std::logic_error(fmt::format("memory at {:#x}: only part of {} bytes is there", address, length));
        }
        address += length;
        data += length;
        bytes -= length;
    }
}

}  // namespace nonzero
