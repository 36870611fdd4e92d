#include "models/base/station.h"

namespace snsim {

void Station::tell(Picoseconds enter, Picoseconds start, Picoseconds finish, Picoseconds leave,
                   std::uint32_t work) const {
    visited({enter, {start, finish, leave, work}});
}

}  // namespace snsim
