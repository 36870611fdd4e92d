// A PCI Express link between a card and its host: two directions and the sockets at both ends.
//
//   card                                            host
//   from_dma  --- requests -->  up   --->  to_root
//   to_card   <-- registers --  down <---  from_root
//
// Responses travel against their requests: completions of DMA reads come down, completions of
// register reads go up. A posted write is answered to the card when its last TLP has left.
#pragma once

#include <systemc>

#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/pcie/link_direction.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class PcieLink : public sc_core::sc_module {
  public:
    /// `host`: how the root complex completes reads and the buffers it advertises.
    PcieLink(const sc_core::sc_module_name& name, Partition& partition, const LinkParams& params,
             const RootParams& host, std::uint64_t seed);

    MemoryIn from_dma;   ///< card: memory requests and interrupts
    MemoryOut to_card;   ///< card: reads and writes of its registers
    MemoryOut to_root;   ///< host: what the card asks for
    MemoryIn from_root;  ///< host: accesses to the card's registers

  private:
    LinkParams params_;
    std::uint32_t completion_limit_;
    BlockId block_;

  public:
    LinkDirection up;    ///< card to host
    LinkDirection down;  ///< host to card

    [[nodiscard]] const LinkParams& parameters() const { return params_; }
    [[nodiscard]] BlockId block() const { return block_; }

  private:
    enum Sender : std::size_t { requests = 0, answers = 1 };

    void card_asks(Payload& payload, Picoseconds t);
    void host_asks(Payload& payload, Picoseconds t);
    void card_answers(Payload& payload, Picoseconds t);
    void host_answers(Payload& payload, Picoseconds t);
    void arrived_at_host(Payload& payload, PcieFlow flow, Picoseconds t);
    void arrived_at_card(Payload& payload, PcieFlow flow, Picoseconds t);
    void left_card(Payload& payload, Picoseconds t);
    void left_host(Payload& payload, Picoseconds t);
    void ask(LinkDirection& direction, Payload& payload, Picoseconds t);
    void answer(LinkDirection& direction, Payload& payload, std::uint32_t limit, Picoseconds t,
                Picoseconds step);
};

}  // namespace snsim
