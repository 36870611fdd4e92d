// Splits captured frames beyond the MTU into the frames that were on the cable: what merging on
// receive (GRO, LRO) and capturing before segmentation (TSO) hide is undone as a NIC would do it.
//
// TCP over IPv4 or IPv6, with options, extension headers and up to two VLAN tags, becomes segments
// of as many bytes as the MTU allows. Every segment has its own length, sequence number and IPv4
// identification (counting up) and header checksum; FIN and PSH stand on the last segment only, CWR
// on the first only, all other fields on each. Anything else over IPv4 is fragmented (RFC 791)
// unless DF is set; options that are not to be copied become no-operations in later fragments.
//
// TCP checksums: segments of a frame whose checksum was right, or was the pseudo header's sum that
// a sender leaves for its NIC to complete (with or without the length), have right ones. Segments
// of a frame with a wrong checksum are wrong by as much as the frame was, so a damaged frame stays
// one. A snapped frame, whose checksum nobody can judge, counts as right, over the zeros that are
// sent for its missing bytes. A UDP checksum left to the NIC is completed likewise; any other is
// kept. An IPv4 total length, IPv6 payload length or IPv4 header checksum of 0 is one left to the
// NIC, and is filled in.
//
// Not split, and so not replayed: whatever the parser finds malformed or does not know (tunnels,
// more tags, jumbograms beyond 64 KiB), headers that were snapped, IPv4 with DF and IPv6 of
// protocols other than TCP, TCP with SYN, RST or URG (no stack merges those), and IPv6 with an
// authentication header. Bytes behind the IP datagram are left out.
#pragma once

#include <cstdint>
#include <vector>

#include "models/network/capture_reader.h"

namespace snsim {

/// Frames made of captured ones; offsets count within `bytes`.
struct Segments {
    std::vector<CapturedFrame> frames;
    std::vector<std::uint8_t> bytes;
};

/// Appends the frames that replace `frame`, which begins at `bytes` and is larger than `mtu`, the
/// size of the largest IP packet, allows. They have its time. False when it cannot be split;
/// nothing is appended then.
[[nodiscard]] bool segment(const std::uint8_t* bytes, const CapturedFrame& frame, std::uint32_t mtu,
                           Segments& out);

}  // namespace snsim
