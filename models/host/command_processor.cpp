#include "models/host/command_processor.h"

#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/base/host_failure.h"
#include "models/host/control_queue.h"
#include "models/host/descriptor_check.h"
#include "models/host/register_block.h"
#include "workloads/host_error.h"

namespace nonzero {

namespace {

constexpr std::uint32_t kEvents = NZ_STATUS_DONE | NZ_STATUS_ERROR;
constexpr int kStackBytes = 1 << 20;  // engines run on this stack

std::vector<DmaPort> ports_of(CommandProcessor& processor, const std::vector<DmaControl>& dma) {
    std::vector<DmaPort> ports;
    for (std::size_t port = 0; port < dma.size(); ++port) {
        ports.push_back({processor.dma_commands[port], dma[port]});
    }
    return ports;
}

std::vector<nz_status_record> records_of(std::uint32_t images, std::uint32_t index, const Completion& completion,
                                         const std::optional<Fault>& fault) {
    nz_status_record record{};
    record.status = fault ? NZ_STATUS_ERROR : NZ_STATUS_DONE;
    record.error = static_cast<std::uint32_t>(fault ? fault->code : NZ_ERROR_NONE);
    record.descriptor_index = index;
    record.cycles = completion.cycles;
    record.output_bytes = completion.output_bytes;
    std::vector<nz_status_record> records(images, record);
    for (std::size_t image = 0; image < completion.images.size(); ++image) {
        records[image].cycles = completion.images[image].cycles;
        records[image].output_bytes = completion.images[image].output_bytes;
    }
    return records;
}

Fault fault_of(const DmaError& error) {
    const bool no_such_address = error.status == tlm::TLM_ADDRESS_ERROR_RESPONSE;
    return {error.timed_out ? NZ_ERROR_TIMEOUT : no_such_address ? NZ_ERROR_BUS_ADDRESS : NZ_ERROR_BUS, error.address};
}

}  // namespace

struct CommandProcessor::Implementation {
    enum class Discard { no, abort, reset };

    Implementation(CommandProcessor& processor, const Clocking& clock, Engine& work_engine,
                   const std::vector<DmaControl>& dma, Statistics& statistics);

    // Registers
    void declare_registers();
    void control_written(std::uint32_t value, const sc_core::sc_time& delay);
    void update_status();
    void set_error(const Fault& fault);
    void clear_results();
    // Control
    void apply_due_requests();
    void apply(const ControlRequest& request);
    void reset_work();
    // Work
    void run();
    std::optional<Fault> run_chain();
    bool runs_programs() const { return (engine.capabilities() & 1U << NZ_OP_PROGRAM) != 0; }
    void fetch(std::uint64_t address, nz_descriptor& descriptor);
    Completion execute(const nz_descriptor& descriptor);
    void account(const nz_descriptor& descriptor, const Completion& completion);
    template <class Work>
    std::optional<Fault> guarded(Work work);
    // Lines
    void follow_reset();
    void drive_irq();

    CommandProcessor& module;
    Engine& engine;

    RegisterBlock registers;
    Register& irq_enable;
    Register& status;
    Register& error_code;
    Register& current_descriptor;
    Register& descriptor_address_low;
    Register& descriptor_address_high;
    Register& descriptor_count;
    std::uint64_t fault_address = 0;
    sc_core::sc_time layer_start;  // of the first layer since reset

    Counter layer_cycles;
    Counter products;
    Counter useful_products;
    Counter overflows;
    Counter total_cycles;
    Counter descriptors_done;
    Counter& all_descriptors_done;  // whatever resets

    ControlQueue control;
    bool busy = false;
    ControlRequest work;  // the START being run
    Discard discard = Discard::no;
    sc_core::sc_event work_given;
    sc_core::sc_event work_discarded;
    sc_core::sc_event irq_changed;
    DmaWorkContext context;
};

CommandProcessor::Implementation::Implementation(CommandProcessor& processor, const Clocking& clock,
                                                 Engine& work_engine, const std::vector<DmaControl>& dma,
                                                 Statistics& statistics)
    : module(processor),
      engine(work_engine),
      registers(NZ_REGISTER_WINDOW, clock.period()),
      irq_enable(registers.add("IRQ_ENABLE", NZ_REG_IRQ_ENABLE, RegisterAccess::read_write, 0, kEvents)),
      status(registers.add("STATUS", NZ_REG_STATUS, RegisterAccess::write_one_to_clear, NZ_STATUS_IDLE, kEvents)),
      error_code(registers.add("ERROR_CODE", NZ_REG_ERROR_CODE, RegisterAccess::read_only)),
      current_descriptor(registers.add("CURRENT_DESCRIPTOR", NZ_REG_CURRENT_DESCRIPTOR, RegisterAccess::read_only)),
      descriptor_address_low(
          registers.add("DESCRIPTOR_ADDRESS_LO", NZ_REG_DESCRIPTOR_ADDRESS_LO, RegisterAccess::read_write)),
      descriptor_address_high(
          registers.add("DESCRIPTOR_ADDRESS_HI", NZ_REG_DESCRIPTOR_ADDRESS_HI, RegisterAccess::read_write)),
      descriptor_count(registers.add("DESCRIPTOR_COUNT", NZ_REG_DESCRIPTOR_COUNT, RegisterAccess::read_write)),
      all_descriptors_done(
          statistics.counter(processor, "descriptors", CounterKind::count, "descriptors that ended well")),
      context(
          clock, ports_of(processor, dma),
          [this] {
              apply_due_requests();
              return discard != Discard::no;
          },
          work_discarded) {
    declare_registers();
}

// ------------------------------------------------------------------------------------------------------- registers

void CommandProcessor::Implementation::declare_registers() {
    registers.add("ID", NZ_REG_ID, RegisterAccess::read_only, NZ_ID_VALUE);
    registers.add("VERSION", NZ_REG_VERSION, RegisterAccess::read_only, NZ_INTERFACE_VERSION);
    registers.add("CAPABILITIES", NZ_REG_CAPABILITIES, RegisterAccess::read_only).source([this] {
        return engine.capabilities();
    });
    registers.add("CONTROL", NZ_REG_CONTROL, RegisterAccess::write_only)
        .on_write([this](std::uint32_t value, const sc_core::sc_time& delay) { control_written(value, delay); });
    irq_enable.on_write([this](std::uint32_t, const sc_core::sc_time&) { update_status(); });
    status.on_write([this](std::uint32_t value, const sc_core::sc_time&) {
        if ((value & NZ_STATUS_ERROR) != 0) {
            error_code.reset();
            fault_address = 0;
        }
        update_status();
    });
    registers.add_counter("FAULT_ADDRESS", NZ_REG_FAULT_ADDRESS_LO, [this] { return fault_address; });

    registers.add_counter("LAYER_CYCLES", NZ_REG_LAYER_CYCLES_LO, [this] { return layer_cycles.value(); });
    registers.add_counter("TOTAL_CYCLES", NZ_REG_TOTAL_CYCLES_LO, [this] { return total_cycles.value(); });
    registers.add_counter("PRODUCTS", NZ_REG_PRODUCTS_LO, [this] { return products.value(); });
    registers.add_counter("USEFUL_PRODUCTS", NZ_REG_USEFUL_PRODUCTS_LO, [this] { return useful_products.value(); });
    registers.add_counter("DMA_READ_BYTES", NZ_REG_DMA_READ_BYTES_LO, [this] { return context.read_bytes(); });
    registers.add_counter("DMA_WRITE_BYTES", NZ_REG_DMA_WRITE_BYTES_LO, [this] { return context.written_bytes(); });
    registers.add_counter("OVERFLOWS", NZ_REG_OVERFLOWS_LO, [this] { return overflows.value(); });
    registers.add_counter("DESCRIPTORS_DONE", NZ_REG_DESCRIPTORS_DONE_LO, [this] { return descriptors_done.value(); });
}

void CommandProcessor::Implementation::control_written(std::uint32_t value, const sc_core::sc_time& delay) {
    if ((value & NZ_CONTROL_SOFT_RESET) != 0) {
        registers.reset();
        clear_results();
        control.push({ControlAction::soft_reset}, delay);
    } else if ((value & NZ_CONTROL_ABORT) != 0) {
        control.push({ControlAction::abort}, delay);
    } else if ((value & NZ_CONTROL_START) != 0) {
        const std::uint64_t address =
            std::uint64_t{descriptor_address_high.value()} << 32 | descriptor_address_low.value();
        control.push({ControlAction::start, address, descriptor_count.value()}, delay);
    }
    update_status();
}

void CommandProcessor::Implementation::update_status() {
    const bool shown_busy = busy || control.has_start();
    status.set((status.value() & kEvents) | (shown_busy ? NZ_STATUS_BUSY : NZ_STATUS_IDLE));
    irq_changed.notify(sc_core::SC_ZERO_TIME);
}

void CommandProcessor::Implementation::set_error(const Fault& fault) {
    status.set(status.value() | NZ_STATUS_ERROR);
    error_code.set(static_cast<std::uint32_t>(fault.code));
    fault_address = fault.address;
    update_status();
}

// Everything that work leaves behind. What the host wrote stays.
void CommandProcessor::Implementation::clear_results() {
    status.reset();
    error_code.reset();
    current_descriptor.reset();
    fault_address = 0;
    for (Counter* counter :
         {&layer_cycles, &products, &useful_products, &overflows, &total_cycles, &descriptors_done}) {
        counter->clear();
    }
    context.clear_bytes();
}

// --------------------------------------------------------------------------------------------------------- control

// Called by the control process and by the work whenever it looks up: whichever comes first at a time, the outcome is
// the same.
void CommandProcessor::Implementation::apply_due_requests() {
    while (const std::optional<ControlRequest> request = control.take_due()) {
        apply(*request);
    }
}

void CommandProcessor::Implementation::apply(const ControlRequest& request) {
    switch (request.action) {
        case ControlAction::start:
            if (busy) {
                set_error({NZ_ERROR_START_WHILE_BUSY});
            } else if (request.count == 0) {
                set_error({NZ_ERROR_COUNT});
            } else {
                busy = true;
                work = request;
                work_given.notify(sc_core::SC_ZERO_TIME);
            }
            break;
        case ControlAction::abort:
            if (busy && discard == Discard::no) {
                discard = Discard::abort;
                work_discarded.notify(sc_core::SC_ZERO_TIME);
            }
            break;
        case ControlAction::soft_reset:
            reset_work();
            break;
    }
    update_status();
}

void CommandProcessor::Implementation::reset_work() {
    clear_results();
    if (busy) {
        discard = Discard::reset;
        work_discarded.notify(sc_core::SC_ZERO_TIME);
    } else {
        engine.reset();
    }
}

// ------------------------------------------------------------------------------------------------------------ work

void CommandProcessor::Implementation::run() {
    for (;;) {
        while (!busy) {
            sc_core::wait(work_given);
        }
        const std::optional<Fault> fault = run_chain();
        busy = false;
        switch (std::exchange(discard, Discard::no)) {
            case Discard::no:
                if (fault) {
                    set_error(*fault);
                } else {
                    status.set(status.value() | NZ_STATUS_DONE);
                }
                break;
            case Discard::abort:
                set_error({NZ_ERROR_ABORTED});
                break;
            case Discard::reset:
                break;
        }
        update_status();
    }
}

// Runs a piece of work; afterwards nothing is open and, where it failed, the engine is reset. Nothing waits inside the
// catch blocks: the kernel switches stacks in wait(), but C++ keeps its caught exceptions per thread.
template <class Work>
std::optional<Fault> CommandProcessor::Implementation::guarded(Work piece) {
    Fault fault;
    bool host_failed = false;
    try {
        piece();
        return std::nullopt;
    } catch (const Fault& thrown) {
        fault = thrown;
    } catch (const DmaError& thrown) {
        fault = fault_of(thrown);
    } catch (const Aborted&) {
        fault.code = NZ_ERROR_ABORTED;
    } catch (const std::bad_alloc&) {
        host_failed = true;
    }
    context.drain();
    engine.reset();
    if (host_failed) {  // no verdict on the descriptor: the simulation cannot go on
        const std::string text = out_of_memory(module.name());
        SC_REPORT_ERROR(kHostFailure, text.c_str());
        throw HostError(text);  // where reports of errors do not throw
    }
    return fault;
}

std::optional<Fault> CommandProcessor::Implementation::run_chain() {
    std::uint64_t address = work.address;
    for (std::uint32_t index = 0; index < work.count; ++index) {
        current_descriptor.set(index);
        nz_descriptor descriptor{};
        Completion completion;
        std::optional<Fault> fault = guarded([&] {
            fetch(address, descriptor);
            completion = execute(descriptor);
            account(descriptor, completion);
        });
        // One for a program that this platform does not run.
        const std::uint32_t images = runs_programs() ? status_records_of(descriptor) : 1;
        if (layout_is_known(descriptor) && status_records_are_sound(descriptor.status_record, images) &&
            discard == Discard::no) {
            const std::optional<Fault> refused = guarded([&] {
                const std::vector<nz_status_record> records = records_of(images, index, completion, fault);
                context.write(descriptor.status_record, records.data(), records.size() * sizeof(nz_status_record));
            });
            if (!fault) {
                fault = refused;
            }
        }
        if (fault) {
            return fault;
        }
        descriptors_done.add();
        all_descriptors_done.add();
        if (index + 1 < work.count && descriptor.next == 0) {
            current_descriptor.set(index + 1);
            return Fault{NZ_ERROR_DESCRIPTOR_ADDRESS, address};
        }
        address = descriptor.next;
    }
    return std::nullopt;
}

void CommandProcessor::Implementation::fetch(std::uint64_t address, nz_descriptor& descriptor) {
    if (address % NZ_DESCRIPTOR_ALIGNMENT != 0) {
        throw Fault{NZ_ERROR_DESCRIPTOR_ADDRESS, address};
    }
    context.read(address, &descriptor, sizeof descriptor);
    const DescriptorProblem problem = check_descriptor(descriptor, address, engine.capabilities());
    if (problem.code != NZ_ERROR_NONE) {
        throw Fault{problem.code, problem.address};
    }
}

Completion CommandProcessor::Implementation::execute(const nz_descriptor& descriptor) {
    const Completion completion = engine.execute(descriptor, context);
    if (context.open_transfers() != 0) {
        throw std::logic_error("the engine returned with DMA transfers open");
    }
    if (completion.images.size() != (descriptor.opcode == NZ_OP_PROGRAM ? status_records_of(descriptor) : 0)) {
        throw std::logic_error("the engine did not tell of each image of the program");
    }
    return completion;
}

void CommandProcessor::Implementation::account(const nz_descriptor& descriptor, const Completion& completion) {
    if (descriptor.opcode != NZ_OP_LOAD) {
        if (total_cycles.value() == 0) {
            layer_start = completion.start;
        }
        layer_cycles.clear();
        layer_cycles.add(completion.cycles);
        total_cycles.add(completion.cycles);
    }
    products.add(completion.products);
    useful_products.add(completion.useful_products);
    overflows.add(completion.overflows);
}

// ----------------------------------------------------------------------------------------------------------- lines

void CommandProcessor::Implementation::follow_reset() {
    const bool high = module.reset.size() != 0 && module.reset->read();
    registers.hold(high);
    if (high) {
        control.clear();
        registers.reset();
        reset_work();
        update_status();
    }
}

void CommandProcessor::Implementation::drive_irq() {
    if (module.irq.size() != 0) {
        module.irq->write((status.value() & irq_enable.value() & kEvents) != 0);
    }
}

// ---------------------------------------------------------------------------------------------------------- module

CommandProcessor::CommandProcessor(sc_core::sc_module_name name, const Clocking& clock, Engine& engine,
                                   const std::vector<DmaControl>& dma, Statistics& statistics)
    : sc_core::sc_module(name),
      csr("csr"),
      dma_commands("dma_commands", dma.size()),
      irq("irq"),
      reset("reset"),
      implementation_(std::make_unique<Implementation>(*this, clock, engine, dma, statistics)) {
    Implementation* implementation = implementation_.get();
    csr.bind(implementation->registers);

    sc_core::sc_spawn_options on_control;
    on_control.spawn_method();
    on_control.dont_initialize();
    on_control.set_sensitivity(&implementation->control.due());
    sc_core::sc_spawn([implementation] { implementation->apply_due_requests(); }, "control", &on_control);

    sc_core::sc_spawn_options on_reset;
    on_reset.spawn_method();
    on_reset.set_sensitivity(&reset);
    sc_core::sc_spawn([implementation] { implementation->follow_reset(); }, "follow_reset", &on_reset);

    sc_core::sc_spawn_options on_status;
    on_status.spawn_method();
    on_status.set_sensitivity(&implementation->irq_changed);
    sc_core::sc_spawn([implementation] { implementation->drive_irq(); }, "drive_irq", &on_status);

    sc_core::sc_spawn_options thread;
    thread.set_stack_size(kStackBytes);
    sc_core::sc_spawn([implementation] { implementation->run(); }, "work", &thread);
}

sc_core::sc_time CommandProcessor::layer_start() const {
    return implementation_->layer_start;
}

CommandProcessor::~CommandProcessor() = default;

}  // namespace nonzero
