#pragma once
// What a total is of: the layers that were asked for (those of --layers, of --kinds, or all with weights), and which of
// them do not run, with the reason.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workloads/layer.h"

namespace nonzero {

enum class LeftOutCause { platform, stem, without_data, activation_by_activation };

struct LeftOutLayer {
    std::string name;
    LeftOutCause cause = LeftOutCause::platform;
    std::string reason;  // without the layer's name
    std::uint64_t dense_macs = 0;
};

// Of a cause that needs no words of its own.
LeftOutLayer left_out_layer(const Layer& layer, LeftOutCause cause);
// The platform's refusal, as its lowering says it.
LeftOutLayer left_out_layer(const Layer& layer, const std::string& refusal);

struct Coverage {
    std::size_t layers = 0;        // asked for, left out or not
    std::uint64_t dense_macs = 0;  // of these
    std::vector<LeftOutLayer> left_out;

    // Of the multiply-accumulates asked for; 1 only where none is missing.
    double share(std::uint64_t macs) const;
    // "total", or "total (69.2 %)" where layers are left out.
    std::string total_name() const;
    // For the table: how much is missing, then the layers of every reason; empty where none is left out.
    std::string text() const;
    // "left out: …" in one line, without the reasons; empty where none is left out.
    std::string line() const;
    // [{layer, cause, reason, dense_macs}]
    nlohmann::ordered_json to_json() const;
    std::vector<std::string> names(LeftOutCause cause) const;

  private:
    double left_out_share() const;
};

}  // namespace nonzero
