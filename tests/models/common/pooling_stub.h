#pragma once
// What stands around one side of pooling in benches of single modules; everything that arrives is written down.

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "models/post/pooling_unit.h"

namespace nonzero {

// Sequencer and mesh of a pooling unit.
struct PoolingUnitStub {
    void bind(PoolingUnit& unit) {
        command.bind(unit.command);
        deliveries.bind(unit.values_in);
        unit.values_out.bind(bursts);
    }
    void send(PoolCommand message) {
        sc_core::sc_time delay;
        command.send(message, delay);
    }
    void deliver(const std::vector<Packet>& values) {
        PacketDelivery delivery{values, 16};
        sc_core::sc_time delay;
        deliveries.send(delivery, delay);
    }

    std::vector<Packet> packets;  // that the unit sent
    StreamInitiator<PoolCommand> command{"pool_command"};
    StreamInitiator<PacketDelivery> deliveries{"pool_deliveries"};
    StreamTarget<PacketBurst> bursts{"pool_bursts", [this](PacketBurst& burst, sc_core::sc_time&) {
                                         packets.insert(packets.end(), burst.packets.begin(), burst.packets.end());
                                     }};
};

// Mesh and pooling units of a sequencer.
struct PoolingControlStub {
    void bind(PoolingControl& control) {
        control.exchange.bind(exchange);
        for (std::size_t unit = 0; unit < control.command.size(); ++unit) {
            units_.push_back(std::make_unique<StreamTarget<PoolCommand>>(
                fmt::format("pool_unit_{}", unit).c_str(), [this](PoolCommand& message, sc_core::sc_time&) {
                    if (message.kind == PoolCommand::Kind::begin_layer) {
                        ++begun;
                    } else {
                        channels.push_back(message.channels);
                    }
                }));
            control.command[unit].bind(*units_.back());
        }
    }

    void forget() {
        exchanges = begun = 0;
        channels.clear();
    }

    int exchanges = 0;
    int begun = 0;
    std::vector<int> channels;  // of every pool_group
    StreamTarget<ExchangeRequest> exchange{"pool_mesh", [this](ExchangeRequest&, sc_core::sc_time&) { ++exchanges; }};

  private:
    std::vector<std::unique_ptr<StreamTarget<PoolCommand>>> units_;
};

}  // namespace nonzero
