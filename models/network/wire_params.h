// Parameters of a cable between a card's port and its far end.
#pragma once

#include "models/base/params.h"

namespace snsim {

struct WireParams {
    Duration latency;
    static const ParamTable& params();
};

}  // namespace snsim
