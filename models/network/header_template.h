// A frame's headers with everything but addresses, ports and sequence numbers filled in.
//
// Writing a frame's header copies the template, stores the flow's endpoints and completes the two
// checksums, of which all that is the same for the template's frames is summed beforehand.
#pragma once

#include <array>

#include "models/base/frame.h"
#include "models/network/flow_plan.h"
#include "models/protocols/header_writer.h"

namespace snsim {

class HeaderTemplate {
  public:
    /// What follows the headers: data of the connection, or padding to the frame's size.
    enum class Payload : std::uint8_t { data, padding };

    /// `fields` without endpoints; `frame_bytes` includes FCS.
    HeaderTemplate(HeaderFields fields, std::uint32_t frame_bytes, Payload payload);

    /// Writes headers and extents of a frame whose payload is a stamp with this tag; so many like
    /// it went before in its TCP connection.
    void write(Frame& frame, const FlowPlan::Endpoints& ends, std::uint64_t tag,
               std::uint64_t before = 0) const;

    [[nodiscard]] std::uint16_t header_bytes() const { return layout_.header_bytes; }

  private:
    std::array<std::uint8_t, max_header_bytes> bytes_{};
    HeaderLayout layout_;
    std::uint16_t checksum_;       // where the upper header's stands
    std::uint32_t payload_bytes_;  // behind the headers
    // Of the payload's stamp, what is summed: so many whole tags, and the bytes of another one.
    std::uint32_t whole_tags_ = 0;
    std::uint64_t partial_tag_ = 0;
    std::uint64_t tag_mask_;    // padding is a stamp of zeros
    std::uint32_t ip_sum_ = 0;  // of the IPv4 header without addresses
    std::uint32_t l4_sum_ = 0;  // of pseudo and upper header without addresses and ports
};

/// The payload tag that tells frames apart: class and sequence number.
[[nodiscard]] constexpr std::uint64_t payload_tag(std::uint16_t traffic_class,
                                                  std::uint64_t sequence) {
    return static_cast<std::uint64_t>(traffic_class) << 48 | (sequence & 0xffffffffffffULL);
}

}  // namespace snsim
