#include "models/network/header_template.h"

#include "models/protocols/byte_order.h"
#include "models/protocols/checksum.h"

namespace snsim {

namespace {

std::uint32_t sum_words(const std::uint8_t* bytes, std::size_t count) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < count; i += 2) {
        sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    }
    return sum;
}

std::uint16_t folded(std::uint32_t sum) {
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16));
}

/// Where a header's checksum stands behind the start of the upper header.
std::size_t checksum_offset(std::uint8_t protocol) { return protocol == ip_protocol::tcp ? 16 : 6; }

}  // namespace

HeaderTemplate::HeaderTemplate(HeaderFields fields, std::uint32_t frame_bytes, Payload payload)
    : padding_(payload == Payload::padding) {
    // The layout does not depend on the payload: write once to learn how much room it leaves.
    layout_ = write_headers(fields, bytes_.data());
    SNSIM_CHECK(frame_bytes >= layout_.header_bytes + fcs_bytes,
                "a frame too small for its headers");
    payload_bytes_ = frame_bytes - fcs_bytes - layout_.header_bytes;
    fields.payload_bytes = padding_ ? 0 : payload_bytes_;
    write_headers(fields, bytes_.data());
    std::uint8_t* l3 = bytes_.data() + layout_.l3;
    std::uint8_t* l4 = bytes_.data() + layout_.l4;
    const std::size_t l4_bytes = static_cast<std::size_t>(layout_.header_bytes - layout_.l4);
    const bool ipv4 = layout_.ip_version == 4;
    if (ipv4) store_be16(l3 + 10, 0);
    store_be16(l4 + checksum_offset(layout_.protocol), 0);
    const std::size_t addresses = ipv4 ? 8 : 32;
    std::uint8_t* first_address = l3 + (ipv4 ? 12 : 8);
    for (std::size_t i = 0; i < addresses; ++i) first_address[i] = 0;
    store_be32(l4, 0);  // ports
    if (ipv4) ip_sum_ = sum_words(l3, 20);
    l4_sum_ = sum_words(l4, l4_bytes) + layout_.protocol + static_cast<std::uint32_t>(l4_bytes) +
              fields.payload_bytes;
}

void HeaderTemplate::write(Frame& frame, const FlowPlan::Endpoints& ends, std::uint64_t tag) const {
    std::uint8_t* out = frame.header.data();
    std::memcpy(out, bytes_.data(), layout_.header_bytes);
    std::uint8_t* l3 = out + layout_.l3;
    std::uint8_t* l4 = out + layout_.l4;
    std::uint32_t addresses = 0;
    if (layout_.ip_version == 4) {
        std::memcpy(l3 + 12, ends.src.data() + 12, 4);
        std::memcpy(l3 + 16, ends.dst.data() + 12, 4);
        addresses = sum_words(l3 + 12, 8);
        store_be16(l3 + 10, static_cast<std::uint16_t>(~folded(ip_sum_ + addresses)));
    } else {
        std::memcpy(l3 + 8, ends.src.data(), 16);
        std::memcpy(l3 + 24, ends.dst.data(), 16);
        addresses = sum_words(l3 + 8, 32);
    }
    store_be16(l4, ends.sport);
    store_be16(l4 + 2, ends.dport);
    if (padding_) tag = 0;
    InternetChecksum payload;
    payload.add_stamp(tag, 0, payload_bytes_);
    const std::uint32_t sum = l4_sum_ + addresses + ends.sport + ends.dport + payload.sum();
    std::uint16_t checksum = static_cast<std::uint16_t>(~folded(sum));
    if (checksum == 0 && layout_.protocol == ip_protocol::udp) checksum = 0xffff;
    store_be16(l4 + checksum_offset(layout_.protocol), checksum);

    frame.header_bytes = layout_.header_bytes;
    frame.extents[0] = {nullptr, tag, 0, payload_bytes_};
    frame.extent_count = payload_bytes_ > 0 ? 1 : 0;
}

}  // namespace snsim
