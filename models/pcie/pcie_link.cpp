#include "models/pcie/pcie_link.h"

namespace snsim {

namespace {

std::uint32_t bytes_of(Bytes size) { return static_cast<std::uint32_t>(size.value); }

}  // namespace

PcieLink::PcieLink(const sc_core::sc_module_name& name, Partition& partition,
                   const LinkParams& params, const RootParams& host, std::uint64_t seed)
    : sc_module(name),
      from_dma("from_dma", partition.agenda, payload_function<&PcieLink::card_asks, PcieLink>(),
               this),
      to_card("to_card", partition.agenda, payload_function<&PcieLink::card_answers, PcieLink>(),
              this),
      to_root("to_root", partition.agenda, payload_function<&PcieLink::host_answers, PcieLink>(),
              this),
      from_root("from_root", partition.agenda, payload_function<&PcieLink::host_asks, PcieLink>(),
                this),
      params_(params),
      completion_limit_(completion_limit(host, params)),
      block_(partition.agenda.add_block(this->name())),
      up(partition, block_, {std::string(this->name()) + ".up", params, host.credits, seed}),
      down(partition, block_, {std::string(this->name()) + ".down", params, params.credits, seed}) {
    up.set_back(down);
    down.set_back(up);
    up.deliver_to<&PcieLink::arrived_at_host>(*this);
    down.deliver_to<&PcieLink::arrived_at_card>(*this);
    up.tell_sent<&PcieLink::left_card>(*this);
    down.tell_sent<&PcieLink::left_host>(*this);
    partition.stations.add(up.station, {this->name(), "lanes", true});
    partition.stations.add(down.station, {this->name(), "lanes", true});
}

void PcieLink::ask(LinkDirection& direction, Payload& payload, Picoseconds t) {
    SNSIM_CHECK(payload.get_data_length() > 0, "a PCIe request moves at least one byte");
    const bool read = payload.is_read();
    const TlpCursor tlps = TlpCursor::requests(payload.get_address(), payload.get_data_length(),
                                               bytes_of(read ? params_.mrrs : params_.mps));
    direction.send(requests, read ? PcieFlow::non_posted : PcieFlow::posted, payload, tlps, t);
}

void PcieLink::card_asks(Payload& payload, Picoseconds t) { ask(up, payload, t); }
void PcieLink::host_asks(Payload& payload, Picoseconds t) { ask(down, payload, t); }

void PcieLink::arrived_at_host(Payload& payload, PcieFlow flow, Picoseconds t) {
    if (flow == PcieFlow::completion) {
        from_root.respond(payload, t);
        return;
    }
    payload.acquire();
    to_root.request(payload, t);
}

void PcieLink::arrived_at_card(Payload& payload, PcieFlow flow, Picoseconds t) {
    if (flow == PcieFlow::completion) {
        from_dma.respond(payload, t);
        return;
    }
    payload.acquire();
    to_card.request(payload, t);
}

/// The data of a read are ready from t on, cut at multiples of `limit`, each `step` after the one
/// before; what was written needs no answer.
void PcieLink::answer(LinkDirection& direction, Payload& payload, std::uint32_t limit,
                      Picoseconds t, Picoseconds step) {
    if (payload.is_read()) {
        direction.send(answers, PcieFlow::completion, payload,
                       TlpCursor::completions(payload.get_address(), payload.get_data_length(),
                                              limit, bytes_of(params_.mrrs)),
                       t, step);
    }
    payload.release();
}

void PcieLink::host_answers(Payload& payload, Picoseconds t) {
    answer(down, payload, completion_limit_, t, info_of<PcieRequest>(payload).step);
}
void PcieLink::card_answers(Payload& payload, Picoseconds t) {
    answer(up, payload, bytes_of(params_.mps), t, 0);
}

void PcieLink::left_card(Payload& payload, Picoseconds t) { from_dma.respond(payload, t); }
void PcieLink::left_host(Payload& payload, Picoseconds t) { from_root.respond(payload, t); }

}  // namespace snsim
