// What a PCI Express link carries and at what rate, by generation, lanes and MPS.
//
// Rates and overheads as in the model published with pcie-bench (Neugebauer et al., SIGCOMM 2018;
// github.com/pcie-bench/pcie-model, model/pcie.py), which takes them from PCIe Base 3.1.
#pragma once

#include <cstdint>

#include "models/base/units.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

inline constexpr std::uint32_t dllp_bytes = 8;  ///< with framing and CRC
inline constexpr std::uint32_t skip_symbols = 4;
inline constexpr std::uint32_t skip_interval = 1538;  ///< symbols

/// Lanes x GT/s x encoding, in one direction.
[[nodiscard]] BitRate raw_rate(const LinkParams& link);
/// Symbol times within which acknowledgements and credit updates have to be sent.
[[nodiscard]] std::uint32_t dllp_interval(const LinkParams& link);
/// What TLPs get of it: raw less skip ordered sets and, by the guideline, less one acknowledgement
/// and one credit update per interval.
[[nodiscard]] BitRate tlp_rate(const LinkParams& link);

/// Bytes at whose multiples the completions of the host's reads end.
[[nodiscard]] std::uint32_t completion_limit(const RootParams& host, const LinkParams& link);

/// Framing, sequence number, header, digest and LCRC of one TLP.
struct TlpHeaders {
    explicit TlpHeaders(const LinkParams& link);

    std::uint32_t request;     ///< memory read or write, MSI-X
    std::uint32_t completion;  ///< with data
};

}  // namespace snsim
