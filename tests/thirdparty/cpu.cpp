#include "tests/thirdparty/cpu.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace thirdparty {

namespace {

constexpr std::size_t kStackBytes = std::size_t{1} << 20;
constexpr std::size_t kCacheLine = 64;

}  // namespace

sc_core::sc_time LocalQuantum::compute_local_quantum() {
    if (quantum_ == sc_core::SC_ZERO_TIME) {
        return quantum_;
    }
    return sc_core::sc_time::from_value(quantum_.value() - sc_core::sc_time_stamp().value() % quantum_.value());
}

Cpu::Cpu(sc_core::sc_module_name name, const sc_core::sc_time& quantum, std::function<void()> program,
         Scoreboard& board)
    : sc_module(name),
      csr("csr"),
      memory("memory"),
      irq("irq"),
      reset("reset"),
      program_(std::move(program)),
      board_(board),
      quantum_(quantum) {
    SC_HAS_PROCESS(Cpu);
    SC_THREAD(run);
    set_stack_size(kStackBytes);
}

void Cpu::run() {
    quantum_.reset();
    try {
        program_();
        synchronise();
        finished_ = true;
    } catch (const std::exception& error) {
        board_.fail(name(), error.what());
    }
}

void Cpu::transport(tlm_utils::simple_initiator_socket<Cpu, 32>& socket, tlm::tlm_generic_payload& payload) {
    sc_core::sc_time delay = quantum_.get_local_time();
    socket->b_transport(payload, delay);
    quantum_.set_and_sync(delay);
}

void Cpu::access(tlm_utils::simple_initiator_socket<Cpu, 32>& socket, tlm::tlm_command command, std::uint64_t address,
                 void* data, std::size_t bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    transport(socket, payload);
    board_.holds(name(), "access of " + std::to_string(address) + ": " + payload.get_response_string(),
                 payload.is_response_ok());
}

std::uint32_t Cpu::read(std::uint32_t offset) {
    std::uint32_t value = 0;
    access(csr, tlm::TLM_READ_COMMAND, offset, &value, sizeof value);
    return value;
}

void Cpu::write(std::uint32_t offset, std::uint32_t value) {
    access(csr, tlm::TLM_WRITE_COMMAND, offset, &value, sizeof value);
}

std::uint64_t Cpu::read_pair(std::uint32_t low) {
    const std::uint64_t value = read(low);
    return value | std::uint64_t{read(low + 4)} << 32;
}

void Cpu::load(std::uint64_t address, const void* data, std::size_t bytes) {
    // A write does not change the data.
    auto* from = const_cast<unsigned char*>(static_cast<const unsigned char*>(data));
    for (std::size_t done = 0; done < bytes; done += kCacheLine) {
        access(memory, tlm::TLM_WRITE_COMMAND, address + done, from + done, std::min(kCacheLine, bytes - done));
    }
}

void Cpu::fetch(std::uint64_t address, void* data, std::size_t bytes) {
    auto* to = static_cast<unsigned char*>(data);
    for (std::size_t done = 0; done < bytes; done += kCacheLine) {
        access(memory, tlm::TLM_READ_COMMAND, address + done, to + done, std::min(kCacheLine, bytes - done));
    }
}

void Cpu::send_to_registers(tlm::tlm_generic_payload& payload) {
    transport(csr, payload);
}

void Cpu::spend(const sc_core::sc_time& time) {
    quantum_.set_and_sync(quantum_.get_local_time() + time);
}

void Cpu::sleep_until_irq(bool level) {
    synchronise();
    while (irq.read() != level) {
        sc_core::wait(irq.value_changed_event());
    }
    quantum_.reset();
}

void Cpu::sleep_until(const sc_core::sc_event& event) {
    sc_core::wait(event);
    quantum_.reset();
}

}  // namespace thirdparty
