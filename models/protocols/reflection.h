// Turning a frame round: what a host sends back to whom it came from.
#pragma once

#include <cstddef>
#include <cstdint>

namespace snsim {

/// Swaps the two ends of a frame that is at hand up to `available`: its MAC addresses and, as far
/// as there are any, its IP addresses and TCP or UDP ports. Checksums stay right.
void swap_ends(std::uint8_t* bytes, std::size_t available);

}  // namespace snsim
