#include "models/memory/multi_port_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "workloads/error.h"
#include "workloads/operand_scan.h"

namespace nonzero {

namespace {

constexpr std::size_t kPadding = kCacheLine / sizeof(std::int16_t);

MultiPortMemoryParameters checked(const MultiPortMemoryParameters& parameters, const char* name) {
    if (parameters.read_ports < 1 || parameters.rows < 1 || parameters.words < 1 || parameters.banks < 1 ||
        parameters.rows > int{RowReadBurst::kNoRead}) {
        throw InputError(
            fmt::format("memory '{}': ports, rows, words and banks are at least 1, rows at most 65535", name));
    }
    return parameters;
}

}  // namespace

MultiPortMemory::MultiPortMemory(sc_core::sc_module_name name, const MultiPortMemoryParameters& parameters,
                                 const Clocking& clock, Statistics& statistics)
    : sc_module(name),
      write("write", [this](const RowWriteBurst& burst, sc_core::sc_time& delay) { do_write(burst, delay); }),
      parameters_(checked(parameters, this->name())),
      clock_(clock),
      schedule_(std::size_t(parameters.read_ports), std::size_t(parameters.banks)),
      pitch_((std::size_t(parameters.words) + kPadding - 1) / kPadding * kPadding),
      words_(first_row_of(parameters.banks) * pitch_),
      non_zeros_(first_row_of(parameters.banks)),
      row_reads_(statistics.counter(*this, "row_reads", CounterKind::count, "rows read, by all ports")),
      row_writes_(statistics.counter(*this, "row_writes", CounterKind::count, "rows written")),
      read_port_idle_(statistics.counter(*this, "read_port_idle", CounterKind::cycles,
                                         "cycles of read bursts in which their port reads nothing")) {
    for (int port = 0; port < parameters.read_ports; ++port) {
        read.emplace_back(
            fmt::format("read_{}", port).c_str(),
            [this, port](RowReadBurst& burst, sc_core::sc_time& delay) { do_read(std::size_t(port), burst, delay); });
    }
}

void MultiPortMemory::do_write(const RowWriteBurst& burst, sc_core::sc_time& delay) {
    if (burst.discard) {
        schedule_.clear();
        return;
    }
    if (burst.bank < 0 || burst.bank >= parameters_.banks || burst.first_row < 0 || burst.rows < 0 ||
        burst.rows > parameters_.rows - burst.first_row || burst.words < 0 || burst.words > parameters_.words) {
        throw std::logic_error(fmt::format("{}: a write burst outside of the memory", name()));
    }
    const sc_core::sc_time asked = sc_core::sc_time_stamp() + delay;
    const sc_core::sc_time duration = clock_(Cycles(burst.rows));
    const auto begin = schedule_.write(std::size_t(burst.bank), asked.value(), duration.value());
    delay += sc_core::sc_time::from_value(begin - asked.value()) + duration;
    row_writes_.add(std::uint64_t(burst.rows));
    if (burst.data == nullptr) {
        return;
    }
    const auto used = std::size_t(burst.words);
    std::size_t row = first_row_of(burst.bank) + std::size_t(burst.first_row);
    for (int n = 0; n < burst.rows; ++n, ++row) {
        const std::int16_t* const from = burst.data + std::size_t(n) * burst.row_stride;
        std::int16_t* const to = words_.data() + row * pitch_;
        std::fill(std::copy_n(from, used, to), to + pitch_, std::int16_t{0});
        non_zeros_[row] = std::uint32_t(count_non_zeros({from, used}));
    }
}

void MultiPortMemory::do_read(std::size_t port, RowReadBurst& burst, sc_core::sc_time& delay) {
    if (burst.bank < 0 || burst.bank >= parameters_.banks || burst.reads > burst.cycles ||
        (!burst.rows.empty() && (burst.rows.size() != burst.cycles || burst.data.size() != burst.cycles))) {
        throw std::logic_error(fmt::format("{}: a read burst outside of the memory", name()));
    }
    const sc_core::sc_time asked = sc_core::sc_time_stamp() + delay;
    const sc_core::sc_time duration = clock_(burst.cycles);
    const auto begin = schedule_.read(port, std::size_t(burst.bank), asked.value(), duration.value());
    delay += sc_core::sc_time::from_value(begin - asked.value()) + duration;
    const std::size_t first = first_row_of(burst.bank);
    const std::int16_t* const words = words_.data() + first * pitch_;
    const std::uint32_t* const non_zeros = non_zeros_.data() + first;
    std::uint64_t reads = 0;
    for (std::size_t cycle = 0; cycle < burst.rows.size(); ++cycle) {
        const std::uint16_t row = burst.rows[cycle];
        if (row == RowReadBurst::kNoRead) {
            burst.data[cycle] = nullptr;
            continue;
        }
        if (row >= parameters_.rows) {
            throw std::logic_error(fmt::format("{}: a read of row {}", name(), row));
        }
        burst.data[cycle] = words + row * pitch_;
        burst.non_zeros += non_zeros[row];
        ++reads;
    }
    if (!burst.rows.empty()) {
        burst.reads = reads;
    }
    row_reads_.add(burst.reads);
    read_port_idle_.add(burst.cycles - burst.reads);
}

}  // namespace nonzero
