#include "models/post/pooling_unit.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace nonzero {

PoolingUnit::PoolingUnit(sc_core::sc_module_name name, int value_bits, Statistics& statistics, Pooled pooled)
    : sc_module(name),
      command("command",
              [this](PoolCommand& message, sc_core::sc_time&) {
                  if (message.kind == PoolCommand::Kind::begin_layer) {
                      begin_layer(message);
                  } else {
                      pool_group(message.channels);
                  }
              }),
      values_out("values_out"),
      values_in("values_in",
                [this](PacketDelivery& delivery, sc_core::sc_time&) {
                    for (const Packet& packet : delivery.packets) {
                        inputs_.at(packet.address) = std::int16_t(packet.value);
                    }
                    present_ += delivery.packets.size();
                    received_.add(delivery.packets.size());
                }),
      value_bits_(value_bits),
      pooled_(std::move(pooled)),
      sent_(statistics.counter(*this, "values_sent", CounterKind::count, "finished outputs to windows of other PEs")),
      received_(statistics.counter(*this, "values_received", CounterKind::count,
                                   "finished outputs of other PEs for windows of this one")) {}

void PoolingUnit::begin_layer(const PoolCommand& message) {
    plan_ = message.plan;
    unit_ = message.unit;
    present_ = 0;
    inputs_.assign(plan_->inputs(unit_) * std::size_t(message.channels), 0);
}

void PoolingUnit::take(std::span<const std::int16_t> values) {
    packets_.clear();
    const std::size_t plane = plan_->owned(unit_);
    for (std::size_t channel = 0; channel * plane < values.size(); ++channel) {
        const std::int16_t* const finished = values.data() + channel * plane;
        plan_->for_each_use(unit_, [&](std::size_t number, int to, std::size_t address) {
            const std::size_t place = channel * plan_->inputs(to) + address;
            if (to == unit_) {
                inputs_.at(place) = finished[number];
                ++present_;
            } else {
                packets_.push_back({std::uint16_t(to), std::uint32_t(place), finished[number]});
            }
        });
    }
    if (packets_.empty()) {
        return;
    }
    sent_.add(packets_.size());
    PacketBurst burst{std::uint16_t(unit_), packets_, value_bits_};
    sc_core::sc_time delay;
    values_out.send(burst, delay);
}

void PoolingUnit::pool_group(int channels) {
    const std::size_t plane = plan_->inputs(unit_);
    if (present_ != plane * std::size_t(channels)) {
        throw std::logic_error(std::string(name()) + ": outputs to be pooled are not conserved");
    }
    present_ = 0;
    outputs_.clear();
    for (std::size_t channel = 0; channel < std::size_t(channels); ++channel) {
        plan_->pool(unit_, std::span(inputs_).subspan(channel * plane, plane), outputs_);
    }
    pooled_(outputs_, channels);
}

PoolingControl::PoolingControl(std::size_t units) : command("pool_command", units), exchange("pool_exchange") {}

void PoolingControl::begin_layer(const PoolingPlan& plan, int channels) {
    for (std::size_t unit = 0; unit < command.size(); ++unit) {
        PoolCommand message{PoolCommand::Kind::begin_layer, &plan, int(unit), channels};
        sc_core::sc_time delay;
        command[unit].send(message, delay);
    }
}

void PoolingControl::pool_group(int channels) {
    ExchangeRequest request;
    sc_core::sc_time delay;
    exchange.send(request, delay);
    send_to_all(command, {PoolCommand::Kind::pool_group, nullptr, 0, channels});
}

}  // namespace nonzero
