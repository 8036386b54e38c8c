#include "study/weight_places.h"

#include <fmt/format.h>

#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/natural.h"
#include "workloads/quoted_name.h"

namespace nonzero {

WeightPlaces parse_places(const std::string& text) {
    if (text.starts_with('u')) {
        const auto percent = to_natural(text.substr(1));
        if (!percent || *percent == 0 || *percent > 100) {
            throw InputError(fmt::format("{}: {} is not u1 .. u100, the percentage of places kept", field_name("nm"),
                                         quoted_name(text)));
        }
        return UniformDensity{int(*percent)};
    }
    return parse_nm_pattern(text);
}

std::optional<NmPattern> job_pattern(const std::optional<WeightPlaces>& places) {
    const NmPattern* const pattern = places ? std::get_if<NmPattern>(&*places) : nullptr;
    return pattern == nullptr ? std::nullopt : std::optional(*pattern);
}

}  // namespace nonzero
