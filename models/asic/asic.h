// The ASIC's schematic: ports, packet buffer, parser, ingress pipeline, traffic manager, egress
// pipeline, table memory with its ageing engine, and how they are wired.
//
//   wire -> port.rx -> buffer -> parser -> ingress -> tm -> egress -> port.tx -> wire
//           host -----/                                           \---- host
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <systemc>

#include "models/asic/ageing.h"
#include "models/asic/ethernet_port.h"
#include "models/asic/forwarding.h"
#include "models/asic/packet_buffer.h"
#include "models/asic/parser.h"
#include "models/asic/pipeline.h"
#include "models/asic/table_memory.h"
#include "models/asic/traffic_manager.h"

namespace snsim {

class Asic : public sc_core::sc_module {
  public:
    /// The way to and from the NIC of a card that has interfaces.
    struct HostSide {
        const MacFilter* filter;  ///< outlives the ASIC
        std::vector<PortQueues::Share> functions;
        Bytes rx_fifo;       ///< of the NIC
        Duration tx_notice;  ///< how long before its arrival the buffer is told of a frame
    };

    /// `functions` in processing order; they outlive the ASIC. `host`: absent without interfaces.
    Asic(const sc_core::sc_module_name& name, Partition& partition, const AsicParams& params,
         const std::vector<PlacedFunction>& functions, const std::optional<HostSide>& host = {});

    [[nodiscard]] EthernetPort& port(std::size_t index) { return index == 0 ? port0 : port1; }
    [[nodiscard]] Duration credit_latency() const { return credit_latency_; }

  private:
    // parameters
    Duration credit_latency_;
    std::array<std::uint8_t, 2> rx_slots_;
    Forwarding ingress_base_;
    Forwarding egress_base_;

  public:
    TableMemory memory;
    PacketBuffer buffer;
    Parser parser;
    Pipeline ingress;
    Ageing ageing;
    TrafficManager tm;
    Pipeline egress;
    EthernetPort port0;
    EthernetPort port1;
};

}  // namespace snsim
