#include "study/idle_planes.h"

namespace nonzero {

int plane_idle_units(const PlannedMachine& machine, const Layer& layer) {
    const int idle = machine.lowering->idle_units(layer);
    return 2 * idle >= machine.report.units ? idle : 0;
}

}  // namespace nonzero
