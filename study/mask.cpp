#include "study/mask.h"

namespace nonzero {

const char* to_string(Mask mask) {
    switch (mask) {
        case Mask::real:
            return "real";
        case Mask::uniform:
            return "uniform";
        case Mask::correlated:
            return "correlated";
        case Mask::same:
            return "same";
        case Mask::natural:
            break;
    }
    return "natural";
}

}  // namespace nonzero
