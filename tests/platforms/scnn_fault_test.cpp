// One thing flipped in one message between two blocks of the platform: the comparison of values or a check of
// conservation has to notice it, for every kind of message. A second machine without the fault passes the same checks.

#include <catch2/catch.hpp>

#include "models/dma/dma.h"
#include "models/noc/mesh_noc.h"
#include "models/scnn/messages.h"
#include "tests/platforms/scnn_fault_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::scnn;

namespace {

// A copy of the blocks of a message, to be changed for one PE alone.
struct ChangedBlocks {
    bool operator()(WeightBlocks& message, const std::function<bool(WeightBlock&)>& change) {
        blocks.assign(message.blocks.begin(), message.blocks.end());
        for (WeightBlock& block : blocks) {
            if (change(block)) {
                message.blocks = blocks;
                return true;
            }
        }
        return false;
    }
    std::vector<WeightBlock> blocks;
};

// The operands of a copied block; their class shows them read-only.
bool change_weight(WeightBlock& block) {
    if (!block.operands.rows().empty()) {
        const_cast<WeightOperands::Row&>(block.operands.rows().front()).values[1] += 1;
        return true;
    }
    if (!block.operands.singles().empty()) {
        const_cast<WeightOperands::Single&>(block.operands.singles().front()).value += 1;
        return true;
    }
    return false;
}

// The packets of a burst or delivery, changed.
template <class Message>
struct ChangedPackets {
    bool operator()(Message& message, const std::function<bool(std::vector<Packet>&)>& change) {
        packets.assign(message.packets.begin(), message.packets.end());
        if (!change(packets)) {
            return false;
        }
        message.packets = packets;
        return true;
    }
    std::vector<Packet> packets;
};

// Changes the first packet whose sum is not zero.
bool change_first_sum(std::vector<Packet>& packets, const std::function<void(Packet&)>& change) {
    const auto packet = std::find_if(packets.begin(), packets.end(), [](const Packet& p) { return p.value != 0; });
    if (packet == packets.end()) {
        return false;
    }
    change(*packet);
    return true;
}

}  // namespace

TEST_CASE("a changed byte of an activation image is noticed") {
    std::vector<std::uint8_t> bytes;
    check_fault<ActivationImage>("sequencer.activations_27", Output::raw64, [&](ActivationImage& image) {
        bytes.assign(image.bytes.begin(), image.bytes.end());
        bytes.at(4) ^= 0x10;  // first value of the first block
        image.bytes = bytes;
        return true;
    });
}

TEST_CASE("a changed weight is noticed") {
    ChangedBlocks changed;
    check_fault<WeightBlocks>("sequencer.weights_9", Output::raw64,
                              [&](WeightBlocks& message) { return changed(message, change_weight); });
}

TEST_CASE("a weight block for another channel is noticed") {
    ChangedBlocks changed;
    check_fault<WeightBlocks>("sequencer.weights_9", Output::raw64, [&](WeightBlocks& message) {
        return changed(message, [](WeightBlock& block) {
            block.block ^= 1;
            return true;
        });
    });
}

TEST_CASE("a wrong number of weights is noticed") {
    ChangedBlocks changed;
    check_fault<WeightBlocks>("sequencer.weights_9", Output::raw64, [&](WeightBlocks& message) {
        return changed(message, [](WeightBlock& block) {
            block.vectors.operands -= 1;
            return true;
        });
    });
}

TEST_CASE("a wrong routing is noticed") {
    std::vector<CrossbarRouting<std::uint8_t>> routings;
    check_fault<WeightBlocks>("sequencer.weights_9", Output::raw64, [&](WeightBlocks& message) {
        const auto span = std::get<std::span<const CrossbarRouting<std::uint8_t>>>(message.routings);
        routings.assign(span.begin(), span.end());
        std::rotate(routings.begin(), routings.begin() + 1, routings.end());
        message.routings = std::span<const CrossbarRouting<std::uint8_t>>(routings);
        return routings.size() > 1;
    });
}

TEST_CASE("a lost weight block is noticed") {
    check_fault<WeightBlocks>("sequencer.weights_9", Output::raw64, [&](WeightBlocks& message) {
        message.blocks = message.blocks.first(message.blocks.size() - 1);
        return true;
    });
}

TEST_CASE("a group in the wrong buffer is noticed") {
    check_fault<PeCommand>("sequencer.control_18", Output::raw64, [](PeCommand& command) {
        if (command.kind != PeCommand::Kind::begin_group || command.group_index != 1) {
            return false;
        }
        command.group_index = 0;
        return true;
    });
}

TEST_CASE("a group finished twice is noticed") {
    check_fault<PeCommand>("sequencer.control_18", Output::raw64, [](PeCommand& command) {
        if (command.kind != PeCommand::Kind::finalise || command.group_index != 1) {
            return false;
        }
        command.group_index = 0;
        return true;
    });
}

TEST_CASE("a wrong barrier time is noticed") {
    check_fault<PeCommand>("sequencer.control_18", Output::raw64, [](PeCommand& command) {
        if (command.kind != PeCommand::Kind::settle) {
            return false;
        }
        command.group_cycles += 1;
        return true;
    });
}

TEST_CASE("a lost command is noticed") {
    check_fault<PeCommand>("sequencer.control_18", Output::raw64, [](PeCommand& command) {
        if (command.kind != PeCommand::Kind::exchange) {
            return false;
        }
        command.kind = PeCommand::Kind::settle;
        return true;
    });
}

TEST_CASE("a changed partial sum of a packet is noticed") {
    ChangedPackets<PacketBurst> changed;
    check_fault<PacketBurst>("pe_2_3.psums_out", Output::raw64, [&](PacketBurst& burst) {
        return changed(burst, [](std::vector<Packet>& packets) {
            packets.at(5).value += 1;
            return true;
        });
    });
}

TEST_CASE("a packet to the wrong address is noticed") {
    ChangedPackets<PacketBurst> changed;
    check_fault<PacketBurst>("pe_2_3.psums_out", Output::raw64, [&](PacketBurst& burst) {
        return changed(burst, [](std::vector<Packet>& packets) {
            // Another place in the plane of the same owner.
            return change_first_sum(packets, [](Packet& packet) { packet.address ^= 1; });
        });
    });
}

TEST_CASE("a packet to the wrong PE is noticed") {
    ChangedPackets<PacketBurst> changed;
    check_fault<PacketBurst>("pe_2_3.psums_out", Output::raw64, [&](PacketBurst& burst) {
        return changed(burst, [](std::vector<Packet>& packets) {
            return change_first_sum(packets, [](Packet& packet) { packet.destination ^= 1; });
        });
    });
}

TEST_CASE("a lost packet is noticed") {
    check_fault<PacketBurst>("pe_2_3.psums_out", Output::raw64, [](PacketBurst& burst) {
        burst.packets = burst.packets.first(burst.packets.size() - 1);
        return true;
    });
}

TEST_CASE("a changed partial sum of a delivery is noticed") {
    ChangedPackets<PacketDelivery> changed;
    check_fault<PacketDelivery>("mesh.eject_42", Output::raw64, [&](PacketDelivery& delivery) {
        return changed(delivery, [](std::vector<Packet>& packets) {
            packets.front().value -= 1;
            return true;
        });
    });
}

TEST_CASE("a delivery to the wrong address is noticed") {
    ChangedPackets<PacketDelivery> changed;
    check_fault<PacketDelivery>("mesh.eject_42", Output::raw64, [&](PacketDelivery& delivery) {
        return changed(delivery, [](std::vector<Packet>& packets) {
            return change_first_sum(packets, [](Packet& packet) { packet.address ^= 2; });
        });
    });
}

TEST_CASE("a lost delivery is noticed") {
    check_fault<PacketDelivery>("mesh.eject_42", Output::raw64, [](PacketDelivery& delivery) {
        delivery.packets = {};
        return true;
    });
}

TEST_CASE("a changed finished sum is noticed") {
    std::vector<std::int64_t> sums;
    check_fault<pe_array::PsumBlock>("pe_7_7.outputs", Output::raw64, [&](pe_array::PsumBlock& block) {
        sums.assign(block.sums.begin(), block.sums.end());
        sums.back() ^= 1;
        block.sums = sums;
        return true;
    });
}

TEST_CASE("finished sums of the wrong channel are noticed") {
    check_fault<pe_array::PsumBlock>("pe_7_7.outputs", Output::compressed, [](pe_array::PsumBlock& block) {
        block.k_begin += 1;
        return true;
    });
}

TEST_CASE("an output that is emptied instead of read is noticed") {
    check_fault<pe_array::OutputReadOut>("sequencer.read_out_5", Output::compressed,
                                         [](pe_array::OutputReadOut& request) {
                                             if (request.begin) {
                                                 return false;
                                             }
                                             request.begin = true;
                                             return true;
                                         });
}

TEST_CASE("an output of the layer before is noticed") {
    int layers = 0;
    std::vector<std::uint8_t> nowhere;
    check_fault<pe_array::OutputReadOut>("sequencer.read_out_5", Output::compressed,
                                         [&](pe_array::OutputReadOut& request) {
                                             if (!request.begin || ++layers < 2) {
                                                 return false;
                                             }
                                             request.begin = false;
                                             request.bytes = &nowhere;
                                             return true;
                                         });
}

TEST_CASE("weights from the wrong address are noticed") {
    const Work work(Output::raw64);
    const auto lowering = find_platform("scnn").make_lowering(*make_parameters(find_platform("scnn"), {}, {}));
    const MemoryImage image = lowering->lower(work.job, Standalone::kBase);
    const auto weights = std::find_if(image.segments.begin(), image.segments.end(),
                                      [](const MemorySegment& segment) { return segment.name == "weights"; });
    REQUIRE(weights != image.segments.end());
    check_fault<DmaTransfer>("command_processor.dma_commands_0", Output::raw64, [&](DmaTransfer& transfer) {
        if (transfer.address != weights->address) {
            return false;
        }
        transfer.address += 4;
        return true;
    });
}

TEST_CASE("outputs to the wrong address are noticed") {
    check_fault<DmaTransfer>("command_processor.dma_commands_0", Output::raw64, [](DmaTransfer& transfer) {
        if (!transfer.write || transfer.payload_bytes() != 20 * 16 * 16 * 8) {
            return false;
        }
        transfer.address += 8;
        return true;
    });
}
