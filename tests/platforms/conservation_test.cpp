// What leaves one end of a stream arrives at its other end: on every platform, all streams of a layer.

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <typeinfo>

#include "models/dcnn/messages.h"
#include "models/demm/messages.h"
#include "models/dense/messages.h"
#include "models/eyeriss_v2/messages.h"
#include "models/gemm/messages.h"
#include "models/masked/messages.h"
#include "models/memory/multi_port_memory.h"
#include "models/noc/mesh_noc.h"
#include "models/pe_array/messages.h"
#include "models/phantom/messages.h"
#include "models/post/pooling_unit.h"
#include "models/scnn/messages.h"
#include "models/sparten/messages.h"
#include "models/systolic/messages.h"
#include "tests/platforms/platform_bench.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// The two ends of a stream; several initiators may share a target.
struct Ends {
    std::string name;
    StreamTraffic sent;
    StreamTraffic received;
};
using Streams = std::map<const void*, Ends>;  // by the interface that binds them

template <class Message>
bool add_end(sc_core::sc_object& object, Streams& streams) {
    using Interface = tlm::tlm_fw_transport_if<StreamProtocol<Message>>;
    if (auto* const initiator = dynamic_cast<StreamInitiator<Message>*>(&object)) {
        StreamTraffic& sent = streams[static_cast<const Interface*>(initiator->operator->())].sent;
        sent.transactions += initiator->traffic().transactions;
        sent.bytes += initiator->traffic().bytes;
        return true;
    }
    if (auto* const target = dynamic_cast<StreamTarget<Message>*>(&object)) {
        Ends& ends = streams[static_cast<const Interface*>(&target->get_base_interface())];
        ends.name = target->name();
        ends.received = target->traffic();
        return true;
    }
    return false;
}

template <class... Messages>
bool add_end_of(sc_core::sc_object& object, Streams& streams) {
    return (add_end<Messages>(object, streams) || ...);
}

// Every end below an object. The name of its type tells a stream whose message is missing in this list.
void collect(const sc_core::sc_object& parent, Streams& streams) {
    for (sc_core::sc_object* const object : parent.get_child_objects()) {
        const bool known =
            add_end_of<DmaTransfer, PoolCommand, PacketBurst, PacketDelivery, ExchangeRequest, RowWriteBurst,
                       RowReadBurst, gemm::ActivationLoad, gemm::ActivationTile, gemm::PsumBlock, gemm::OutputCommand,
                       pe_array::PsumBlock, pe_array::OutputReadOut, scnn::ActivationImage, scnn::PeCommand,
                       scnn::WeightBlocks, dcnn::ActivationTile, dcnn::PeCommand, dcnn::WeightGroup, demm::WeightLoad,
                       demm::TileJob, demm::RowBlock, systolic::WeightLoad, systolic::SlotRequest, systolic::SlotBlock,
                       systolic::OperandBlock, phantom::OperandBlock, phantom::CoreCommand, masked::OutputSums,
                       masked::OutputCommand, dense::WeightLoad, dense::OperandTile, dense::FilterJob,
                       sparten::BlockLoad, sparten::UnitLoad, sparten::CellRun, sparten::UnitRun,
                       sparten::ClusterCommand, eyeriss_v2::WeightLoad, eyeriss_v2::PassRun, eyeriss_v2::PeRun,
                       eyeriss_v2::PsumRow, eyeriss_v2::ClusterCommand, eyeriss_v2::PsumCommand>(*object, streams);
        const std::string_view type = typeid(*object).name();
        if (!known && (type.starts_with("N7nonzero15StreamInitiator") || type.starts_with("N7nonzero12StreamTarget"))) {
            FAIL(object->name() << ": a stream of a message that this test does not know, " << type);
        }
        collect(*object, streams);
    }
}

void check_streams(const Standalone& machine) {
    Streams streams;
    collect(machine.platform, streams);
    std::uint64_t bytes = 0;
    for (const auto& [ignored, ends] : streams) {
        INFO(ends.name);
        CHECK_FALSE(ends.name.empty());
        CHECK(ends.sent.transactions == ends.received.transactions);
        CHECK(ends.sent.bytes == ends.received.bytes);
        bytes += ends.sent.bytes;
    }
    CHECK(bytes > 0);
}

}  // namespace

TEST_CASE("both ends of every stream count the same transactions and bytes, on every platform") {
    std::mt19937_64 random(6);
    RandomLayer work;
    work.layer = square_convolution("work", 8, 40, 9, 3);
    work.input = random_operands(random, work.layer.input_shape(), 0.7, 100);
    work.weights = random_operands(random, work.layer.weight_shape(), 0.3, 100);
    PostProcessing processing;
    processing.output_bits = 8;
    processing.relu = true;
    processing.requantisation.assign(std::size_t(work.layer.K), {1 << 30, 8});

    Machines machines;
    std::size_t finished = 0;
    for (const PlatformKind& kind : platform_registry()) {
        machines.add(kind.name, kind.name, {}, [&](Standalone& machine) {
            LayerJob job = job_of(work);
            CHECK(run_afresh(machine, job).done);
            job.post_processing = processing;
            job.post_processing->accumulator_bits = machine.lowering->accumulator_bits();
            if (machine.lowering->pools()) {
                job.pooling = Pooling{PoolKind::max, 3, 2, 1, 1};
            }
            CHECK(run_afresh(machine, job).done);
            check_streams(machine);
            ++finished;
        });
    }
    machines.run();
    CHECK(finished == platform_registry().size());
}
