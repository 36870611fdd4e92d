#include "models/card/card.h"

#include <algorithm>
#include <utility>

#include "models/pcie/bus_map.h"

namespace snsim {

namespace {

/// What the DMA engine serves of the NIC: its receive and its transmit side.
constexpr std::size_t nic_clients = 2;

bool has_nic(const std::optional<Card::Slot>& slot) { return slot && !slot->interfaces.empty(); }

MacFilter filter_of(const std::optional<Card::Slot>& slot) {
    MacFilter filter;
    if (!slot) return filter;
    for (const Card::Interface& interface : slot->interfaces) {
        filter.add(interface.identity.mac, interface.identity.vlan, interface.wire);
    }
    return filter;
}

/// Stamps are taken in the order of the journey: what is sent comes by the NIC before the ASIC.
Transmitter::Slots slots_of(const std::optional<Card::Slot>& slot, Partition& partition) {
    if (!has_nic(slot)) return {};
    const std::uint8_t sending = partition.stations.next_slot();
    const std::uint8_t fetch = partition.stations.next_slot();
    return {sending, fetch, partition.stations.next_slot()};
}

/// Most bytes that leave tags for other reads.
std::uint32_t read_limit(const CardParams& params) {
    constexpr std::int64_t most = 65536;
    const std::int64_t tags = std::max<std::int64_t>(1, params.dma.tags / 2);
    return static_cast<std::uint32_t>(std::min(most, tags * params.pcie.mrrs.value));
}

Transmitter::Share tx_share(const PortQueues::Share& share, std::uint8_t wire) {
    return {share.weight, share.rate_limit, share.burst, wire};
}

/// Each way in which a frame leaves the buffer tells the NIC by a lane of its own.
template <std::size_t... lane>
void bind_credits(PacketBuffer& buffer, Transmitter& nic, std::index_sequence<lane...>) {
    (buffer.host_credits[lane].bind<&Transmitter::credit<lane>>(nic), ...);
}

std::optional<Asic::HostSide> host_side(const std::optional<Card::Slot>& slot,
                                        const NicParams& params, const MacFilter& filter) {
    if (!has_nic(slot)) return std::nullopt;
    Asic::HostSide side{&filter, {}, params.rx_fifo, params.tx_latency};
    for (const Card::Interface& interface : slot->interfaces) {
        side.functions.push_back(interface.share);
    }
    return side;
}

}  // namespace

Card::Card(const sc_core::sc_module_name& name, Partition& partition, const CardParams& params,
           const std::vector<PlacedFunction>& functions, const std::optional<Slot>& slot)
    : sc_module(name),
      filter_(filter_of(slot)),
      tx_slots_(slots_of(slot, partition)),
      asic("asic", partition, params.asic, functions, host_side(slot, params.nic, filter_)) {
    if (!slot) return;
    const bool interfaces = has_nic(slot);
    if (interfaces) {
        std::vector<NicFunction::Identity> identities;
        std::vector<Transmitter::Share> shares;
        for (const Interface& interface : slot->interfaces) {
            identities.push_back(interface.identity);
            shares.push_back(tx_share(interface.share, interface.wire));
            wires_.push_back(interface.wire);
        }
        nic = std::make_unique<Nic>("nic", partition, params.nic, identities, shares, tx_slots_,
                                    asic.credit_latency(), read_limit(params));
    }
    dma = std::make_unique<DmaEngine>("dma", partition, params.dma, params.pcie,
                                      slot->dma_clients + (interfaces ? nic_clients : 0));
    pcie = std::make_unique<PcieLink>("pcie", partition, params.pcie, slot->place);
    dma->to_link.bind(pcie->device->in);

    partition.agenda.add_edge(dma->block(), pcie->block());
    if (interfaces) {
        connect_nic(partition, slot->dma_clients);
        connect_registers(partition, *slot, params.bar, nic->registers.from_link);
    } else {
        registers_ = std::make_unique<MemoryStub>("registers", partition.agenda);
        connect_registers(partition, *slot, params.bar, registers_->in);
    }
}

void Card::set_share(std::uint16_t function, const PortQueues::Share& share, Picoseconds t) {
    asic.tm.set_share(function, share);
    nic->tx.set_share(function, tx_share(share, wires_[function]), t);
}

/// What comes down the link is for the registers, or for memory.
void Card::connect_registers(Partition& partition, const Slot& slot, const BarParams& params,
                             MemoryIn& registers) {
    if (!slot.has_peers) {
        pcie->device->out.bind(registers);
        return;
    }
    bar =
        std::make_unique<BarMemory>("bar", partition, params, BusMap::memory_of(slot.place.device));
    pcie->device->out.bind(bar->from_link);
    bar->to_registers.bind(registers);
}

void Card::connect_nic(Partition& partition, std::size_t first_client) {
    asic.egress.out(host_port).bind(nic->rx.from_asic);
    nic->tx.to_asic.bind(*asic.buffer.from_host);
    nic->tx.dma.out.bind(dma->in(first_client + 1));
    nic->rx.dma.out.bind(dma->in(first_client));
    // credits
    nic->rx.rx_credit.bind<&TrafficManager::transmit_credit>(asic.tm);
    nic->rx.release.bind<&PacketBuffer::release<PacketBuffer::departed_host>>(asic.buffer);
    bind_credits(asic.buffer, nic->tx, std::make_index_sequence<Transmitter::credit_lanes>());
    // order of the blocks
    partition.agenda.add_edge(asic.egress.block(), nic->rx.block());
    partition.agenda.add_edge(nic->registers.block(), nic->rx.block());
    partition.agenda.add_edge(nic->registers.block(), nic->tx.block());
    partition.agenda.add_edge(nic->rx.block(), dma->block());
    partition.agenda.add_edge(nic->tx.block(), dma->block());
}

}  // namespace snsim
