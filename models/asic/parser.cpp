#include "models/asic/parser.h"

#include "models/asic/header_vector.h"

namespace snsim {

namespace {
constexpr std::size_t max_parse_cycles = 4096;
}

Parser::Parser(const sc_core::sc_module_name& name, Partition& partition,
               const ParserParams& params, Frequency clock)
    : sc_module(name),
      from_buffer("from_buffer", partition.agenda,
                  input_function<&Parser::input_, &Parser::parse_frame, Parser>(), this),
      to_pipeline("to_pipeline", partition.agenda, frame_function<&Parser::credit, Parser>(), this),
      params_(params),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      input_(partition.agenda, block_, InputKind::private_fifo,
             frame_handler<&Parser::parse_frame, Parser>(), this),
      engines_(this->name(), partition.stations.next_slot(),
               static_cast<std::uint32_t>(params.engines)) {
    partition.stations.add(engines_.station, {this->name(), "engines"});
    for (std::size_t c = 0; c < max_parse_cycles; ++c) service_.push_back(cycles(c, clock));
}

void Parser::parse_frame(Frame& frame, Picoseconds t) {
    auto& hv = frame.note<HeaderVector>();
    hv.start(frame);
    const ParseStatus status =
        parse(frame.header.data(), frame.header_bytes, frame.bytes - fcs_bytes, hv.parsed);
    const DropReason reason = drop_reason_of(status);
    if (reason != DropReason::none) {
        hv.condemn(frame, reason, place_);
    } else {
        if (hv.parsed.datagram_end > hv.parsed.header_bytes) {
            frame.inner_bytes =
                static_cast<std::uint16_t>(hv.parsed.datagram_end - hv.parsed.header_bytes);
        }
        FrameView& view = hv.at(t);
        make_canonical_key(hv.parsed, view.header, hv.key, view.key_reversed, view.key_hash);
    }
    const auto width = static_cast<std::uint32_t>(params_.width.value);
    const auto states = static_cast<std::uint32_t>(params_.state_cycles) * hv.parsed.states;
    const std::uint32_t work = states + (hv.parsed.header_bytes + width - 1) / width;
    const Picoseconds leave = engines_.pass(frame, t, service_[work], work);
    parsed_bytes.count(t, hv.parsed.header_bytes);
    to_pipeline.send(frame, leave);
}

}  // namespace snsim
