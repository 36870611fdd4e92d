#include "models/network/wire_params.h"

namespace snsim {

const ParamTable& WireParams::params() {
    static const ParamTable table = make_table<WireParams>(
        "a cable: delay, no loss",
        {
            param("latency", &WireParams::latency, 5_ns, 1_ps, 1_s,
                  "propagation delay from end to end",
                  "1 m at 2/3 of the speed of light (fibre, refractive index 1.47: 4.9 ns/m)",
                  {"quickstart", "20 us", "latency.mean"}),
        });
    return table;
}

}  // namespace snsim
