#include "models/network/generated_source.h"

#include <algorithm>

namespace snsim {

namespace {

HeaderFields fields_of(const ClassContext& context, bool from_client) {
    const TrafficParams& params = context.params;
    HeaderFields fields;
    fields.src_mac = from_client ? context.client_mac : context.server_mac;
    fields.dst_mac = from_client ? context.client_gateway : context.server_gateway;
    fields.tagged = params.vlan != 0;
    fields.vlan = static_cast<std::uint16_t>(params.vlan);
    fields.protocol = params.protocol == Transport::tcp ? ip_protocol::tcp : ip_protocol::udp;
    fields.src.version = fields.dst.version = context.plan.is_ipv4() ? 4 : 6;
    return fields;
}

std::string stream_name(const ClassContext& context, const char* what) {
    return context.params.name + "." + what;
}

Picoseconds stop_of(const TrafficParams& params) {
    return params.stop ? params.stop->value : never;
}

}  // namespace

FlowSource::FlowSource(const ClassContext& context)
    : class_number_(context.number),
      stop_(stop_of(context.params)),
      flows_(static_cast<std::uint32_t>(context.params.flows.count)),
      window_(static_cast<std::uint64_t>(context.params.window.value_or(0_b).value)),
      plan_(context.plan),
      random_(context.seed, stream_name(context, "flows")),
      arrivals_(context.params, context.line_rate,
                RandomStream(context.seed, stream_name(context, "arrivals"))) {
    std::vector<double> weights;
    HeaderFields fields = fields_of(context, true);
    // Segments in the middle of a stream are not pushed, so that receivers may merge them.
    fields.tcp_flags =
        window_ > 0 ? tcp_flag::ack : static_cast<std::uint8_t>(tcp_flag::ack | tcp_flag::psh);
    fields.tcp_seq = 1;
    fields.tcp_ack = 1;
    for (const FrameSizes::Part& part : context.params.frame_size.parts) {
        const auto bytes = static_cast<std::uint32_t>(part.size.value);
        sizes_.push_back({bytes, arrivals_.gap_of(bytes),
                          HeaderTemplate(fields, bytes, HeaderTemplate::Payload::data)});
        weights.push_back(static_cast<double>(part.weight));
    }
    if (sizes_.size() > 1) size_choice_.emplace(weights);
    if (context.params.flows.distribution == FlowChoice::zipf) {
        flow_choice_.emplace(zipf_weights(flows_, context.params.flows.exponent));
    }
}

Picoseconds FlowSource::next_ready() {
    if (window_ > 0 && under_way_ > 0 && under_way_ + sizes_[0].bytes > window_) return never;
    const Picoseconds t = std::max(arrivals_.time(), not_before_);
    return t < stop_ ? t : never;
}

void FlowSource::returned(std::uint32_t bytes, Picoseconds now) {
    const bool blocked = next_ready() == never;
    under_way_ -= bytes;
    if (!blocked) return;
    not_before_ = now + 1;
    if (next_ready() != never && owner_ != nullptr) owner_->ready_again(*this);
}

Picoseconds FlowSource::fill(Frame& frame) {
    const std::uint32_t number = size_choice_ ? size_choice_->draw(random_) : 0;
    const Size& size = sizes_[number];
    frame.bytes = size.bytes;
    frame.message = static_cast<std::uint8_t>(number);
    if (window_ > 0) {
        under_way_ += size.bytes;
        frame.flow = static_cast<std::uint32_t>(sequence_ % flows_);
    } else {
        frame.flow = flow_choice_ ? flow_choice_->draw(random_)
                                  : static_cast<std::uint32_t>(random_.below(flows_));
    }
    frame.traffic_class = class_number_;
    frame.sequence = sequence_++;
    frame.source = this;
    arrivals_.next(size.gap);
    return next_ready();
}

void FlowSource::write_header(Frame& frame) {
    sizes_[frame.message].header.write(frame, plan_.endpoints(frame.flow),
                                       payload_tag(frame.traffic_class, frame.sequence),
                                       window_ > 0 ? frame.sequence / flows_ : 0);
}

ChurnSource::ChurnSource(const ClassContext& context, Side side)
    : side_(side),
      class_number_(context.number),
      stop_(stop_of(context.params)),
      first_flow_(static_cast<std::uint64_t>(context.params.flows.count)),
      plan_(context.plan),
      sequence_(side == Side::client ? churn_client_sequence : churn_server_sequence) {
    const TrafficParams& params = context.params;
    const auto control = static_cast<std::uint32_t>(
        std::max<std::int64_t>(64, header_bytes(params.protocol, params.ip, params.vlan).value));
    const auto data = static_cast<std::uint32_t>(params.frame_size.largest().value);
    std::uint8_t number = 0;
    std::uint32_t client_seq = 0;
    std::uint32_t server_seq = 0;
    const auto say = [&](Side who, std::uint8_t flags, std::uint32_t bytes, bool carries_data) {
        std::uint32_t& seq = who == Side::client ? client_seq : server_seq;
        const std::uint32_t ack = who == Side::client ? server_seq : client_seq;
        HeaderFields fields = fields_of(context, who == Side::client);
        fields.tcp_flags = flags;
        fields.tcp_seq = seq;
        fields.tcp_ack = (flags & tcp_flag::ack) != 0 ? ack : 0;
        auto header = std::make_unique<HeaderTemplate>(
            fields, bytes,
            carries_data ? HeaderTemplate::Payload::data : HeaderTemplate::Payload::padding);
        if ((flags & (tcp_flag::syn | tcp_flag::fin)) != 0) ++seq;
        if (carries_data) seq += bytes - fcs_bytes - header->header_bytes();
        if (who == side) {
            messages_.push_back(
                {number * params.churn_turnaround.value,
                 Arrivals(params.churn, params.arrival != Arrival::constant, params.start.value,
                          RandomStream(context.seed, stream_name(context, "connections"))),
                 0, std::move(header), bytes});
        }
        ++number;
    };
    say(Side::client, tcp_flag::syn, control, false);
    say(Side::server, tcp_flag::syn | tcp_flag::ack, control, false);
    say(Side::client, tcp_flag::ack, control, false);
    for (std::int64_t i = 0; i < params.churn_data; ++i) {
        say(Side::client, tcp_flag::ack | tcp_flag::psh, data, true);
        say(Side::server, tcp_flag::ack | tcp_flag::psh, data, true);
    }
    say(Side::client, tcp_flag::fin | tcp_flag::ack, control, false);
    say(Side::server, tcp_flag::fin | tcp_flag::ack, control, false);
    say(Side::client, tcp_flag::ack, control, false);
}

/// When the message is due; `never` once its connection would start after the class has stopped.
Picoseconds ChurnSource::due(const Message& message) const {
    const Picoseconds start = message.starts.time();
    return start < stop_ ? start + message.delay : never;
}

std::size_t ChurnSource::earliest() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < messages_.size(); ++i) {
        if (due(messages_[i]) < due(messages_[best])) best = i;
    }
    return best;
}

Picoseconds ChurnSource::next_ready() { return due(messages_[earliest()]); }

Picoseconds ChurnSource::fill(Frame& frame) {
    const std::size_t index = earliest();
    Message& message = messages_[index];
    frame.bytes = message.bytes;
    frame.message = static_cast<std::uint8_t>(index);
    frame.flow = static_cast<std::uint32_t>(first_flow_ + message.connection++);
    frame.traffic_class = class_number_;
    frame.sequence = sequence_++;
    frame.source = this;
    message.starts.next(0);
    return next_ready();
}

void ChurnSource::write_header(Frame& frame) {
    FlowPlan::Endpoints ends = plan_.endpoints(frame.flow);
    if (side_ == Side::server) {
        std::swap(ends.src, ends.dst);
        std::swap(ends.sport, ends.dport);
    }
    messages_[frame.message].header->write(frame, ends,
                                           payload_tag(frame.traffic_class, frame.sequence));
}

}  // namespace snsim
