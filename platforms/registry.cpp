#include "platforms/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "platforms/dcnn.h"
#include "platforms/demm.h"
#include "platforms/dense.h"
#include "platforms/eyeriss_v2.h"
#include "platforms/phantom.h"
#include "platforms/scnn.h"
#include "platforms/settings.h"
#include "platforms/sparten.h"
#include "platforms/systolic.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::deque<PlatformKind>& registry() {
    static std::deque<PlatformKind> kinds = [] {
        std::deque<PlatformKind> all{scnn::scnn_platform(),          scnn::scnn_sparse_a_platform(),
                                     scnn::scnn_sparse_w_platform(), dcnn::dcnn_platform(),
                                     dcnn::dcnn_opt_platform(),      demm::demm_platform()};
        for (PlatformKind& kind : systolic::systolic_platforms()) {
            all.push_back(std::move(kind));
        }
        all.push_back(phantom::phantom2d_platform());
        all.push_back(sparten::sparten_platform());
        all.push_back(eyeriss_v2::eyeriss_v2_platform());
        for (PlatformKind& kind : dense::dense_platforms()) {
            all.push_back(std::move(kind));
        }
        return all;
    }();
    return kinds;
}

}  // namespace

const std::deque<PlatformKind>& platform_registry() {
    return registry();
}

void register_platform(PlatformKind kind) {
    std::deque<PlatformKind>& kinds = registry();
    if (std::ranges::find(kinds, kind.name, &PlatformKind::name) != kinds.end()) {
        throw std::logic_error(fmt::format("platform {}: the name is taken", quoted_name(kind.name)));
    }
    kinds.push_back(std::move(kind));
}

const PlatformKind& find_platform(const std::string& name) {
    std::vector<std::string> names;
    for (const PlatformKind& kind : platform_registry()) {
        if (kind.name == name) {
            return kind;
        }
        names.push_back(kind.name);
    }
    throw InputError(fmt::format("unknown platform {}{}", quoted_name(name),
                                 did_you_mean(name, names, "`nonzero list platforms` shows all")));
}

std::unique_ptr<PlatformParameters> make_parameters(const PlatformKind& kind, const std::string& config_file,
                                                    const std::vector<std::pair<std::string, std::string>>& settings) {
    auto parameters = kind.make_parameters();
    apply_settings(parameters->table, config_file, settings);
    return parameters;
}

}  // namespace nonzero
