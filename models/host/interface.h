// An interface of a host's operating system on its card: rings in memory for each queue pair, the
// driver that serves them, and what stands behind it. `host0.vnic0`.
//
// Before time begins the driver sets the function up through its registers (rings, moderation,
// MSI-X vectors), gives all receive buffers to the card and switches the function on. Queue q's
// software runs on core `core` + q, modulo the number of cores.
#pragma once

#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "models/host/interrupt_controller.h"
#include "models/host/kernel_driver.h"
#include "models/host/kernel_sender.h"
#include "models/host/poll_driver.h"
#include "models/host/ring_sender.h"
#include "models/host/sink_driver.h"

namespace snsim {

/// What of a host an interface works with.
struct HostParts {
    Processor& processor;
    InterruptController& interrupts;
    MemoryContent& memory;
    FramePath& path;
    const CpuParams& costs;
    DeviceCache cache;  ///< for what cards write
    Partition& partition;
};

class HostInterface : public sc_core::sc_module {
  public:
    struct Settings {
        std::uint16_t function;
        std::uint16_t queues;
        std::uint16_t most_queues;  ///< that it may ever have in this run; 0: the same
        std::uint32_t ring;
        std::uint32_t buffer;           ///< of what it sends
        std::uint32_t receive_buffer;   ///< of what it receives
        std::uint32_t most_pieces = 1;  ///< that the card takes of a packet
        std::uint32_t moderation_frames;
        Duration moderation_time;
        std::uint16_t vlan = 0;
        bool lro;              ///< the card merges received segments
        std::uint16_t number;  ///< among the host's interfaces
        NextHops next_hops;
        bool closed = false;  ///< at the beginning
    };

    HostInterface(const sc_core::sc_module_name& name, const HostParts& host,
                  const Settings& settings, const DriverParams& params);

    /// Writes a register of the function before time begins: offset in BAR, value.
    using SetUp = std::function<void(const BarAddress& at, std::uint32_t value)>;
    /// Everything the driver does before the first frame.
    void set_up(const SetUp& write, Picoseconds t = 0);
    /// At t the driver gives everything up: what lies in its rings ends (`interface_down`).
    void close(Picoseconds t);
    /// New rings, elsewhere in memory; then set_up().
    void open(const Settings& settings);
    /// Sets another moderation in all rings.
    void moderate(const SetUp& write, std::uint32_t frames, Duration time);

    /// What its applications send.
    Outbox outbox;

    [[nodiscard]] Driver driver() const { return params_.driver; }
    /// That are there, in use or not.
    [[nodiscard]] std::size_t queues() const { return rings_.size(); }
    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] const std::vector<MsixMessage>& vectors() const { return vectors_; }
    [[nodiscard]] ReceiveRing& receive_ring(std::size_t queue) { return rings_[queue].rx; }
    [[nodiscard]] TransmitRing& transmit_ring(std::size_t queue) { return rings_[queue].tx; }
    [[nodiscard]] KernelDriver& kernel(std::size_t queue) { return *kernel_[queue]; }

  private:
    struct Rings {
        Rings(MemoryContent& memory, FramePath& path, const QueueLayout& receive,
              const QueueLayout& transmit)
            : rx(memory, path, receive), tx(memory, path, transmit) {}
        ReceiveRing rx;
        TransmitRing tx;
    };

    void build_queue(std::uint16_t queue);
    void build_kernel(const QueueContext& context, Core& core, Core& application);
    void set_up_ring(const SetUp& write, std::uint16_t queue, RingKind kind, std::uint64_t base);

    HostParts host_;
    Settings settings_;
    DriverParams params_;
    std::deque<Rings> rings_;
    PacketPool packets_;
    std::vector<std::unique_ptr<SinkDriver>> sinks_;
    std::vector<std::unique_ptr<PollDriver>> pollers_;
    std::vector<std::unique_ptr<KernelTransmit>> transmit_;
    std::vector<std::unique_ptr<Socket>> sockets_;
    std::vector<std::unique_ptr<KernelDriver>> kernel_;
    std::vector<std::unique_ptr<KernelSender>> senders_;
    std::unique_ptr<RingSender> ring_sender_;
    std::vector<MsixMessage> vectors_;  ///< by queue
};

}  // namespace snsim
