// Parameters of the card's host-facing functions as the card is built; what each interface is
// configured to stands in vnic_params.h.
#pragma once

#include "models/base/params.h"
#include "models/base/units.h"

namespace snsim {

struct NicParams {
    Bytes rx_fifo;
    Duration rx_latency;
    Duration tx_latency;
    Bytes tx_window;
    Bytes tx_quantum;
    Bytes tx_credit;
    Duration doorbell_latency;
    std::int64_t descriptor_cache;
    std::int64_t descriptor_fetch;
    std::int64_t completion_batch;
    Duration completion_wait;
    std::int64_t lro_sessions;
    static const ParamTable& params();
};

}  // namespace snsim
