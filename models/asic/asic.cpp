#include "models/asic/asic.h"

#include <algorithm>

namespace snsim {

namespace {

std::vector<PlacedFunction> with_base(Forwarding& base, std::vector<PlacedFunction> functions) {
    functions.insert(functions.begin(), {"forwarding", &base, Placement::automatic});
    return functions;
}

Duration notice_of(const AsicParams& params, const std::optional<Asic::HostSide>& host) {
    const Duration wires =
        std::min(EthernetPort::rx_latency(params.port0), EthernetPort::rx_latency(params.port1));
    return host ? std::min(wires, host->tx_notice) : wires;
}

std::vector<Bytes> fifos_of(const AsicParams& params, const std::optional<Asic::HostSide>& host) {
    std::vector<Bytes> fifos{params.port0.tx_fifo, params.port1.tx_fifo};
    if (host) fifos.push_back(host->rx_fifo);
    return fifos;
}

}  // namespace

Asic::Asic(const sc_core::sc_module_name& name, Partition& partition, const AsicParams& params,
           const std::vector<PlacedFunction>& functions, const std::optional<HostSide>& host)
    : sc_module(name),
      credit_latency_{cycles(static_cast<std::uint64_t>(params.credit_cycles), params.clock).ps},
      rx_slots_{partition.stations.next_slot(), partition.stations.next_slot()},
      ingress_base_(Forwarding::Side::ingress, host ? host->filter : nullptr),
      egress_base_(Forwarding::Side::egress),
      memory(std::string(this->name()) + ".memory", partition, params.memory),
      buffer("buffer", partition, params.buffer, params.ingress.contexts, notice_of(params, host),
             host.has_value()),
      parser("parser", partition, params.parser, params.clock),
      ingress("ingress", partition,
              {params.ingress, params.cost, params.clock, credit_latency_,
               with_base(ingress_base_, functions), 1},
              memory),
      ageing("ageing", partition, params.ageing,
             Ageing::stateful_tables(with_base(ingress_base_, functions), ingress.places()),
             memory),
      tm("tm", partition,
         {params.tm, params.buffer.cell, params.egress.contexts, fifos_of(params, host),
          credit_latency_, host ? host->functions : std::vector<PortQueues::Share>{}}),
      egress("egress", partition,
             {params.egress, params.cost, params.clock, credit_latency_,
              with_base(egress_base_, {}), fifos_of(params, host).size()},
             memory),
      port0("port0", partition, params.port0, 0, rx_slots_[0], partition.stations.next_slot(),
            credit_latency_),
      port1("port1", partition, params.port1, 1, rx_slots_[1], partition.stations.next_slot(),
            credit_latency_) {
    // frames
    port0.to_buffer.bind(buffer.from_port0);
    port1.to_buffer.bind(buffer.from_port1);
    buffer.to_parser.bind(parser.from_buffer);
    parser.to_pipeline.bind(ingress.in);
    ingress.out().bind(tm.from_ingress);
    tm.to_egress.bind(egress.in);
    egress.out(0).bind(port0.from_egress);
    egress.out(1).bind(port1.from_egress);
    // credits beside them
    tm.release.bind<&PacketBuffer::release<PacketBuffer::dropped>>(buffer);
    port0.release.bind<&PacketBuffer::release<PacketBuffer::departed0>>(buffer);
    port1.release.bind<&PacketBuffer::release<PacketBuffer::departed1>>(buffer);
    port0.tx_credit.bind<&TrafficManager::transmit_credit>(tm);
    port1.tx_credit.bind<&TrafficManager::transmit_credit>(tm);
    // order of the blocks: feeder before consumer
    Agenda& agenda = partition.agenda;
    agenda.add_edge(port0.rx_block(), buffer.block());
    agenda.add_edge(port1.rx_block(), buffer.block());
    agenda.add_edge(buffer.block(), parser.block());
    agenda.add_edge(parser.block(), ingress.block());
    agenda.add_edge(ingress.block(), tm.block());
    agenda.add_edge(tm.block(), egress.block());
    agenda.add_edge(egress.block(), port0.tx_block());
    agenda.add_edge(egress.block(), port1.tx_block());
}

}  // namespace snsim
