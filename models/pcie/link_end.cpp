#include "models/pcie/link_end.h"

namespace snsim {

LinkEnd::LinkEnd(Agenda& agenda, LinkDirection& outgoing, LinkDirection& incoming,
                 const Settings& settings)
    : in(settings.in, agenda, payload_function<&LinkEnd::asked, LinkEnd>(), this),
      out(settings.out, agenda, payload_function<&LinkEnd::answered, LinkEnd>(), this),
      mps_(static_cast<std::uint32_t>(settings.link.mps.value)),
      mrrs_(static_cast<std::uint32_t>(settings.link.mrrs.value)),
      completion_limit_(settings.completion_limit),
      device_(settings.device),
      outgoing_(outgoing) {
    incoming.deliver_to<&LinkEnd::arrived>(*this);
    outgoing.tell_sent<&LinkEnd::left>(*this);
}

void LinkEnd::asked(Payload& payload, Picoseconds t) {
    SNSIM_CHECK(payload.get_data_length() > 0, "a PCIe request moves at least one byte");
    auto& info = info_of<PcieRequest>(payload);
    if (device_ != 0) info.requester = device_;
    if (device_ != 0 || info.mrrs == 0) info.mrrs = mrrs_;
    const bool read = payload.is_read();
    const TlpCursor tlps = TlpCursor::requests(payload.get_address(), payload.get_data_length(),
                                               read ? info.mrrs : mps_);
    outgoing_.send(requests, read ? PcieFlow::non_posted : PcieFlow::posted, payload, tlps, t);
}

void LinkEnd::arrived(Payload& payload, PcieFlow flow, Picoseconds t) {
    if (flow == PcieFlow::completion) {
        in.respond(payload, t);
        return;
    }
    payload.acquire();
    out.request(payload, t);
}

/// The data of a read are ready from t on, cut at multiples of the limit, each a `step` after the
/// one before; what was written needs no answer.
void LinkEnd::answered(Payload& payload, Picoseconds t) {
    if (payload.is_read()) {
        const auto& info = info_of<PcieRequest>(payload);
        outgoing_.send(answers, PcieFlow::completion, payload,
                       TlpCursor::completions(payload.get_address(), payload.get_data_length(),
                                              completion_limit_, info.mrrs),
                       t, info.step);
    }
    payload.release();
}

void LinkEnd::left(Payload& payload, Picoseconds t) {
    info_of<PcieRequest>(payload).answered = true;
    in.respond(payload, t);
}

}  // namespace snsim
